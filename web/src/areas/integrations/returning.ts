/** What the gateway says when the browser comes back from the provider's consent page. */
export type Outcome =
  { kind: 'connected'; integrationId: string } | { kind: 'failed'; code: string; message: string } | null;

export function readOutcome(search: URLSearchParams): Outcome {
  const connected = search.get('connected');
  if (connected) return { kind: 'connected', integrationId: connected };
  const code = search.get('error');
  if (code) return { kind: 'failed', code, message: search.get('message') ?? '' };
  return null;
}

const ADVICE: Record<string, string> = {
  CONSENT_REFUSED: 'Nothing was connected. If you did not mean to refuse, connect again and agree on the consent page.',
  OAUTH_STATE_INVALID: 'The consent page was open too long, or was opened twice. Connect again and finish in one go.',
  WRONG_COMPANY:
    'To keep this connection, reconnect and choose the same company. To use the other company, disconnect this one first, then connect the other.',
  PROVIDER_MISCONFIGURED:
    'The app’s client id, secret or redirect address do not fit what the provider knows. Whoever runs the gateway can check them with “stockbridge doctor”.',
  PROVIDER_UNAVAILABLE: 'The accounting system did not answer. Wait a few minutes, then connect again.',
};

/** What to do about a failed connection, by its code. */
export function adviceOn(code: string): string {
  return ADVICE[code] ?? 'Nothing was changed. Try to connect again.';
}

/** Where the gateway sends the browser back to. */
export const RETURN_TO = '/console/integrations';
