import { Button, Group, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useState } from 'react';
import { Ago } from '../../components/Time';
import { isGone } from './drift';
import { DriftDialog } from './DriftDialog';
import type { Exported } from './operations';

/** Says that a posted document is no longer in the books as it was sent, and leads to what can be done. */
export function DriftNotice({ exported }: { exported: Exported }) {
  const [open, setOpen] = useState(false);
  const { drift, integration } = exported;
  if (exported.state !== 'SYNCED' || !drift || drift.state === 'NONE') return null;
  const provider = integration.provider.name;
  const agreed = drift.state === 'ACCEPTED';
  const what = isGone(drift) ? `No longer in ${provider}` : `Changed in ${provider}`;
  return (
    <Group gap="xs" data-testid="drift-notice" data-state={drift.state}>
      {!agreed && <IconAlertTriangle size={16} color="var(--mantine-color-red-6)" aria-hidden />}
      <Text size="sm" c={agreed ? 'dimmed' : undefined}>
        {what}
        {agreed
          ? `, agreed to by ${drift.acceptedBy}`
          : drift.foundAt && (
              <>
                , found <Ago at={drift.foundAt} />
              </>
            )}
        .
      </Text>
      <Button
        size="compact-xs"
        variant={agreed ? 'subtle' : 'light'}
        color={agreed ? 'gray' : 'red'}
        onClick={() => setOpen(true)}
        data-testid="see-drift"
      >
        See what, and decide
      </Button>
      {open && <DriftDialog exported={exported} onClose={() => setOpen(false)} />}
    </Group>
  );
}
