import { Group, Progress, Stack, Text } from '@mantine/core';
import { count, phaseWord } from '../../lib/words';
import type { RunProgress } from './useRunProgress';

/** How far a run is: in words, in numbers, and as a bar that never moves back. */
export function RunProgressBar({ progress }: { progress: RunProgress }) {
  const percent = progress.fraction === null ? null : Math.floor(progress.fraction * 100);
  const words = phaseWord(progress.phase);
  return (
    <Stack gap={6}>
      <Group justify="space-between" gap="xs">
        <Text size="sm" fw={560} data-testid="sync-phase">
          {words}
        </Text>
        <Text size="sm" c="dimmed" style={{ fontVariantNumeric: 'tabular-nums' }} data-testid="sync-done">
          {progress.total == null
            ? progress.done > 0
              ? `${count(progress.done, 'record')} so far`
              : ''
            : `${progress.done.toLocaleString()} of ${progress.total.toLocaleString()}`}
        </Text>
      </Group>
      <Progress.Root
        size="lg"
        radius="xl"
        data-testid="sync-progress"
        data-done={progress.done}
        data-sequence={progress.sequence}
        data-percent={percent ?? ''}
      >
        <Progress.Section
          value={percent ?? 100}
          striped={percent === null}
          animated={percent === null}
          aria-label={words}
          aria-valuetext={percent === null ? words : `${percent} %, ${words}`}
        />
      </Progress.Root>
      <Text size="xs" c="dimmed" mih={18} data-testid="sync-message">
        {progress.message}
      </Text>
    </Stack>
  );
}
