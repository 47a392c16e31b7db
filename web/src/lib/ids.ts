/** A fresh key for one intended action. */
export function newIdempotencyKey(): string {
  // randomUUID is missing on plain-http pages that are not localhost; random bytes are not.
  if (typeof crypto.randomUUID === 'function') return crypto.randomUUID();
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/**
 * The key to send with an input. The same input sent again keeps its key while nobody knows whether the first attempt
 * arrived, so that it cannot act twice; once there was an answer, the next attempt is a new intention with a new key.
 */
export class IdempotencyKey {
  private open: { input: string; key: string } | null = null;

  for(input: unknown): string {
    const text = JSON.stringify(input);
    if (this.open?.input !== text) this.open = { input: text, key: newIdempotencyKey() };
    return this.open.key;
  }

  answered(): void {
    this.open = null;
  }
}
