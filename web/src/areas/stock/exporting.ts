/** Lots and movements as CSV: every page of what is listed, read one after another, into one file of the browser. */
import type { AnyVariables, Client, TypedDocumentNode } from 'urql';
import type { LedgerQuery as LedgerData, LotsQuery as LotsData } from '../../graphql/generated/graphql';
import { toCsv, type Cell } from '../../lib/csv';

interface Page<Row> {
  nodes: readonly Row[];
  pageInfo: { hasNextPage: boolean; endCursor?: string | null };
}

const PAGE = 250;

/** Every row of a list; a fault on the way ends it, so that no file is silently short. */
export async function everyRow<Data, Variables extends AnyVariables, Row>(
  client: Client,
  query: TypedDocumentNode<Data, Variables>,
  variables: Variables,
  pick: (data: Data) => Page<Row>,
): Promise<Row[]> {
  const rows: Row[] = [];
  for (let after: string | null = null, more = true; more;) {
    const asked = { ...variables, first: PAGE, after } as Variables;
    const { data, error } = await client.query(query, asked, { requestPolicy: 'network-only' }).toPromise();
    if (error) throw error;
    if (!data) break;
    const page = pick(data);
    rows.push(...page.nodes);
    after = page.pageInfo.endCursor ?? null;
    more = page.pageInfo.hasNextPage && after !== null;
  }
  return rows;
}

type LotRow = LotsData['lots']['nodes'][number];
type MovementRow = LedgerData['stockMovements']['nodes'][number];

/** At a past day what was left then. A cost that is missing stays empty: a zero would be taken for a cost. */
export function lotsCsv(lots: readonly LotRow[]): string {
  const head =
    'product,sku,lot,source,status,received_on,supplier,unit,received_quantity,received_value,remaining_quantity,remaining_value,unit_cost,currency,cost_status';
  return toCsv(
    head.split(','),
    lots.map((lot): Cell[] => {
      const known = lot.costStatus !== 'MISSING';
      return [
        lot.product.name,
        lot.product.sku,
        lot.number,
        lot.source,
        lot.status,
        lot.receivedOn,
        lot.supplier?.name,
        lot.product.unit,
        lot.receivedQuantity,
        known ? lot.receivedValue.amount : null,
        lot.at?.quantity ?? lot.remainingQuantity,
        known ? (lot.at?.value ?? lot.remainingValue).amount : null,
        lot.unitCost?.amount,
        lot.remainingValue.currency,
        lot.costStatus,
      ];
    }),
  );
}

export function movementsCsv(movements: readonly MovementRow[]): string {
  const head =
    'effective_on,recorded_at,recorded_by,kind,reason,note,quantity,value,on_hand_after,value_after,currency,cost_status,document_type,document';
  return toCsv(
    head.split(','),
    movements.map((each): Cell[] => {
      const known = each.costStatus !== 'MISSING';
      return [
        each.effectiveOn,
        each.recordedAt,
        each.recordedBy,
        each.kind,
        each.reason,
        each.note,
        each.quantity,
        known ? each.value.amount : null,
        each.onHandAfter,
        each.valueAfter.amount,
        each.value.currency,
        each.costStatus,
        each.document?.__typename,
        each.document?.id,
      ];
    }),
  );
}

export function saveFile(name: string, text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: 'text/csv;charset=utf-8' }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  window.setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

/** A name that every system takes as a file's. */
export function fileName(product: string, what: string): string {
  const plain = product
    .normalize('NFKD')
    .replace(/[^a-zA-Z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .toLowerCase();
  return `${plain || 'product'}-${what}.csv`;
}
