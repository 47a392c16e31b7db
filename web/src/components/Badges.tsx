import { Badge } from '@mantine/core';
import type { CallOutcome, HealthState, SyncRunState } from '../graphql/generated/graphql';
import { healthWord, humanise, runStateWord } from '../lib/words';

const RUN_COLORS: Partial<Record<SyncRunState, string>> = {
  SUCCEEDED: 'teal',
  SUCCEEDED_WITH_ISSUES: 'yellow',
  FAILED: 'red',
  RUNNING: 'blue',
  QUEUED: 'blue',
};
const HEALTH_COLORS: Partial<Record<HealthState, string>> = { HEALTHY: 'teal', DEGRADED: 'yellow', EXPIRED: 'red' };

export function RunStateBadge({ state }: { state: SyncRunState }) {
  return (
    <Badge color={RUN_COLORS[state] ?? 'gray'} variant="light" data-state={state} data-testid="run-state">
      {runStateWord(state)}
    </Badge>
  );
}

export function HealthBadge({ state }: { state: HealthState }) {
  return (
    <Badge
      color={HEALTH_COLORS[state] ?? 'gray'}
      variant="light"
      size="lg"
      data-state={state}
      data-testid="health-state"
    >
      {healthWord(state)}
    </Badge>
  );
}

export function OutcomeBadge({ outcome }: { outcome: CallOutcome }) {
  return (
    <Badge color={outcome === 'OK' ? 'teal' : 'red'} variant="light" data-outcome={outcome}>
      {outcome === 'OK' ? 'OK' : humanise(outcome)}
    </Badge>
  );
}
