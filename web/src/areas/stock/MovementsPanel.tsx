import { Anchor, Group, Stack, Table, Text, Title } from '@mantine/core';
import { Link } from 'react-router';
import { MoneyText, Quantity, Unknown } from '../../components/Amounts';
import { DataTable } from '../../components/DataTable';
import { Loaded } from '../../components/Loaded';
import { Pager } from '../../components/Pager';
import { usePaging } from '../../components/paging';
import { At } from '../../components/Time';
import type { LedgerQuery as LedgerData } from '../../graphql/generated/graphql';
import { useLiveQuery } from '../../graphql/useLiveQuery';
import { formatDay } from '../../lib/time';
import { adjustmentReasonWord, movementWord } from '../../lib/words';
import { fileName } from '../files/download';
import { ExportButton } from '../files/ExportButton';
import { LedgerQuery, STOCK_TYPES, type ProductStock } from './operations';
import { LaterBadge } from './Past';
import { isLater, type Past } from './past';

type Movement = LedgerData['stockMovements']['nodes'][number];

const HEAD = (
  <>
    <Table.Th>Day</Table.Th>
    <Table.Th>What</Table.Th>
    <Table.Th ta="right">Quantity</Table.Th>
    <Table.Th ta="right">Value</Table.Th>
    <Table.Th ta="right">On hand after</Table.Th>
    <Table.Th>Recorded</Table.Th>
  </>
);

/** Every change of a product's stock, newest first, up to a business day. */
export function MovementsPanel({ product, past }: { product: ProductStock; past: Past }) {
  const { asOf } = past;
  const filter = { productId: product.id, to: asOf ?? undefined };
  const paging = usePaging(`${product.id} ${asOf}`);
  const query = useLiveQuery(LedgerQuery, { filter, ...paging.variables }, { types: STOCK_TYPES });
  return (
    <Stack gap="sm">
      <Group justify="space-between" align="flex-end">
        <Title order={2} size="h4">
          Movements
        </Title>
        <ExportButton
          path={`/export/movements.csv?productId=${product.id}${asOf ? `&to=${asOf}` : ''}`}
          name={fileName(product.name, 'movements')}
          testId="export-movements"
        />
      </Group>
      <Loaded query={query}>
        {({ stockMovements: { nodes, pageInfo } }) =>
          nodes.length === 0 ? (
            <Text size="sm" c="dimmed">
              None yet. They come with receipts, builds, adjustments, imports and item syncs.
            </Text>
          ) : (
            <>
              <DataTable minWidth={720} head={HEAD} label="Movements" testId="ledger-table" busy={query.loading}>
                {nodes.map((movement) => (
                  <Row
                    key={movement.id}
                    movement={movement}
                    unit={product.unit ?? null}
                    later={isLater(movement.recordedAt, past)}
                  />
                ))}
              </DataTable>
              <Pager label="movements" paging={paging} info={pageInfo} shown={nodes.length} loading={query.loading} />
            </>
          )
        }
      </Loaded>
    </Stack>
  );
}

function Row({ movement, unit, later }: { movement: Movement; unit: string | null; later: boolean }) {
  return (
    <Table.Tr data-testid="ledger-row" data-kind={movement.kind} data-later={later || undefined}>
      <Table.Td>{formatDay(movement.effectiveOn)}</Table.Td>
      <Table.Td>
        <What movement={movement} />
      </Table.Td>
      <Table.Td ta="right">
        <Quantity value={movement.quantity} signed />
      </Table.Td>
      <Table.Td ta="right">
        {movement.costStatus === 'MISSING' ? (
          <Unknown why="No cost was known when it was recorded." />
        ) : (
          <MoneyText money={movement.value} />
        )}
      </Table.Td>
      <Table.Td ta="right">
        <Quantity value={movement.onHandAfter} unit={unit} />
      </Table.Td>
      <Table.Td>
        <At at={movement.recordedAt} /> {later && <LaterBadge />}
      </Table.Td>
    </Table.Tr>
  );
}

function What({ movement }: { movement: Movement }) {
  const { document } = movement;
  const about = [movement.reason && adjustmentReasonWord(movement.reason), movement.note].filter(Boolean).join(': ');
  const [to, name] =
    document?.__typename === 'Receipt'
      ? [`/receipts/${document.id}`, `Receipt ${document.number}`]
      : document?.__typename === 'Build'
        ? [`/builds/${document.id}`, `Build ${document.number}`]
        : document?.__typename === 'Lot'
          ? [`/lots/${document.id}`, `Lot ${document.lotNumber}`]
          : [null, null];
  return (
    <div data-wrap>
      {movementWord(movement.kind)}
      {to && (
        <>
          {' · '}
          <Anchor component={Link} to={to} size="sm" c="var(--link-color)" underline="always">
            {name}
          </Anchor>
        </>
      )}
      {about && (
        <Text size="xs" c="dimmed">
          {about}
        </Text>
      )}
    </div>
  );
}
