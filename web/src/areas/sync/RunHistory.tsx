import { Button, Stack, Table, Text, Title, VisuallyHidden } from '@mantine/core';
import { RunStateBadge } from '../../components/Badges';
import { DataTable } from '../../components/DataTable';
import { Loaded } from '../../components/Loaded';
import { Pager } from '../../components/Pager';
import { usePaging } from '../../components/paging';
import { At } from '../../components/Time';
import type { RunHistoryQuery as History, SyncKind } from '../../graphql/generated/graphql';
import { useLiveQuery } from '../../graphql/useLiveQuery';
import { formatDuration } from '../../lib/time';
import { count, syncKindWord, triggerWord } from '../../lib/words';
import { RunHistoryQuery } from './operations';
import { hasEnded } from './progress';

type PastRun = History['syncRuns']['nodes'][number];

const HEAD = (
  <>
    <Table.Th>Started</Table.Th>
    <Table.Th>What</Table.Th>
    <Table.Th>Result</Table.Th>
    <Table.Th>Counts</Table.Th>
    <Table.Th>By</Table.Th>
    <Table.Th>
      <VisuallyHidden>Actions</VisuallyHidden>
    </Table.Th>
  </>
);

interface Props {
  shown: string | null;
  onShow: (runId: string) => void;
  /** Only runs of these kinds; of all if left out. */
  kinds?: SyncKind[];
}

export function RunHistory({ shown, onShow, kinds }: Props) {
  const paging = usePaging('runs');
  const filter = kinds && { kinds };
  const query = useLiveQuery(RunHistoryQuery, { filter, ...paging.variables }, { types: ['SyncRun'] });
  return (
    <Stack gap="sm" mt="md">
      <Title order={2} size="h4">
        History
      </Title>
      <Loaded query={query}>
        {({ syncRuns: { nodes, pageInfo } }) =>
          nodes.length === 0 ? (
            <Text size="sm" c="dimmed">
              No run yet.
            </Text>
          ) : (
            <>
              <DataTable
                minWidth={820}
                head={HEAD}
                label="Runs"
                testId="runs-table"
                busy={query.loading && query.data === undefined}
              >
                {nodes.map((run) => (
                  <Row key={run.id} run={run} shown={run.id === shown} onShow={onShow} />
                ))}
              </DataTable>
              <Pager label="runs" paging={paging} info={pageInfo} shown={nodes.length} loading={query.loading} />
            </>
          )
        }
      </Loaded>
    </Stack>
  );
}

function Row({ run, shown, onShow }: { run: PastRun; shown: boolean; onShow: (runId: string) => void }) {
  const took =
    run.startedAt && run.finishedAt ? formatDuration(Date.parse(run.finishedAt) - Date.parse(run.startedAt)) : null;
  return (
    <Table.Tr data-testid="run-row" data-run={run.id} data-state={run.state} aria-current={shown || undefined}>
      <Table.Td style={{ whiteSpace: 'nowrap' }}>
        <At at={run.startedAt ?? run.createdAt} />
        {took && (
          <Text size="xs" c="dimmed">
            {took}
          </Text>
        )}
      </Table.Td>
      <Table.Td>
        {syncKindWord(run.kind)}
        <Text size="xs" c="dimmed">
          {run.integration.company?.name ?? run.integration.provider.name}
        </Text>
      </Table.Td>
      <Table.Td maw={360}>
        <RunStateBadge state={run.state} />
        {run.error && (
          <Text size="xs" mt={4} data-wrap>
            {run.error.message} {run.error.help}
          </Text>
        )}
      </Table.Td>
      <Table.Td>
        <Text size="sm">{hasEnded(run.state) ? summary(run) : 'in progress'}</Text>
      </Table.Td>
      <Table.Td>
        <Text size="sm">{run.requestedBy ?? triggerWord(run.trigger)}</Text>
      </Table.Td>
      <Table.Td ta="right">
        <Button
          size="compact-xs"
          variant="subtle"
          disabled={shown}
          onClick={() => onShow(run.id)}
          data-testid="show-run"
        >
          {shown ? 'Shown' : 'Show'}
        </Button>
      </Table.Td>
    </Table.Tr>
  );
}

function summary({ counts, kind }: PastRun): string {
  const parts = [
    counts.created > 0 && `${counts.created.toLocaleString()} created`,
    counts.updated > 0 && `${counts.updated.toLocaleString()} updated`,
    counts.voided > 0 && `${counts.voided.toLocaleString()} voided`,
    counts.deactivated > 0 && `${counts.deactivated.toLocaleString()} deactivated`,
    counts.skipped > 0 && `${counts.skipped.toLocaleString()} skipped`,
    counts.failed > 0 && `${counts.failed.toLocaleString()} failed`,
  ].filter(Boolean);
  return parts.length > 0
    ? parts.join(', ')
    : counts.unchanged > 0
      ? `${count(counts.unchanged, kind === 'SALES' ? 'sale' : 'item')} unchanged`
      : 'nothing';
}
