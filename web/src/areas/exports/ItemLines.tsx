import { Stack, Table, Text } from '@mantine/core';
import { MoneyText, Quantity } from '../../components/Amounts';
import { DataTable } from '../../components/DataTable';
import { sum } from '../../lib/exact';
import { ProductLink } from '../stock/ProductLink';
import classes from './Amounts.module.css';
import type { Draft } from './operations';

type Adjustment = Extract<Draft, { __typename: 'InventoryAdjustmentDraft' }>;

const HEAD = (
  <>
    <Table.Th>Product</Table.Th>
    <Table.Th>Item there</Table.Th>
    <Table.Th ta="right">Quantity</Table.Th>
    <Table.Th ta="right">Value at our cost</Table.Th>
  </>
);

/** The lines of an inventory adjustment: one per item, with our own value beside it. */
export function ItemLines({ draft, provider }: { draft: Adjustment; provider: string }) {
  const currency = draft.lines[0]?.value.currency;
  return (
    <Stack gap={6}>
      <DataTable minWidth={640} head={HEAD} label="Quantities that change" testId="plan-lines">
        {draft.lines.map((line, index) => (
          <Table.Tr key={index} data-testid="plan-line">
            <Table.Td>
              <ProductLink product={line.product} />
            </Table.Td>
            <Table.Td>
              {line.itemExternalId ? (
                line.name
              ) : (
                <Text span size="sm" c="red">
                  not linked
                </Text>
              )}
            </Table.Td>
            <Table.Td ta="right">
              <Quantity value={line.quantity} unit={line.product.unit} signed />
            </Table.Td>
            <Table.Td ta="right">
              <MoneyText money={line.value} />
            </Table.Td>
          </Table.Tr>
        ))}
        {currency && (
          <Table.Tr className={classes.total}>
            <Table.Td colSpan={3}>Together</Table.Td>
            <Table.Td ta="right" data-testid="plan-lines-total">
              <MoneyText money={{ amount: sum(draft.lines.map((line) => line.value.amount)), currency }} />
            </Table.Td>
          </Table.Tr>
        )}
      </DataTable>
      <Text size="xs" c="dimmed">
        {provider} is told quantities only and puts its own cost on them, which may differ from ours.
      </Text>
    </Stack>
  );
}
