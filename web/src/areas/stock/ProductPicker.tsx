import { Select, type SelectProps } from '@mantine/core';
import { useEffect, useState } from 'react';
import type { ProductType } from '../../graphql/generated/graphql';
import { useLiveQuery } from '../../graphql/useLiveQuery';
import { PickProductsQuery } from './operations';
import { pickedName, type Picked } from './picked';

interface Props extends Omit<SelectProps, 'value' | 'onChange' | 'data'> {
  value: Picked | null;
  onPick: (product: Picked | null) => void;
  types?: ProductType[];
  /** Only those with (true) or without (false) an accounting item. */
  linked?: boolean;
}

const QUIET = 250;

/** Text that settles: the search goes out when the typing pauses. */
export function useSettled(text: string): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = window.setTimeout(() => setSettled(text), QUIET);
    return () => window.clearTimeout(timer);
  }, [text]);
  return settled;
}

/** Finds a product by name or SKU; asks the gateway, which knows more of them than a list can hold. */
export function ProductPicker({ value, onPick, types, linked, ...rest }: Props) {
  const [search, setSearch] = useState('');
  const chosen = value ? pickedName(value) : '';
  const wanted = useSettled(search === chosen ? '' : search.trim());
  const query = useLiveQuery(
    PickProductsQuery,
    { filter: { active: true, types, linked, search: wanted || undefined } },
    { types: ['Product'] },
  );
  const found: readonly Picked[] = query.data?.products.nodes ?? [];
  const options = value && !found.some((each) => each.id === value.id) ? [value, ...found] : found;
  return (
    <Select
      searchable
      placeholder="Name or SKU"
      nothingFoundMessage={query.loading ? 'Searching…' : 'No product matches.'}
      data={options.map((each) => ({ value: each.id, label: pickedName(each) }))}
      filter={({ options: all }) => all}
      value={value?.id ?? null}
      onChange={(id) => onPick(options.find((each) => each.id === id) ?? null)}
      searchValue={search}
      onSearchChange={setSearch}
      {...rest}
    />
  );
}
