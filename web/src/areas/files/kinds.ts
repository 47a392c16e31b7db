/** The files that can be imported: their columns, what they mean, and an example that can be sent as it is. */
import type { Permission } from '../../graphql/generated/graphql';

export type FileKind = 'products' | 'opening-stock' | 'boms';

export interface Column {
  name: string;
  required: boolean;
  about: string;
}

export interface KindOfFile {
  kind: FileKind;
  label: string;
  lead: string;
  /** What a row makes, for one and for many. */
  makes: readonly [one: string, many: string];
  /** What a row that is there already means. */
  skipped: string;
  permission: Permission;
  rowsMax: string;
  columns: readonly Column[];
  example: readonly string[];
}

export const KINDS: readonly KindOfFile[] = [
  {
    kind: 'products',
    label: 'Products',
    lead: 'Every row makes a product, unless one has its SKU already.',
    makes: ['product', 'products'],
    skipped: 'There is a product with this SKU already.',
    permission: 'MANAGE_PRODUCTS',
    rowsMax: '1,000,000',
    columns: [
      { name: 'sku', required: true, about: 'tells the product from others' },
      { name: 'name', required: true, about: 'what people call it' },
      {
        name: 'type',
        required: false,
        about: 'RAW_MATERIAL (if left out), COMPONENT, SUB_ASSEMBLY or FINISHED_GOOD',
      },
      { name: 'unit', required: false, about: 'pcs, kg, m, …' },
    ],
    example: ['STL-1,Steel plate,RAW_MATERIAL,kg', 'BRK-1,Bracket,FINISHED_GOOD,pcs'],
  },
  {
    kind: 'opening-stock',
    label: 'Opening stock',
    lead: 'Every row is stock that is there on the first day, a lot of its own where lots are kept. Only products that never moved can have it.',
    makes: ['opening balance', 'opening balances'],
    skipped: 'This product has its opening stock already.',
    permission: 'MANAGE_STOCK',
    rowsMax: '1,000,000',
    columns: [
      { name: 'sku', required: true, about: 'of a product that is there' },
      { name: 'quantity', required: true, about: 'in the product’s unit, at most 6 decimals' },
      { name: 'unit_cost', required: false, about: 'cost each; left out it is unknown, which is not zero' },
      { name: 'lot_number', required: false, about: 'made if left out' },
      { name: 'received_on', required: false, about: 'YYYY-MM-DD; today if left out' },
      { name: 'expires_on', required: false, about: 'YYYY-MM-DD, for information' },
    ],
    example: ['STL-1,250.5,2.75,STL-2026-01,2026-01-01,'],
  },
  {
    kind: 'boms',
    label: 'Bills of materials',
    lead: 'The rows of one product stand together and make one bill of materials; they are taken or refused together.',
    makes: ['row of a bill of materials', 'rows of bills of materials'],
    skipped: 'This bill of materials is in use already.',
    permission: 'MANAGE_STOCK',
    rowsMax: '20,000',
    columns: [
      { name: 'product_sku', required: true, about: 'what is made' },
      { name: 'component_sku', required: false, about: 'what goes into it; empty for a cost' },
      { name: 'kind', required: false, about: 'COMPONENT (if left out), LABOUR, OVERHEAD or OTHER' },
      { name: 'quantity', required: false, about: 'per unit made; for a cost the units of its rate' },
      { name: 'optional', required: false, about: 'yes: used as far as there is any' },
      { name: 'label', required: false, about: 'what a cost is called' },
      { name: 'rate', required: false, about: 'cost per unit of the quantity' },
    ],
    example: ['BRK-1,STL-1,COMPONENT,0.7,no,,', 'BRK-1,,LABOUR,0.25,no,Bending,32'],
  },
];

export function kindOf(kind: FileKind): KindOfFile {
  return KINDS.find((each) => each.kind === kind) ?? (KINDS[0] as KindOfFile);
}

/** A file with its heading and an example, as a spreadsheet opens it. */
export function templateOf({ columns, example }: KindOfFile): string {
  return [columns.map(({ name }) => name).join(','), ...example, ''].join('\r\n');
}
