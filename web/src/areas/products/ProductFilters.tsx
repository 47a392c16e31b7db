import { Button, Group, MultiSelect, Select } from '@mantine/core';
import { SearchInput } from '../../components/SearchInput';
import { productTypeWord } from '../../lib/words';
import { PRODUCT_TYPES, type ProductFilterValues } from './filter';

interface Props {
  values: ProductFilterValues;
  filtered: boolean;
  onChange: (changes: Partial<ProductFilterValues>) => void;
  onClear: () => void;
}

export function ProductFilters({ values, filtered, onChange, onClear }: Props) {
  const types = values.type ? values.type.split(',') : [];
  return (
    <Group gap="sm" align="flex-end" role="search" aria-label="Filter products">
      <SearchInput
        label="Search"
        placeholder="Name or SKU"
        value={values.search}
        onSearch={(search) => onChange({ search })}
        w={{ base: '100%', xs: 260 }}
        data-testid="products-search"
      />
      <MultiSelect
        label="Type"
        placeholder={types.length === 0 ? 'All' : undefined}
        w={{ base: '100%', xs: 230 }}
        clearable
        data={PRODUCT_TYPES.map((type) => ({ value: type, label: productTypeWord(type) }))}
        value={types}
        onChange={(next) => onChange({ type: next.join(',') })}
        data-testid="products-filter-type"
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
        data-testid="products-filter-active"
      />
      <Select
        label="Accounting item"
        placeholder="All"
        w={150}
        clearable
        data={[
          { value: 'yes', label: 'Linked' },
          { value: 'no', label: 'Not linked' },
        ]}
        value={values.linked || null}
        onChange={(next) => onChange({ linked: next ?? '' })}
        data-testid="products-filter-linked"
      />
      {filtered && (
        <Button variant="subtle" onClick={onClear} data-testid="clear-filters">
          Clear filters
        </Button>
      )}
    </Group>
  );
}
