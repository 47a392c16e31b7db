import { Alert, Anchor, Button, Group, List, Stack, Text } from '@mantine/core';
import { IconPlayerStop } from '@tabler/icons-react';
import { useEffect, useRef } from 'react';
import { Link } from 'react-router';
import { ActionButton } from '../../components/ActionButton';
import { RunStateBadge } from '../../components/Badges';
import { Loaded } from '../../components/Loaded';
import { ProblemAlert } from '../../components/ProblemAlert';
import type { ExportRunQuery as RunData } from '../../graphql/generated/graphql';
import { useAction } from '../../graphql/useAction';
import { useLiveQuery } from '../../graphql/useLiveQuery';
import { count } from '../../lib/words';
import { CancelSyncMutation } from '../sync/operations';
import { hasEnded } from '../sync/progress';
import { RunProgressBar } from '../sync/RunProgressBar';
import { useRunProgress } from '../sync/useRunProgress';
import { planPlace } from './documents';
import { ExportRunQuery } from './operations';

type Run = Extract<NonNullable<RunData['node']>, { __typename: 'SyncRun' }>;

/** An export run: its progress, a stop, and what became of each document. */
export function ExportRun({ runId, onClose }: { runId: string; onClose: () => void }) {
  const query = useLiveQuery(ExportRunQuery, { id: runId }, { types: ['SyncRun'] });
  return (
    <Loaded query={query}>
      {({ node }) =>
        node?.__typename === 'SyncRun' ? (
          <Progress key={node.id} run={node} refetch={query.refetch} onClose={onClose} />
        ) : (
          <Text c="dimmed">This run is no longer kept.</Text>
        )
      }
    </Loaded>
  );
}

function Progress({ run, refetch, onClose }: { run: Run; refetch: () => void; onClose: () => void }) {
  const progress = useRunProgress(run);
  const stop = useAction(CancelSyncMutation, (data) => data.cancelSync);
  const ended = hasEnded(progress.state);
  const before = useRef(ended);
  useEffect(() => {
    if (ended && !before.current) refetch();
    before.current = ended;
  });
  const told = hasEnded(run.state);
  return (
    <Stack gap="md" data-testid="export-run" data-state={progress.state}>
      <Group gap="sm">
        <RunStateBadge state={progress.state} />
        {!ended && (
          <Text size="sm" c="dimmed">
            It goes on when this is closed.
          </Text>
        )}
      </Group>
      {!ended && <RunProgressBar progress={progress} />}
      {told && <Outcome run={run} />}
      <ProblemAlert problem={stop.problem} onClose={stop.clear} />
      <Group justify="flex-end" gap="xs">
        {!ended && (
          <ActionButton
            variant="default"
            permission="EXPORT"
            leftSection={<IconPlayerStop size={14} />}
            loading={stop.busy}
            onClick={() => void stop.run({ runId: run.id })}
            data-testid="stop-export-run"
          >
            Stop
          </ActionButton>
        )}
        <Button variant="default" onClick={onClose}>
          Close
        </Button>
      </Group>
    </Stack>
  );
}

/** What is in the books now, and why the others are not. */
function Outcome({ run }: { run: Run }) {
  const { totalCount, nodes } = run.documents;
  const { posted } = run.posted;
  return (
    <Stack gap="sm" data-testid="export-all-outcome" data-posted={posted} data-stuck={totalCount}>
      <Text size="sm">
        {posted + totalCount === 0 ? 'Nothing waited.' : `${count(posted, 'document')} posted, each once.`}
      </Text>
      {run.error && <Text size="sm">{[run.error.message, run.error.help].filter(Boolean).join(' ')}</Text>}
      {totalCount > 0 && (
        <Alert color="orange" title={`${count(totalCount, 'document is', 'documents are')} not in the books`}>
          <List size="sm" spacing="xs">
            {nodes.map(({ place, outcome, export: exported, reasons }) => (
              <List.Item key={place} data-testid="export-run-stuck" data-outcome={outcome}>
                <Anchor component={Link} to={planPlace(exported.id)} size="sm" fw={540} c="var(--link-color)">
                  {exported.label}
                </Anchor>
                : {outcome === 'RETURNED' ? 'Not begun; it waits as before.' : reasons.map(sentence).join(' ')}
              </List.Item>
            ))}
          </List>
          {totalCount > nodes.length && (
            <Text size="sm">And {count(totalCount - nodes.length, 'more')}: see the list.</Text>
          )}
        </Alert>
      )}
    </Stack>
  );
}

function sentence({ message, help }: Run['documents']['nodes'][number]['reasons'][number]): string {
  return [message, help].filter(Boolean).join(' ');
}
