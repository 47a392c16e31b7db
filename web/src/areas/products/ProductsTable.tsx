import { ActionIcon, Badge, Group, Menu, Table, Text, UnstyledButton, VisuallyHidden } from '@mantine/core';
import { IconDots, IconHistory, IconStack2, IconLink, IconLinkOff, IconPencil } from '@tabler/icons-react';
import { Link } from 'react-router';
import { Quantity } from '../../components/Amounts';
import { DataTable } from '../../components/DataTable';
import { SortHeader, type Order } from '../../components/SortHeader';
import type { ProductOrderField } from '../../graphql/generated/graphql';
import { productTypeWord } from '../../lib/words';
import { useRefusal } from '../../session/viewer';
import { CostBadge } from './CostBadge';
import { DriftBadge } from './DriftBadge';
import type { Product } from './operations';
import { AverageCost, StockValue } from './ProductCost';
import classes from './ProductsTable.module.css';

export type ProductAct = 'open' | 'edit' | 'link' | 'unlink';

interface Props {
  products: readonly Product[];
  order: Order<ProductOrderField>;
  onOrder: (order: Order<ProductOrderField>) => void;
  onAct: (act: ProductAct, product: Product) => void;
  busy: boolean;
}

export function ProductsTable({ products, order, onOrder, onAct, busy }: Props) {
  const head = (
    <>
      <SortHeader field="NAME" order={order} onOrder={onOrder}>
        Name
      </SortHeader>
      <SortHeader field="SKU" order={order} onOrder={onOrder}>
        SKU
      </SortHeader>
      <Table.Th>Type</Table.Th>
      <Table.Th ta="right">On hand</Table.Th>
      <Table.Th ta="right">Average cost</Table.Th>
      <Table.Th ta="right">Value</Table.Th>
      <Table.Th>Accounting item</Table.Th>
      <Table.Th w={48}>
        <VisuallyHidden>Actions</VisuallyHidden>
      </Table.Th>
    </>
  );
  return (
    <DataTable minWidth={980} head={head} label="Products" testId="products-table" busy={busy}>
      {products.map((product) => (
        <Row key={product.id} product={product} onAct={onAct} />
      ))}
    </DataTable>
  );
}

function Row({ product, onAct }: { product: Product; onAct: Props['onAct'] }) {
  return (
    <Table.Tr
      data-testid="product-row"
      data-product={product.id}
      data-cost-status={product.costStatus}
      opacity={product.active ? 1 : 0.7}
    >
      <Table.Td maw={280}>
        <Group gap={6} wrap="nowrap">
          <UnstyledButton className={classes.open} onClick={() => onAct('open', product)} data-testid="product-open">
            {product.name}
          </UnstyledButton>
          {!product.active && (
            <Badge size="xs" color="gray" variant="light">
              Inactive
            </Badge>
          )}
        </Group>
      </Table.Td>
      <Table.Td>
        {product.sku ?? (
          <Text span c="dimmed">
            –
          </Text>
        )}
      </Table.Td>
      <Table.Td style={{ whiteSpace: 'nowrap' }}>{productTypeWord(product.type)}</Table.Td>
      <Table.Td ta="right">
        <Group gap={6} justify="flex-end" wrap="nowrap">
          <DriftBadge drift={product.drift} />
          <Quantity value={product.onHand} unit={product.unit} />
        </Group>
      </Table.Td>
      <Table.Td ta="right">
        <Group gap={6} justify="flex-end" wrap="nowrap">
          {product.costStatus === 'ESTIMATED' && <CostBadge status="ESTIMATED" />}
          <AverageCost product={product} />
        </Group>
      </Table.Td>
      <Table.Td ta="right">
        <StockValue product={product} />
      </Table.Td>
      <Table.Td maw={170}>
        {product.item ? (
          <Text size="sm" truncate title={product.item.name}>
            {product.item.name}
            {!product.item.active && (
              <Text span size="xs" c="orange">
                {' '}
                inactive there
              </Text>
            )}
          </Text>
        ) : (
          <Text size="sm" c="dimmed">
            not linked
          </Text>
        )}
      </Table.Td>
      <Table.Td>
        <Actions product={product} onAct={onAct} />
      </Table.Td>
    </Table.Tr>
  );
}

function Actions({ product, onAct }: { product: Product; onAct: Props['onAct'] }) {
  const noEdit = useRefusal('MANAGE_PRODUCTS');
  const noLink = useRefusal('LINK_PRODUCTS');
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label={`Actions for ${product.name}`}
          data-testid="product-actions"
        >
          <IconDots size={18} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item
          leftSection={<IconHistory size={16} />}
          onClick={() => onAct('open', product)}
          data-testid="product-movements"
        >
          Stock movements
        </Menu.Item>
        <Menu.Item
          component={Link}
          to={`/products/${product.id}`}
          leftSection={<IconStack2 size={16} />}
          data-testid="product-stock-page"
        >
          Lots, cost and bill of materials
        </Menu.Item>
        <Menu.Item
          leftSection={<IconPencil size={16} />}
          disabled={noEdit !== null}
          title={noEdit ?? undefined}
          onClick={() => onAct('edit', product)}
          data-testid="product-edit"
        >
          Edit
        </Menu.Item>
        {product.item ? (
          <Menu.Item
            color="red"
            leftSection={<IconLinkOff size={16} />}
            disabled={noLink !== null}
            title={noLink ?? undefined}
            onClick={() => onAct('unlink', product)}
            data-testid="product-unlink"
          >
            Unlink
          </Menu.Item>
        ) : (
          <Menu.Item
            leftSection={<IconLink size={16} />}
            disabled={noLink !== null}
            title={noLink ?? undefined}
            onClick={() => onAct('link', product)}
            data-testid="product-link"
          >
            Link to an item
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
