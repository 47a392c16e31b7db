import { Badge, Button, Drawer, Group, Stack, Table, Text, Title } from '@mantine/core';
import { Link } from 'react-router';
import { MoneyText, Quantity } from '../../components/Amounts';
import { DataTable } from '../../components/DataTable';
import { Facts } from '../../components/Facts';
import { Loaded } from '../../components/Loaded';
import { Pager } from '../../components/Pager';
import { usePaging } from '../../components/paging';
import { At } from '../../components/Time';
import { useLiveQuery } from '../../graphql/useLiveQuery';
import { formatDay } from '../../lib/time';
import { movementWord, productTypeWord } from '../../lib/words';
import { CostBadge } from './CostBadge';
import { DriftBadge } from './DriftBadge';
import { MovementsQuery, ProductQuery, type Product } from './operations';
import { AverageCost, StockValue } from './ProductCost';

/** One product: what is known about it, and every movement of its stock. */
export function ProductDrawer({ id, onClose }: { id: string | null; onClose: () => void }) {
  return (
    <Drawer
      opened={id !== null}
      onClose={onClose}
      position="right"
      size="xl"
      title="Product"
      closeButtonProps={{ 'aria-label': 'Close' }}
      data-testid="product-drawer"
    >
      {id && <Content key={id} id={id} />}
    </Drawer>
  );
}

function Content({ id }: { id: string }) {
  const query = useLiveQuery(ProductQuery, { id });
  return (
    <Loaded query={query}>
      {({ node }) =>
        node?.__typename === 'Product' ? (
          <Stack gap="lg">
            <Details product={node} />
            <Movements product={node} />
          </Stack>
        ) : (
          <Text c="dimmed">There is no such product.</Text>
        )
      }
    </Loaded>
  );
}

function Details({ product }: { product: Product }) {
  return (
    <Stack gap="md">
      <Group gap="sm">
        <Title order={2} size="h3">
          {product.name}
        </Title>
        {!product.active && (
          <Badge color="gray" variant="light">
            Inactive
          </Badge>
        )}
        <DriftBadge drift={product.drift} />
        <Button component={Link} to={`/products/${product.id}`} size="xs" variant="default" data-testid="product-page">
          Lots, cost and bill of materials
        </Button>
      </Group>
      <Facts
        facts={[
          ['SKU', product.sku ?? '–'],
          ['Type', productTypeWord(product.type)],
          ['On hand', <Quantity key="on-hand" value={product.onHand} unit={product.unit} />],
          ['Average cost', <AverageCost key="cost" product={product} />],
          ['Value', <StockValue key="value" product={product} />],
          ['Cost', <CostBadge key="status" status={product.costStatus} />],
          [
            'Accounting item',
            product.item ? `${product.item.name}${product.item.active ? '' : ' (inactive)'}` : 'not linked',
          ],
        ]}
      />
    </Stack>
  );
}

const HEAD = (
  <>
    <Table.Th>Day</Table.Th>
    <Table.Th>What</Table.Th>
    <Table.Th ta="right">Quantity</Table.Th>
    <Table.Th ta="right">On hand after</Table.Th>
    <Table.Th ta="right">Value</Table.Th>
    <Table.Th>Recorded</Table.Th>
  </>
);

function Movements({ product }: { product: Product }) {
  const paging = usePaging(product.id);
  const query = useLiveQuery(
    MovementsQuery,
    { filter: { productId: product.id }, ...paging.variables },
    { types: ['StockMovement', 'Product'] },
  );
  return (
    <Stack gap="sm">
      <Title order={3} size="h5">
        Stock movements
      </Title>
      <Loaded query={query}>
        {({ stockMovements: { nodes, pageInfo } }) =>
          nodes.length === 0 ? (
            <Text size="sm" c="dimmed">
              None yet. An opening balance comes with an import, later movements with item syncs.
            </Text>
          ) : (
            <>
              <DataTable
                minWidth={620}
                head={HEAD}
                label="Stock movements"
                testId="movements-table"
                busy={query.loading}
              >
                {nodes.map((movement) => (
                  <Table.Tr key={movement.id} data-testid="movement-row" data-kind={movement.kind}>
                    <Table.Td style={{ whiteSpace: 'nowrap' }}>{formatDay(movement.effectiveOn)}</Table.Td>
                    <Table.Td>{movementWord(movement.kind)}</Table.Td>
                    <Table.Td ta="right">
                      <Quantity value={movement.quantity} signed />
                    </Table.Td>
                    <Table.Td ta="right">
                      <Quantity value={movement.onHandAfter} unit={product.unit} />
                    </Table.Td>
                    <Table.Td ta="right">
                      <MoneyText money={movement.value} />
                    </Table.Td>
                    <Table.Td style={{ whiteSpace: 'nowrap' }}>
                      <At at={movement.recordedAt} />
                    </Table.Td>
                  </Table.Tr>
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
