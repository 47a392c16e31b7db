/**
 * Where a lot's cost comes from, one step back at a time.
 * Rule: the parts of a node add up to it exactly, to the last digit; what is unknown is null, never zero.
 */
import type { Money } from '../../lib/decimal';
import { isZero } from '../../lib/decimal';
import { portion, spread, subtract, sum } from '../../lib/exact';
import { landedKindWord, lineKindWord, lotSourceWord } from '../../lib/words';
import type { BuildOriginFragment } from '../../graphql/generated/graphql';
import type { Origin } from './operations';

export type PartKind = 'lot' | 'component' | 'price' | 'landed' | 'work' | 'source' | 'difference';

export interface Part {
  key: string;
  kind: PartKind;
  label: string;
  note?: string;
  quantity: string | null;
  unit: string | null;
  /** Null while it is unknown, which is not zero. */
  value: Money | null;
  estimated: boolean;
  /** The lot that this was taken from: it has a tree of its own. */
  lotId?: string;
  /** Where the record itself can be seen. */
  to?: string;
  parts: Part[];
}

type Costed = { costStatus: 'COMPLETE' | 'ESTIMATED' | 'MISSING'; value: Money };

/** A value with its status, as the tree shows it. */
function known({ costStatus, value }: Costed): Pick<Part, 'value' | 'estimated'> {
  return { value: costStatus === 'MISSING' ? null : value, estimated: costStatus === 'ESTIMATED' };
}

/** What a whole lot is made of. */
export function lotParts(lot: Origin): Part[] {
  const parts = lot.receipt ? receivedParts(lot, lot.receipt) : lot.build ? buildParts(lot.build) : [sourcePart(lot)];
  return withDifference(parts, lot.costStatus === 'MISSING' ? null : lot.receivedValue);
}

function receivedParts(lot: Origin, receipt: NonNullable<Origin['receipt']>): Part[] {
  const line = receipt.lines.find((each) => each.lot?.id === lot.id);
  if (!line) return [sourcePart(lot)];
  const { currency } = line.value;
  const corrected = receipt.corrections.some((each) => each.line.id === line.id);
  const price: Part = {
    key: `${line.id}-price`,
    kind: 'price',
    label: `${lot.supplier?.name ?? 'Supplier'}’s price`,
    note: `Receipt ${receipt.number}${corrected ? ', corrected since' : ''}: ${line.unitCost.amount} ${currency} each`,
    quantity: line.quantity,
    unit: lot.product.unit ?? null,
    to: `/receipts/${receipt.id}`,
    parts: [],
    ...known({
      costStatus: lot.costStatus,
      value: { amount: subtract(line.value.amount, line.landedCost.amount), currency },
    }),
  };
  if (isZero(line.landedCost.amount)) return [price];
  const landed: Part = {
    key: `${line.id}-landed`,
    kind: 'landed',
    label: 'Share of landed costs',
    note: receipt.costs.map((cost) => `${landedKindWord(cost.kind)}: ${cost.label}`).join(', '),
    quantity: null,
    unit: null,
    value: line.landedCost,
    estimated: false,
    to: `/receipts/${receipt.id}`,
    parts: [],
  };
  return [price, landed];
}

/** What a build took and cost, by line. */
export function buildParts(build: BuildOriginFragment): Part[] {
  return build.lines.map((line) => ({
    key: line.id,
    kind: line.product ? 'component' : 'work',
    label: line.product?.name ?? line.label ?? lineKindWord(line.kind),
    note: line.product ? undefined : lineKindWord(line.kind),
    quantity: line.quantity,
    unit: line.product?.unit ?? null,
    to: line.product ? `/products/${line.product.id}` : undefined,
    parts: line.consumptions.map((taken) => ({
      key: taken.id,
      kind: 'lot',
      label: taken.lot.source === 'SHORTAGE' ? 'Not there yet (a shortage)' : `Lot ${taken.lot.number}`,
      note: lotSourceWord(taken.lot.source),
      quantity: taken.quantity,
      unit: line.product?.unit ?? null,
      lotId: taken.lot.source === 'SHORTAGE' ? undefined : taken.lot.id,
      to: taken.lot.source === 'SHORTAGE' ? undefined : `/lots/${taken.lot.id}`,
      parts: [],
      ...known(taken),
    })),
    ...known(line),
  }));
}

function sourcePart(lot: Origin): Part {
  return {
    key: `${lot.id}-source`,
    kind: 'source',
    label: lotSourceWord(lot.source),
    note: 'Nothing further back is known.',
    quantity: lot.receivedQuantity,
    unit: lot.product.unit ?? null,
    parts: [],
    ...known({ costStatus: lot.costStatus, value: lot.receivedValue }),
  };
}

/** A lot that was adjusted is worth something else than its document said: the difference is a part of its own. */
function withDifference(parts: Part[], total: Money | null): Part[] {
  const values = parts.map((part) => part.value?.amount);
  if (!total || values.some((value) => value === undefined)) return parts;
  const difference = subtract(total.amount, sum(values as string[]));
  if (isZero(difference)) return parts;
  const part: Part = {
    key: 'difference',
    kind: 'difference',
    label: 'Changed since',
    note: 'Adjustments and corrections after the document',
    quantity: null,
    unit: null,
    value: { amount: difference, currency: total.currency },
    estimated: false,
    parts: [],
  };
  return [...parts, part];
}

/** The parts of the quantity that was taken from a lot of `whole`, whose captured value they add up to. */
export function shareOf(parts: readonly Part[], taken: string, whole: string, value: Money | null): Part[] {
  const amounts = parts.map((part) => part.value?.amount);
  const complete = amounts.every((amount) => amount !== undefined);
  const values = value && complete ? spread(value.amount, amounts) : null;
  return parts.map((part, index) => {
    const share = values?.[index];
    const mine = value && share !== undefined ? { amount: share, currency: value.currency } : null;
    const quantity = part.quantity === null ? null : portion(part.quantity, taken, whole);
    return { ...part, value: mine, quantity, parts: shareOf(part.parts, taken, whole, mine) };
  });
}
