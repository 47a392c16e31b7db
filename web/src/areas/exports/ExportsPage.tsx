import { Anchor, Button, Checkbox, Group, MultiSelect, Select, Table, Text } from '@mantine/core';
import { IconArrowBackUp, IconBook2, IconSettings } from '@tabler/icons-react';
import { Link } from 'react-router';
import { DataTable } from '../../components/DataTable';
import { EmptyState } from '../../components/EmptyState';
import { Loaded } from '../../components/Loaded';
import { Page } from '../../components/Page';
import { Pager } from '../../components/Pager';
import { usePaging } from '../../components/paging';
import { At } from '../../components/Time';
import { oneOf, useFilters } from '../../components/useFilters';
import type { ExportKind, ExportState } from '../../graphql/generated/graphql';
import { useLiveQuery } from '../../graphql/useLiveQuery';
import { formatDay } from '../../lib/time';
import { exportKindWord, exportStateWord } from '../../lib/words';
import { companyOf, documentAbout, documentPlace } from './documents';
import { ExportAll } from './ExportAll';
import { ExportActions } from './ExportActions';
import { ExportStateBadge } from './ExportStateBadge';
import { EXPORT_TYPES, ExportSettingsQuery, ExportsQuery, type Exported } from './operations';
import { Reason } from './Reason';
import { useExportChanges } from './useExportChanges';

const FILTERS = ['state', 'kind', 'changed'] as const;
const STATES: readonly ExportState[] = ['FAILED', 'NOT_READY', 'PENDING', 'SENDING', 'UNCERTAIN', 'SYNCED', 'SKIPPED'];
const KINDS: readonly ExportKind[] = ['BUILD', 'RECEIPT', 'WASTE', 'CORRECTION', 'ADJUSTMENT', 'REVERSAL', 'TRUE_UP'];

const HEAD = (
  <>
    <Table.Th>Document</Table.Th>
    <Table.Th>Reference</Table.Th>
    <Table.Th>State</Table.Th>
    <Table.Th>Why, and what helps</Table.Th>
    <Table.Th ta="right">What to do</Table.Th>
  </>
);

/** Everything that went, or has to go, to the accounting system, with what keeps it. */
export function ExportsPage() {
  const filters = useFilters(FILTERS);
  const chosen = filters.values.state.split(',').filter((each): each is ExportState => STATES.some((s) => s === each));
  const kind = oneOf(filters.values.kind, KINDS);
  const changed = filters.values.changed === 'yes';
  const paging = usePaging(`${chosen.join()} ${kind} ${changed}`);
  const filter = {
    states: chosen.length > 0 ? chosen : undefined,
    kinds: kind ? [kind] : undefined,
    drifted: changed || undefined,
  };
  const query = useLiveQuery(ExportsQuery, { filter, ...paging.variables }, { types: EXPORT_TYPES });
  useExportChanges(query.refetch);
  const filtered = chosen.length > 0 || kind !== undefined || changed;
  return (
    <Page
      title="Exports"
      lead="What your builds, receipts and losses become in the accounting system. Every entry can be seen before it is posted, and each document is posted once."
      actions={
        <>
          <SettingsLinks />
          <Button
            component={Link}
            to="/exports/reverse"
            variant="default"
            leftSection={<IconArrowBackUp size={16} />}
            data-testid="to-reversal"
          >
            Take back
          </Button>
          <ExportAll />
        </>
      }
    >
      <Group role="search" aria-label="Filter exports" gap="sm" align="flex-end">
        <MultiSelect
          label="State"
          placeholder={chosen.length === 0 ? 'All' : undefined}
          w={{ base: '100%', xs: 300 }}
          clearable
          data={STATES.map((value) => ({ value, label: exportStateWord(value) }))}
          value={chosen}
          onChange={(next) => filters.set({ state: next.join(',') })}
          data-testid="exports-filter-state"
        />
        <Select
          label="Kind"
          placeholder="All"
          w={170}
          clearable
          data={KINDS.map((value) => ({ value, label: exportKindWord(value) }))}
          value={kind ?? null}
          onChange={(next) => filters.set({ kind: next ?? '' })}
          data-testid="exports-filter-kind"
        />
        <Checkbox
          label="Changed in the books since"
          mb={8}
          checked={changed}
          onChange={(event) => filters.set({ changed: event.currentTarget.checked ? 'yes' : '' })}
          data-testid="exports-filter-changed"
        />
        {filtered && (
          <Button variant="subtle" onClick={filters.clear} data-testid="clear-filters">
            Clear filters
          </Button>
        )}
      </Group>
      <Loaded query={query}>
        {({ exports: { nodes, pageInfo } }) =>
          nodes.length === 0 ? (
            <NoExports filtered={filtered} />
          ) : (
            <>
              <DataTable minWidth={880} head={HEAD} label="Exports" testId="exports-table" busy={query.loading}>
                {nodes.map((exported) => (
                  <Row key={exported.id} exported={exported} />
                ))}
              </DataTable>
              <Pager label="exports" paging={paging} info={pageInfo} shown={nodes.length} loading={query.loading} />
            </>
          )
        }
      </Loaded>
    </Page>
  );
}

