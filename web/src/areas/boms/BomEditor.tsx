import { ActionIcon, Button, Checkbox, Group, Paper, Select, Stack, Text, TextInput, Title } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconArrowDown, IconArrowUp, IconPlus, IconTrash } from '@tabler/icons-react';
import { useRef, useState } from 'react';
import { DecimalInput } from '../../components/DecimalInput';
import { ProblemAlert } from '../../components/ProblemAlert';
import type { LineKind } from '../../graphql/generated/graphql';
import { useAction } from '../../graphql/useAction';
import { IdempotencyKey } from '../../lib/ids';
import { lineKindWord } from '../../lib/words';
import { ProductPicker } from '../stock/ProductPicker';
import { draftOf, emptyLine, inputOf, KINDS, lacking, type DraftLine } from './draft';
import { SaveBomMutation, type Bom } from './operations';

interface Props {
  product: { id: string; name: string; unit?: string | null };
  /** The version it begins with; none for the first. */
  from: Bom | null;
  onClose: () => void;
}

/** Writes a new version of what a product is made of, per unit made; versions themselves never change. */
export function BomEditor({ product, from, onClose }: Props) {
  const [lines, setLines] = useState(() => draftOf(from));
  const [note, setNote] = useState('');
  const next = useRef(lines.length);
  const [key] = useState(() => new IdempotencyKey());
  const save = useAction(SaveBomMutation, (data) => data.saveBom);
  const open = lines.map(lacking).find((why) => why !== null) ?? null;

  const change = (at: number, part: Partial<DraftLine>) =>
    setLines((before) => before.map((line, index) => (index === at ? { ...line, ...part } : line)));
  const add = (kind: LineKind) => setLines((before) => [...before, emptyLine(next.current++, kind)]);
  const move = (at: number, by: number) => setLines((before) => moved(before, at, at + by));
  const remove = (at: number) => setLines((before) => before.filter((_, index) => index !== at));

  const send = async (draft: boolean) => {
    const input = { productId: product.id, lines: lines.map(inputOf), note: note.trim() || undefined, draft };
    const payload = await save.run({ ...input, idempotencyKey: key.for(input) });
    if (payload) key.answered();
    if (!payload?.bom || payload.userErrors.length > 0) return;
    const { version } = payload.bom;
    notifications.show({
      message: draft ? `Version ${version} is kept as a draft.` : `Version ${version} is in use.`,
      color: 'teal',
    });
    onClose();
  };

  const unavailable = lines.length === 0 || open !== null;
  return (
    <Paper withBorder radius="md" p="md" data-testid="bom-editor">
      <Stack gap="md">
        <div>
          <Title order={2} size="h5">
            {from ? `New version, beginning with version ${from.version}` : 'First version'}
          </Title>
          <Text size="sm" c="dimmed">
            All quantities and costs are for one unit of {product.name}
            {product.unit && ` (1 ${product.unit})`}.
          </Text>
        </div>
        {lines.map((line, index) => (
          <LineFields
            key={line.key}
            line={line}
            number={index + 1}
            last={index === lines.length - 1}
            onChange={(part) => change(index, part)}
            onMove={(by) => move(index, by)}
            onRemove={() => remove(index)}
          />
        ))}
        <Group gap="xs">
          <Button
            size="xs"
            variant="default"
            leftSection={<IconPlus size={14} />}
            onClick={() => add('COMPONENT')}
            data-testid="add-component"
          >
            Component
          </Button>
          <Button
            size="xs"
            variant="default"
            leftSection={<IconPlus size={14} />}
            onClick={() => add('LABOUR')}
            data-testid="add-cost"
          >
            Cost
          </Button>
        </Group>
        <TextInput label="Note" value={note} onChange={(event) => setNote(event.currentTarget.value)} maw={480} />
        <ProblemAlert problem={save.problem} onClose={save.clear} />
        <Group justify="flex-end" gap="xs">
          {open && (
            <Text size="sm" c="dimmed" role="status">
              {open}
            </Text>
          )}
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button
            variant="default"
            disabled={unavailable}
            loading={save.busy}
            onClick={() => void send(true)}
            data-testid="save-bom-draft"
          >
            Keep as draft
          </Button>
          <Button disabled={unavailable} loading={save.busy} onClick={() => void send(false)} data-testid="save-bom">
            Put to use
          </Button>
        </Group>
      </Stack>
    </Paper>
  );
}

