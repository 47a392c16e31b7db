import { Anchor, Button, Group, Stack, Table, Text, Title } from '@mantine/core';
import { Link } from 'react-router';
import { MoneyText, Quantity } from '../../components/Amounts';
import { DataTable } from '../../components/DataTable';
import { Loaded } from '../../components/Loaded';
import { Pager } from '../../components/Pager';
import { SortHeader } from '../../components/SortHeader';
import type { MarginDimension } from '../../graphql/generated/graphql';
import { useLiveQuery } from '../../graphql/useLiveQuery';
import { isZero } from '../../lib/decimal';
import { dimensionWord } from '../../lib/words';
import { saleName } from '../sales/naming';
import { ProductLink } from '../stock/ProductLink';
import amounts from '../exports/Amounts.module.css';
import { periodTitle } from './chart';
import { CostFigure, MarginFigure, PercentFigure, Share } from './Figures';
import { useForwardPaging } from './forward';
import { MARGIN_TYPES, MarginsQuery, type Row, type Totals } from './operations';
import { explainPlace, inputOf, periodOf, type Report, type ReportValues } from './report';

interface Props {
  report: Report;
  totals: Totals;
  set: (changes: Partial<ReportValues>) => void;
}

/** The figures by row; each row leads to what is behind it. */
export function MarginTable({ report, totals, set }: Props) {
  const input = inputOf(report);
  const paging = useForwardPaging(JSON.stringify(input));
  const { first, after } = paging.variables;
  const query = useLiveQuery(MarginsQuery, { input, first, after }, { types: MARGIN_TYPES });
  return (
    <Stack gap="sm">
      <Title order={2} size="h4">
        {report.groupBy.length === 0
          ? 'All of it'
          : `By ${report.groupBy.map((each) => dimensionWord(each).toLowerCase()).join(' and ')}`}
      </Title>
      <Loaded query={query}>
        {({ margins: { nodes, pageInfo } }) => (
          <>
            <DataTable
              dense
              minWidth={720 + 100 * report.groupBy.length}
              head={<Head report={report} set={set} />}
              label="Margins"
              testId="margins-table"
              busy={query.loading}
            >
              {nodes.map((row) => (
                <Figures key={keyOf(row)} row={row} report={report} />
              ))}
              <Total totals={totals} columns={report.groupBy.length} />
            </DataTable>
            <Pager label="rows" paging={paging} info={pageInfo} shown={nodes.length} loading={query.loading} />
          </>
        )}
      </Loaded>
    </Stack>
  );
}

function Head({ report, set }: Pick<Props, 'report' | 'set'>) {
  const { groupBy, order } = report;
  const sort = { order, onOrder: (next: typeof order) => set({ order: next.field, direction: next.direction }) };
  return (
    <>
      {groupBy.map((each) =>
        each === periodOf(groupBy) ? (
          <SortHeader key={each} field="PERIOD" {...sort}>
            {dimensionWord(each)}
          </SortHeader>
        ) : (
          <Table.Th key={each}>{dimensionWord(each)}</Table.Th>
        ),
      )}
      <SortHeader numbers field="QUANTITY" {...sort}>
        Quantity
      </SortHeader>
      <SortHeader numbers field="REVENUE" {...sort}>
        Revenue
      </SortHeader>
      <SortHeader numbers field="COST" {...sort}>
        Cost
      </SortHeader>
      <SortHeader numbers field="MARGIN" {...sort}>
        Margin
      </SortHeader>
      <Table.Th ta="right">%</Table.Th>
      <Table.Th ta="right">Sold short</Table.Th>
      <Table.Th ta="right" title="Share of revenue whose cost is assumed">
        Assumed
      </Table.Th>
      <Table.Th ta="right" title="Share of revenue whose cost is not known">
        Not known
      </Table.Th>
      <Table.Th ta="right">Behind it</Table.Th>
    </>
  );
}

function keyOf(row: Row): string {
  return [row.period, row.product?.id, row.customer, row.channel?.id, row.sale?.id].join(' ');
}

