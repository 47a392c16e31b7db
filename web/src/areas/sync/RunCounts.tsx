import { SimpleGrid, Text } from '@mantine/core';
import type { Counts } from './progress';
import classes from './RunCounts.module.css';

const SHOWN: readonly [keyof Counts, string, string][] = [
  ['created', 'Created', 'not known before'],
  ['updated', 'Updated', 'known, and at least one field changed'],
  ['unchanged', 'Unchanged', 'known, nothing changed'],
  ['deactivated', 'Deactivated', 'inactive in, or gone from, the accounting system'],
  ['skipped', 'Skipped', 'not taken in; the reasons are below'],
  ['failed', 'Failed', 'could not be stored'],
];

export function RunCounts({ counts }: { counts: Counts }) {
  const shown = SHOWN.filter(([key]) => key !== 'failed' || counts.failed > 0);
  return (
    <SimpleGrid component="dl" cols={{ base: 2, xs: 3, md: shown.length }} spacing="sm" m={0}>
      {shown.map(([key, label, meaning]) => (
        <div
          key={key}
          className={classes.tile}
          data-kind={key}
          data-zero={counts[key] === 0 || undefined}
          title={`${label}: ${meaning}`}
        >
          <Text component="dt" size="xs" c="dimmed">
            {label}
          </Text>
          <dd className={classes.number} data-testid={`sync-counts-${key}`} data-value={counts[key]}>
            {counts[key].toLocaleString()}
          </dd>
        </div>
      ))}
    </SimpleGrid>
  );
}
