import { Anchor, Stack, Table, Text } from '@mantine/core';
import { Link } from 'react-router';
import { MoneyText, Quantity } from '../../components/Amounts';
import { Loaded } from '../../components/Loaded';
import { useLiveQuery } from '../../graphql/useLiveQuery';
import { isZero } from '../../lib/decimal';
import { CostParts } from '../stock/CostTree';
import { STOCK_TYPES } from '../stock/operations';
import { LineCostQuery, SALE_TYPES } from './operations';

const TYPES = [...SALE_TYPES, ...STOCK_TYPES];

/** The lots that a line took, and the tree of their cost down to suppliers' prices and cost lines. */
export function LineCost({ lineId, name }: { lineId: string; name: string }) {
  const query = useLiveQuery(LineCostQuery, { id: lineId }, { types: TYPES });
  return (
    <Loaded query={query}>
      {({ node }) => {
        if (node?.__typename !== 'SaleLine') return <Text c="dimmed">This line is no longer there.</Text>;
        const { consumptions, explain, product, shortQuantity } = node;
        return (
          <Stack gap="sm" py="xs" data-testid="line-cost">
            {consumptions.length > 0 && (
              <Table aria-label={`Lots of ${name}`} w="auto" verticalSpacing={4} data-testid="line-lots">
                <Table.Thead>
                  <Table.Tr>
                    <Table.Th>Lot</Table.Th>
                    <Table.Th ta="right">Quantity</Table.Th>
                    <Table.Th ta="right">Cost each</Table.Th>
                    <Table.Th ta="right">Cost</Table.Th>
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                  {consumptions.map((each) => (
                    <Table.Tr key={each.id} data-testid="line-lot">
                      <Table.Td>
                        <Anchor component={Link} to={`/lots/${each.lot.id}`} size="sm" c="var(--link-color)">
                          Lot {each.lot.number}
                        </Anchor>
                        {each.reversed && (
                          <Text size="xs" c="dimmed">
                            given back
                          </Text>
                        )}
                      </Table.Td>
                      <Table.Td ta="right">
                        <Quantity value={each.quantity} unit={product?.unit} />
                      </Table.Td>
                      <Table.Td ta="right">
                        <MoneyText money={each.unitCost} />
                      </Table.Td>
                      <Table.Td ta="right">
                        <MoneyText money={each.value} />
                      </Table.Td>
                    </Table.Tr>
                  ))}
                </Table.Tbody>
              </Table>
            )}
            {!isZero(shortQuantity) && (
              <Text size="sm" c="dimmed">
                <Quantity value={shortQuantity} unit={product?.unit} /> were not in any lot when sold
                {node.costStatus === 'MISSING'
                  ? ', and no cost was known to assume for them. Record the builds or receipts that brought them.'
                  : ': these cost the average of then. Record what brought them, then settle the shortage on the product’s page.'}
              </Text>
            )}
            {explain ? (
              <CostParts parts={explain.parts} name={name} />
            ) : (
              <Text size="sm" c="dimmed">
                It moved no stock, so there is no cost to explain.
              </Text>
            )}
          </Stack>
        );
      }}
    </Loaded>
  );
}
