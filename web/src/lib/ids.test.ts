import { describe, expect, it } from 'vitest';
import { IdempotencyKey } from './ids';

describe('IdempotencyKey', () => {
  it('keeps the key of an attempt that got no answer', () => {
    const key = new IdempotencyKey();
    expect(key.for({ name: 'Bolt' })).toBe(key.for({ name: 'Bolt' }));
  });

  it('takes a new key for another input and after an answer', () => {
    const key = new IdempotencyKey();
    const first = key.for({ name: 'Bolt' });
    const other = key.for({ name: 'Nut' });
    key.answered();
    const later = key.for({ name: 'Nut' });
    expect(new Set([first, other, later]).size).toBe(3);
  });
});
