import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useState } from 'react';
import { ProblemAlert } from '../../components/ProblemAlert';
import { useAction } from '../../graphql/useAction';
import { saleName } from './naming';
import { VoidSaleMutation, type SaleRow } from './operations';

/** Takes a manual sale back. */
export function VoidDialog({ sale, onClose }: { sale: SaleRow; onClose: () => void }) {
  const [reason, setReason] = useState('');
  const voiding = useAction(VoidSaleMutation, (data) => data.voidSale);
  const go = async () => {
    const payload = await voiding.run({ saleId: sale.id, reason: reason.trim() || undefined });
    if (!payload || payload.userErrors.length > 0) return;
    notifications.show({ message: `${saleName(sale)} is voided; its goods are back in their lots.`, color: 'teal' });
    onClose();
  };
  return (
    <Modal opened onClose={onClose} title={`Void ${saleName(sale).toLowerCase()}?`} centered>
      <Stack gap="md">
        <Text size="sm">
          Exactly the lots that it took get their goods back, and it is out of revenue and margin. The sale stays here
          as voided, with all that it was.
        </Text>
        <TextInput
          label="Why"
          description="Kept with the sale"
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
          data-autofocus
          data-testid="void-reason"
        />
        <ProblemAlert problem={voiding.problem} onRetry={() => void go()} />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button color="red" loading={voiding.busy} onClick={() => void go()} data-testid="confirm-void-sale">
            Void sale
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
