import { Alert, Anchor, Badge, Group, Stack, Table, Text, Title } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useState } from 'react';
import { Link, useParams } from 'react-router';
import { ActionButton } from '../../components/ActionButton';
import { MoneyText, Quantity } from '../../components/Amounts';
import { DataTable } from '../../components/DataTable';
import { Facts } from '../../components/Facts';
import { Loaded } from '../../components/Loaded';
import { Page } from '../../components/Page';
import { At } from '../../components/Time';
import { useLiveQuery } from '../../graphql/useLiveQuery';
import { isZero } from '../../lib/decimal';
import { formatDay } from '../../lib/time';
import { saleChangeWord } from '../../lib/words';
import { CostFigure, MarginFigure, PercentFigure } from '../margins/Figures';
import figures from '../margins/Figures.module.css';
import { saleName } from './naming';
import { SALE_TYPES, SaleQuery, type WholeSale } from './operations';
import { SaleLines } from './SaleLines';
import { SaleStatusBadge, SourceBadge } from './SaleBadges';
import { VoidDialog } from './VoidDialog';

/** One sale: what it earned, what it cost, from which lots, and what it was before. */
export function SalePage() {
  const { id = '' } = useParams();
  const query = useLiveQuery(SaleQuery, { id }, { types: SALE_TYPES });
  return (
    <Loaded query={query}>
      {({ node }) =>
        node?.__typename === 'Sale' ? (
          <Whole sale={node} />
        ) : (
          <Page title="Sale">
            <Text c="dimmed">There is no such sale.</Text>
          </Page>
        )
      }
    </Loaded>
  );
}

function Whole({ sale }: { sale: WholeSale }) {
  return (
    <Page
      title={saleName(sale)}
      lead={
        <Group gap="xs" component="span">
          <SaleStatusBadge status={sale.status} />
          <SourceBadge source={sale.source} />
          <span>{[sale.customer, formatDay(sale.date), sale.channel.name].filter(Boolean).join(' · ')}</span>
        </Group>
      }
      actions={<Void sale={sale} />}
    >
      <Warnings sale={sale} />
      <SaleFacts sale={sale} />
      <Stack gap="xs">
        <Title order={2} size="h4">
          Lines
        </Title>
        <Text size="sm" c="dimmed" maw={760}>
          Revenue is before tax, after the line’s own discount and its share of the document’s, without shipping. Open a
          line to see the lots that it took, and where their cost comes from.
        </Text>
        <SaleLines sale={sale} />
      </Stack>
      <Versions sale={sale} />
    </Page>
  );
}

function Void({ sale }: { sale: WholeSale }) {
  const [open, setOpen] = useState(false);
  if (sale.status !== 'POSTED') return null;
  return (
    <>
      <ActionButton
        variant="default"
        permission="SYNC_SALES"
        unavailable={
          sale.source === 'MANUAL' ? null : 'Void or delete it in the accounting system, then sync sales: it follows.'
        }
        onClick={() => setOpen(true)}
        data-testid="void-sale"
      >
        Void
      </ActionButton>
      {open && <VoidDialog sale={sale} onClose={() => setOpen(false)} />}
    </>
  );
}

function Warnings({ sale }: { sale: WholeSale }) {
  return (
    <>
      {sale.status !== 'POSTED' && (
        <Alert color="gray" data-testid="sale-gone">
          {sale.status === 'DELETED' ? 'It was deleted in the accounting system.' : 'It was voided.'} Exactly the lots
          that it had taken have their goods back, and it is in no margin. Below is what counted last.
        </Alert>
      )}
      {sale.issues.map((issue) => (
        <Alert key={issue.id} color="orange" icon={<IconAlertTriangle size={20} />} data-testid="sale-issue">
          <Text size="sm">{issue.message}</Text>
          <Text size="sm" c="dimmed">
            {issue.help}{' '}
            <Anchor component={Link} to="/sales/issues" size="sm" c="var(--link-color)" underline="always">
              Open issues
            </Anchor>
          </Text>
        </Alert>
      ))}
      {sale.costStatus === 'MISSING' && (
        <Alert color="orange" icon={<IconAlertTriangle size={20} />} title="Not all of its cost is known">
          <Text size="sm">
            Units were sold that were not in stock, and no cost was known to assume. That is not a cost of zero.{' '}
            <Anchor
              component={Link}
              to={`/margins/explain?from=${sale.date}&to=${sale.date}&saleId=${sale.id}`}
              size="sm"
              c="var(--link-color)"
              underline="always"
            >
              Why, and what to do
            </Anchor>
          </Text>
        </Alert>
      )}
    </>
  );
}

