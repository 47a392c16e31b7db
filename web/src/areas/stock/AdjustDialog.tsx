import { Button, Group, Modal, Select, Stack, Text, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useState, type FormEvent } from 'react';
import { Quantity } from '../../components/Amounts';
import { DecimalInput } from '../../components/DecimalInput';
import { ProblemAlert } from '../../components/ProblemAlert';
import type { AdjustmentReason } from '../../graphql/generated/graphql';
import { useAction } from '../../graphql/useAction';
import { isNegative, isZero } from '../../lib/decimal';
import { isDecimal } from '../../lib/exact';
import { IdempotencyKey } from '../../lib/ids';
import { adjustmentReasonWord } from '../../lib/words';
import { AdjustLotMutation, AdjustStockMutation, type Lot, type ProductStock } from './operations';

const REASONS: readonly AdjustmentReason[] = ['COUNT_CORRECTION', 'BREAKAGE', 'LOSS', 'OTHER'];

type What = { kind: 'lot'; lot: Lot } | { kind: 'stock'; product: ProductStock };

interface Draft {
  quantity: string;
  reason: AdjustmentReason;
  unitCost: string;
  effectiveOn: string;
  note: string;
}

const EMPTY: Draft = { quantity: '', reason: 'COUNT_CORRECTION', unitCost: '', effectiveOn: '', note: '' };

/** Adjusts one lot, or a product's stock as a whole, with the reason. */
export function AdjustDialog({ what, onClose }: { what: What; onClose: () => void }) {
  const [draft, setDraft] = useState(EMPTY);
  const [key] = useState(() => new IdempotencyKey());
  const lot = useAction(AdjustLotMutation, (data) => data.adjustLot);
  const stock = useAction(AdjustStockMutation, (data) => data.adjustStock);
  const { problem, busy } = what.kind === 'lot' ? lot : stock;
  const product = what.kind === 'lot' ? what.lot.product : what.product;
  const change = (part: Partial<Draft>) => setDraft((before) => ({ ...before, ...part }));
  const adds = isDecimal(draft.quantity) && !isNegative(draft.quantity);

  const send = async () => {
    const input = {
      quantity: draft.quantity.trim(),
      reason: draft.reason,
      effectiveOn: draft.effectiveOn || undefined,
      note: draft.note.trim() || undefined,
    };
    if (what.kind === 'lot') {
      const of = { ...input, lotId: what.lot.id };
      return lot.run({ ...of, idempotencyKey: key.for(of) });
    }
    const of = { ...input, productId: what.product.id, unitCost: (adds && draft.unitCost.trim()) || undefined };
    return stock.run({ ...of, idempotencyKey: key.for(of) });
  };
  const save = async () => {
    const payload = await send();
    if (payload) key.answered();
    if (!payload || payload.userErrors.length > 0) return;
    notifications.show({ message: 'The adjustment is recorded.', color: 'teal' });
    onClose();
  };
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    void save();
  };

  return (
    <Modal
      opened
      centered
      onClose={onClose}
      title={what.kind === 'lot' ? `Adjust lot ${what.lot.number}` : `Adjust stock of ${product.name}`}
    >
      <form onSubmit={onSubmit}>
        <Stack gap="md">
          <Text size="sm" c="dimmed">
            {what.kind === 'lot' ? 'Left of it: ' : 'On hand: '}
            <Quantity
              value={what.kind === 'lot' ? what.lot.remainingQuantity : what.product.onHand}
              unit={product.unit}
            />
            .{' '}
            {what.kind === 'stock' &&
              'What is added becomes a lot of its own where lots are kept; what is taken goes first in, first out.'}
          </Text>
          <Fields draft={draft} onChange={change} unit={product.unit ?? null} cost={what.kind === 'stock' && adds} />
          <ProblemAlert problem={problem} onRetry={() => void save()} />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button
              type="submit"
              loading={busy}
              disabled={!isDecimal(draft.quantity) || isZero(draft.quantity)}
              data-testid="save-adjustment"
            >
              Record adjustment
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

function Fields({
  draft,
  onChange,
  unit,
  cost,
}: {
  draft: Draft;
  onChange: (part: Partial<Draft>) => void;
  unit: string | null;
  cost: boolean;
}) {
  return (
    <>
      <Group grow align="flex-start">
        <DecimalInput
          label="Change"
          description="Negative takes away."
          withAsterisk
          unit={unit}
          value={draft.quantity}
          onText={(quantity) => onChange({ quantity })}
          data-autofocus
          data-testid="adjust-quantity"
        />
        <Select
          label="Reason"
          description="Breakage and loss take away."
          allowDeselect={false}
          data={REASONS.map((value) => ({ value, label: adjustmentReasonWord(value) }))}
          value={draft.reason}
          onChange={(reason) => reason && onChange({ reason })}
          data-testid="adjust-reason"
        />
      </Group>
      {cost && (
        <DecimalInput
          label="Cost each"
          description="Of what is added; the average cost if left out."
          value={draft.unitCost}
          onText={(unitCost) => onChange({ unitCost })}
          data-testid="adjust-cost"
        />
      )}
      <TextInput
        type="date"
        label="Business date"
        description="Today if left out."
        value={draft.effectiveOn}
        onChange={(event) => onChange({ effectiveOn: event.currentTarget.value })}
      />
      <TextInput label="Note" value={draft.note} onChange={(event) => onChange({ note: event.currentTarget.value })} />
    </>
  );
}
