/** The order in which stock is taken from lots, as the gateway takes it. */
import type { Lot } from './operations';

/** First in, first out: lots from before lots were kept go first, then by day, then as they were recorded. */
export function inFifoOrder<Row extends Pick<Lot, 'source' | 'receivedOn' | 'createdAt' | 'id'>>(
  lots: readonly Row[],
): Row[] {
  const key = (lot: Row) => [lot.source === 'LEGACY' ? '0' : '1', lot.receivedOn, lot.createdAt, lot.id].join(' ');
  return [...lots].sort((a, b) => (key(a) < key(b) ? -1 : 1));
}
