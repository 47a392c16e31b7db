import { Anchor, Badge, Group, Table, Text, VisuallyHidden } from '@mantine/core';
import { Link } from 'react-router';
import { ActionButton } from '../../components/ActionButton';
import { MoneyText, Quantity, Unknown } from '../../components/Amounts';
import { DataTable } from '../../components/DataTable';
import type { LotsQuery as LotsData } from '../../graphql/generated/graphql';
import { formatDay } from '../../lib/time';
import { lotSourceWord, lotStatusWord } from '../../lib/words';
import { CostBadge } from '../products/CostBadge';
import { inFifoOrder } from './fifo';
import type { Lot } from './operations';
import { LaterBadge } from './Past';
import { isLater, type Past } from './past';

export type LotRow = LotsData['lots']['nodes'][number];

const UNKNOWN = 'No cost is known for this lot yet; that is not a cost of zero.';

const head = (past: boolean) => (
  <>
    <Table.Th>Lot</Table.Th>
    <Table.Th>Received</Table.Th>
    <Table.Th>From</Table.Th>
    <Table.Th ta="right">Left of it</Table.Th>
    <Table.Th ta="right">Value left</Table.Th>
    <Table.Th ta="right">Cost each</Table.Th>
    <Table.Th>{past ? 'State now' : 'State'}</Table.Th>
    <Table.Th>
      <VisuallyHidden>Actions</VisuallyHidden>
    </Table.Th>
  </>
);

/** Lots in the order in which stock is taken from them. */
export function LotsTable({
  lots,
  past,
  busy,
  onAdjust,
}: {
  lots: readonly LotRow[];
  past: Past;
  busy: boolean;
  onAdjust: (lot: LotRow) => void;
}) {
  return (
    <DataTable minWidth={860} head={head(past.is)} label="Lots" testId="lots-table" busy={busy}>
      {inFifoOrder(lots).map((lot) => (
        <Row key={lot.id} lot={lot} past={past} onAdjust={onAdjust} />
      ))}
    </DataTable>
  );
}

function Row({ lot, past, onAdjust }: { lot: LotRow; past: Past; onAdjust: (lot: LotRow) => void }) {
  const missing = lot.costStatus === 'MISSING';
  const then = past.is ? lot.at : null;
  const quantity = then?.quantity ?? lot.remainingQuantity;
  const value = then?.value ?? lot.remainingValue;
  const each = (then?.unitCost ?? lot.unitCost) || null;
  const later = isLater(lot.createdAt, past);
  return (
    <Table.Tr
      data-testid="lot-row"
      data-lot={lot.number}
      data-status={lot.status}
      data-cost-status={lot.costStatus}
      data-later={later || undefined}
    >
      <Table.Td>
        <Anchor component={Link} to={`/lots/${lot.id}`} size="sm" fw={540} c="var(--link-color)" data-testid="lot-open">
          {lot.number}
        </Anchor>{' '}
        {later && <LaterBadge />}
      </Table.Td>
      <Table.Td>{formatDay(lot.receivedOn)}</Table.Td>
      <Table.Td>
        <Origin lot={lot} />
      </Table.Td>
      <Table.Td ta="right">
        <Quantity value={quantity} unit={lot.product.unit} />
        <Text span size="xs" c="dimmed">
          {' of '}
          <Quantity value={lot.receivedQuantity} />
        </Text>
      </Table.Td>
      <Table.Td ta="right">{missing ? <Unknown why={UNKNOWN} /> : <MoneyText money={value} />}</Table.Td>
      <Table.Td ta="right">
        <Group gap={6} justify="flex-end" wrap="nowrap">
          {lot.costStatus === 'ESTIMATED' && <CostBadge status="ESTIMATED" />}
          {missing || !each ? <Unknown why={UNKNOWN} /> : <MoneyText money={each} />}
        </Group>
      </Table.Td>
      <Table.Td>
        <LotStatusBadge status={lot.status} />
      </Table.Td>
      <Table.Td ta="right">
        <ActionButton
          size="compact-xs"
          variant="subtle"
          permission="MANAGE_STOCK"
          unavailable={closedBecause(lot, past)}
          onClick={() => onAdjust(lot)}
          aria-label={`Adjust lot ${lot.number}`}
          data-testid="adjust-lot"
        >
          Adjust
        </ActionButton>
      </Table.Td>
    </Table.Tr>
  );
}

function closedBecause(lot: LotRow, past: Past): string | null {
  if (past.is) return 'These are figures of another moment. Go back to now first.';
  return lot.status === 'VOIDED' ? 'The lot’s document was voided.' : null;
}

export function LotStatusBadge({ status }: { status: Lot['status'] }) {
  const color = status === 'ACTIVE' ? 'teal' : status === 'VOIDED' ? 'red' : 'gray';
  return (
    <Badge color={color} variant="light" size="sm" data-status={status}>
      {lotStatusWord(status)}
    </Badge>
  );
}

/** The document a lot came with. */
export function Origin({ lot }: { lot: Lot }) {
  if (lot.receipt) {
    return (
      <Anchor component={Link} to={`/receipts/${lot.receipt.id}`} size="sm" c="var(--link-color)">
        Receipt {lot.receipt.number}
        {lot.supplier && `, ${lot.supplier.name}`}
      </Anchor>
    );
  }
  if (lot.build) {
    return (
      <Anchor component={Link} to={`/builds/${lot.build.id}`} size="sm" c="var(--link-color)">
        Build {lot.build.number}
      </Anchor>
    );
  }
  return <Text size="sm">{lotSourceWord(lot.source)}</Text>;
}
