import { describe, expect, it } from 'vitest';
import { toItemFilter, toItemOrder, type ItemFilterValues } from './filter';

const NONE: ItemFilterValues = { search: '', type: '', active: '', linked: '', order: '', direction: '' };

describe('item filter', () => {
  it('leaves out what is not set', () => {
    expect(JSON.stringify(toItemFilter(NONE))).toBe('{}');
  });

  it('reads every filter and drops values it does not know', () => {
    expect(
      toItemFilter({ ...NONE, search: 'bolt', type: 'INVENTORY,NONSENSE,SERVICE', active: 'yes', linked: 'no' }),
    ).toEqual({ search: 'bolt', types: ['INVENTORY', 'SERVICE'], active: true, linked: false });
  });

  it('orders by name unless told otherwise', () => {
    expect([toItemOrder(NONE), toItemOrder({ ...NONE, order: 'UPDATED_AT', direction: 'DESC' })]).toEqual([
      { field: 'NAME', direction: 'ASC' },
      { field: 'UPDATED_AT', direction: 'DESC' },
    ]);
  });
});
