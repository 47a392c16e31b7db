import { Anchor, Badge, Button, Group, Select, Stack, Table, Text, TextInput } from '@mantine/core';
import { IconReceiptDollar } from '@tabler/icons-react';
import { Link } from 'react-router';
import { MoneyText } from '../../components/Amounts';
import { DataTable } from '../../components/DataTable';
import { EmptyState } from '../../components/EmptyState';
import { Loaded } from '../../components/Loaded';
import { Pager } from '../../components/Pager';
import { usePaging } from '../../components/paging';
import { SearchInput } from '../../components/SearchInput';
import { TotalCount } from '../../components/TotalCount';
import { useFilters } from '../../components/useFilters';
import { useLiveQuery } from '../../graphql/useLiveQuery';
import { isZero } from '../../lib/decimal';
import { formatDay } from '../../lib/time';
import { count, salesDocumentWord, saleStatusWord } from '../../lib/words';
import { CostFigure, MarginFigure, PercentFigure } from '../margins/Figures';
import { useDesk } from './desk';
import { DOCUMENT_TYPES, SALE_FILTERS, STATUSES, toSaleFilter } from './filter';
import { saleName } from './naming';
import { NoSales } from './NoSales';
import { SALE_TYPES, SaleCountQuery, SalesQuery, type SaleRow } from './operations';
import { SaleStatusBadge, SourceBadge } from './SaleBadges';

const HEAD = (
  <>
    <Table.Th>Sale</Table.Th>
    <Table.Th>Date</Table.Th>
    <Table.Th>Customer</Table.Th>
    <Table.Th>State</Table.Th>
    <Table.Th ta="right">Revenue</Table.Th>
    <Table.Th ta="right">Cost</Table.Th>
    <Table.Th ta="right">Margin</Table.Th>
    <Table.Th ta="right">%</Table.Th>
  </>
);

/** All sales, latest first, with filters that stand in the address. */
export function SalesList() {
  const { data } = useDesk();
  const filters = useFilters(SALE_FILTERS);
  const filter = toSaleFilter(filters.values);
  const listing = JSON.stringify(filter);
  const paging = usePaging(listing);
  const query = useLiveQuery(SalesQuery, { filter, ...paging.variables }, { types: SALE_TYPES });
  const { values, set } = filters;
  return (
    <Stack gap="md">
      <Group role="search" aria-label="Filter sales" gap="sm" align="flex-end">
        <SearchInput
          label="Search"
          placeholder="Number or customer"
          w={190}
          value={values.search}
          onSearch={(search) => set({ search })}
          data-testid="sales-filter-search"
        />
        <Select
          label="Kind"
          placeholder="All"
          w={160}
          clearable
          data={DOCUMENT_TYPES.map((value) => ({ value, label: salesDocumentWord(value) }))}
          value={values.type || null}
          onChange={(next) => set({ type: next ?? '' })}
          data-testid="sales-filter-type"
        />
        <Select
          label="State"
          placeholder="All"
          w={130}
          clearable
          data={STATUSES.map((value) => ({ value, label: saleStatusWord(value) }))}
          value={values.status || null}
          onChange={(next) => set({ status: next ?? '' })}
          data-testid="sales-filter-status"
        />
        <Select
          label="Channel"
          placeholder="All"
          w={190}
          clearable
          data={data.salesChannels.map(({ id, name }) => ({ value: id, label: name }))}
          value={values.channel || null}
          onChange={(next) => set({ channel: next ?? '' })}
          data-testid="sales-filter-channel"
        />
        <Select
          label="Only"
          placeholder="All"
          w={190}
          clearable
          data={[
            { value: 'open', label: 'with lines that wait' },
            { value: 'short', label: 'sold short' },
          ]}
          value={values.open === 'yes' ? 'open' : values.short === 'yes' ? 'short' : null}
          onChange={(next) => set({ open: next === 'open' ? 'yes' : '', short: next === 'short' ? 'yes' : '' })}
          data-testid="sales-filter-only"
        />
        <TextInput
          type="date"
          label="From"
          value={values.from}
          onChange={(event) => set({ from: event.currentTarget.value })}
          data-testid="sales-filter-from"
        />
        <TextInput
          type="date"
          label="To"
          value={values.to}
          onChange={(event) => set({ to: event.currentTarget.value })}
          data-testid="sales-filter-to"
        />
        {filters.active > 0 && (
          <Button variant="subtle" onClick={filters.clear} data-testid="clear-filters">
            Clear filters
          </Button>
        )}
      </Group>
      <Loaded query={query}>
        {({ sales: { nodes, pageInfo } }) =>
          nodes.length === 0 ? (
            filters.active > 0 ? (
              <EmptyState
                icon={IconReceiptDollar}
                title="No sale matches"
                action={
                  <Button variant="default" onClick={filters.clear}>
                    Clear filters
                  </Button>
                }
              >
                Widen the filters above.
              </EmptyState>
            ) : (
              <NoSales />
            )
          ) : (
            <>
              <DataTable minWidth={900} head={HEAD} label="Sales" testId="sales-table" busy={query.loading}>
                {nodes.map((sale) => (
                  <Row key={sale.id} sale={sale} />
                ))}
              </DataTable>
              <Pager
                label="sales"
                paging={paging}
                info={pageInfo}
                shown={nodes.length}
                loading={query.loading}
                total={<TotalCount key={listing} query={SaleCountQuery} variables={{ filter }} />}
              />
            </>
          )
        }
      </Loaded>
    </Stack>
  );
}

