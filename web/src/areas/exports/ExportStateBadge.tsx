import { Badge } from '@mantine/core';
import type { ExportState } from '../../graphql/generated/graphql';
import { exportStateWord } from '../../lib/words';

const COLORS: Record<ExportState, string> = {
  NOT_READY: 'yellow',
  PENDING: 'blue',
  SENDING: 'blue',
  UNCERTAIN: 'yellow',
  SYNCED: 'teal',
  FAILED: 'red',
  SKIPPED: 'gray',
};

export function ExportStateBadge({ state }: { state: ExportState }) {
  return (
    <Badge color={COLORS[state]} variant="light" data-testid="export-state" data-state={state}>
      {exportStateWord(state)}
    </Badge>
  );
}
