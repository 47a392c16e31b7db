import { SimpleGrid, Text } from '@mantine/core';
import type { SyncKind } from '../../graphql/generated/graphql';
import type { Counts } from './progress';
import classes from './RunCounts.module.css';

type Shown = readonly [keyof Counts, string, string];

const OF_SALES: readonly Shown[] = [
  ['created', 'Created', 'sales not known before'],
  ['updated', 'Updated', 'edited there: taken back and processed anew; earlier versions are kept'],
  ['voided', 'Voided', 'voided or deleted there: exactly their lots came back'],
  ['unchanged', 'Already synced', 'known, nothing changed'],
  ['linesRetried', 'Lines caught up', 'lines that had waited for their item'],
  ['linesSkipped', 'Lines passed over', 'no finished good, or an open issue'],
  ['shortages', 'Short lines', 'some units were not there: these cost the average'],
  ['skipped', 'Skipped', 'drafts, and what was voided before it was recorded'],
  ['failed', 'Failed', 'could not be read or recorded; see the remarks'],
];

const OF_ITEMS: readonly Shown[] = [
  ['created', 'Created', 'not known before'],
  ['updated', 'Updated', 'known, and at least one field changed'],
  ['unchanged', 'Unchanged', 'known, nothing changed'],
  ['deactivated', 'Deactivated', 'inactive in, or gone from, the accounting system'],
  ['skipped', 'Skipped', 'not taken in; the reasons are below'],
  ['failed', 'Failed', 'could not be stored'],
];

/** Counters that say something only when they are not zero. */
const QUIET: readonly (keyof Counts)[] = ['failed', 'linesRetried', 'shortages'];

export function RunCounts({ counts, kind }: { counts: Counts; kind: SyncKind }) {
  const shown = (kind === 'SALES' ? OF_SALES : OF_ITEMS).filter(([key]) => !QUIET.includes(key) || counts[key]);
  return (
    <SimpleGrid component="dl" cols={{ base: 2, xs: 3, md: Math.min(shown.length, 7) }} spacing="sm" m={0}>
      {shown.map(([key, label, meaning]) => (
        <div
          key={key}
          className={classes.tile}
          data-kind={key}
          data-zero={!counts[key] || undefined}
          title={`${label}: ${meaning}`}
        >
          <Text component="dt" size="xs" c="dimmed">
            {label}
          </Text>
          <dd className={classes.number} data-testid={`sync-counts-${key}`} data-value={counts[key] ?? 0}>
            {(counts[key] ?? 0).toLocaleString()}
          </dd>
        </div>
      ))}
    </SimpleGrid>
  );
}
