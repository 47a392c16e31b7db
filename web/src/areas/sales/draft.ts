/**
 * A sale by hand while it is written.
 * Rule: amounts stay as they were typed; what is sent holds only lines that name a product.
 */
import type { RecordSaleInput } from '../../graphql/generated/graphql';
import { compare, isDecimal, isPositive, sum, times } from '../../lib/exact';
import type { Picked } from '../stock/picked';

export interface DraftLine {
  key: number;
  product: Picked | null;
  quantity: string;
  unitPrice: string;
}

export interface Draft {
  date: string;
  customer: string;
  reference: string;
  notes: string;
  lines: DraftLine[];
}

export function emptyLine(key: number): DraftLine {
  return { key, product: null, quantity: '', unitPrice: '' };
}

export function emptyDraft(): Draft {
  return { date: '', customer: '', reference: '', notes: '', lines: [emptyLine(0)] };
}

/** Why it cannot be recorded yet, or null. */
export function lacking(draft: Draft): string | null {
  const named = draft.lines.filter((line) => line.product);
  for (const { product, quantity, unitPrice } of named) {
    if (!isPositive(quantity)) return `Give the quantity of ${product?.name}.`;
    if (!isDecimal(unitPrice) || compare(unitPrice, '0') < 0) return `Give the price of ${product?.name}.`;
  }
  return named.length > 0 ? null : 'Choose a finished good.';
}

export function inputOf(draft: Draft): RecordSaleInput {
  return {
    date: draft.date || undefined,
    customer: draft.customer.trim() || undefined,
    reference: draft.reference.trim() || undefined,
    notes: draft.notes.trim() || undefined,
    lines: draft.lines.flatMap(({ product, quantity, unitPrice }) =>
      product ? [{ productId: product.id, quantity: quantity.trim(), unitPrice: unitPrice.trim() }] : [],
    ),
  };
}

/** What it earns, as far as it is filled in. */
export function totalOf(draft: Draft): string {
  return sum(
    draft.lines
      .filter((line) => isDecimal(line.quantity) && isDecimal(line.unitPrice))
      .map((line) => times(line.quantity, line.unitPrice)),
  );
}
