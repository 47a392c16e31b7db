import { describe, expect, it } from 'vitest';
import { includableTypes, withTypes } from './skipped';

describe('includableTypes', () => {
  it('offers what the type filter kept out, most frequent first, and nothing that cannot be selected', () => {
    const skipped = [
      { type: 'NON_INVENTORY', count: 2 },
      { type: 'CATEGORY', count: 9 },
      { type: 'SERVICE', count: 14 },
      { type: 'INVENTORY', count: 1 },
      { type: 'OTHER', count: 3 },
      { type: 'BUNDLE', count: 0 },
    ] as const;
    expect(
      includableTypes(skipped, ['INVENTORY'], ['INVENTORY', 'NON_INVENTORY', 'SERVICE', 'BUNDLE', 'CATEGORY']),
    ).toEqual([
      { type: 'SERVICE', count: 14 },
      { type: 'NON_INVENTORY', count: 2 },
    ]);
  });
});

describe('withTypes', () => {
  it('adds each type once', () => {
    expect(withTypes(['INVENTORY', 'BUNDLE'], ['SERVICE', 'BUNDLE'])).toEqual(['INVENTORY', 'BUNDLE', 'SERVICE']);
  });
});