function Figures({ row, report }: { row: Row; report: Report }) {
  const name = report.groupBy.map((each) => wordOf(each, row, report)).join(', ') || 'all of it';
  return (
    <Table.Tr
      data-testid="margin-row"
      data-cost-status={row.costStatus}
      data-period={row.period}
      data-product={row.product?.name}
      data-customer={row.customer}
    >
      {report.groupBy.map((each) => (
        <Table.Td key={each} miw={each === 'PRODUCT' || each === 'CUSTOMER' ? 130 : undefined} data-wrap>
          <Key dimension={each} row={row} report={report} />
        </Table.Td>
      ))}
      <Numbers figures={row} unit={row.product?.unit} />
      <Table.Td ta="right">
        <Button
          component={Link}
          to={explainPlace(report, row)}
          size="compact-sm"
          variant="subtle"
          aria-label={`Explain ${name}`}
          px={6}
          data-testid="explain-row"
        >
          Explain
        </Button>
      </Table.Td>
    </Table.Tr>
  );
}

function Total({ totals, columns }: { totals: Totals; columns: number }) {
  return (
    <Table.Tr className={amounts.total} data-testid="margin-total-row">
      {columns > 0 && <Table.Td colSpan={columns}>All rows</Table.Td>}
      <Numbers figures={totals} />
      <Table.Td />
    </Table.Tr>
  );
}

function Numbers({ figures, unit }: { figures: Row | Totals; unit?: string | null }) {
  return (
    <>
      <Table.Td ta="right">
        <Quantity value={figures.quantity} unit={unit} />
      </Table.Td>
      <Table.Td ta="right" data-column="revenue">
        <MoneyText money={figures.revenue} />
      </Table.Td>
      <Table.Td ta="right" data-column="cost">
        <CostFigure figures={figures} />
      </Table.Td>
      <Table.Td ta="right" data-column="margin">
        <MarginFigure figures={figures} />
      </Table.Td>
      <Table.Td ta="right" data-column="percent">
        <PercentFigure figures={figures} />
      </Table.Td>
      <Table.Td ta="right" data-column="short">
        <Quantity value={isZero(figures.shortQuantity) ? null : figures.shortQuantity} unit={unit} />
      </Table.Td>
      <Table.Td ta="right" data-column="estimated">
        <Share percent={figures.estimatedPercent} lines={figures.estimatedLines} word="with an assumed cost" />
      </Table.Td>
      <Table.Td ta="right" data-column="missing">
        <Share percent={figures.missingPercent} lines={figures.missingLines} word="without a known cost" />
      </Table.Td>
    </>
  );
}

function wordOf(dimension: MarginDimension, row: Row, report: Report): string {
  switch (dimension) {
    case 'PRODUCT':
      return row.product?.name ?? '';
    case 'CUSTOMER':
      return row.customer || 'no customer named';
    case 'CHANNEL':
      return row.channel?.name ?? '';
    case 'SALE':
      return row.sale ? saleName(row.sale) : '';
    case 'DAY':
    case 'WEEK':
    case 'MONTH':
      return row.period ? periodTitle(periodOf(report.groupBy) ?? 'DAY', row.period) : '';
  }
}

function Key({ dimension, row, report }: { dimension: MarginDimension; row: Row; report: Report }) {
  if (dimension === 'PRODUCT' && row.product) {
    return (
      <>
        <ProductLink product={row.product} />
        {row.product.sku && (
          <Text size="xs" c="dimmed">
            {row.product.sku}
          </Text>
        )}
      </>
    );
  }
  if (dimension === 'SALE' && row.sale) {
    return (
      <Anchor component={Link} to={`/sales/${row.sale.id}`} size="sm" c="var(--link-color)">
        {saleName(row.sale)}
      </Anchor>
    );
  }
  const word = wordOf(dimension, row, report);
  return dimension === 'CUSTOMER' && !row.customer ? (
    <Group gap={4}>
      <Text size="sm" c="dimmed" fs="italic">
        {word}
      </Text>
    </Group>
  ) : (
    <Text size="sm">{word}</Text>
  );
}
