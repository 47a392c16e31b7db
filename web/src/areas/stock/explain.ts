/**
 * The tree of a cost, made of the list of parts that the gateway sends.
 * Rule: nothing is worked out here; the gateway's parts add up, and what it left out is said.
 */
import { costPartWord, lotSourceWord } from '../../lib/words';
import type { CostPart } from './operations';

export interface Branch {
  part: CostPart;
  parts: Branch[];
}

/** The whole with its parts below it; null for an empty list. */
export function treeOf(parts: readonly CostPart[]): Branch | null {
  const branches = new Map(parts.map((part): [number, Branch] => [part.place, { part, parts: [] }]));
  for (const branch of branches.values()) {
    if (branch.part.parent != null) branches.get(branch.part.parent)?.parts.push(branch);
  }
  return [...branches.values()].find((branch) => branch.part.parent == null) ?? null;
}

export function labelOf({ part }: Branch): string {
  const of = part.product ? ` of ${part.product.name}` : '';
  switch (part.kind) {
    case 'LOT':
      return `Lot ${part.lot?.number ?? part.label ?? ''}${part.depth === 0 ? of : ''}`;
    case 'BUILD':
      return `Build ${part.build?.number ?? ''}${of}`;
    case 'COMPONENT':
      return part.product?.name ?? part.label ?? costPartWord(part.kind);
    case 'PRICE':
      return `${part.supplier?.name ?? 'Supplier'}’s price`;
    case 'SHORTAGE':
      return 'Not there yet (a shortage)';
    default:
      return part.label ?? costPartWord(part.kind);
  }
}

/** What stands under the label: where it is from, and what it was each. */
export function noteOf({ part, parts }: Branch): string | undefined {
  const receipt = part.receipt ? `receipt ${part.receipt.number}` : null;
  switch (part.kind) {
    case 'LOT':
      return parts.length === 0 && !part.cut
        ? `${sourceOf(part)}. Nothing further back is known.`
        : `${sourceOf(part)}${part.depth === 0 ? ', as received' : ''}`;
    case 'PRICE':
      return capital(
        [receipt, part.unitCost && `${part.unitCost.amount} ${part.unitCost.currency} each`].filter(Boolean).join(': '),
      );
    case 'FREIGHT':
    case 'DUTY':
    case 'OTHER_LANDED':
      return `${costPartWord(part.kind)}${receipt ? ` of ${receipt}` : ''}`;
    case 'LABOUR':
    case 'OVERHEAD':
    case 'OTHER_COST':
      return part.label ? costPartWord(part.kind) : undefined;
    case 'AVERAGE':
      return 'No lots were kept when it was taken.';
    case 'SHORTAGE':
      return 'It went out before it came in, at an assumed cost.';
    default:
      return undefined;
  }
}

function sourceOf(part: CostPart): string {
  if (part.receipt) return `Receipt ${part.receipt.number}${part.supplier ? `, ${part.supplier.name}` : ''}`;
  if (part.build) return `Build ${part.build.number}`;
  return part.lotSource ? lotSourceWord(part.lotSource) : 'Lot';
}

function capital(text: string): string | undefined {
  return text === '' ? undefined : text.charAt(0).toUpperCase() + text.slice(1);
}

/** Where the record itself can be seen. */
export function placeOf(part: CostPart): string | undefined {
  switch (part.kind) {
    case 'LOT':
      return part.lot ? `/lots/${part.lot.id}` : undefined;
    case 'BUILD':
      return part.build ? `/builds/${part.build.id}` : undefined;
    case 'COMPONENT':
      return part.product ? `/products/${part.product.id}` : undefined;
    case 'PRICE':
    case 'FREIGHT':
    case 'DUTY':
    case 'OTHER_LANDED':
      return part.receipt ? `/receipts/${part.receipt.id}` : undefined;
    default:
      return undefined;
  }
}
