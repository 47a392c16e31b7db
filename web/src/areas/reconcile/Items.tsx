import { Anchor, Badge, Table, Text } from '@mantine/core';
import { Link } from 'react-router';
import { MoneyText, Quantity } from '../../components/Amounts';
import { DataTable } from '../../components/DataTable';
import { Loaded } from '../../components/Loaded';
import { Pager } from '../../components/Pager';
import { usePaging } from '../../components/paging';
import { useLiveQuery } from '../../graphql/useLiveQuery';
import { isZero } from '../../lib/decimal';
import { ReconciliationItemsQuery, type ReconciledItem } from './operations';

const HEAD = (
  <>
    <Table.Th>Product</Table.Th>
    <Table.Th ta="right">Quantity here</Table.Th>
    <Table.Th ta="right">Quantity there</Table.Th>
    <Table.Th ta="right">Value here</Table.Th>
    <Table.Th ta="right">Value there</Table.Th>
    <Table.Th ta="right">Valued differently</Table.Th>
  </>
);

/** Each product against its item. What they do not tell is not shown as zero. */
export function Items({ id }: { id: string }) {
  const paging = usePaging(id);
  const query = useLiveQuery(ReconciliationItemsQuery, { id, ...paging.variables }, { types: ['Reconciliation'] });
  return (
    <Loaded query={query}>
      {({ reconciliation }) => {
        const items = reconciliation?.items;
        if (!items) return null;
        return (
          <>
            <DataTable
              minWidth={760}
              head={HEAD}
              label="Products against their items"
              testId="reconcile-items"
              busy={query.loading}
            >
              {items.nodes.map((item) => (
                <Row key={item.position} item={item} />
              ))}
            </DataTable>
            <Pager
              label="products"
              paging={paging}
              info={items.pageInfo}
              shown={items.nodes.length}
              loading={query.loading}
            />
          </>
        );
      }}
    </Loaded>
  );
}

function Row({ item }: { item: ReconciledItem }) {
  return (
    <Table.Tr data-testid="reconcile-item">
      <Table.Td data-wrap>
        {item.product ? (
          <Anchor component={Link} to={`/products/${item.product.id}`} size="sm" fw={540} c="var(--link-color)">
            {item.name}
          </Anchor>
        ) : (
          item.name
        )}{' '}
        {!item.externalItemId && (
          <Badge size="xs" color="yellow" variant="light">
            not linked
          </Badge>
        )}
      </Table.Td>
      <Table.Td ta="right">
        <Quantity value={item.ourQuantity} />
      </Table.Td>
      <Table.Td ta="right">
        <Quantity value={item.theirQuantity} />
      </Table.Td>
      <Table.Td ta="right">
        <MoneyText money={item.ourValue} />
      </Table.Td>
      <Table.Td ta="right">
        <MoneyText money={item.theirValue} />
      </Table.Td>
      <Table.Td ta="right">
        {isZero(item.parity.amount) ? (
          <Text span size="sm" c="dimmed">
            –
          </Text>
        ) : (
          <MoneyText money={item.parity} />
        )}
      </Table.Td>
    </Table.Tr>
  );
}
