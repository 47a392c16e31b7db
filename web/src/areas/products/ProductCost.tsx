import { MoneyText, Unknown } from '../../components/Amounts';
import type { Product } from './operations';

const WHY = 'No cost is known yet. It comes with an item sync, or with stock that has a cost.';

/** A cost that is missing is unknown, which is something else than zero. */
export function AverageCost({ product }: { product: Product }) {
  if (product.costStatus === 'MISSING' || !product.averageCost) return <Unknown why={WHY} />;
  return <MoneyText money={product.averageCost} />;
}

export function StockValue({ product }: { product: Product }) {
  if (product.costStatus === 'MISSING') return <Unknown why={WHY} />;
  return <MoneyText money={product.value} />;
}
