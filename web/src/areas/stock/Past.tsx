import { Alert, Badge, Button, Group, Text, TextInput } from '@mantine/core';
import { IconHistory } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { formatDateTime, formatDay, fromLocalField, toLocalField } from '../../lib/time';
import type { Past } from './past';

/** Chooses a business day, and the time at which it is to be looked at. */
export function PastPicker({ past }: { past: Past }) {
  return (
    <Group gap="sm" role="group" aria-label="Moment that is shown">
      <TextInput
        type="date"
        size="xs"
        label="On the business day"
        value={past.asOf ?? ''}
        onChange={(event) => past.set({ asOf: event.currentTarget.value || null })}
        data-testid="as-of"
      />
      <TextInput
        type="datetime-local"
        step="1"
        size="xs"
        label="As it was known at"
        value={past.knownAt ? toLocalField(past.knownAt) : ''}
        onChange={(event) => past.set({ knownAt: fromLocalField(event.currentTarget.value) })}
        data-testid="known-at"
      />
    </Group>
  );
}

/** Says loudly that these are not today's figures, and what they are. */
export function PastBanner({ past, what }: { past: Past; what: string }) {
  if (!past.is) return null;
  const { asOf, knownAt } = past;
  return (
    <Alert color="yellow" icon={<IconHistory size={20} />} title="Not the present" data-testid="past-banner">
      <Group justify="space-between" gap="sm">
        <Text size="sm">
          {what}
          {asOf && (
            <>
              {' '}
              on <b>{formatDay(asOf)}</b>
            </>
          )}
          {knownAt ? (
            <>
              , as it was known on <b>{formatDateTime(knownAt, true)}</b>: what was recorded later is left out.
            </>
          ) : (
            ', as it is known today: documents recorded later with an earlier date are in it.'
          )}
        </Text>
        <Button
          size="xs"
          variant="default"
          onClick={() => past.set({ asOf: null, knownAt: null })}
          data-testid="back-to-now"
        >
          Back to now
        </Button>
      </Group>
    </Alert>
  );
}

/** While another moment is asked for, the figures of the one before are not to be taken for it. */
export function Busy({ busy, children }: { busy: boolean; children: ReactNode }) {
  return (
    <div aria-busy={busy} style={{ opacity: busy ? 0.4 : undefined }}>
      {children}
    </div>
  );
}

/** Beside what is listed although it was not recorded then. */
export function LaterBadge() {
  return (
    <Badge size="xs" color="gray" variant="light" title="It was not recorded then and does not count.">
      recorded later
    </Badge>
  );
}
