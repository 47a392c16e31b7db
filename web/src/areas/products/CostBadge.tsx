import { Badge } from '@mantine/core';
import type { CostStatus } from '../../graphql/generated/graphql';
import { costStatusWord } from '../../lib/words';

const COLORS = { COMPLETE: 'teal', ESTIMATED: 'yellow', MISSING: 'gray' } as const;
const MEANINGS = {
  COMPLETE: 'Every unit on hand has a known cost.',
  ESTIMATED: 'Part of the value rests on an assumed cost.',
  MISSING: 'No cost is known yet.',
} as const;

export function CostBadge({ status }: { status: CostStatus }) {
  return (
    <Badge size="sm" variant="light" color={COLORS[status]} title={MEANINGS[status]} data-cost-status={status}>
      {costStatusWord(status)}
    </Badge>
  );
}
