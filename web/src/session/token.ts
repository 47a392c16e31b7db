/**
 * The bearer token lives in this tab only (sessionStorage) and leaves the address bar at once: a fragment is never sent
 * to a server, but it stays in the history and in screenshots.
 */

const KEY = 'stockbridge.token';

export interface Claims {
  subject: string | null;
  expiresAt: number | null;
}

/** What the token says about itself, unverified: used to name the holder and to know when it ends. The gateway checks it. */
export function readClaims(token: string): Claims | null {
  const payload = token.split('.')[1];
  if (token.split('.').length !== 3 || !payload) return null;
  try {
    const bytes = Uint8Array.from(atob(payload.replaceAll('-', '+').replaceAll('_', '/')), (char) =>
      char.charCodeAt(0),
    );
    const claims = JSON.parse(new TextDecoder().decode(bytes)) as { sub?: unknown; exp?: unknown };
    return {
      subject: typeof claims.sub === 'string' ? claims.sub : null,
      expiresAt: typeof claims.exp === 'number' ? claims.exp * 1000 : null,
    };
  } catch {
    return null;
  }
}

/** A pasted token, as people paste it: with spaces, line ends, quotes or “Bearer ” around it. */
export function cleanToken(pasted: string): string {
  return pasted
    .trim()
    .replace(/^["']|["']$/g, '')
    .replace(/^Bearer\s+/i, '')
    .replace(/\s+/g, '');
}

/** Takes `#token=…` out of the address, so that it is neither bookmarked nor shared; null when there is none. */
export function takeTokenFromAddress(): string | null {
  const fragment = new URLSearchParams(window.location.hash.slice(1));
  const token = fragment.get('token');
  if (token === null) return null;
  fragment.delete('token');
  const rest = fragment.toString();
  window.history.replaceState(
    window.history.state,
    '',
    window.location.pathname + window.location.search + (rest ? `#${rest}` : ''),
  );
  return cleanToken(token) || null;
}

export function loadToken(): string | null {
  return window.sessionStorage.getItem(KEY);
}

export function storeToken(token: string | null): void {
  if (token === null) window.sessionStorage.removeItem(KEY);
  else window.sessionStorage.setItem(KEY, token);
}
