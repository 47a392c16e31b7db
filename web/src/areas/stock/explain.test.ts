import { describe, expect, test } from 'vitest';
import { sum } from '../../lib/exact';
import { lotParts, shareOf } from './explain';
import type { Origin } from './operations';

const eur = (amount: string) => ({ amount, currency: 'EUR' });

function lot(over: Partial<Origin>): Origin {
  return {
    __typename: 'Lot',
    id: 'lot_1',
    number: 'NHT-1',
    source: 'RECEIPT',
    status: 'ACTIVE',
    receivedOn: '2026-10-01',
    createdAt: '2026-10-01T00:00:00Z',
    costStatus: 'COMPLETE',
    receivedQuantity: '40',
    remainingQuantity: '40',
    receivedValue: eur('361.25'),
    remainingValue: eur('361.25'),
    unitCost: eur('9.03125'),
    product: { id: 'prd_1', name: 'Oak board', sku: null, unit: 'm' },
    supplier: { id: 'sup_1', name: 'Nordholz', code: 'NHT' },
    receipt: {
      id: 'rcp_1',
      number: 7,
      costs: [{ kind: 'FREIGHT', label: 'Truck', basis: 'VALUE' }],
      corrections: [],
      lines: [
        {
          id: 'rcl_1',
          quantity: '40',
          unitCost: eur('8.5'),
          landedCost: eur('21.25'),
          value: eur('361.25'),
          lot: { id: 'lot_1' },
        },
      ],
    },
    build: null,
    ...over,
  };
}

const amounts = (parts: ReturnType<typeof lotParts>) => parts.map((part) => part.value?.amount ?? null);

describe('what a lot is made of', () => {
  test('a received lot: price and landed costs, which add up to it', () => {
    const parts = lotParts(lot({}));
    expect(parts.map((part) => part.kind)).toEqual(['price', 'landed']);
    expect(amounts(parts)).toEqual(['340', '21.25']);
  });

  test('an adjusted lot: the difference is a part of its own', () => {
    const parts = lotParts(lot({ receivedValue: eur('352.21875') }));
    expect(parts.at(-1)?.kind).toBe('difference');
    expect(sum(amounts(parts) as string[])).toBe('352.21875');
  });

  test('an opening balance is its own origin', () => {
    const parts = lotParts(lot({ receipt: null, source: 'OPENING' }));
    expect(parts).toHaveLength(1);
    expect(parts[0]?.label).toBe('Opening balance');
  });

  test('a missing cost is unknown, not zero', () => {
    const parts = lotParts(lot({ receipt: null, source: 'OPENING', costStatus: 'MISSING', receivedValue: eur('0') }));
    expect(amounts(parts)).toEqual([null]);
  });
});

describe('the share that was taken', () => {
  test('adds up to the captured value exactly, at every level', () => {
    const parts = shareOf(lotParts(lot({})), '7', '40', eur('63.218751'));
    expect(sum(amounts(parts) as string[])).toBe('63.218751');
    expect(parts[0]?.quantity).toBe('7');
  });

  test('of something unknown is unknown', () => {
    const unknown = lotParts(lot({ receipt: null, source: 'OPENING', costStatus: 'MISSING' }));
    expect(amounts(shareOf(unknown, '1', '40', eur('3')))).toEqual([null]);
    expect(amounts(shareOf(lotParts(lot({})), '1', '40', null))).toEqual([null, null]);
  });
});
