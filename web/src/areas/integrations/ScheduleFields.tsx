import { Group, NumberInput, SegmentedControl, Stack, Text, TextInput } from '@mantine/core';
import { cronTrouble, USUAL_CRON, type Schedule } from './schedule';

interface Props {
  what: string;
  label: string;
  about: string;
  schedule: Schedule;
  /** Of the company; days and hours of an expression are its. */
  timeZone: string | null;
  locked: boolean;
  onChange: (next: Schedule) => void;
  error?: string;
}

const USUAL_MINUTES = 60;

/** When a sync begins by itself. */
export function ScheduleFields({ what, label, about, schedule, timeZone, locked, onChange, error }: Props) {
  const choose = (kind: string) =>
    onChange(
      kind === 'MINUTES'
        ? { kind: 'MINUTES', minutes: USUAL_MINUTES }
        : kind === 'CRON'
          ? { kind: 'CRON', cron: USUAL_CRON }
          : { kind: 'OFF' },
    );
  return (
    <Stack gap={6} role="group" aria-label={label} data-testid={`schedule-${what}`} data-kind={schedule.kind}>
      <Group justify="space-between" gap="sm">
        <div>
          <Text size="sm" fw={500}>
            {label}
          </Text>
          <Text size="xs" c="dimmed">
            {about}
          </Text>
        </div>
        <SegmentedControl
          size="xs"
          aria-label={label}
          disabled={locked}
          value={schedule.kind}
          onChange={choose}
          data={[
            { value: 'OFF', label: 'Off' },
            { value: 'MINUTES', label: 'Every …' },
            { value: 'CRON', label: 'At times' },
          ]}
          data-testid={`schedule-${what}-kind`}
        />
      </Group>
      {schedule.kind === 'MINUTES' && (
        <NumberInput
          label="Every (minutes)"
          value={schedule.minutes}
          onChange={(value) =>
            onChange({ kind: 'MINUTES', minutes: typeof value === 'number' ? value : USUAL_MINUTES })
          }
          min={5}
          max={10_080}
          step={15}
          allowDecimal={false}
          disabled={locked}
          w={220}
          error={error}
          data-testid={`schedule-${what}-minutes`}
        />
      )}
      {schedule.kind === 'CRON' && (
        <TextInput
          label="At (cron)"
          description={`Minute, hour, day of month, month, day of week${timeZone ? `, in the zone ${timeZone}` : ''}; at most every five minutes. ${USUAL_CRON} is every weekday at 6:30.`}
          value={schedule.cron}
          onChange={(event) => onChange({ kind: 'CRON', cron: event.currentTarget.value })}
          disabled={locked}
          maw={420}
          ff="monospace"
          autoComplete="off"
          spellCheck={false}
          error={cronTrouble(schedule.cron) ?? error}
          data-testid={`schedule-${what}-cron`}
        />
      )}
    </Stack>
  );
}
