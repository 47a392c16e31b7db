import { Alert, Stack, Text } from '@mantine/core';
import { IconLock } from '@tabler/icons-react';
import { useEffect } from 'react';
import { At, useNow } from '../../components/Time';
import { formatCountdown } from '../../lib/time';
import type { Lock } from './operations';
import { hasEnded } from './progress';
import { RunProgressBar } from './RunProgressBar';
import { useRunProgress } from './useRunProgress';

interface Props {
  lock: Lock;
  /** Reads the lock again: its lease is renewed while the holder lives, and it may be free by now. */
  refetch: () => void;
}

const LOOK_EVERY = 10_000;

/** Somebody else's sync or build holds the business's one lock: who, how far it is, and when it ends at the latest. */
export function LockNotice({ lock, refetch }: Props) {
  const now = useNow(1_000);
  const left = Date.parse(lock.expiresAt) - now;
  const over = left <= 0;
  useEffect(() => {
    const timer = window.setInterval(refetch, LOOK_EVERY);
    return () => window.clearInterval(timer);
  }, [refetch]);
  useEffect(() => {
    if (over) refetch();
  }, [over, refetch]);

  return (
    <Alert color="yellow" icon={<IconLock size={20} />} title="Sync lock" role="status" data-testid="lock-notice">
      <Stack gap="sm">
        <Text size="sm">
          Held by <b>{lock.heldBy}</b> since <At at={lock.acquiredAt} />. One sync or build at a time keeps your stock
          right; yours can start when this one ends.
        </Text>
        {lock.run && <HolderProgress key={lock.run.id} run={lock.run} onEnded={refetch} />}
        <Text size="sm" c="dimmed">
          The lease ends in <b data-testid="lock-countdown">{formatCountdown(left)}</b> (
          <At at={lock.expiresAt} precise />) and is renewed while the work goes on. If the holder crashed, the lock
          ends by itself then.
        </Text>
      </Stack>
    </Alert>
  );
}

function HolderProgress({ run, onEnded }: { run: NonNullable<Lock['run']>; onEnded: () => void }) {
  const progress = useRunProgress(run);
  const ended = hasEnded(progress.state);
  useEffect(() => {
    if (ended) onEnded();
  }, [ended, onEnded]);
  return <RunProgressBar progress={progress} />;
}
