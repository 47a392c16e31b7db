import { Badge, Group } from '@mantine/core';
import { MoneyText, Unknown } from '../../components/Amounts';
import type { Product } from './operations';

const WHY = 'No cost is known yet. It comes with an item sync, or with stock that has a cost.';

/** A cost that is missing is unknown, which is something else than zero. */
export function AverageCost({ product }: { product: Product }) {
  if (product.costStatus === 'MISSING' || !product.averageCost) return <Unknown why={WHY} />;
  return <Priced product={product} money={product.averageCost} />;
}

export function StockValue({ product }: { product: Product }) {
  if (product.costStatus === 'MISSING') return <Unknown why={WHY} />;
  return <Priced product={product} money={product.value} />;
}

function Priced({ product, money }: { product: Product; money: Product['value'] }) {
  if (product.costStatus !== 'ESTIMATED') return <MoneyText money={money} />;
  return (
    <Group gap={6} justify="flex-end" wrap="nowrap">
      <Badge size="xs" variant="light" color="yellow" title="Part of this rests on an assumed cost.">
        est.
      </Badge>
      <MoneyText money={money} />
    </Group>
  );
}
