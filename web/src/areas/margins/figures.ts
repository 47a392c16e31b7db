/**
 * What may be said of a cost and of the margin that follows from it.
 * Rule: a cost that is not known is neither zero nor left out of the sentence: a margin with such a cost in it is at most
 * what is shown, and without any known cost it is unknown.
 */
import type { CostStatus } from '../../graphql/generated/graphql';
import { isNegative, isZero, type Money } from '../../lib/decimal';

export interface Figures {
  revenue: Money;
  cost: Money;
  margin: Money;
  marginPercent?: string | null;
  costStatus: CostStatus;
}

/** ALL: every cost is known or assumed; PART: some is missing; NONE: nothing is known. */
export type Known = 'ALL' | 'PART' | 'NONE';

export interface Shares {
  known: Known;
  estimated: boolean;
  /** Something was earned with goods that cost nothing. */
  zeroCost: boolean;
  /** Margin and percent are upper bounds. */
  atMost: boolean;
  /** Null where no percentage can be given; `why` says so. */
  percent: string | null;
  why: string | null;
}

const UNKNOWN = 'No cost is known for any of it, so no margin can be given; that is not a margin of 100 %.';
const PARTLY = 'The cost of some of it is not known: it is more than shown, and the margin less.';
const NO_REVENUE = 'Nothing was earned, so there is nothing that the margin could be a share of.';

export function sharesOf({ revenue, cost, marginPercent, costStatus }: Figures): Shares {
  const missing = costStatus === 'MISSING';
  const known: Known = !missing ? 'ALL' : isZero(cost.amount) || isNegative(revenue.amount) ? 'NONE' : 'PART';
  const percent = known === 'NONE' ? null : (marginPercent ?? null);
  return {
    known,
    estimated: costStatus === 'ESTIMATED',
    zeroCost: !missing && isZero(cost.amount) && !isZero(revenue.amount),
    atMost: known === 'PART',
    percent,
    why: known === 'NONE' ? UNKNOWN : percent === null ? NO_REVENUE : known === 'PART' ? PARTLY : null,
  };
}