function SaleFacts({ sale }: { sale: WholeSale }) {
  const counts = sale.status === 'POSTED';
  const foreign = sale.rate != null;
  return (
    <div className={figures.left}>
      <Facts
        facts={[
          counts && [
            'Revenue',
            <b key="revenue" data-testid="sale-revenue">
              <MoneyText money={sale.revenue} />
            </b>,
          ],
          counts && [
            'Cost',
            <b key="cost" data-testid="sale-cost">
              <CostFigure figures={sale} />
            </b>,
          ],
          counts && [
            'Margin',
            <b key="margin" data-testid="sale-margin">
              <MarginFigure figures={sale} />
            </b>,
          ],
          counts && [
            'Margin of revenue',
            <b key="percent" data-testid="sale-percent">
              <PercentFigure figures={sale} />
            </b>,
          ],
          ['All its lines', <MoneyText key="net" money={sale.netTotal} />],
          !isZero(sale.shipping.amount) && ['Shipping, not in revenue', <MoneyText key="ship" money={sale.shipping} />],
          !isZero(sale.shortQuantity) && ['Not there when sold', <Quantity key="short" value={sale.shortQuantity} />],
          foreign && ['Document in', `${sale.currency}, at ${sale.rate}`],
          sale.externalId != null && ['Id there', sale.externalId],
          ['Recorded', <At key="at" at={sale.createdAt} />],
          ['By', sale.createdBy],
          sale.notes != null && sale.notes !== '' && ['Notes', sale.notes],
        ]}
      />
    </div>
  );
}

const VERSION_HEAD = (
  <>
    <Table.Th>Version</Table.Th>
    <Table.Th>What happened</Table.Th>
    <Table.Th>When, by whom</Table.Th>
    <Table.Th>Date and customer</Table.Th>
    <Table.Th ta="right">Revenue</Table.Th>
    <Table.Th ta="right">Cost</Table.Th>
  </>
);

/** What it was from one change to the next: an edit never overwrites. */
function Versions({ sale }: { sale: WholeSale }) {
  return (
    <Stack gap="xs">
      <Title order={2} size="h4">
        What it was
      </Title>
      <DataTable minWidth={760} head={VERSION_HEAD} label="Versions of the sale" testId="sale-versions">
        {sale.versions.map((version, index) => (
          <Table.Tr key={version.version} data-testid="sale-version" data-change={version.change}>
            <Table.Td>
              <Group gap={6}>
                {version.version}
                {index === sale.versions.length - 1 && (
                  <Badge size="xs" variant="light">
                    in force
                  </Badge>
                )}
              </Group>
            </Table.Td>
            <Table.Td data-wrap>
              {saleChangeWord(version.change)}
              {version.reason && (
                <Text size="xs" c="dimmed">
                  {version.reason}
                </Text>
              )}
            </Table.Td>
            <Table.Td>
              <At at={version.recordedAt} />
              <Text size="xs" c="dimmed">
                {version.recordedBy}
              </Text>
            </Table.Td>
            <Table.Td>
              {formatDay(version.date)}
              <Text size="xs" c="dimmed">
                {version.customer}
              </Text>
            </Table.Td>
            <Table.Td ta="right">
              <MoneyText money={version.revenue} />
            </Table.Td>
            <Table.Td ta="right">
              <MoneyText money={version.cost} />
            </Table.Td>
          </Table.Tr>
        ))}
      </DataTable>
    </Stack>
  );
}
