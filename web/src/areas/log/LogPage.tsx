import { Table, Text, UnstyledButton } from '@mantine/core';
import { IconTransfer } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import { OutcomeBadge } from '../../components/Badges';
import { DataTable } from '../../components/DataTable';
import { EmptyState } from '../../components/EmptyState';
import { Loaded } from '../../components/Loaded';
import { Page } from '../../components/Page';
import { Pager } from '../../components/Pager';
import { usePaging } from '../../components/paging';
import { At } from '../../components/Time';
import { TotalCount } from '../../components/TotalCount';
import { useFilters } from '../../components/useFilters';
import { useLiveQuery } from '../../graphql/useLiveQuery';
import { formatDuration } from '../../lib/time';
import { EntryDrawer } from './EntryDrawer';
import { LOG_FILTERS, toLogFilter, type LogFilterValues } from './filter';
import { LogFilters } from './LogFilters';
import { SyncLogCountQuery, SyncLogsQuery, type LogEntry } from './operations';
import classes from './LogPage.module.css';

const HEAD = (
  <>
    <Table.Th>Time</Table.Th>
    <Table.Th>Operation</Table.Th>
    <Table.Th>Outcome</Table.Th>
    <Table.Th>HTTP</Table.Th>
    <Table.Th ta="right">Took</Table.Th>
    <Table.Th>Request</Table.Th>
  </>
);

export function LogPage() {
  const filters = useFilters(LOG_FILTERS);
  const listing = JSON.stringify(filters.values);
  const filter = useMemo(() => toLogFilter(JSON.parse(listing) as LogFilterValues), [listing]);
  const paging = usePaging(listing);
  const query = useLiveQuery(SyncLogsQuery, { filter, ...paging.variables }, { types: ['SyncLogEntry'] });
  const [opened, setOpened] = useState<string | null>(null);
  const seen = useMemo(
    () => [...new Set(query.data?.syncLogs.nodes.map((entry) => entry.operation) ?? [])].sort(),
    [query.data],
  );

  return (
    <Page
      title="Sync log"
      lead="Every call to the accounting system: what was sent, what came back. Tokens and secrets are never recorded."
    >
      <LogFilters
        values={filters.values}
        active={filters.active}
        operations={seen}
        onChange={filters.set}
        onClear={filters.clear}
      />
      <Loaded query={query}>
        {({ syncLogs: { nodes, pageInfo } }) =>
          nodes.length === 0 ? (
            <NoCalls filtered={filters.active > 0} />
          ) : (
            <>
              <DataTable minWidth={760} head={HEAD} label="Calls" testId="log-table" busy={query.loading}>
                {nodes.map((entry) => (
                  <Row key={entry.id} entry={entry} onOpen={() => setOpened(entry.id)} />
                ))}
              </DataTable>
              <Pager
                label="calls"
                paging={paging}
                info={pageInfo}
                shown={nodes.length}
                loading={query.loading}
                total={<TotalCount key={listing} query={SyncLogCountQuery} variables={{ filter }} />}
              />
            </>
          )
        }
      </Loaded>
      <EntryDrawer id={opened} onClose={() => setOpened(null)} />
    </Page>
  );
}

function Row({ entry, onOpen }: { entry: LogEntry; onOpen: () => void }) {
  return (
    <Table.Tr className={classes.row} onClick={onOpen} data-testid="log-row" data-outcome={entry.outcome}>
      <Table.Td style={{ whiteSpace: 'nowrap' }}>
        <At at={entry.at} precise />
      </Table.Td>
      <Table.Td>
        <UnstyledButton className={classes.open} onClick={onOpen} data-testid="log-open">
          {entry.operation}
        </UnstyledButton>
        {entry.attempt > 1 && (
          <Text size="xs" c="dimmed">
            attempt {entry.attempt}
          </Text>
        )}
      </Table.Td>
      <Table.Td maw={280}>
        <OutcomeBadge outcome={entry.outcome} />
        {entry.errorMessage && (
          <Text size="xs" lineClamp={2} data-wrap>
            {entry.errorMessage}
          </Text>
        )}
      </Table.Td>
      <Table.Td>{entry.httpStatus ?? '–'}</Table.Td>
      <Table.Td ta="right" style={{ whiteSpace: 'nowrap' }}>
        {formatDuration(entry.durationMs)}
      </Table.Td>
      <Table.Td maw={360}>
        <Text size="xs" ff="monospace" truncate title={entry.url}>
          {entry.method} {entry.url}
        </Text>
      </Table.Td>
    </Table.Tr>
  );
}

function NoCalls({ filtered }: { filtered: boolean }) {
  return (
    <EmptyState icon={IconTransfer} title={filtered ? 'No call matches' : 'No call yet'}>
      {filtered
        ? 'Clear or widen the filters above.'
        : 'As soon as the gateway talks to your accounting system, for example when you sync items, each call is listed here.'}
    </EmptyState>
  );
}
