import type { ItemType } from '../../graphql/generated/graphql';

interface TypeCount {
  type: ItemType;
  count: number;
}

/**
 * Types that were skipped only because they are not selected, and that can be: the provider has them and they hold items.
 * Most frequent first.
 */
export function includableTypes(
  skipped: readonly TypeCount[],
  selected: readonly ItemType[],
  offered: readonly ItemType[],
): TypeCount[] {
  return skipped
    .filter(({ type, count }) => count > 0 && type !== 'CATEGORY' && offered.includes(type) && !selected.includes(type))
    .sort((a, b) => b.count - a.count);
}

/** The selection with these types added, each once, in its old order. */
export function withTypes(selected: readonly ItemType[], added: readonly ItemType[]): ItemType[] {
  return [...new Set([...selected, ...added])];
}
