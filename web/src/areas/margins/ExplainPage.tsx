import { Alert, Anchor, Button, Stack, Table, Tabs, Text, TextInput } from '@mantine/core';
import { IconArrowLeft } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import { Link, useNavigate, useSearchParams } from 'react-router';
import { MoneyText, Quantity } from '../../components/Amounts';
import { DataTable } from '../../components/DataTable';
import { Loaded } from '../../components/Loaded';
import { Page } from '../../components/Page';
import { Pager } from '../../components/Pager';
import { At } from '../../components/Time';
import type { ExplainMarginInput } from '../../graphql/generated/graphql';
import { useLiveQuery } from '../../graphql/useLiveQuery';
import { formatDateTime, formatDay, fromLocalField, toLocalField } from '../../lib/time';
import { saleChangeWord, saleStatusWord } from '../../lib/words';
import { saleName } from '../sales/naming';
import { LineRow } from '../sales/SaleLines';
import { CauseList } from './Causes';
import { CostFigure, MarginFigure, PercentFigure } from './Figures';
import { useForwardPaging } from './forward';
import {
  ExplainedLinesQuery,
  ExplainedNamesQuery,
  ExplainedSalesQuery,
  ExplainMarginQuery,
  MARGIN_TYPES,
  MarginChangesQuery,
  type Change,
} from './operations';
import { explainInputOf } from './report';
import { TotalTiles } from './TotalTiles';

/** What is behind a figure of a report: down to its sales, its lines, their lots and the price of each part. */
export function ExplainPage() {
  const [params] = useSearchParams();
  const text = params.toString();
  const input = useMemo(() => explainInputOf(new URLSearchParams(text)), [text]);
  if (!input) {
    return (
      <Page title="What is behind a margin">
        <Text c="dimmed">
          The address names no days. Begin at{' '}
          <Anchor component={Link} to="/margins" c="var(--link-color)" underline="always">
            the margins
          </Anchor>
          .
        </Text>
      </Page>
    );
  }
  return <Explained key={text} input={input} />;
}

function Explained({ input }: { input: ExplainMarginInput }) {
  const query = useLiveQuery(ExplainMarginQuery, { input }, { types: MARGIN_TYPES });
  const navigate = useNavigate();
  return (
    <Page
      title="What is behind it"
      lead={<Subject input={input} />}
      actions={
        <Button variant="default" leftSection={<IconArrowLeft size={16} />} onClick={() => void navigate(-1)}>
          Back
        </Button>
      }
    >
      <Loaded query={query}>
        {({ explainMargin: { totals, causes } }) => (
          <Stack gap="lg" data-testid="margin-explained">
            <TotalTiles totals={totals} />
            {causes.length > 0 && (
              <Alert color="orange" title="Costs that may not be taken at face value" data-testid="explained-causes">
                <CauseList causes={causes} />
              </Alert>
            )}
            <Tabs defaultValue={input.saleId ? 'lines' : 'sales'} keepMounted={false}>
              <Tabs.List mb="sm">
                <Tabs.Tab value="sales" data-testid="tab-explained-sales">
                  Its sales
                </Tabs.Tab>
                <Tabs.Tab value="lines" data-testid="tab-explained-lines">
                  Line by line, down to the lots
                </Tabs.Tab>
                <Tabs.Tab value="changes" disabled={input.knownAt != null} data-testid="tab-explained-changes">
                  What changed it
                </Tabs.Tab>
              </Tabs.List>
              <Tabs.Panel value="sales">
                <Sales input={input} />
              </Tabs.Panel>
              <Tabs.Panel value="lines">
                <Lines input={input} />
              </Tabs.Panel>
              <Tabs.Panel value="changes">
                <Changes input={input} />
              </Tabs.Panel>
            </Tabs>
          </Stack>
        )}
      </Loaded>
    </Page>
  );
}

