import { Badge, Group, Table, Text, VisuallyHidden } from '@mantine/core';
import { IconPlus, IconTruckDelivery } from '@tabler/icons-react';
import { useState } from 'react';
import { ActionButton } from '../../components/ActionButton';
import { DataTable } from '../../components/DataTable';
import { EmptyState } from '../../components/EmptyState';
import { Loaded } from '../../components/Loaded';
import { Page } from '../../components/Page';
import { Pager } from '../../components/Pager';
import { usePaging } from '../../components/paging';
import { SearchInput } from '../../components/SearchInput';
import { useFilters } from '../../components/useFilters';
import { useLiveQuery } from '../../graphql/useLiveQuery';
import { SuppliersQuery, type Supplier } from './operations';
import { SupplierDialog } from './SupplierDialog';

const FILTERS = ['search'] as const;

const HEAD = (
  <>
    <Table.Th>Name</Table.Th>
    <Table.Th>Code</Table.Th>
    <Table.Th>E-mail</Table.Th>
    <Table.Th>Phone</Table.Th>
    <Table.Th>From</Table.Th>
    <Table.Th>
      <VisuallyHidden>Actions</VisuallyHidden>
    </Table.Th>
  </>
);

/** Who delivers: your own, and those of the accounting system. The code begins their lots’ numbers. */
export function SuppliersPage() {
  const filters = useFilters(FILTERS);
  const { search } = filters.values;
  const paging = usePaging(search);
  const query = useLiveQuery(
    SuppliersQuery,
    { filter: { search: search || undefined }, ...paging.variables },
    { types: ['Supplier'] },
  );
  const [editing, setEditing] = useState<Supplier | 'new' | null>(null);
  return (
    <Page
      title="Suppliers"
      lead="Who delivers. A supplier’s code begins the numbers of its lots."
      actions={
        <ActionButton
          permission="MANAGE_STOCK"
          leftSection={<IconPlus size={16} />}
          onClick={() => setEditing('new')}
          data-testid="new-supplier"
        >
          New supplier
        </ActionButton>
      }
    >
      <Group role="search" aria-label="Filter suppliers">
        <SearchInput
          label="Search"
          placeholder="Name"
          value={search}
          onSearch={(text) => filters.set({ search: text })}
          w={{ base: '100%', xs: 260 }}
          data-testid="suppliers-search"
        />
      </Group>
      <Loaded query={query}>
        {({ suppliers: { nodes, pageInfo } }) =>
          nodes.length === 0 ? (
            <EmptyState icon={IconTruckDelivery} title={search ? 'No supplier matches' : 'No suppliers yet'}>
              {search
                ? 'Try another name.'
                : 'They come from your accounting system with a sync, or you create your own with “New supplier”.'}
            </EmptyState>
          ) : (
            <>
              <DataTable minWidth={720} head={HEAD} label="Suppliers" testId="suppliers-table" busy={query.loading}>
                {nodes.map((supplier) => (
                  <Row key={supplier.id} supplier={supplier} onEdit={() => setEditing(supplier)} />
                ))}
              </DataTable>
              <Pager label="suppliers" paging={paging} info={pageInfo} shown={nodes.length} loading={query.loading} />
            </>
          )
        }
      </Loaded>
      {editing && <SupplierDialog supplier={editing === 'new' ? null : editing} onClose={() => setEditing(null)} />}
    </Page>
  );
}

function Row({ supplier, onEdit }: { supplier: Supplier; onEdit: () => void }) {
  return (
    <Table.Tr data-testid="supplier-row">
      <Table.Td>
        <Group gap={6}>
          {supplier.name}
          {!supplier.active && (
            <Badge size="xs" color="gray" variant="light">
              Inactive
            </Badge>
          )}
        </Group>
      </Table.Td>
      <Table.Td>
        {supplier.code ?? (
          <Text span size="sm" c="dimmed">
            with the first receipt
          </Text>
        )}
      </Table.Td>
      <Table.Td>{supplier.email ?? '–'}</Table.Td>
      <Table.Td>{supplier.phone ?? '–'}</Table.Td>
      <Table.Td>{supplier.externalId ? 'Accounting system' : 'Here'}</Table.Td>
      <Table.Td ta="right">
        <ActionButton
          size="compact-xs"
          variant="subtle"
          permission="MANAGE_STOCK"
          onClick={onEdit}
          aria-label={`Edit ${supplier.name}`}
          data-testid="edit-supplier"
        >
          Edit
        </ActionButton>
      </Table.Td>
    </Table.Tr>
  );
}
