import { expect, test } from 'vitest';
import { inFifoOrder } from './fifo';

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
