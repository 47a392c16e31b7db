import { Button, Group, Text } from '@mantine/core';
import { IconDownload, IconList } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import { Link } from 'react-router';
import { ActionButton } from '../../components/ActionButton';
import { EmptyState } from '../../components/EmptyState';
import { Loaded } from '../../components/Loaded';
import { Page } from '../../components/Page';
import { Pager } from '../../components/Pager';
import { usePaging } from '../../components/paging';
import { TotalCount } from '../../components/TotalCount';
import { useFilters } from '../../components/useFilters';
import type { ItemFilter } from '../../graphql/generated/graphql';
import { useLiveQuery } from '../../graphql/useLiveQuery';
import { count } from '../../lib/words';
import { useMay } from '../../session/viewer';
import { ITEM_FILTERS, toItemFilter, toItemOrder, type ItemFilterValues } from './filter';
import { ImportDialog, type ImportWhat } from './ImportDialog';
import { ImportResults } from './ImportResults';
import { ItemFilters } from './ItemFilters';
import { ItemsTable } from './ItemsTable';
import { ItemCountQuery, ItemsQuery, type ImportPayload } from './operations';
import { useSelection, type Selection } from './useSelection';

const SORTING: readonly string[] = ['order', 'direction'];

export function ItemsPage() {
  const filters = useFilters(ITEM_FILTERS);
  const listing = JSON.stringify(filters.values);
  const { filter, orderBy } = useMemo(() => {
    const values = JSON.parse(listing) as ItemFilterValues;
    return { filter: toItemFilter(values), orderBy: toItemOrder(values) };
  }, [listing]);
  const paging = usePaging(listing);
  const query = useLiveQuery(ItemsQuery, { filter, orderBy, ...paging.variables }, { types: ['Item', 'Product'] });
  const selection = useSelection();
  const mayImport = useMay('IMPORT_PRODUCTS');
  const [importing, setImporting] = useState<ImportWhat | null>(null);
  const [result, setResult] = useState<ImportPayload | null>(null);
  const filtered = ITEM_FILTERS.some((name) => !SORTING.includes(name) && filters.values[name] !== '');

  const onDone = (payload: ImportPayload) => {
    setImporting(null);
    selection.clear();
    setResult(payload);
  };

  return (
    <Page
      title="Items"
      lead="What your accounting system sells and buys, as last read. An item becomes a product, with stock of its own, when you import it."
    >
      <ItemFilters values={filters.values} active={filtered ? 1 : 0} onChange={filters.set} onClear={filters.clear} />
      <Loaded query={query}>
        {({ items: { nodes, pageInfo } }) =>
          nodes.length === 0 && selection.ids.size === 0 ? (
            <NoItems filtered={filtered} onClear={filters.clear} />
          ) : (
            <>
              {mayImport && (
                <ImportBar selection={selection} filter={filter} filtered={filtered} onImport={setImporting} />
              )}
              <ItemsTable
                items={nodes}
                order={orderBy}
                onOrder={({ field, direction }) => filters.set({ order: field, direction })}
                selection={mayImport ? selection : null}
                busy={query.loading}
              />
              <Pager
                label="items"
                paging={paging}
                info={pageInfo}
                shown={nodes.length}
                loading={query.loading}
                total={<TotalCount key={listing} query={ItemCountQuery} variables={{ filter }} />}
              />
            </>
          )
        }
      </Loaded>
      {importing && <ImportDialog what={importing} onClose={() => setImporting(null)} onDone={onDone} />}
      {result && <ImportResults payload={result} onClose={() => setResult(null)} />}
    </Page>
  );
}

function ImportBar({
  selection,
  filter,
  filtered,
  onImport,
}: {
  selection: Selection;
  filter: ItemFilter;
  filtered: boolean;
  onImport: (what: ImportWhat) => void;
}) {
  const chosen = selection.ids.size;
  return (
    <Group justify="space-between" gap="sm" mih={36}>
      <Group gap="xs" aria-live="polite">
        <Text size="sm" fw={chosen > 0 ? 560 : 400} c={chosen > 0 ? undefined : 'dimmed'} data-testid="selected-count">
          {chosen > 0 ? `${count(chosen, 'item')} selected` : 'Select items to import them as products.'}
        </Text>
        {chosen > 0 && (
          <Button size="compact-sm" variant="subtle" onClick={selection.clear}>
            Clear
          </Button>
        )}
      </Group>
      <Group gap="xs">
        <ActionButton
          variant="default"
          size="sm"
          permission="IMPORT_PRODUCTS"
          onClick={() => onImport({ kind: 'matching', filter })}
          data-testid="import-matching-button"
        >
          {filtered ? 'Import all matching…' : 'Import all…'}
        </ActionButton>
        <ActionButton
          size="sm"
          permission="IMPORT_PRODUCTS"
          unavailable={chosen === 0 ? 'Select at least one item first.' : null}
          leftSection={<IconDownload size={16} />}
          onClick={() => onImport({ kind: 'selected', ids: [...selection.ids] })}
          data-testid="import-button"
        >
          Import selected
        </ActionButton>
      </Group>
    </Group>
  );
}

function NoItems({ filtered, onClear }: { filtered: boolean; onClear: () => void }) {
  const maySync = useMay('SYNC_ITEMS');
  if (filtered) {
    return (
      <EmptyState
        icon={IconList}
        title="No item matches"
        action={
          <Button variant="default" onClick={onClear}>
            Clear filters
          </Button>
        }
      >
        Widen the search or the filters above.
      </EmptyState>
    );
  }
  return (
    <EmptyState
      icon={IconList}
      title="No items yet"
      action={
        maySync && (
          <Button component={Link} to="/sync">
            Sync items
          </Button>
        )
      }
    >
      {maySync
        ? 'Items are read from your accounting system. Sync them, then import the ones you make or stock.'
        : 'Items are read from your accounting system. Somebody who may sync has to do so first.'}
    </EmptyState>
  );
}
