import { expect, test } from 'vitest';
import { draftOf, emptyCost, emptyLine, inputOf, lacking, totalOf, type Draft } from './draft';

const OAK = { id: 'prd_1', name: 'Oak board' };

function draft(over: Partial<Draft> = {}): Draft {
  return {
    ...draftOf(null),
    supplier: { id: 'sup_1', name: 'Nordholz' },
    lines: [{ ...emptyLine(0), product: OAK, quantity: '40', unitCost: '8.5' }],
    ...over,
  };
}

test('says what is missing, in the order of the form', () => {
  expect(lacking(draftOf(null))).toBe('Choose a supplier.');
  expect(lacking(draft({ lines: [emptyLine(0)] }))).toBe('Choose a product.');
  expect(lacking(draft({ lines: [{ ...emptyLine(0), product: OAK, quantity: 'x' }] }))).toBe(
    'Give the quantity of Oak board.',
  );
  expect(lacking(draft({ costs: [emptyCost(0)] }))).toBe('Give the amount of “Freight”.');
  expect(lacking(draft())).toBeNull();
});

test('sends amounts as typed and leaves out lines without a product', () => {
  const input = inputOf(draft({ lines: [...draft().lines, emptyLine(1)], reference: ' DN 7 ' }), undefined);
  expect(input.lines).toEqual([
    { productId: 'prd_1', quantity: '40', unitCost: '8.5', lotNumber: undefined, expiresOn: undefined },
  ]);
  expect(input.reference).toBe('DN 7');
});

test('adds up exactly, as far as it is filled in', () => {
  const costs = [{ ...emptyCost(0), amount: '0.1' }, emptyCost(1)];
  expect(totalOf(draft({ costs, lines: [...draft().lines, { ...emptyLine(1), product: OAK, quantity: '1' }] }))).toBe(
    '340.1',
  );
});
