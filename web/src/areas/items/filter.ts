import type { Order } from '../../components/SortHeader';
import { oneOf, yesNo } from '../../components/useFilters';
import type { ItemFilter, ItemOrderField, ItemType } from '../../graphql/generated/graphql';

export const ITEM_FILTERS = ['search', 'type', 'active', 'linked', 'order', 'direction'] as const;
export type ItemFilterValues = Record<(typeof ITEM_FILTERS)[number], string>;

export const ITEM_TYPES: readonly ItemType[] = ['INVENTORY', 'NON_INVENTORY', 'SERVICE', 'BUNDLE', 'OTHER'];
const FIELDS: readonly ItemOrderField[] = ['NAME', 'SKU', 'UPDATED_AT'];

/** The filter in the address as the API wants it; what is not set is left out. */
export function toItemFilter(values: ItemFilterValues): ItemFilter {
  const types = values.type
    .split(',')
    .map((each) => oneOf(each, ITEM_TYPES))
    .filter((each) => each !== undefined);
  return {
    search: values.search || undefined,
    types: types.length > 0 ? types : undefined,
    active: yesNo(values.active),
    linked: yesNo(values.linked),
  };
}

export function toItemOrder(values: ItemFilterValues): Order<ItemOrderField> {
  return { field: oneOf(values.order, FIELDS) ?? 'NAME', direction: oneOf(values.direction, ['ASC', 'DESC']) ?? 'ASC' };
}
