import { Alert, Button, Group, List, Modal, Stack, Text } from '@mantine/core';
import { IconSend } from '@tabler/icons-react';
import { useState } from 'react';
import { useMutation } from 'urql';
import { ActionButton } from '../../components/ActionButton';
import { ProblemAlert } from '../../components/ProblemAlert';
import type { ExportAllPendingMutation as AllData } from '../../graphql/generated/graphql';
import { faultOf } from '../../graphql/faults';
import type { Problem } from '../../graphql/useAction';
import { count } from '../../lib/words';
import { ExportAllPendingMutation } from './operations';

type Results = AllData['exportAllPending']['results'];

/** Exports everything that waits for a user, each by its own entry; says what became of each. */
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
  const [{ fetching }, execute] = useMutation(ExportAllPendingMutation);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [results, setResults] = useState<Results | null>(null);
  const go = async () => {
    const { data, error } = await execute({});
    if (error) {
      const { title, detail, help } = faultOf(error);
      return setProblem({ errors: [{ title, message: detail, help }], retryable: true });
    }
    const payload = data?.exportAllPending;
    setProblem(payload && payload.userErrors.length > 0 ? { errors: payload.userErrors, retryable: false } : null);
    if (payload?.userErrors.length === 0) setResults(payload.results);
  };
  return (
    <Modal opened onClose={onClose} title="Export all that waits" size="lg" centered>
      <Stack gap="md">
        {results ? (
          <Outcome results={results} />
        ) : (
          <Text size="sm">
            Every document that waits for a user is planned by itself and, where nothing stands in its way, posted to
            the accounting system. To look at an entry before, open it in the list instead.
          </Text>
        )}
        <ProblemAlert problem={problem} onRetry={() => void go()} />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            {results ? 'Close' : 'Cancel'}
          </Button>
          {!results && (
            <Button loading={fetching} onClick={() => void go()} data-testid="confirm-export-all">
              Export
            </Button>
          )}
        </Group>
      </Stack>
    </Modal>
  );
}

function Outcome({ results }: { results: Results }) {
  const stuck = results.filter((each) => each.userErrors.length > 0);
  const gone = results.length - stuck.length;
  return (
    <Stack gap="sm" data-testid="export-all-outcome" data-queued={gone} data-stuck={stuck.length}>
      <Text size="sm">
        {results.length === 0
          ? 'Nothing waited.'
          : `${count(gone, 'document')} on the way. Their states in the list follow what becomes of them.`}
      </Text>
      {stuck.length > 0 && (
        <Alert color="orange" title={`${count(stuck.length, 'document waits', 'documents wait')} still`}>
          <List size="sm" spacing="xs">
            {stuck.map(({ export: exported, userErrors }) => (
              <List.Item key={exported.id}>
                <b>{exported.label}</b>: {userErrors.map(({ message }) => message).join(' ')}
              </List.Item>
            ))}
          </List>
        </Alert>
      )}
    </Stack>
  );
}
