import { Alert, Button, Divider, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { IconAlertCircle, IconPlayerStop } from '@tabler/icons-react';
import { useEffect, useRef } from 'react';
import { Link } from 'react-router';

import { ActionButton } from '../../components/ActionButton';
import { RunStateBadge } from '../../components/Badges';
import { LiveBadge } from '../../components/LiveBadge';
import { Loaded } from '../../components/Loaded';
import { NoticeList } from '../../components/NoticeList';
import { One, ProblemAlert } from '../../components/ProblemAlert';
import { Ago, useNow } from '../../components/Time';
import type { ItemType } from '../../graphql/generated/graphql';
import { useAction } from '../../graphql/useAction';
import { useLiveQuery } from '../../graphql/useLiveQuery';
import { formatDuration } from '../../lib/time';
import { count, syncKindWord, triggerWord } from '../../lib/words';
import { useMay } from '../../session/viewer';
import { CancelSyncMutation, RunQuery, type Run } from './operations';
import { hasEnded } from './progress';
import { RunCounts } from './RunCounts';
import { RunIssues } from './RunIssues';
import { RunProgressBar } from './RunProgressBar';
import { useRunProgress, type RunProgress } from './useRunProgress';
import { SalesSkipped } from './SalesSkipped';
import { WhySkipped } from './WhySkipped';

interface Props {
  runId: string;
  /** The caller learns when the run ended, however it ended. */
  onEnded?: () => void;
  including?: boolean;
  includeUnavailable?: string | null;
  onInclude?: (run: Run, types: ItemType[]) => void;
}

export function RunPanel({ runId, ...rest }: Props) {
  const query = useLiveQuery(RunQuery, { id: runId });
  return (
    <Loaded query={query}>
      {({ node }) =>
        node?.__typename === 'SyncRun' ? (
          <Panel key={node.id} run={node} refetch={query.refetch} {...rest} />
        ) : (
          <Text c="dimmed">This run is no longer kept.</Text>
        )
      }
    </Loaded>
  );
}

function Panel({
  run,
  refetch,
  onEnded,
  including = false,
  includeUnavailable = null,
  onInclude,
}: { run: Run; refetch: () => void } & Omit<Props, 'runId'>) {
  const progress = useRunProgress(run);
  const ended = hasEnded(progress.state);
  const items = run.kind === 'ITEMS';
  useOnEnd(ended, () => {
    refetch();
    onEnded?.();
  });
  return (
    <Paper withBorder p="lg" radius="md" data-testid="run-panel" data-run={run.id} data-state={progress.state}>
      <Stack gap="md">
        <Head run={run} progress={progress} />
        {!ended && <RunProgressBar progress={progress} />}
        {ended && run.error && <WhyEnded error={run.error} failed={progress.state === 'FAILED'} />}
        <RunCounts counts={progress.counts} kind={run.kind} />
        <Also progress={progress} />
        {ended && <NoticeList notices={run.advice} />}
        {ended && items && progress.counts.skipped > 0 && <Divider />}
        {ended && items && (
          <WhySkipped
            counts={progress.counts}
            selected={run.integration.settings.itemTypes}
            offered={run.integration.provider.capability.itemTypes}
            busy={including}
            unavailable={includeUnavailable}
            onInclude={(types) => onInclude?.(run, types)}
          />
        )}
        {ended && run.kind === 'SALES' && <SalesSkipped counts={progress.counts} />}
        {ended && <RunIssues issues={run.issues} />}
      </Stack>
    </Paper>
  );
}

/** Calls `onEnd` once, when a run that was going has ended. */
function useOnEnd(ended: boolean, onEnd: () => void) {
  const before = useRef(ended);
  useEffect(() => {
    if (ended && !before.current) onEnd();
    before.current = ended;
  });
}

function Head({ run, progress }: { run: Run; progress: RunProgress }) {
  const ended = hasEnded(progress.state);
  return (
    <Group justify="space-between" align="flex-start" gap="sm">
      <Stack gap={4}>
        <Group gap="sm">
          <Title order={2} size="h4">
            {syncKindWord(run.kind)} {run.integration.company ? `of ${run.integration.company.name}` : ''}
          </Title>
          <RunStateBadge state={progress.state} />
          {!ended && <LiveBadge />}
        </Group>
        <Text size="sm" c="dimmed">
          {triggerWord(run.trigger)}
          {run.requestedBy ? ` by ${run.requestedBy}` : ''}, <Ago at={run.createdAt} />
          <Took run={run} running={!ended} />
          {run.resumedTimes > 0 &&
            `, taken up again ${run.resumedTimes === 1 ? 'once' : `${run.resumedTimes} times`} after an interruption`}
        </Text>
      </Stack>
      {ended ? <LogLink runId={run.id} /> : <Cancel runId={run.id} />}
    </Group>
  );
}

function Took({ run, running }: { run: Run; running: boolean }) {
  const now = useNow(1_000, running);
  if (!run.startedAt) return null;
  const until = run.finishedAt ? Date.parse(run.finishedAt) : running ? now : null;
  if (until === null) return null;
  return (
    <>
      , {running ? 'running for' : 'took'} {formatDuration(Math.max(0, until - Date.parse(run.startedAt)))}
    </>
  );
}

/** Why a run ended early, with what to do about it; an expired connection is mended on another page, one click away. */
function WhyEnded({ error, failed }: { error: NonNullable<Run['error']>; failed: boolean }) {
  return (
    <Alert
      color={failed ? 'red' : 'gray'}
      icon={<IconAlertCircle size={20} />}
      role={failed ? 'alert' : 'status'}
      data-testid="run-error"
      data-code={error.code}
    >
      <Stack gap="xs" align="flex-start">
        <One message={error.message} help={error.help} code={error.code} />
        {error.code === 'CONNECTION_EXPIRED' && (
          <Button component={Link} to="/integrations" size="xs" variant="default">
            Go to Integrations
          </Button>
        )}
      </Stack>
    </Alert>
  );
}

function Also({ progress }: { progress: RunProgress }) {
  const { accounts, suppliers } = progress.counts;
  if (accounts === 0 && suppliers === 0) return null;
  return (
    <Text size="sm" c="dimmed">
      Also read: {count(accounts, 'account')} and {count(suppliers, 'supplier')}.
    </Text>
  );
}

function LogLink({ runId }: { runId: string }) {
  if (!useMay('VIEW_SYNC_LOG')) return null;
  return (
    <Text component={Link} to={`/log?run=${runId}`} size="sm" c="var(--link-color)">
      Calls of this run
    </Text>
  );
}

function Cancel({ runId }: { runId: string }) {
  const cancel = useAction(CancelSyncMutation, (data) => data.cancelSync);
  return (
    <Stack gap="xs" align="flex-end">
      <ActionButton
        size="xs"
        variant="default"
        permission="SYNC_ITEMS"
        leftSection={<IconPlayerStop size={14} />}
        loading={cancel.busy}
        onClick={() => void cancel.run({ runId })}
        data-testid="cancel-sync"
      >
        Cancel
      </ActionButton>
      <ProblemAlert problem={cancel.problem} onClose={cancel.clear} />
    </Stack>
  );
}
