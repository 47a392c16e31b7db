import { Button, Group, Select } from '@mantine/core';
import { useState } from 'react';
import { useLiveQuery } from '../../graphql/useLiveQuery';
import { useSettled } from '../stock/ProductPicker';
import { SuppliersQuery } from './operations';
import { SupplierDialog } from './SupplierDialog';

interface Picked {
  id: string;
  name: string;
}

/** Finds a supplier by name, or makes one on the spot. */
export function SupplierPicker({ value, onPick }: { value: Picked | null; onPick: (supplier: Picked | null) => void }) {
  const [search, setSearch] = useState('');
  const [creating, setCreating] = useState(false);
  const wanted = useSettled(search === value?.name ? '' : search.trim());
  const query = useLiveQuery(
    SuppliersQuery,
    { filter: { active: true, search: wanted || undefined }, first: 25 },
    { types: ['Supplier'] },
  );
  const found: readonly Picked[] = query.data?.suppliers.nodes ?? [];
  const options = value && !found.some((each) => each.id === value.id) ? [value, ...found] : found;
  return (
    <Group gap="xs" align="flex-end" wrap="nowrap">
      <Select
        label="Supplier"
        w={260}
        searchable
        withAsterisk
        placeholder="Name"
        nothingFoundMessage={query.loading ? 'Searching…' : 'No supplier matches.'}
        data={options.map((each) => ({ value: each.id, label: each.name }))}
        filter={({ options: all }) => all}
        value={value?.id ?? null}
        onChange={(id) => onPick(options.find((each) => each.id === id) ?? null)}
        searchValue={search}
        onSearchChange={setSearch}
        data-testid="receipt-supplier"
      />
      <Button variant="default" onClick={() => setCreating(true)} data-testid="new-supplier">
        New
      </Button>
      {creating && (
        <SupplierDialog
          supplier={null}
          name={search === value?.name ? '' : search}
          onClose={() => setCreating(false)}
          onSaved={onPick}
        />
      )}
    </Group>
  );
}
