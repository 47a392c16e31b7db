import { Button, Group } from '@mantine/core';
import { IconPackages, IconPlus } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import { Link, useSearchParams } from 'react-router';
import { ActionButton } from '../../components/ActionButton';
import { EmptyState } from '../../components/EmptyState';
import { Loaded } from '../../components/Loaded';
import { Page } from '../../components/Page';
import { Pager } from '../../components/Pager';
import { usePaging } from '../../components/paging';
import { TotalCount } from '../../components/TotalCount';
import { useFilters } from '../../components/useFilters';
import { useLiveQuery } from '../../graphql/useLiveQuery';
import { useMay } from '../../session/viewer';
import { PRODUCT_FILTERS, toProductFilter, toProductOrder, type ProductFilterValues } from './filter';
import { LinkDialog } from './LinkDialog';
import { ProductCountQuery, ProductsQuery, type Product } from './operations';
import { ProductDrawer } from './ProductDrawer';
import { ProductFilters } from './ProductFilters';
import { ProductForm } from './ProductForm';
import { ProductsTable, type ProductAct } from './ProductsTable';
import { UnlinkDialog } from './UnlinkDialog';

const SORTING: readonly string[] = ['order', 'direction'];

type Doing = { act: 'create' } | { act: Exclude<ProductAct, 'open'>; product: Product };

export function ProductsPage() {
  const filters = useFilters(PRODUCT_FILTERS);
  const listing = JSON.stringify(filters.values);
  const { filter, orderBy } = useMemo(() => {
    const values = JSON.parse(listing) as ProductFilterValues;
    return { filter: toProductFilter(values), orderBy: toProductOrder(values) };
  }, [listing]);
  const paging = usePaging(listing);
  const query = useLiveQuery(ProductsQuery, { filter, orderBy, ...paging.variables }, { types: ['Product'] });
  const [doing, setDoing] = useState<Doing | null>(null);
  const drawer = useDrawer();
  const filtered = PRODUCT_FILTERS.some((name) => !SORTING.includes(name) && filters.values[name] !== '');
  const onAct = (act: ProductAct, product: Product) =>
    act === 'open' ? drawer.open(product.id) : setDoing({ act, product });
  const create = (
    <ActionButton
      permission="MANAGE_PRODUCTS"
      leftSection={<IconPlus size={16} />}
      onClick={() => setDoing({ act: 'create' })}
      data-testid="create-product"
    >
      New product
    </ActionButton>
  );

  return (
    <Page
      title="Products"
      lead="Your own stock: what is on hand, what it cost, and the accounting item it stands for."
      actions={create}
    >
      <ProductFilters values={filters.values} filtered={filtered} onChange={filters.set} onClear={filters.clear} />
      <Loaded query={query}>
        {({ products: { nodes, pageInfo } }) =>
          nodes.length === 0 ? (
            <NoProducts filtered={filtered} onClear={filters.clear} />
          ) : (
            <>
              <ProductsTable
                products={nodes}
                order={orderBy}
                onOrder={({ field, direction }) => filters.set({ order: field, direction })}
                onAct={onAct}
                busy={query.loading}
              />
              <Pager
                label="products"
                paging={paging}
                info={pageInfo}
                shown={nodes.length}
                loading={query.loading}
                total={<TotalCount key={listing} query={ProductCountQuery} variables={{ filter }} />}
              />
            </>
          )
        }
      </Loaded>
      <ProductDrawer id={drawer.id} onClose={drawer.close} />
      <Dialogs doing={doing} onClose={() => setDoing(null)} />
    </Page>
  );
}

/** The opened product is in the address, so that other pages can link to it. */
function useDrawer() {
  const [params, setParams] = useSearchParams();
  const set = (id: string | null) =>
    setParams(
      (before) => {
        const after = new URLSearchParams(before);
        if (id) after.set('open', id);
        else after.delete('open');
        return after;
      },
      { replace: true },
    );
  return { id: params.get('open'), open: (id: string) => set(id), close: () => set(null) };
}

function Dialogs({ doing, onClose }: { doing: Doing | null; onClose: () => void }) {
  if (!doing) return null;
  if (doing.act === 'create') return <ProductForm product={null} onClose={onClose} />;
  if (doing.act === 'edit') return <ProductForm product={doing.product} onClose={onClose} />;
  if (doing.act === 'link') return <LinkDialog product={doing.product} onClose={onClose} />;
  return doing.product.item ? (
    <UnlinkDialog product={{ ...doing.product, item: doing.product.item }} onClose={onClose} />
  ) : null;
}

function NoProducts({ filtered, onClear }: { filtered: boolean; onClear: () => void }) {
  const mayImport = useMay('IMPORT_PRODUCTS');
  if (filtered) {
    return (
      <EmptyState
        icon={IconPackages}
        title="No product matches"
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
      icon={IconPackages}
      title="No products yet"
      action={
        mayImport && (
          <Group>
            <Button component={Link} to="/items">
              Import from items
            </Button>
          </Group>
        )
      }
    >
      {mayImport
        ? 'Choose items from your accounting system and import them, or create a product by hand with “New product”.'
        : 'Products appear here once somebody imports items or creates them.'}
    </EmptyState>
  );
}
