/**
 * From which lots a build would take a component: first in, first out, as the gateway does it.
 * Rule: only quantities are worked out here; values come from the gateway, which rounds them by its own rules.
 */
import { compare, subtract } from '../../lib/exact';

export interface Taken<Lot> {
  lot: Lot;
  quantity: string;
}

/** `lots` in the order of consumption. What they do not cover is left out: it is short. */
export function takenFrom<Lot extends { remainingQuantity: string }>(
  quantity: string,
  lots: readonly Lot[],
): Taken<Lot>[] {
  const taken: Taken<Lot>[] = [];
  let left = quantity;
  for (const lot of lots) {
    if (compare(left, '0') <= 0) break;
    if (compare(lot.remainingQuantity, '0') <= 0) continue;
    const part = compare(left, lot.remainingQuantity) < 0 ? left : lot.remainingQuantity;
    taken.push({ lot, quantity: part });
    left = subtract(left, part);
  }
  return taken;
}
