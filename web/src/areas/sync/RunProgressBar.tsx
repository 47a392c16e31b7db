import { Group, Progress, Stack, Text } from '@mantine/core';
import { count, phaseWord } from '../../lib/words';
import classes from './RunProgressBar.module.css';
import type { RunProgress } from './useRunProgress';

/** How far a run is: in words, in numbers, and as a bar that never moves back. */
export function RunProgressBar({ progress }: { progress: RunProgress }) {
  const words = phaseWord(progress.phase);
  return (
    <Stack gap={6}>
      <Group justify="space-between" gap="xs">
        <Text size="sm" fw={560} data-testid="sync-phase">
          {words}
        </Text>
        <Text size="sm" c="dimmed" className={classes.numbers} data-testid="sync-done">
          {doneInWords(progress)}
        </Text>
      </Group>
      <Bar progress={progress} words={words} />
      <Text size="xs" c="dimmed" mih={18} data-testid="sync-message">
        {progress.message?.toLowerCase() === words.toLowerCase() ? '' : progress.message}
      </Text>
    </Stack>
  );
}

function doneInWords({ done, total }: RunProgress): string {
  if (total != null) return `${done.toLocaleString()} of ${total.toLocaleString()}`;
  return done > 0 ? `${count(done, 'record')} so far` : '';
}

function Bar({ progress, words }: { progress: RunProgress; words: string }) {
  const percent = progress.fraction === null ? null : Math.floor(progress.fraction * 100);
  const root = {
    size: 'lg',
    radius: 'xl',
    'data-testid': 'sync-progress',
    'data-done': progress.done,
    'data-sequence': progress.sequence,
    'data-percent': percent ?? '',
  };
  if (percent === null) {
    return (
      <Progress.Root {...root} key="unknown">
        <div className={classes.unknown} role="progressbar" aria-label={words} aria-valuetext={words} />
      </Progress.Root>
    );
  }
  return (
    <Progress.Root {...root} key="known" transitionDuration={200}>
      <Progress.Section value={percent} aria-label={words} aria-valuetext={`${percent} %, ${words}`} />
    </Progress.Root>
  );
}
