import { Anchor, Button, Group, Select, Table } from '@mantine/core';
import { IconHammer, IconPlus } from '@tabler/icons-react';
import { Link } from 'react-router';
import { MoneyText, Quantity, Unknown } from '../../components/Amounts';
import { DataTable } from '../../components/DataTable';
import { EmptyState } from '../../components/EmptyState';
import { Loaded } from '../../components/Loaded';
import { Page } from '../../components/Page';
import { Pager } from '../../components/Pager';
import { usePaging } from '../../components/paging';
import { oneOf, useFilters } from '../../components/useFilters';
import type { BuildState } from '../../graphql/generated/graphql';
import { useLiveQuery } from '../../graphql/useLiveQuery';
import { formatDay } from '../../lib/time';
import { buildStateWord } from '../../lib/words';
import { STOCK_TYPES } from '../stock/operations';
import { ProductLink } from '../stock/ProductLink';
import { ReceivingNotice } from '../stock/ReceivingNotice';
import { StockSettingsButton } from '../stock/StockSettingsButton';
import { BuildStateBadge } from './BuildStateBadge';
import { BuildsQuery, type BuildRow } from './operations';

const FILTERS = ['state'] as const;
const STATES: readonly BuildState[] = ['PLANNED', 'EXECUTED', 'APPROVED', 'REJECTED', 'REVERSED', 'CANCELLED'];

const HEAD = (
  <>
    <Table.Th>Build</Table.Th>
    <Table.Th>Product</Table.Th>
    <Table.Th ta="right">Quantity</Table.Th>
    <Table.Th>State</Table.Th>
    <Table.Th>Day</Table.Th>
    <Table.Th ta="right">Cost</Table.Th>
    <Table.Th ta="right">Cost each</Table.Th>
    <Table.Th>Lot</Table.Th>
  </>
);

const CREATE = (
  <Button component={Link} to="/builds/new" leftSection={<IconPlus size={16} />} data-testid="new-build">
    New build
  </Button>
);

export function BuildsPage() {
  const filters = useFilters(FILTERS);
  const state = oneOf(filters.values.state, STATES);
  const paging = usePaging(state ?? '');
  const query = useLiveQuery(BuildsQuery, { filter: { state }, ...paging.variables }, { types: STOCK_TYPES });
  return (
    <Page
      title="Builds"
      lead="What you make: planned, recorded and approved. A build takes components out of stock and brings its product in, at what it really cost."
      actions={
        <>
          <StockSettingsButton />
          {CREATE}
        </>
      }
    >
      <ReceivingNotice />
      <Group role="search" aria-label="Filter builds">
        <Select
          label="State"
          placeholder="All"
          w={170}
          clearable
          data={STATES.map((value) => ({ value, label: buildStateWord(value) }))}
          value={state ?? null}
          onChange={(next) => filters.set({ state: next ?? '' })}
          data-testid="builds-filter-state"
        />
      </Group>
      <Loaded query={query}>
        {({ builds: { nodes, pageInfo } }) =>
          nodes.length === 0 ? (
            <NoBuilds filtered={state !== undefined} onClear={filters.clear} />
          ) : (
            <>
              <DataTable minWidth={900} head={HEAD} label="Builds" testId="builds-table" busy={query.loading}>
                {nodes.map((build) => (
                  <Row key={build.id} build={build} />
                ))}
              </DataTable>
              <Pager label="builds" paging={paging} info={pageInfo} shown={nodes.length} loading={query.loading} />
            </>
          )
        }
      </Loaded>
    </Page>
  );
}

function Row({ build }: { build: BuildRow }) {
  const done = build.effectiveOn != null;
  const unknown = <Unknown why="A component’s cost is unknown." />;
  return (
    <Table.Tr data-testid="build-row" data-build={build.number} data-state={build.state}>
      <Table.Td>
        <Anchor component={Link} to={`/builds/${build.id}`} size="sm" fw={540} c="var(--link-color)">
          Build {build.number}
        </Anchor>
      </Table.Td>
      <Table.Td>
        <ProductLink product={build.product} />
      </Table.Td>
      <Table.Td ta="right">
        <Quantity value={build.quantity} unit={build.product.unit} />
      </Table.Td>
      <Table.Td>
        <BuildStateBadge build={build} />
      </Table.Td>
      <Table.Td>
        {build.effectiveOn
          ? formatDay(build.effectiveOn)
          : build.plannedFor
            ? `planned for ${formatDay(build.plannedFor)}`
            : '–'}
      </Table.Td>
      <Table.Td ta="right">
        {!done ? '–' : build.costStatus === 'MISSING' ? unknown : <MoneyText money={build.totalValue} />}
      </Table.Td>
      <Table.Td ta="right">{!done ? '–' : build.unitCost ? <MoneyText money={build.unitCost} /> : unknown}</Table.Td>
      <Table.Td>
        {build.lot ? (
          <Anchor component={Link} to={`/lots/${build.lot.id}`} size="sm" c="var(--link-color)">
            {build.lot.number}
          </Anchor>
        ) : (
          '–'
        )}
      </Table.Td>
    </Table.Tr>
  );
}

function NoBuilds({ filtered, onClear }: { filtered: boolean; onClear: () => void }) {
  return filtered ? (
    <EmptyState
      icon={IconHammer}
      title="No build is in this state"
      action={
        <Button variant="default" onClick={onClear}>
          Clear filters
        </Button>
      }
    >
      Choose another state above.
    </EmptyState>
  ) : (
    <EmptyState icon={IconHammer} title="No builds yet" action={CREATE}>
      Write a bill of materials on a product’s page, then plan a build or record one. You see what it takes and costs
      before anything happens.
    </EmptyState>
  );
}