function SettingsLinks() {
  const query = useLiveQuery(ExportSettingsQuery, {}, { types: ['Integration'] });
  const live = (query.data?.integrations ?? []).filter((each) => each.status === 'ACTIVE' || each.status === 'EXPIRED');
  return live.map((integration) => (
    <Button
      key={integration.id}
      component={Link}
      to={`/exports/settings/${integration.id}`}
      variant="default"
      leftSection={<IconSettings size={16} />}
      data-testid="export-settings"
    >
      {live.length > 1 ? `Accounts: ${companyOf(integration)}` : 'Accounts and settings'}
    </Button>
  ));
}

function NoExports({ filtered }: { filtered: boolean }) {
  if (filtered) {
    return (
      <EmptyState icon={IconBook2} title="No export matches">
        Choose other states, or clear the filters.
      </EmptyState>
    );
  }
  return (
    <EmptyState
      icon={IconBook2}
      title="Nothing to export yet"
      action={
        <Group>
          <Button component={Link} to="/integrations" variant="default">
            Integrations
          </Button>
          <Button component={Link} to="/builds">
            Builds
          </Button>
        </Group>
      }
    >
      Connect an accounting system and choose its accounts. Each build you record and each receipt you confirm then
      appears here, ready to be looked at and exported.
    </EmptyState>
  );
}

function Row({ exported }: { exported: Exported }) {
  const { document } = exported;
  const place = documentPlace(document);
  return (
    <Table.Tr
      data-testid="export-row"
      data-reference={exported.reference}
      data-state={exported.state}
      style={{ verticalAlign: 'top' }}
    >
      <Table.Td>
        {place ? (
          <Anchor component={Link} to={place} size="sm" fw={540} c="var(--link-color)">
            {exported.label}
          </Anchor>
        ) : (
          exported.label
        )}
        <Text size="xs" c="dimmed">
          {[exportKindWord(exported.kind), formatDay(exported.effectiveOn)].join(' · ')}
        </Text>
        <Text size="xs" c="dimmed" data-wrap>
          {documentAbout(document)}
        </Text>
      </Table.Td>
      <Table.Td>
        <Text size="sm" ff="monospace">
          {exported.reference}
        </Text>
        <Text size="xs" c="dimmed">
          {companyOf(exported.integration)}
        </Text>
      </Table.Td>
      <Table.Td>
        <ExportStateBadge state={exported.state} />
        {exported.exportedAt && (
          <Text size="xs" c="dimmed">
            <At at={exported.exportedAt} />
          </Text>
        )}
      </Table.Td>
      <Table.Td>
        <Reason exported={exported} />
      </Table.Td>
      <Table.Td ta="right">
        <ExportActions exported={exported} />
      </Table.Td>
    </Table.Tr>
  );
}
