import { expect, test } from 'vitest';
import { draftOf, emptyLine, inputOf, lacking } from './draft';
import type { Bom } from './operations';

const OAK = { id: 'prd_1', name: 'Oak board', sku: 'OAK', unit: 'm' };

test('a component needs a product and a positive quantity', () => {
  const line = emptyLine(0, 'COMPONENT');
  expect(lacking(line)).toBe('Choose a component.');
  expect(lacking({ ...line, product: OAK, quantity: '0' })).toBe('Give the quantity per unit made.');
  expect(lacking({ ...line, product: OAK, quantity: '0.8' })).toBeNull();
});

test('a cost is direct, or a quantity at a rate', () => {
  const line = { ...emptyLine(0, 'LABOUR'), label: ' Turning ', rate: '32' };
  expect(lacking(line)).toBeNull();
  expect(inputOf(line)).toEqual({ kind: 'LABOUR', label: 'Turning', quantity: undefined, rate: '32', optional: false });
  expect(lacking({ ...line, quantity: '-1' })).toBe('The quantity must be positive.');
  expect(inputOf({ ...line, quantity: '0.25' }).quantity).toBe('0.25');
});

test('a new version begins as the one before', () => {
  const bom = {
    lines: [{ kind: 'COMPONENT', label: null, optional: true, quantity: '0.2', rate: null, product: OAK }],
  } as unknown as Bom;
  expect(draftOf(bom).map(inputOf)).toEqual([
    { kind: 'COMPONENT', productId: 'prd_1', quantity: '0.2', optional: true },
  ]);
  expect(draftOf(null)).toHaveLength(1);
});
