import { Badge, Checkbox, Group, Table, Text } from '@mantine/core';
import { Link } from 'react-router';
import { MoneyText, Quantity } from '../../components/Amounts';
import { DataTable } from '../../components/DataTable';
import { SortHeader, type Order } from '../../components/SortHeader';
import { Ago } from '../../components/Time';
import type { ItemOrderField } from '../../graphql/generated/graphql';
import { itemTypeWord } from '../../lib/words';
import type { Item } from './operations';
import type { Selection } from './useSelection';

interface Props {
  items: readonly Item[];
  order: Order<ItemOrderField>;
  onOrder: (order: Order<ItemOrderField>) => void;
  selection: Selection | null;
  busy: boolean;
}

export function ItemsTable({ items, order, onOrder, selection, busy }: Props) {
  const head = (
    <>
      {selection && <SelectPage items={items} selection={selection} />}
      <SortHeader field="NAME" order={order} onOrder={onOrder}>
        Name
      </SortHeader>
      <SortHeader field="SKU" order={order} onOrder={onOrder}>
        SKU
      </SortHeader>
      <Table.Th>Type</Table.Th>
      <Table.Th ta="right">On hand</Table.Th>
      <Table.Th ta="right">Price</Table.Th>
      <Table.Th ta="right">Purchase cost</Table.Th>
      <Table.Th>Product</Table.Th>
      <SortHeader field="UPDATED_AT" order={order} onOrder={onOrder}>
        Updated
      </SortHeader>
    </>
  );
  return (
    <DataTable minWidth={960} head={head} label="Items" testId="items-table" busy={busy}>
      {items.map((item) => (
        <Row key={item.id} item={item} selection={selection} />
      ))}
    </DataTable>
  );
}

/** Chooses every item of this page that can still become a product. */
function SelectPage({ items, selection }: { items: readonly Item[]; selection: Selection }) {
  const open = items.filter((item) => !item.product).map((item) => item.id);
  const chosen = open.filter((id) => selection.ids.has(id)).length;
  return (
    <Table.Th w={44}>
      <Checkbox
        aria-label="Select every item on this page that has no product"
        disabled={open.length === 0}
        checked={open.length > 0 && chosen === open.length}
        indeterminate={chosen > 0 && chosen < open.length}
        onChange={(event) => selection.toggle(open, event.currentTarget.checked)}
        data-testid="items-select-page"
      />
    </Table.Th>
  );
}

function Row({ item, selection }: { item: Item; selection: Selection | null }) {
  const chosen = selection?.ids.has(item.id) ?? false;
  return (
    <Table.Tr
      data-testid="item-row"
      data-item={item.id}
      bg={chosen ? 'var(--mantine-primary-color-light)' : undefined}
      opacity={item.active ? 1 : 0.7}
    >
      {selection && (
        <Table.Td>
          <Checkbox
            aria-label={item.product ? `${item.name} is a product already` : `Select ${item.name}`}
            title={item.product ? 'This item is a product already.' : undefined}
            disabled={item.product != null}
            checked={chosen}
            onChange={(event) => selection.toggle([item.id], event.currentTarget.checked)}
            data-testid="item-row-checkbox"
          />
        </Table.Td>
      )}
      <Table.Td maw={250}>
        <Group gap={6} wrap="nowrap">
          <Text size="sm" fw={540} truncate title={item.fullName}>
            {item.name}
          </Text>
          {!item.active && (
            <Badge size="xs" color="gray" variant="light">
              Inactive
            </Badge>
          )}
        </Group>
        {item.fullName !== item.name && (
          <Text size="xs" c="dimmed" truncate>
            {item.fullName}
          </Text>
        )}
      </Table.Td>
      <Table.Td>
        {item.sku ?? (
          <Text span c="dimmed">
            –
          </Text>
        )}
      </Table.Td>
      <Table.Td>{itemTypeWord(item.type)}</Table.Td>
      <Table.Td ta="right">
        <Quantity value={item.quantityOnHand} />
      </Table.Td>
      <Table.Td ta="right">
        <MoneyText money={item.unitPrice} />
      </Table.Td>
      <Table.Td ta="right">
        <MoneyText money={item.purchaseCost} />
      </Table.Td>
      <Table.Td maw={170}>
        {item.product ? (
          <Text
            component={Link}
            to={`/products?open=${item.product.id}`}
            size="sm"
            c="var(--link-color)"
            truncate
            display="block"
          >
            {item.product.name}
          </Text>
        ) : (
          <Text span size="sm" c="dimmed">
            not imported
          </Text>
        )}
      </Table.Td>
      <Table.Td style={{ whiteSpace: 'nowrap' }}>
        <Ago at={item.externalUpdatedAt ?? item.syncedAt} />
      </Table.Td>
    </Table.Tr>
  );
}
