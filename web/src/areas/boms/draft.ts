/**
 * A bill of materials while it is written.
 * Rule: the text stays as typed; it is sent only when every line says what it needs to.
 */
import type { BomLineInput, LineKind } from '../../graphql/generated/graphql';
import { isDecimal, isPositive } from '../../lib/exact';
import type { Picked } from '../stock/picked';
import type { Bom } from './operations';

export interface DraftLine {
  key: number;
  kind: LineKind;
  product: Picked | null;
  label: string;
  quantity: string;
  rate: string;
  optional: boolean;
}

export const KINDS: readonly LineKind[] = ['COMPONENT', 'LABOUR', 'OVERHEAD', 'OTHER'];

export function emptyLine(key: number, kind: LineKind): DraftLine {
  return { key, kind, product: null, label: '', quantity: '', rate: '', optional: false };
}

/** A new version begins as what the one before was. */
export function draftOf(bom: Bom | null): DraftLine[] {
  if (!bom) return [emptyLine(0, 'COMPONENT')];
  return bom.lines.map((line, key) => ({
    key,
    kind: line.kind,
    product: line.product ?? null,
    label: line.label ?? '',
    quantity: line.quantity ?? '',
    rate: line.rate?.amount ?? '',
    optional: line.optional,
  }));
}

/** Why a line cannot be sent yet, or null. */
export function lacking(line: DraftLine): string | null {
  if (line.kind === 'COMPONENT') {
    if (!line.product) return 'Choose a component.';
    return isPositive(line.quantity) ? null : 'Give the quantity per unit made.';
  }
  if (line.label.trim() === '') return 'Give the cost a name.';
  if (!isDecimal(line.rate)) return 'Give the cost.';
  return line.quantity.trim() === '' || isPositive(line.quantity) ? null : 'The quantity must be positive.';
}

export function inputOf(line: DraftLine): BomLineInput {
  const quantity = line.quantity.trim() || undefined;
  return line.kind === 'COMPONENT'
    ? { kind: line.kind, productId: line.product?.id, quantity, optional: line.optional }
    : { kind: line.kind, label: line.label.trim(), quantity, rate: line.rate.trim(), optional: false };
}
