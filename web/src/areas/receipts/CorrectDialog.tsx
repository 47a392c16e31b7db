import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useState } from 'react';
import { DecimalInput } from '../../components/DecimalInput';
import { ProblemAlert } from '../../components/ProblemAlert';
import { useAction } from '../../graphql/useAction';
import { compare, isDecimal } from '../../lib/exact';
import { CorrectReceiptLineMutation, type ReceiptLine } from './operations';

export function CorrectDialog({ line, onClose }: { line: ReceiptLine; onClose: () => void }) {
  const [quantity, setQuantity] = useState(line.quantity);
  const [unitCost, setUnitCost] = useState(line.unitCost.amount);
  const [effectiveOn, setEffectiveOn] = useState('');
  const correct = useAction(CorrectReceiptLineMutation, (data) => data.correctReceiptLine);
  const valid = isDecimal(quantity) && isDecimal(unitCost);
  const newQuantity = valid && compare(quantity, line.quantity) !== 0;
  const newPrice = valid && compare(unitCost, line.unitCost.amount) !== 0;
  const go = async () => {
    const payload = await correct.run({
      receiptLineId: line.id,
      quantity: newQuantity ? quantity.trim() : undefined,
      unitCost: newPrice ? unitCost.trim() : undefined,
      effectiveOn: effectiveOn || undefined,
    });
    if (payload?.userErrors.length !== 0) return;
    notifications.show({ message: 'The correction is recorded.', color: 'teal' });
    onClose();
  };
  return (
    <Modal opened onClose={onClose} title={`Correct ${line.product.name}`} centered>
      <Stack gap="md">
        <Text size="sm" c="dimmed">
          What was used from the lot before keeps the cost it was captured at; the correction changes what is left.
        </Text>
        <Group grow align="flex-start">
          <DecimalInput
            label="Quantity"
            unit={line.product.unit}
            value={quantity}
            onText={setQuantity}
            data-autofocus
            data-testid="correct-quantity"
          />
          <DecimalInput label="Price each" value={unitCost} onText={setUnitCost} data-testid="correct-price" />
        </Group>
        <TextInput
          type="date"
          label="Business date"
          description="Today if left out."
          value={effectiveOn}
          onChange={(event) => setEffectiveOn(event.currentTarget.value)}
        />
        <ProblemAlert problem={correct.problem} onRetry={() => void go()} />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button
            loading={correct.busy}
            disabled={!newQuantity && !newPrice}
            onClick={() => void go()}
            data-testid="save-correction"
          >
            Record correction
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