function moved(lines: DraftLine[], from: number, to: number): DraftLine[] {
  const after = [...lines];
  after.splice(to, 0, ...after.splice(from, 1));
  return after;
}

interface LineProps {
  line: DraftLine;
  number: number;
  last: boolean;
  onChange: (part: Partial<DraftLine>) => void;
  onMove: (by: number) => void;
  onRemove: () => void;
}

function LineFields({ line, number, last, onChange, onMove, onRemove }: LineProps) {
  return (
    <Group gap="xs" align="flex-end" role="group" aria-label={`Line ${number}`} data-testid="bom-line">
      <Select
        label="Kind"
        w={130}
        allowDeselect={false}
        data={KINDS.map((value) => ({ value, label: lineKindWord(value) }))}
        value={line.kind}
        onChange={(kind) => kind && onChange({ kind })}
        data-testid="bom-kind"
      />
      {line.kind === 'COMPONENT' ? (
        <ComponentFields line={line} onChange={onChange} />
      ) : (
        <CostFields line={line} onChange={onChange} />
      )}
      <Group gap={2} mb={4}>
        <ActionIcon
          variant="subtle"
          color="gray"
          disabled={number === 1}
          aria-label={`Move line ${number} up`}
          onClick={() => onMove(-1)}
        >
          <IconArrowUp size={16} />
        </ActionIcon>
        <ActionIcon
          variant="subtle"
          color="gray"
          disabled={last}
          aria-label={`Move line ${number} down`}
          onClick={() => onMove(1)}
        >
          <IconArrowDown size={16} />
        </ActionIcon>
        <ActionIcon variant="subtle" color="red" aria-label={`Remove line ${number}`} onClick={onRemove}>
          <IconTrash size={16} />
        </ActionIcon>
      </Group>
    </Group>
  );
}

type FieldProps = Pick<LineProps, 'line' | 'onChange'>;

function ComponentFields({ line, onChange }: FieldProps) {
  return (
    <>
      <ProductPicker
        label="Component"
        w={300}
        value={line.product}
        onPick={(product) => onChange({ product })}
        data-testid="bom-component"
      />
      <DecimalInput
        label="Quantity"
        w={130}
        unit={line.product?.unit}
        value={line.quantity}
        onText={(quantity) => onChange({ quantity })}
        data-testid="bom-quantity"
      />
      <Checkbox
        label="Optional"
        title="Used as far as there is any; it never holds a build up."
        mb={9}
        checked={line.optional}
        onChange={(event) => onChange({ optional: event.currentTarget.checked })}
        data-testid="bom-optional"
      />
    </>
  );
}

function CostFields({ line, onChange }: FieldProps) {
  return (
    <>
      <TextInput
        label="What for"
        w={240}
        value={line.label}
        onChange={(event) => onChange({ label: event.currentTarget.value })}
        data-testid="bom-label"
      />
      <DecimalInput
        label="Quantity"
        placeholder="1"
        title="Units of the rate per unit made, for example hours; leave it empty for a cost per unit made."
        w={110}
        value={line.quantity}
        onText={(quantity) => onChange({ quantity })}
        data-testid="bom-cost-quantity"
      />
      <DecimalInput
        label={line.quantity.trim() ? 'Rate' : 'Cost'}
        w={130}
        value={line.rate}
        onText={(rate) => onChange({ rate })}
        data-testid="bom-rate"
      />
    </>
  );
}
