import { createContext, useCallback, useContext, useMemo, useState, type ReactNode } from 'react';
import { useLiveState } from './api';

interface Refresh {
  /** Changes whenever what is on screen may be old: a run ended, or a lost connection came back. */
  signal: number;
  announce: () => void;
}

const RefreshContext = createContext<Refresh>({ signal: 0, announce: () => {} });

export function RefreshProvider({ children }: { children: ReactNode }) {
  const [announced, setAnnounced] = useState(0);
  const { restored } = useLiveState();
  const announce = useCallback(() => setAnnounced((before) => before + 1), []);
  const value = useMemo(() => ({ signal: announced + restored, announce }), [announced, restored, announce]);
  return <RefreshContext value={value}>{children}</RefreshContext>;
}

export function useRefresh(): Refresh {
  return useContext(RefreshContext);
}