/** In words: of what, and of which days. */
function Subject({ input }: { input: ExplainMarginInput }) {
  const ids = [input.productId, input.channelId, input.saleId].filter((each): each is string => each != null);
  const names = useLiveQuery(ExplainedNamesQuery, { ids }, { pause: ids.length === 0 }).data?.nodes ?? [];
  const told = names.map((node) => {
    if (node?.__typename === 'Product' || node?.__typename === 'SalesChannel') return node.name;
    return node?.__typename === 'Sale' ? saleName(node) : '';
  });
  if (input.customer != null) told.push(input.customer || 'sales that name no customer');
  const days = input.from === input.to ? formatDay(input.from) : `${formatDay(input.from)} to ${formatDay(input.to)}`;
  return (
    <span data-testid="explained-subject">
      {[...told.filter(Boolean), days].join(' · ')}
      {input.asOf && ` · nothing dated after ${formatDay(input.asOf)}`}
      {input.knownAt && ` · as it was known on ${formatDateTime(input.knownAt, true)}`}
    </span>
  );
}

const SALES_HEAD = (
  <>
    <Table.Th>Sale</Table.Th>
    <Table.Th>Customer</Table.Th>
    <Table.Th ta="right">Quantity</Table.Th>
    <Table.Th ta="right">Revenue</Table.Th>
    <Table.Th ta="right">Cost</Table.Th>
    <Table.Th ta="right">Margin</Table.Th>
    <Table.Th ta="right">%</Table.Th>
  </>
);

function Sales({ input }: { input: ExplainMarginInput }) {
  const paging = useForwardPaging(JSON.stringify(input));
  const { first, after } = paging.variables;
  const query = useLiveQuery(ExplainedSalesQuery, { input, first, after }, { types: MARGIN_TYPES });
  return (
    <Loaded query={query}>
      {({ explainMargin: { sales } }) => (
        <Stack gap="sm">
          <DataTable
            minWidth={760}
            head={SALES_HEAD}
            label="Sales behind it"
            testId="explained-sales"
            busy={query.loading}
          >
            {sales.nodes.map((row) => (
              <Table.Tr key={row.sale?.id} data-testid="explained-sale" data-number={row.sale?.number}>
                <Table.Td>
                  {row.sale && (
                    <>
                      <Anchor component={Link} to={`/sales/${row.sale.id}`} size="sm" fw={540} c="var(--link-color)">
                        {saleName(row.sale)}
                      </Anchor>
                      <Text size="xs" c="dimmed">
                        {formatDay(row.sale.date)}
                      </Text>
                    </>
                  )}
                </Table.Td>
                <Table.Td>{row.sale?.customer ?? '–'}</Table.Td>
                <Table.Td ta="right">
                  <Quantity value={row.quantity} />
                </Table.Td>
                <Table.Td ta="right">
                  <MoneyText money={row.revenue} />
                </Table.Td>
                <Table.Td ta="right">
                  <CostFigure figures={row} />
                </Table.Td>
                <Table.Td ta="right">
                  <MarginFigure figures={row} />
                </Table.Td>
                <Table.Td ta="right">
                  <PercentFigure figures={row} />
                </Table.Td>
              </Table.Tr>
            ))}
          </DataTable>
          <Pager
            label="sales"
            paging={paging}
            info={sales.pageInfo}
            shown={sales.nodes.length}
            loading={query.loading}
          />
        </Stack>
      )}
    </Loaded>
  );
}

const LINES_HEAD = (
  <>
    <Table.Th>Sale</Table.Th>
    <Table.Th>What</Table.Th>
    <Table.Th>State</Table.Th>
    <Table.Th ta="right">Quantity</Table.Th>
    <Table.Th ta="right">Revenue</Table.Th>
    <Table.Th ta="right">Cost</Table.Th>
    <Table.Th ta="right">Margin</Table.Th>
    <Table.Th ta="right">Lots</Table.Th>
  </>
);

