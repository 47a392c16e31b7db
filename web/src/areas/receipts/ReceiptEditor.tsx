import { ActionIcon, Button, Group, Paper, Select, Stack, Text, TextInput, Title } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { useRef, useState } from 'react';
import { ActionButton } from '../../components/ActionButton';
import { MoneyText } from '../../components/Amounts';
import { DecimalInput } from '../../components/DecimalInput';
import { ProblemAlert } from '../../components/ProblemAlert';
import type { CostBasis, LandedCostKind } from '../../graphql/generated/graphql';
import { useAction } from '../../graphql/useAction';
import { IdempotencyKey } from '../../lib/ids';
import { basisWord, landedKindWord } from '../../lib/words';
import { useViewer } from '../../session/viewer';
import { ProductPicker } from '../stock/ProductPicker';
import { draftOf, emptyCost, emptyLine, inputOf, lacking, totalOf, type DraftCost, type DraftLine } from './draft';
import { ConfirmReceiptMutation, SaveReceiptMutation, type Receipt } from './operations';
import { SupplierPicker } from './SupplierPicker';

interface Props {
  /** The draft to go on with; none for a new one. */
  receipt: Receipt | null;
  onSaved: (receipt: Receipt, confirmed: boolean) => void;
}

const KINDS: readonly LandedCostKind[] = ['FREIGHT', 'DUTY', 'OTHER'];
const BASES: readonly CostBasis[] = ['VALUE', 'QUANTITY'];

/** Writes a draft: stock is not touched until it is confirmed. */
export function ReceiptEditor({ receipt, onSaved }: Props) {
  const [draft, setDraft] = useState(() => draftOf(receipt));
  const [id, setId] = useState(receipt?.id);
  const next = useRef(draft.lines.length + draft.costs.length);
  const [key] = useState(() => new IdempotencyKey());
  const save = useAction(SaveReceiptMutation, (data) => data.saveReceipt);
  const confirm = useAction(ConfirmReceiptMutation, (data) => data.confirmReceipt);
  const { currency } = useViewer().business;
  const change = (part: Partial<typeof draft>) => setDraft((before) => ({ ...before, ...part }));
  const changeLine = (of: number, part: Partial<DraftLine>) =>
    change({ lines: draft.lines.map((line) => (line.key === of ? { ...line, ...part } : line)) });
  const changeCost = (of: number, part: Partial<DraftCost>) =>
    change({ costs: draft.costs.map((cost) => (cost.key === of ? { ...cost, ...part } : cost)) });

  const send = async (confirming: boolean) => {
    confirm.clear();
    const input = inputOf(draft, id);
    const saved = await save.run({ ...input, idempotencyKey: key.for(input) });
    if (saved) key.answered();
    if (!saved?.receipt || saved.userErrors.length > 0) return;
    setId(saved.receipt.id);
    if (!confirming) return onSaved(saved.receipt, false);
    const done = await confirm.run({ receiptId: saved.receipt.id });
    if (done?.receipt && done.userErrors.length === 0) onSaved(done.receipt, true);
  };

  const open = lacking(draft);
  const busy = save.busy || confirm.busy;
  return (
    <Paper withBorder radius="md" p="md" data-testid="receipt-editor">
      <Stack gap="md">
        <Group gap="sm" align="flex-end">
          <SupplierPicker value={draft.supplier} onPick={(supplier) => change({ supplier })} />
          <TextInput
            type="date"
            label="Received on"
            title="Today if left out"
            value={draft.receivedOn}
            onChange={(event) => change({ receivedOn: event.currentTarget.value })}
            data-testid="receipt-day"
          />
          <TextInput
            label="Supplier’s number"
            value={draft.reference}
            onChange={(event) => change({ reference: event.currentTarget.value })}
          />
          <TextInput
            label="Note"
            w={220}
            value={draft.note}
            onChange={(event) => change({ note: event.currentTarget.value })}
          />
        </Group>
        <Title order={2} size="h5">
          What came
        </Title>
        {draft.lines.map((line, index) => (
          <LineFields
            key={line.key}
            line={line}
            number={index + 1}
            onChange={(part) => changeLine(line.key, part)}
            onRemove={() => change({ lines: draft.lines.filter((each) => each.key !== line.key) })}
          />
        ))}
        <Group>
          <Button
            size="xs"
            variant="default"
            leftSection={<IconPlus size={14} />}
            onClick={() => change({ lines: [...draft.lines, emptyLine(next.current++)] })}
            data-testid="add-line"
          >
            Line
          </Button>
        </Group>
        <div>
          <Title order={2} size="h5">
            Landed costs
          </Title>
          <Text size="sm" c="dimmed">
            Freight, duty and the like become part of the lots’ cost, spread over the lines.
          </Text>
        </div>
        {draft.costs.map((cost, index) => (
          <CostFields
            key={cost.key}
            cost={cost}
            number={index + 1}
            onChange={(part) => changeCost(cost.key, part)}
            onRemove={() => change({ costs: draft.costs.filter((each) => each.key !== cost.key) })}
          />
        ))}
        <Group>
          <Button
            size="xs"
            variant="default"
            leftSection={<IconPlus size={14} />}
            onClick={() => change({ costs: [...draft.costs, emptyCost(next.current++)] })}
            data-testid="add-landed-cost"
          >
            Landed cost
          </Button>
        </Group>
        <ProblemAlert problem={save.problem ?? confirm.problem} />
        <Group justify="space-between">
          <Text size="sm">
            In all{' '}
            <b data-testid="receipt-total">
              <MoneyText money={{ amount: totalOf(draft), currency }} />
            </b>
          </Text>
          <Group gap="xs">
            <ActionButton
              variant="default"
              permission="MANAGE_STOCK"
              unavailable={open}
              loading={busy}
              onClick={() => void send(false)}
              data-testid="save-receipt"
            >
              Save draft
            </ActionButton>
            <ActionButton
              permission="MANAGE_STOCK"
              unavailable={open}
              loading={busy}
              onClick={() => void send(true)}
              data-testid="confirm-receipt"
            >
              Confirm: it is in stock
            </ActionButton>
          </Group>
        </Group>
      </Stack>
    </Paper>
  );
}

