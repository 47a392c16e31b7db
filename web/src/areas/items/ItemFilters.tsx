import { Button, Group, MultiSelect, Select } from '@mantine/core';
import { SearchInput } from '../../components/SearchInput';
import { itemTypeWord } from '../../lib/words';
import { ITEM_TYPES, type ItemFilterValues } from './filter';

interface Props {
  values: ItemFilterValues;
  active: number;
  onChange: (changes: Partial<ItemFilterValues>) => void;
  onClear: () => void;
}

export function ItemFilters({ values, active, onChange, onClear }: Props) {
  const types = values.type ? values.type.split(',') : [];
  return (
    <Group gap="sm" align="flex-end" role="search" aria-label="Filter items">
      <SearchInput
        label="Search"
        placeholder="Name or SKU"
        value={values.search}
        onSearch={(search) => onChange({ search })}
        w={{ base: '100%', xs: 260 }}
        data-testid="items-search"
      />
      <MultiSelect
        label="Type"
        placeholder={types.length === 0 ? 'All' : undefined}
        w={{ base: '100%', xs: 230 }}
        clearable
        data={ITEM_TYPES.map((type) => ({ value: type, label: itemTypeWord(type) }))}
        value={types}
        onChange={(next) => onChange({ type: next.join(',') })}
        data-testid="items-filter-type"
      />
      <Select
        label="State"
        placeholder="All"
        w={130}
        clearable
        data={[
          { value: 'yes', label: 'Active' },
          { value: 'no', label: 'Inactive' },
        ]}
        value={values.active || null}
        onChange={(next) => onChange({ active: next ?? '' })}
        data-testid="items-filter-active"
      />
      <Select
        label="Product"
        placeholder="All"
        w={150}
        clearable
        data={[
          { value: 'yes', label: 'Linked' },
          { value: 'no', label: 'Not linked' },
        ]}
        value={values.linked || null}
        onChange={(next) => onChange({ linked: next ?? '' })}
        data-testid="items-filter-linked"
      />
      {active > 0 && (
        <Button variant="subtle" onClick={onClear} data-testid="clear-filters">
          Clear filters
        </Button>
      )}
    </Group>
  );
}