function Lines({ input }: { input: ExplainMarginInput }) {
  const paging = useForwardPaging(JSON.stringify(input));
  const { first, after } = paging.variables;
  const query = useLiveQuery(ExplainedLinesQuery, { input, first, after }, { types: MARGIN_TYPES });
  return (
    <Loaded query={query}>
      {({ explainMargin: { lines } }) => (
        <Stack gap="sm">
          <DataTable
            minWidth={960}
            head={LINES_HEAD}
            label="Lines behind it"
            testId="explained-lines"
            busy={query.loading}
          >
            {lines.nodes.map((line) => (
              <LineRow
                key={line.id}
                line={line}
                before={
                  <Table.Td>
                    <Anchor component={Link} to={`/sales/${line.sale.id}`} size="sm" c="var(--link-color)">
                      {saleName(line.sale)}
                    </Anchor>
                    <Text size="xs" c="dimmed">
                      {[formatDay(line.sale.date), line.sale.customer].filter(Boolean).join(' · ')}
                    </Text>
                  </Table.Td>
                }
              />
            ))}
          </DataTable>
          <Pager
            label="lines"
            paging={paging}
            info={lines.pageInfo}
            shown={lines.nodes.length}
            loading={query.loading}
          />
        </Stack>
      )}
    </Loaded>
  );
}

const WEEK = 7 * 86_400_000;

function Changes({ input }: { input: ExplainMarginInput }) {
  const [since, setSince] = useState(() => new Date(Date.now() - WEEK).toISOString());
  const query = useLiveQuery(MarginChangesQuery, { input, since }, { types: MARGIN_TYPES });
  return (
    <Stack gap="md">
      <TextInput
        type="datetime-local"
        step="1"
        w={230}
        label="Since"
        value={toLocalField(since)}
        onChange={(event) => setSince(fromLocalField(event.currentTarget.value) ?? since)}
        data-testid="changes-since"
      />
      <Loaded query={query}>
        {({ explainMargin: { changesSince, settlementsSince } }) => (
          <Stack gap="lg">
            {changesSince.length === 0 ? (
              <Text size="sm" c="dimmed">
                Nothing changed these figures since then.
              </Text>
            ) : (
              <ChangesTable changes={changesSince} />
            )}
            {settlementsSince.length > 0 && (
              <Stack gap="xs">
                <Text size="sm" maw={720}>
                  Shortages that were settled since. What was assumed less what the goods cost went into the value of
                  stock; the cost of the sale stays as it was recorded.
                </Text>
                {settlementsSince.map((each) => (
                  <Text key={each.id} size="sm">
                    {formatDay(each.effectiveOn)}:{' '}
                    <Anchor component={Link} to={`/products/${each.product.id}`} size="sm" c="var(--link-color)">
                      {each.product.name}
                    </Anchor>
                    , <MoneyText money={each.value} /> by {each.recordedBy}, <At at={each.recordedAt} />
                  </Text>
                ))}
              </Stack>
            )}
          </Stack>
        )}
      </Loaded>
    </Stack>
  );
}

const CHANGES_HEAD = (
  <>
    <Table.Th>Sale</Table.Th>
    <Table.Th>What happened</Table.Th>
    <Table.Th>When, by whom</Table.Th>
    <Table.Th ta="right">Revenue before, now</Table.Th>
    <Table.Th ta="right">Margin before, now</Table.Th>
  </>
);

function ChangesTable({ changes }: { changes: readonly Change[] }) {
  return (
    <DataTable minWidth={820} head={CHANGES_HEAD} label="What changed since" testId="margin-changes">
      {changes.map((change) => (
        <Table.Tr
          key={`${change.sale.id} ${change.recordedAt}`}
          data-testid="margin-change"
          data-change={change.change}
        >
          <Table.Td>
            <Anchor component={Link} to={`/sales/${change.sale.id}`} size="sm" c="var(--link-color)">
              {saleName(change.sale)}
            </Anchor>
          </Table.Td>
          <Table.Td>
            {saleChangeWord(change.change)}
            {change.status !== 'POSTED' && (
              <Text size="xs" c="dimmed">
                {saleStatusWord(change.status)}
              </Text>
            )}
          </Table.Td>
          <Table.Td>
            <At at={change.recordedAt} />
            <Text size="xs" c="dimmed">
              {change.recordedBy}
            </Text>
          </Table.Td>
          <Table.Td ta="right">
            <MoneyText money={change.before.revenue} /> → <MoneyText money={change.after.revenue} />
          </Table.Td>
          <Table.Td ta="right">
            <MarginFigure figures={change.before} /> → <MarginFigure figures={change.after} />
          </Table.Td>
        </Table.Tr>
      ))}
    </DataTable>
  );
}
