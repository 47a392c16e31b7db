/** The links of a trace by the lot they hang on: the lot taken from, or the lot that was made. */
import type { TraceDirection } from '../../graphql/generated/graphql';
import type { Trace, TraceLink } from './operations';

export type TraceLot = Trace['lots'][number];

export function byLot(links: readonly TraceLink[], direction: TraceDirection): ReadonlyMap<string, TraceLink[]> {
  const sorted = new Map<string, TraceLink[]>();
  for (const link of links) {
    const lot = direction === 'USE' ? link.from.id : link.to?.id;
    if (lot === undefined) continue;
    const there = sorted.get(lot);
    if (there) there.push(link);
    else sorted.set(lot, [link]);
  }
  return sorted;
}
