import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useState } from 'react';
import { ProblemAlert } from '../../components/ProblemAlert';
import { useAction } from '../../graphql/useAction';
import { ApproveBuildMutation, ReverseBuildMutation, type Build } from './operations';

export type Decision = 'approve' | 'reverse';

const TEXTS = {
  approve: {
    title: 'Approve',
    detail: 'What was built comes into stock, at the cost that was captured when it was recorded.',
    done: 'approved',
  },
  reverse: {
    title: 'Reverse',
    detail:
      'The lot it made counts for nothing any more, and its components return to the lots they came from. It is refused when some of the lot was used already.',
    done: 'reversed',
  },
} as const;

export function DecideDialog({ build, decision, onClose }: { build: Build; decision: Decision; onClose: () => void }) {
  const [note, setNote] = useState('');
  const [effectiveOn, setEffectiveOn] = useState('');
  const approve = useAction(ApproveBuildMutation, (data) => data.approveBuild);
  const reverse = useAction(ReverseBuildMutation, (data) => data.reverseBuild);
  const action = decision === 'approve' ? approve : reverse;
  const { title, detail, done } = TEXTS[decision];
  const go = async () => {
    const payload = await action.run({
      buildId: build.id,
      effectiveOn: effectiveOn || undefined,
      note: note.trim() || undefined,
    });
    if (payload?.userErrors.length !== 0) return;
    notifications.show({ message: `Build ${build.number} is ${done}.`, color: 'teal' });
    onClose();
  };
  return (
    <Modal opened onClose={onClose} title={`${title} build ${build.number}?`} centered>
      <Stack gap="md">
        <Text size="sm">{detail}</Text>
        <TextInput
          type="date"
          label="Business date"
          description="Today if left out."
          value={effectiveOn}
          onChange={(event) => setEffectiveOn(event.currentTarget.value)}
        />
        <TextInput label="Note" value={note} onChange={(event) => setNote(event.currentTarget.value)} />
        <ProblemAlert problem={action.problem} onRetry={() => void go()} />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose} data-autofocus>
            Cancel
          </Button>
          <Button
            color={decision === 'reverse' ? 'red' : undefined}
            loading={action.busy}
            onClick={() => void go()}
            data-testid={`confirm-${decision}`}
          >
            {title}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
