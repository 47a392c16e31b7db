import { Anchor, Button, Group, Select, Table } from '@mantine/core';
import { IconPlus, IconTruckDelivery } from '@tabler/icons-react';
import { Link } from 'react-router';
import { MoneyText } from '../../components/Amounts';
import { DataTable } from '../../components/DataTable';
import { EmptyState } from '../../components/EmptyState';
import { Loaded } from '../../components/Loaded';
import { Page } from '../../components/Page';
import { Pager } from '../../components/Pager';
import { usePaging } from '../../components/paging';
import { oneOf, useFilters } from '../../components/useFilters';
import type { ReceiptState } from '../../graphql/generated/graphql';
import { useLiveQuery } from '../../graphql/useLiveQuery';
import { formatDay } from '../../lib/time';
import { receiptStateWord } from '../../lib/words';
import { STOCK_TYPES } from '../stock/operations';
import { ReceivingNotice, useStockSettings } from '../stock/ReceivingNotice';
import { ReceiptsQuery, SuppliersQuery } from './operations';
import { ReceiptStateBadge } from './ReceiptStateBadge';

const FILTERS = ['state', 'supplier'] as const;
const STATES: readonly ReceiptState[] = ['DRAFT', 'CONFIRMED', 'VOIDED'];

const HEAD = (
  <>
    <Table.Th>Receipt</Table.Th>
    <Table.Th>Received</Table.Th>
    <Table.Th>Supplier</Table.Th>
    <Table.Th>Supplier’s number</Table.Th>
    <Table.Th>State</Table.Th>
    <Table.Th ta="right">Value</Table.Th>
  </>
);

const CREATE = (
  <Button component={Link} to="/receipts/new" leftSection={<IconPlus size={16} />} data-testid="new-receipt">
    New receipt
  </Button>
);

export function ReceiptsPage() {
  const filters = useFilters(FILTERS);
  const state = oneOf(filters.values.state, STATES);
  const supplierId = filters.values.supplier || undefined;
  const paging = usePaging(`${state} ${supplierId}`);
  const query = useLiveQuery(
    ReceiptsQuery,
    { filter: { state, supplierId }, ...paging.variables },
    { types: STOCK_TYPES },
  );
  const suppliers = useLiveQuery(SuppliersQuery, { first: 250 }, { types: ['Supplier'] }).data?.suppliers.nodes ?? [];
  return (
    <Page
      title="Receipts"
      lead="What suppliers delivered. A draft has no effect; once confirmed, each line is a lot in stock with its own cost."
      actions={
        <>
          <Button component={Link} to="/suppliers" variant="default">
            Suppliers
          </Button>
          {CREATE}
        </>
      }
    >
      <ReceivingNotice />
      <Group role="search" aria-label="Filter receipts" align="flex-end">
        <Select
          label="State"
          placeholder="All"
          w={150}
          clearable
          data={STATES.map((value) => ({ value, label: receiptStateWord(value) }))}
          value={state ?? null}
          onChange={(next) => filters.set({ state: next ?? '' })}
          data-testid="receipts-filter-state"
        />
        <Select
          label="Supplier"
          placeholder="All"
          w={240}
          clearable
          searchable
          data={suppliers.map(({ id, name }) => ({ value: id, label: name }))}
          value={supplierId ?? null}
          onChange={(next) => filters.set({ supplier: next ?? '' })}
          data-testid="receipts-filter-supplier"
        />
      </Group>
      <Loaded query={query}>
        {({ receipts: { nodes, pageInfo } }) =>
          nodes.length === 0 ? (
            <NoReceipts filtered={filters.active > 0} onClear={filters.clear} />
          ) : (
            <>
              <DataTable minWidth={780} head={HEAD} label="Receipts" testId="receipts-table" busy={query.loading}>
                {nodes.map((receipt) => (
                  <Table.Tr key={receipt.id} data-testid="receipt-row" data-state={receipt.state}>
                    <Table.Td>
                      <Anchor component={Link} to={`/receipts/${receipt.id}`} size="sm" fw={540} c="var(--link-color)">
                        Receipt {receipt.number}
                      </Anchor>
                    </Table.Td>
                    <Table.Td>{formatDay(receipt.receivedOn)}</Table.Td>
                    <Table.Td>{receipt.supplier.name}</Table.Td>
                    <Table.Td>{receipt.reference ?? '–'}</Table.Td>
                    <Table.Td>
                      <ReceiptStateBadge state={receipt.state} />
                    </Table.Td>
                    <Table.Td ta="right">
                      <MoneyText money={receipt.value} />
                    </Table.Td>
                  </Table.Tr>
                ))}
              </DataTable>
              <Pager label="receipts" paging={paging} info={pageInfo} shown={nodes.length} loading={query.loading} />
            </>
          )
        }
      </Loaded>
    </Page>
  );
}

function NoReceipts({ filtered, onClear }: { filtered: boolean; onClear: () => void }) {
  const settings = useStockSettings();
  if (filtered) {
    return (
      <EmptyState
        icon={IconTruckDelivery}
        title="No receipt matches"
        action={
          <Button variant="default" onClick={onClear}>
            Clear filters
          </Button>
        }
      >
        Widen the filters above.
      </EmptyState>
    );
  }
  return (
    <EmptyState icon={IconTruckDelivery} title="No receipts yet" action={settings?.receiving && CREATE}>
      {settings && !settings.receiving
        ? 'Begin to keep lots first. Then record what a supplier delivered, with its price and freight.'
        : 'Record what a supplier delivered, with its price and freight. When you confirm it, each line becomes a lot.'}
    </EmptyState>
  );
}
