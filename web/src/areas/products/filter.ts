import type { Order } from '../../components/SortHeader';
import { oneOf, yesNo } from '../../components/useFilters';
import type { ProductFilter, ProductOrderField, ProductType } from '../../graphql/generated/graphql';

export const PRODUCT_FILTERS = ['search', 'type', 'active', 'linked', 'order', 'direction'] as const;
export type ProductFilterValues = Record<(typeof PRODUCT_FILTERS)[number], string>;

export const PRODUCT_TYPES: readonly ProductType[] = ['RAW_MATERIAL', 'COMPONENT', 'SUB_ASSEMBLY', 'FINISHED_GOOD'];
const FIELDS: readonly ProductOrderField[] = ['NAME', 'SKU', 'CREATED_AT'];

export function toProductFilter(values: ProductFilterValues): ProductFilter {
  const types = values.type
    .split(',')
    .map((each) => oneOf(each, PRODUCT_TYPES))
    .filter((each) => each !== undefined);
  return {
    search: values.search || undefined,
    types: types.length > 0 ? types : undefined,
    active: yesNo(values.active),
    linked: yesNo(values.linked),
  };
}

export function toProductOrder(values: ProductFilterValues): Order<ProductOrderField> {
  return { field: oneOf(values.order, FIELDS) ?? 'NAME', direction: oneOf(values.direction, ['ASC', 'DESC']) ?? 'ASC' };
}
