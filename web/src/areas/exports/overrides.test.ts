import { describe, expect, it } from 'vitest';
import { changedOverrides, overrideKey, type Override } from './overrides';

const wood: Override = { role: 'WASTE', productType: null, category: 'Wood', accountId: 'a1', accountName: 'One' };
const raw: Override = {
  role: 'WASTE',
  productType: 'RAW_MATERIAL',
  category: null,
  accountId: 'a2',
  accountName: 'Two',
};

describe('accounts of some products', () => {
  it('are told by role and products, letter case ignored', () => {
    expect(overrideKey({ ...wood, category: ' wOOD ' })).toBe(overrideKey(wood));
    expect(overrideKey(raw)).not.toBe(overrideKey({ ...raw, role: 'COGS' }));
  });

  it('say only what changed', () => {
    expect(changedOverrides([wood, raw], [wood, raw])).toEqual([]);
    expect(changedOverrides([wood], [{ ...wood, accountId: 'a3' }, raw])).toEqual([
      { role: 'WASTE', productType: null, category: 'Wood', accountId: 'a3' },
      { role: 'WASTE', productType: 'RAW_MATERIAL', category: null, accountId: 'a2' },
    ]);
    expect(changedOverrides([wood, raw], [raw])).toEqual([
      { role: 'WASTE', productType: null, category: 'Wood', accountId: null },
    ]);
  });

  it('leave an account alone that is gone from the chart', () => {
    const gone = { ...wood, accountId: null };
    expect(changedOverrides([gone], [gone])).toEqual([]);
  });
});
