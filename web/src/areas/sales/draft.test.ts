import { expect, test } from 'vitest';
import { emptyDraft, inputOf, lacking, totalOf } from './draft';

const table = { id: 'prd_1', name: 'Oak table' };

test('a sale needs a product with a quantity above zero and a price', () => {
  const draft = emptyDraft();
  const line = { key: 0, product: table, quantity: '', unitPrice: '' };
  expect(lacking(draft)).toBe('Choose a finished good.');
  expect(lacking({ ...draft, lines: [line] })).toBe('Give the quantity of Oak table.');
  expect(lacking({ ...draft, lines: [{ ...line, quantity: '0' }] })).toBe('Give the quantity of Oak table.');
  expect(lacking({ ...draft, lines: [{ ...line, quantity: '2' }] })).toBe('Give the price of Oak table.');
  expect(lacking({ ...draft, lines: [{ ...line, quantity: '2', unitPrice: '-1' }] })).toBe(
    'Give the price of Oak table.',
  );
  expect(lacking({ ...draft, lines: [{ ...line, quantity: '2', unitPrice: '0' }] })).toBeNull();
});

test('what is sent is what was typed, without empty lines; the total is exact', () => {
  const draft = {
    ...emptyDraft(),
    customer: ' Weiss ',
    lines: [
      { key: 0, product: table, quantity: '3', unitPrice: '0.1' },
      { key: 1, product: null, quantity: '', unitPrice: '' },
      { key: 2, product: table, quantity: '1', unitPrice: '19.99 ' },
    ],
  };
  expect(inputOf(draft)).toEqual({
    customer: 'Weiss',
    lines: [
      { productId: 'prd_1', quantity: '3', unitPrice: '0.1' },
      { productId: 'prd_1', quantity: '1', unitPrice: '19.99' },
    ],
  });
  expect(totalOf(draft)).toBe('20.29');
});