function Row({ sale }: { sale: SaleRow }) {
  // Where nothing is processed, or nothing is a finished good, there are no figures; zero would say that there are.
  const none =
    isZero(sale.revenue.amount) && isZero(sale.cost.amount) && (sale.openLines > 0 || sale.costStatus === 'COMPLETE');
  const counts = sale.status === 'POSTED' && !none;
  return (
    <Table.Tr
      data-testid="sale-row"
      data-number={sale.number}
      data-status={sale.status}
      data-cost-status={sale.costStatus}
    >
      <Table.Td>
        <Anchor component={Link} to={`/sales/${sale.id}`} size="sm" fw={540} c="var(--link-color)">
          {saleName(sale)}
        </Anchor>
        <Text size="xs" c="dimmed">
          {sale.channel.name}
        </Text>
      </Table.Td>
      <Table.Td>{formatDay(sale.date)}</Table.Td>
      <Table.Td>{sale.customer ?? '–'}</Table.Td>
      <Table.Td>
        <Group gap={6} wrap="nowrap">
          <SaleStatusBadge status={sale.status} />
          {sale.source === 'MANUAL' && <SourceBadge source={sale.source} />}
          {sale.openLines > 0 && (
            <Badge size="sm" variant="light" color="orange" title="Open issues say why, and what to do.">
              {count(sale.openLines, 'line')} wait{sale.openLines === 1 ? 's' : ''}
            </Badge>
          )}
          {!isZero(sale.shortQuantity) && (
            <Badge
              size="sm"
              variant="light"
              color="yellow"
              title="More was sold than the lots held."
              data-testid="sale-short"
            >
              short
            </Badge>
          )}
        </Group>
      </Table.Td>
      <Table.Td ta="right">
        <MoneyText money={counts ? sale.revenue : null} />
      </Table.Td>
      <Table.Td ta="right">{counts ? <CostFigure figures={sale} /> : <MoneyText money={null} />}</Table.Td>
      <Table.Td ta="right">{counts ? <MarginFigure figures={sale} /> : <MoneyText money={null} />}</Table.Td>
      <Table.Td ta="right">{counts ? <PercentFigure figures={sale} /> : <MoneyText money={null} />}</Table.Td>
    </Table.Tr>
  );
}
