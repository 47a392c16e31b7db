/** A fresh key for one intended action: sent again with a retry, so that the retry cannot act twice. */
export function newIdempotencyKey(): string {
  // randomUUID is missing on plain-http pages that are not localhost; random bytes are not.
  if (typeof crypto.randomUUID === 'function') return crypto.randomUUID();
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
