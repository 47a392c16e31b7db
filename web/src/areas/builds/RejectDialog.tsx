import { Button, Group, Modal, Radio, Select, Stack, Text, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useState } from 'react';
import { Quantity } from '../../components/Amounts';
import { DecimalInput } from '../../components/DecimalInput';
import { ProblemAlert } from '../../components/ProblemAlert';
import type { RecoveryMode, RejectReason } from '../../graphql/generated/graphql';
import { useAction } from '../../graphql/useAction';
import { isDecimal, isPositive } from '../../lib/exact';
import { recoveryWord, rejectReasonWord } from '../../lib/words';
import { RejectBuildMutation, type Build } from './operations';

const REASONS: readonly RejectReason[] = [
  'QUALITY_DEFECT',
  'WRONG_MATERIALS',
  'PROCESS_ERROR',
  'EQUIPMENT_FAILURE',
  'OTHER',
];
const MODES: Record<RecoveryMode, string> = {
  NONE: 'All components are lost.',
  PARTIAL: 'Say below what comes back; the rest is lost.',
  FULL: 'Every component returns to the lots it came from.',
};

/** Rejects a build that waits, and says what of its components comes back. */
export function RejectDialog({ build, onClose }: { build: Build; onClose: () => void }) {
  const [reason, setReason] = useState<RejectReason>('QUALITY_DEFECT');
  const [recovery, setRecovery] = useState<RecoveryMode>('NONE');
  const [recovered, setRecovered] = useState<Record<string, string>>({});
  const [note, setNote] = useState('');
  const reject = useAction(RejectBuildMutation, (data) => data.rejectBuild);
  const components = build.lines.filter((line) => line.product);
  const wrong =
    recovery === 'PARTIAL' && Object.values(recovered).some((text) => text.trim() !== '' && !isDecimal(text));
  const go = async () => {
    const payload = await reject.run({
      buildId: build.id,
      reason,
      recovery,
      note: note.trim() || undefined,
      recovered:
        recovery === 'PARTIAL'
          ? Object.entries(recovered)
              .filter(([, quantity]) => isPositive(quantity))
              .map(([buildLineId, quantity]) => ({ buildLineId, quantity: quantity.trim() }))
          : undefined,
    });
    if (payload?.userErrors.length !== 0) return;
    notifications.show({ message: `Build ${build.number} is rejected.`, color: 'teal' });
    onClose();
  };
  return (
    <Modal opened onClose={onClose} title={`Reject build ${build.number}?`} centered size="lg">
      <Stack gap="md">
        <Select
          label="Why"
          allowDeselect={false}
          data={REASONS.map((value) => ({ value, label: rejectReasonWord(value) }))}
          value={reason}
          onChange={(next) => next && setReason(next)}
          data-testid="reject-reason"
        />
        <Radio.Group label="What comes back of the components" value={recovery} onChange={(next) => setRecovery(next)}>
          <Stack gap="xs" mt="xs">
            {(Object.keys(MODES) as RecoveryMode[]).map((mode) => (
              <Radio
                key={mode}
                value={mode}
                label={recoveryWord(mode)}
                description={MODES[mode]}
                data-testid={`recovery-${mode}`}
              />
            ))}
          </Stack>
        </Radio.Group>
        {recovery === 'PARTIAL' &&
          components.map((line) => (
            <Group key={line.id} justify="space-between" wrap="nowrap">
              <Text size="sm">
                {line.product?.name}{' '}
                <Text span size="xs" c="dimmed">
                  (<Quantity value={line.quantity} unit={line.product?.unit} /> taken)
                </Text>
              </Text>
              <DecimalInput
                aria-label={`Recovered of ${line.product?.name}`}
                placeholder="0"
                w={140}
                unit={line.product?.unit}
                value={recovered[line.id] ?? ''}
                onText={(text) => setRecovered((before) => ({ ...before, [line.id]: text }))}
                data-testid="recovered-quantity"
              />
            </Group>
          ))}
        <TextInput label="Note" value={note} onChange={(event) => setNote(event.currentTarget.value)} />
        <ProblemAlert problem={reject.problem} onRetry={() => void go()} />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button
            color="red"
            loading={reject.busy}
            disabled={wrong}
            onClick={() => void go()}
            data-testid="confirm-reject"
          >
            Reject
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
