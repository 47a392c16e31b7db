import { describe, expect, test } from 'vitest';
import { inFifoOrder } from '../stock/fifo';
import { takenFrom } from './taking';

const lot = (id: string, remainingQuantity: string) => ({ id, remainingQuantity });

describe('lots a build would take', () => {
  test('the first until it is empty, then the next', () => {
    const taken = takenFrom('3.5', [lot('a', '2.8'), lot('b', '60')]);
    expect(taken.map((each) => [each.lot.id, each.quantity])).toEqual([
      ['a', '2.8'],
      ['b', '0.7'],
    ]);
  });

  test('an exact fit touches no further lot, and empty lots are passed over', () => {
    expect(takenFrom('2', [lot('a', '0'), lot('b', '2'), lot('c', '9')]).map((each) => each.lot.id)).toEqual(['b']);
  });

  test('what is short is not made up', () => {
    expect(takenFrom('5', [lot('a', '2')])).toEqual([{ lot: lot('a', '2'), quantity: '2' }]);
    expect(takenFrom('0', [lot('a', '2')])).toEqual([]);
  });
});

test('lots from before lots were kept go first, then by day, then as they were recorded', () => {
  const row = (id: string, source: 'LEGACY' | 'RECEIPT', receivedOn: string, createdAt: string) => ({
    id,
    source,
    receivedOn,
    createdAt,
  });
  const lots = [
    row('c', 'RECEIPT', '2026-10-02', '2026-10-02T08:00:00Z'),
    row('b', 'RECEIPT', '2026-10-01', '2026-10-03T08:00:00Z'),
    row('a', 'RECEIPT', '2026-10-01', '2026-10-02T08:00:00Z'),
    row('d', 'LEGACY', '2026-11-01', '2026-11-01T08:00:00Z'),
  ];
  expect(inFifoOrder(lots).map((each) => each.id)).toEqual(['d', 'a', 'b', 'c']);
});
