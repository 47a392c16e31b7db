import { Badge } from '@mantine/core';
import type { BuildState } from '../../graphql/generated/graphql';
import { buildStateWord } from '../../lib/words';

const COLORS: Record<BuildState, string> = {
  PLANNED: 'blue',
  EXECUTED: 'teal',
  APPROVED: 'teal',
  REJECTED: 'red',
  REVERSED: 'gray',
  CANCELLED: 'gray',
};

/** Done, but with review: its product is not in stock yet. */
export function awaitsReview({ state, qaReview }: { state: BuildState; qaReview: boolean }): boolean {
  return state === 'EXECUTED' && qaReview;
}

export function BuildStateBadge({ build }: { build: { state: BuildState; qaReview: boolean } }) {
  const waits = awaitsReview(build);
  return (
    <Badge
      color={waits ? 'yellow' : COLORS[build.state]}
      variant="light"
      data-testid="build-state"
      data-state={build.state}
    >
      {waits ? 'Waits for approval' : buildStateWord(build.state)}
    </Badge>
  );
}
