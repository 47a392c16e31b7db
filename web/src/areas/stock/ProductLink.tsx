import { Anchor } from '@mantine/core';
import { Link } from 'react-router';

export function ProductLink({ product }: { product: { id: string; name: string } }) {
  return (
    <Anchor component={Link} to={`/products/${product.id}`} size="sm" c="var(--link-color)">
      {product.name}
    </Anchor>
  );
}
