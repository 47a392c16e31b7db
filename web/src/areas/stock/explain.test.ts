import { describe, expect, test } from 'vitest';
import { labelOf, noteOf, placeOf, treeOf } from './explain';
import type { CostPart } from './operations';

function part(place: number, parent: number | null, over: Partial<CostPart>): CostPart {
  return {
    place,
    parent,
    depth: parent === null ? 0 : 1,
    kind: 'LOT',
    lotSource: null,
    label: null,
    quantity: null,
    costStatus: 'COMPLETE',
    cut: false,
    value: { amount: '1', currency: 'EUR' },
    unitCost: null,
    product: null,
    lot: null,
    build: null,
    receipt: null,
    supplier: null,
    ...over,
  };
}

const RECEIVED = {
  receipt: { id: 'rct_1', number: 7 },
  supplier: { id: 'sup_1', name: 'Nordholz' },
} as const;

const PARTS = [
  part(0, null, { kind: 'BUILD', build: { id: 'bld_1', number: 3 }, product: { id: 'prd_1', name: 'Stool' } }),
  part(1, 0, { kind: 'COMPONENT', product: { id: 'prd_2', name: 'Oak board' } }),
  part(2, 0, { kind: 'LABOUR', label: 'Sanding' }),
  part(3, 1, { kind: 'LOT', lot: { id: 'lot_1', number: 'NHT-1' }, lotSource: 'RECEIPT', ...RECEIVED }),
  part(4, 3, { kind: 'PRICE', unitCost: { amount: '8.5', currency: 'EUR' }, ...RECEIVED }),
  part(5, 3, { kind: 'FREIGHT', label: 'Truck', ...RECEIVED }),
];

describe('the tree of a cost', () => {
  test('is made of places and parents, in the order of the list', () => {
    const whole = treeOf(PARTS);
    const places = (branch: NonNullable<typeof whole>): unknown[] => [branch.part.place, branch.parts.map(places)];
    expect(whole && places(whole)).toEqual([
      0,
      [
        [
          1,
          [
            [
              3,
              [
                [4, []],
                [5, []],
              ],
            ],
          ],
        ],
        [2, []],
      ],
    ]);
    expect(treeOf([])).toBeNull();
  });

  test('names each part, says where it is from, and leads there', () => {
    const shown = PARTS.map((each) => {
      const branch = { part: each, parts: [] };
      return [labelOf(branch), noteOf(branch), placeOf(each)];
    });
    expect(shown).toEqual([
      ['Build 3 of Stool', undefined, '/builds/bld_1'],
      ['Oak board', undefined, '/products/prd_2'],
      ['Sanding', 'Labour', undefined],
      ['Lot NHT-1', 'Receipt 7, Nordholz. Nothing further back is known.', '/lots/lot_1'],
      ['Nordholz’s price', 'Receipt 7: 8.5 EUR each', '/receipts/rct_1'],
      ['Truck', 'Freight of receipt 7', '/receipts/rct_1'],
    ]);
  });

  test('a lot that was cut does not claim to be the end', () => {
    const cut = part(0, null, { lotSource: 'OPENING', cut: true, lot: { id: 'lot_1', number: 'A' } });
    expect(noteOf({ part: cut, parts: [] })).toBe('Opening balance, as received');
  });
});