function LineFields({
  line,
  number,
  onChange,
  onRemove,
}: {
  line: DraftLine;
  number: number;
  onChange: (part: Partial<DraftLine>) => void;
  onRemove: () => void;
}) {
  return (
    <Group gap="xs" align="flex-end" role="group" aria-label={`Line ${number}`} data-testid="receipt-draft-line">
      <ProductPicker
        label="Product"
        w={270}
        value={line.product}
        onPick={(product) => onChange({ product })}
        data-testid="line-product"
      />
      <DecimalInput
        label="Quantity"
        w={120}
        unit={line.product?.unit}
        value={line.quantity}
        onText={(quantity) => onChange({ quantity })}
        data-testid="line-quantity"
      />
      <DecimalInput
        label="Price each"
        w={120}
        value={line.unitCost}
        onText={(unitCost) => onChange({ unitCost })}
        data-testid="line-price"
      />
      <TextInput
        label="Lot number"
        placeholder="made for you"
        w={150}
        value={line.lotNumber}
        onChange={(event) => onChange({ lotNumber: event.currentTarget.value })}
        data-testid="line-lot"
      />
      <TextInput
        type="date"
        label="Expires"
        w={145}
        value={line.expiresOn}
        onChange={(event) => onChange({ expiresOn: event.currentTarget.value })}
      />
      <ActionIcon variant="subtle" color="red" mb={4} aria-label={`Remove line ${number}`} onClick={onRemove}>
        <IconTrash size={16} />
      </ActionIcon>
    </Group>
  );
}

function CostFields({
  cost,
  number,
  onChange,
  onRemove,
}: {
  cost: DraftCost;
  number: number;
  onChange: (part: Partial<DraftCost>) => void;
  onRemove: () => void;
}) {
  return (
    <Group gap="xs" align="flex-end" role="group" aria-label={`Landed cost ${number}`} data-testid="landed-cost">
      <Select
        label="Kind"
        w={130}
        allowDeselect={false}
        data={KINDS.map((value) => ({ value, label: landedKindWord(value) }))}
        value={cost.kind}
        onChange={(kind) => kind && onChange({ kind })}
      />
      <TextInput
        label="What for"
        w={220}
        value={cost.label}
        onChange={(event) => onChange({ label: event.currentTarget.value })}
        data-testid="landed-label"
      />
      <DecimalInput
        label="Amount"
        w={120}
        value={cost.amount}
        onText={(amount) => onChange({ amount })}
        data-testid="landed-amount"
      />
      <Select
        label="Spread"
        w={140}
        allowDeselect={false}
        data={BASES.map((value) => ({ value, label: basisWord(value) }))}
        value={cost.basis}
        onChange={(basis) => basis && onChange({ basis })}
        data-testid="landed-basis"
      />
      <ActionIcon variant="subtle" color="red" mb={4} aria-label={`Remove landed cost ${number}`} onClick={onRemove}>
        <IconTrash size={16} />
      </ActionIcon>
    </Group>
  );
}
