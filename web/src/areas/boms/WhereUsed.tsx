import { Table, Text } from '@mantine/core';
import { Quantity } from '../../components/Amounts';
import { DataTable } from '../../components/DataTable';
import { Loaded } from '../../components/Loaded';
import { Pager } from '../../components/Pager';
import { usePaging } from '../../components/paging';
import { useLiveQuery } from '../../graphql/useLiveQuery';
import { STOCK_TYPES } from '../stock/operations';
import { ProductLink } from '../stock/ProductLink';
import { WhereUsedQuery } from './operations';

const HEAD = (
  <>
    <Table.Th>Goes into</Table.Th>
    <Table.Th>Version</Table.Th>
    <Table.Th ta="right">Quantity per unit made</Table.Th>
    <Table.Th>Optional</Table.Th>
  </>
);

/** The bills of materials in use that have this product as a component. */
export function WhereUsed({ productId }: { productId: string }) {
  const paging = usePaging(productId);
  const query = useLiveQuery(
    WhereUsedQuery,
    { filter: { componentId: productId, status: 'ACTIVE' }, ...paging.variables },
    { types: STOCK_TYPES },
  );
  return (
    <Loaded query={query}>
      {({ boms: { nodes, pageInfo } }) =>
        nodes.length === 0 ? (
          <Text size="sm" c="dimmed">
            No bill of materials in use has it as a component.
          </Text>
        ) : (
          <>
            <DataTable minWidth={520} head={HEAD} label="Where used" testId="where-used" busy={query.loading}>
              {nodes.flatMap((bom) =>
                bom.lines
                  .filter((line) => line.product?.id === productId)
                  .map((line, index) => (
                    <Table.Tr key={`${bom.id}-${index}`}>
                      <Table.Td>
                        <ProductLink product={bom.product} />
                      </Table.Td>
                      <Table.Td>{bom.version}</Table.Td>
                      <Table.Td ta="right">
                        <Quantity value={line.quantity} unit={line.product?.unit} />
                      </Table.Td>
                      <Table.Td>{line.optional ? 'yes' : 'no'}</Table.Td>
                    </Table.Tr>
                  )),
              )}
            </DataTable>
            <Pager label="uses" paging={paging} info={pageInfo} shown={nodes.length} loading={query.loading} />
          </>
        )
      }
    </Loaded>
  );
}
