import { createContext, useContext, useEffect, useMemo, useSyncExternalStore, type ReactNode } from 'react';
import { Provider } from 'urql';
import { createApi, type Api } from './client';
import type { LiveSocket, LiveState } from './socket';

const ApiContext = createContext<Api | null>(null);

/** Gives the pages a client for this token; when the gateway refuses the token, `onRefused` ends the session. */
export function ApiProvider({
  token,
  onRefused,
  children,
}: {
  token: string;
  onRefused: () => void;
  children: ReactNode;
}) {
  const api = useMemo(() => createApi(token, onRefused), [token, onRefused]);
  useEffect(() => () => api.live.dispose(), [api]);
  return (
    <ApiContext value={api}>
      <Provider value={api.urql}>{children}</Provider>
    </ApiContext>
  );
}

function useApi(): Api {
  const api = useContext(ApiContext);
  if (!api) throw new Error('useApi outside ApiProvider');
  return api;
}

export function useLiveSocket(): LiveSocket {
  return useApi().live;
}

export function useLiveState(): LiveState {
  const { live } = useApi();
  return useSyncExternalStore(live.subscribe, live.getState);
}
