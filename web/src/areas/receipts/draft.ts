/**
 * A receipt while it is written.
 * Rule: a draft may be unfinished; what is sent holds only lines that name a product, and every amount as it was typed.
 */
import type { CostBasis, LandedCostKind, SaveReceiptInput } from '../../graphql/generated/graphql';
import { isDecimal, sum, times } from '../../lib/exact';
import type { Picked } from '../stock/picked';
import type { Receipt } from './operations';

export interface DraftLine {
  key: number;
  product: Picked | null;
  quantity: string;
  unitCost: string;
  lotNumber: string;
  expiresOn: string;
}

export interface DraftCost {
  key: number;
  kind: LandedCostKind;
  label: string;
  amount: string;
  basis: CostBasis;
}

export interface Draft {
  supplier: { id: string; name: string } | null;
  receivedOn: string;
  reference: string;
  note: string;
  lines: DraftLine[];
  costs: DraftCost[];
}

export function emptyLine(key: number): DraftLine {
  return { key, product: null, quantity: '', unitCost: '', lotNumber: '', expiresOn: '' };
}

export function emptyCost(key: number): DraftCost {
  return { key, kind: 'FREIGHT', label: 'Freight', amount: '', basis: 'VALUE' };
}

export function draftOf(receipt: Receipt | null): Draft {
  if (!receipt) {
    return { supplier: null, receivedOn: '', reference: '', note: '', lines: [emptyLine(0)], costs: [] };
  }
  return {
    supplier: receipt.supplier,
    receivedOn: receipt.receivedOn,
    reference: receipt.reference ?? '',
    note: receipt.note ?? '',
    lines: receipt.lines.map((line, key) => ({
      key,
      product: line.product,
      quantity: line.quantity,
      unitCost: line.unitCost.amount,
      lotNumber: line.lotNumber ?? '',
      expiresOn: line.expiresOn ?? '',
    })),
    costs: receipt.costs.map(({ kind, label, basis, amount }, key) => ({
      key,
      kind,
      label,
      basis,
      amount: amount.amount,
    })),
  };
}

/** Why it cannot be saved yet, or null. */
export function lacking(draft: Draft): string | null {
  if (!draft.supplier) return 'Choose a supplier.';
  for (const line of draft.lines.filter((each) => each.product)) {
    if (!isDecimal(line.quantity)) return `Give the quantity of ${line.product?.name}.`;
    if (!isDecimal(line.unitCost)) return `Give the price of ${line.product?.name}.`;
  }
  for (const cost of draft.costs) {
    if (cost.label.trim() === '') return 'Give each landed cost a name.';
    if (!isDecimal(cost.amount)) return `Give the amount of “${cost.label.trim()}”.`;
  }
  return draft.lines.some((line) => line.product) ? null : 'Choose a product.';
}

/** `supplierId` is required: ask `lacking` first. */
export function inputOf(draft: Draft, receiptId: string | undefined): SaveReceiptInput {
  return {
    receiptId,
    supplierId: draft.supplier?.id ?? '',
    receivedOn: draft.receivedOn || undefined,
    reference: draft.reference.trim() || undefined,
    note: draft.note.trim() || undefined,
    lines: draft.lines.flatMap((line) =>
      line.product
        ? [
            {
              productId: line.product.id,
              quantity: line.quantity.trim(),
              unitCost: line.unitCost.trim(),
              lotNumber: line.lotNumber.trim() || undefined,
              expiresOn: line.expiresOn || undefined,
            },
          ]
        : [],
    ),
    costs: draft.costs.map(({ kind, label, amount, basis }) => ({
      kind,
      label: label.trim(),
      amount: amount.trim(),
      basis,
    })),
  };
}

/** What it comes to, as far as it is filled in. */
export function totalOf(draft: Draft): string {
  const lines = draft.lines
    .filter((line) => isDecimal(line.quantity) && isDecimal(line.unitCost))
    .map((line) => times(line.quantity, line.unitCost));
  const costs = draft.costs.filter((cost) => isDecimal(cost.amount)).map((cost) => cost.amount);
  return sum([...lines, ...costs]);
}
