import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { IconSend } from '@tabler/icons-react';
import { useState } from 'react';
import { ActionButton } from '../../components/ActionButton';
import { ProblemAlert } from '../../components/ProblemAlert';
import { useAction } from '../../graphql/useAction';
import { IdempotencyKey } from '../../lib/ids';
import { ExportRun } from './ExportRun';
import { ExportPendingMutation } from './operations';

/** Exports everything that waits for a user as one run: its progress, a stop, and what became of each document. */
export function ExportAll() {
  const [open, setOpen] = useState(false);
  return (
    <>
      <ActionButton
        permission="EXPORT"
        leftSection={<IconSend size={16} />}
        onClick={() => setOpen(true)}
        data-testid="export-all"
      >
        Export all that waits
      </ActionButton>
      {open && <Dialog onClose={() => setOpen(false)} />}
    </>
  );
}

function Dialog({ onClose }: { onClose: () => void }) {
  const start = useAction(ExportPendingMutation, (data) => data.exportPending);
  const [key] = useState(() => new IdempotencyKey());
  const [runId, setRunId] = useState<string | null>(null);
  const go = async () => {
    const payload = await start.run({ idempotencyKey: key.for({}) });
    if (payload) key.answered();
    if (payload?.run && payload.userErrors.length === 0) setRunId(payload.run.id);
  };
  return (
    <Modal opened onClose={onClose} title="Export all that waits" size="lg" centered>
      {runId ? (
        <ExportRun runId={runId} onClose={onClose} />
      ) : (
        <Stack gap="md">
          <Text size="sm">
            Every document that waits for a user is planned by itself and, where nothing stands in its way, posted to
            the accounting system. Syncs, builds and receipts wait until it has ended; it can be stopped at any time. To
            look at an entry before, open it in the list instead.
          </Text>
          <ProblemAlert problem={start.problem} onRetry={() => void go()} />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button loading={start.busy} onClick={() => void go()} data-testid="confirm-export-all">
              Export
            </Button>
          </Group>
        </Stack>
      )}
    </Modal>
  );
}
