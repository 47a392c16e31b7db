import { expect, test } from 'vitest';
import { placeOf } from './classes';

test('a line leads to its document, else to its product, else nowhere', () => {
  expect(placeOf('bld_1', 'prd_1')).toBe('/builds/bld_1');
  expect(placeOf('rct_1', null)).toBe('/receipts/rct_1');
  expect(placeOf('mov_1', 'prd_1')).toBe('/products/prd_1');
  expect(placeOf(null, null)).toBeNull();
});
