import { Button, Chip, Collapse, Group, SegmentedControl, Select, Stack, Text, TextInput } from '@mantine/core';
import { IconAdjustments } from '@tabler/icons-react';
import { useId, useState } from 'react';
import { useLiveQuery } from '../../graphql/useLiveQuery';
import { fromLocalField, toLocalField } from '../../lib/time';
import { costStatusWord, dimensionWord } from '../../lib/words';
import { useMay } from '../../session/viewer';
import { ProductPicker } from '../stock/ProductPicker';
import { MARGIN_TYPES, MarginChoicesQuery, NamedProductQuery } from './operations';
import {
  COSTS,
  daysOf,
  groupsOf,
  inputOf,
  isFiltered,
  periodOf,
  PERIODS,
  presetOf,
  PRESETS,
  THINGS,
  type Preset,
  type Report,
  type ReportValues,
} from './report';

interface Props {
  values: ReportValues;
  set: (changes: Partial<ReportValues>) => void;
  clear: () => void;
  report: Report;
  today: string;
}

/** Which days, grouped by what, of what; all of it stands in the address. */
export function MarginControls({ values, set, clear, report, today }: Props) {
  const special = isFiltered(report) || report.asOf !== null || report.knownAt !== null;
  const [more, setMore] = useState(special);
  const id = useId();
  return (
    <Stack gap="sm" role="search" aria-label="What the report shows">
      <Group gap="sm" align="flex-end">
        <Select
          label="Days"
          w={170}
          data={[
            ...Object.entries(PRESETS).map(([value, label]) => ({ value, label })),
            { value: 'custom', label: 'As chosen' },
          ]}
          allowDeselect={false}
          value={presetOf(report, today) ?? 'custom'}
          onChange={(next) => next && next !== 'custom' && set(daysOf(next as Preset, today))}
          data-testid="margins-days"
        />
        <TextInput
          type="date"
          label="From"
          value={report.from}
          onChange={(event) => set({ from: event.currentTarget.value })}
          data-testid="margins-from"
        />
        <TextInput
          type="date"
          label="To"
          value={report.to}
          onChange={(event) => set({ to: event.currentTarget.value })}
          data-testid="margins-to"
        />
        <Grouping values={values} set={set} />
      </Group>
      <Group gap="xs">
        <Button
          size="xs"
          variant="subtle"
          leftSection={<IconAdjustments size={15} />}
          aria-expanded={more}
          aria-controls={id}
          onClick={() => setMore(!more)}
          data-testid="margins-more"
        >
          {more ? 'Fewer filters' : 'Filters and earlier moments'}
        </Button>
        {special && (
          <Button size="xs" variant="subtle" onClick={clear} data-testid="clear-filters">
            Clear all
          </Button>
        )}
      </Group>
      <Collapse expanded={more} id={id}>
        {more && <Filters values={values} set={set} report={report} />}
      </Collapse>
    </Stack>
  );
}

function Grouping({ values, set }: Pick<Props, 'values' | 'set'>) {
  const groups = groupsOf(values.group);
  const period = periodOf(groups);
  const things = THINGS.filter((each) => groups.includes(each));
  const choose = (next: readonly string[]) => set({ group: next.length > 0 ? next.join(',') : 'NONE' });
  return (
    <Stack gap={4}>
      <Text size="sm" fw={500} component="span">
        Grouped by
      </Text>
      <Group gap="xs">
        <Chip.Group multiple value={things} onChange={(next) => choose([...(period ? [period] : []), ...next])}>
          <Group gap={6} role="group" aria-label="Grouped by">
            {THINGS.map((each) => (
              <Chip key={each} value={each} size="sm" radius="md" data-testid={`group-${each}`}>
                {dimensionWord(each)}
              </Chip>
            ))}
          </Group>
        </Chip.Group>
        <SegmentedControl
          size="sm"
          aria-label="Period of rows"
          value={period ?? 'NONE'}
          onChange={(next) => choose([...(next === 'NONE' ? [] : [next]), ...things])}
          data={[
            { value: 'NONE', label: 'All days' },
            ...PERIODS.map((value) => ({ value, label: dimensionWord(value) })),
          ]}
          data-testid="group-period"
        />
      </Group>
    </Stack>
  );
}

function Filters({ values, set, report }: Pick<Props, 'values' | 'set' | 'report'>) {
  const seesSales = useMay('SYNC_SALES');
  const customers = inputOf(report, {
    groupBy: ['CUSTOMER'],
    filter: {},
    order: { field: 'REVENUE', direction: 'DESC' },
  });
  const { data } = useLiveQuery(MarginChoicesQuery, { customers, sales: seesSales }, { types: MARGIN_TYPES });
  const productId = report.filter.productIds?.[0] ?? null;
  const named = useLiveQuery(NamedProductQuery, { id: productId ?? '' }, { pause: productId === null }).data?.node;
  const product = named?.__typename === 'Product' ? named : null;
  const names = (data?.margins.nodes ?? []).map(({ customer }) => customer ?? '');
  const chosen = values.customer.slice(1);
  const listed = values.customer && !names.includes(chosen) ? [chosen, ...names] : names;
  return (
    <Group gap="sm" align="flex-end">
      <ProductPicker
        label="Product"
        placeholder="All"
        clearable
        w={230}
        value={productId && product ? product : null}
        onPick={(next) => set({ product: next?.id ?? '' })}
        data-testid="margins-product"
      />
      <Select
        label="Customer"
        placeholder="All"
        w={210}
        searchable
        clearable
        data={listed.map((name) => ({ value: `=${name}`, label: name || 'No customer named' }))}
        value={values.customer || null}
        onChange={(next) => set({ customer: next ?? '' })}
        data-testid="margins-customer"
      />
      {seesSales && (
        <Select
          label="Channel"
          placeholder="All"
          w={180}
          clearable
          data={(data?.salesChannels ?? []).map(({ id, name }) => ({ value: id, label: name }))}
          value={values.channel || null}
          onChange={(next) => set({ channel: next ?? '' })}
          data-testid="margins-channel"
        />
      )}
      <Select
        label="Cost"
        placeholder="Any"
        w={140}
        clearable
        data={COSTS.map((value) => ({ value, label: costStatusWord(value) }))}
        value={values.cost || null}
        onChange={(next) => set({ cost: next ?? '' })}
        data-testid="margins-cost"
      />
      <Select
        label="Sold short"
        placeholder="Both"
        w={120}
        clearable
        data={[{ value: 'yes', label: 'Only short' }]}
        value={values.short || null}
        onChange={(next) => set({ short: next ?? '' })}
        data-testid="margins-short"
      />
      <TextInput
        type="date"
        label="Nothing dated after"
        value={values.asOf}
        onChange={(event) => set({ asOf: event.currentTarget.value })}
        data-testid="margins-as-of"
      />
      <TextInput
        type="datetime-local"
        step="1"
        label="As it was known at"
        value={values.knownAt ? toLocalField(values.knownAt) : ''}
        onChange={(event) => set({ knownAt: fromLocalField(event.currentTarget.value) ?? '' })}
        data-testid="margins-known-at"
      />
    </Group>
  );
}
