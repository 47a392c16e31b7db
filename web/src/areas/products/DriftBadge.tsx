import { Badge, Tooltip } from '@mantine/core';
import { formatDecimal, formatSigned } from '../../lib/decimal';
import { formatDateTime } from '../../lib/time';
import type { Product } from './operations';

/** Our quantity and the accounting system's differ: by how much, and since when we know. */
export function DriftBadge({ drift }: { drift: Product['drift'] }) {
  if (!drift) return null;
  const detail = `Here ${formatDecimal(drift.ours)}, accounting system ${formatDecimal(drift.theirs)}, as of ${formatDateTime(drift.asOf)}.`;
  return (
    <Tooltip label={detail} multiline maw={280} withArrow events={{ hover: true, focus: true, touch: true }}>
      <Badge
        color="orange"
        variant="light"
        tabIndex={0}
        aria-label={`Drift ${formatSigned(drift.difference)}. ${detail}`}
        data-testid="drift-badge"
        style={{ textTransform: 'none' }}
      >
        Drift {formatSigned(drift.difference)}
      </Badge>
    </Tooltip>
  );
}
