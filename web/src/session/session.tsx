import { createContext, useCallback, useContext, useEffect, useMemo, useState, type ReactNode } from 'react';
import { atTime, formatDateTime } from '../lib/time';
import { loadToken, readClaims, storeToken, takeTokenFromAddress } from './token';

/** Why there is no session, in words for the sign-in page; null when the visitor just arrived or signed out. */
export type Ended = { title: string; detail: string } | null;

interface Session {
  token: string | null;
  ended: Ended;
  signIn: (token: string) => void;
  signOut: (ended?: Ended) => void;
}

const SessionContext = createContext<Session | null>(null);

function firstToken(): string | null {
  const arrived = takeTokenFromAddress();
  if (arrived) storeToken(arrived);
  return arrived ?? loadToken();
}

export function SessionProvider({ children }: { children: ReactNode }) {
  const [token, setToken] = useState<string | null>(firstToken);
  const [ended, setEnded] = useState<Ended>(null);

  const signIn = useCallback((next: string) => {
    storeToken(next);
    setEnded(null);
    setToken(next);
  }, []);

  const signOut = useCallback((reason: Ended = null) => {
    storeToken(null);
    setEnded(reason);
    setToken(null);
  }, []);

  useTokenFromLaterLinks(signIn);
  useEndAtExpiry(token, signOut);

  const session = useMemo(() => ({ token, ended, signIn, signOut }), [token, ended, signIn, signOut]);
  return <SessionContext value={session}>{children}</SessionContext>;
}

/** A sign-in link opened in a tab that already shows the console changes only the fragment: no page load, so listen. */
function useTokenFromLaterLinks(signIn: (token: string) => void) {
  useEffect(() => {
    const onHash = () => {
      const arrived = takeTokenFromAddress();
      if (arrived) signIn(arrived);
    };
    window.addEventListener('hashchange', onHash);
    return () => window.removeEventListener('hashchange', onHash);
  }, [signIn]);
}

function useEndAtExpiry(token: string | null, signOut: (ended: Ended) => void) {
  useEffect(() => {
    const expiresAt = token === null ? null : (readClaims(token)?.expiresAt ?? null);
    if (expiresAt === null) return;
    return atTime(expiresAt, () =>
      signOut({
        title: 'Your session has ended',
        detail: `The access token expired at ${formatDateTime(new Date(expiresAt).toISOString())}. Nothing was lost; sign in with a new one.`,
      }),
    );
  }, [token, signOut]);
}

export function useSession(): Session {
  const session = useContext(SessionContext);
  if (!session) throw new Error('useSession outside SessionProvider');
  return session;
}
