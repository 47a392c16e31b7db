import { ActionIcon, Anchor, Button, Group, Paper, Stack, Text, Textarea, TextInput, Title } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { useRef, useState } from 'react';
import { Link, useNavigate } from 'react-router';
import { ActionButton } from '../../components/ActionButton';
import { MoneyText } from '../../components/Amounts';
import { DecimalInput } from '../../components/DecimalInput';
import { Page } from '../../components/Page';
import { ProblemAlert } from '../../components/ProblemAlert';
import { useAction } from '../../graphql/useAction';
import { IdempotencyKey } from '../../lib/ids';
import { useViewer } from '../../session/viewer';
import { ProductPicker } from '../stock/ProductPicker';
import { ReceivingNotice } from '../stock/ReceivingNotice';
import { emptyDraft, emptyLine, inputOf, lacking, totalOf, type DraftLine } from './draft';
import { RecordSaleMutation } from './operations';

/** Records a sale by hand: it takes its goods from the lots like a synced one, and is labelled Manual. */
export function NewSalePage() {
  const [draft, setDraft] = useState(emptyDraft);
  const next = useRef(1);
  const [key] = useState(() => new IdempotencyKey());
  const record = useAction(RecordSaleMutation, (data) => data.recordSale);
  const navigate = useNavigate();
  const { currency } = useViewer().business;
  const change = (part: Partial<typeof draft>) => setDraft((before) => ({ ...before, ...part }));
  const changeLine = (of: number, part: Partial<DraftLine>) =>
    change({ lines: draft.lines.map((line) => (line.key === of ? { ...line, ...part } : line)) });

  const go = async () => {
    const input = inputOf(draft);
    const payload = await record.run({ ...input, idempotencyKey: key.for(input) });
    if (payload) key.answered();
    if (!payload?.sale || payload.userErrors.length > 0) return;
    notifications.show({ message: 'The sale is recorded; its goods are out of the lots.', color: 'teal' });
    void navigate(`/sales/${payload.sale.id}`);
  };

  return (
    <Page
      title="Record a sale"
      lead={
        <>
          For what is sold outside the accounting system. It takes its goods from the lots at once, like a synced sale,
          and is labelled Manual. To read sales from your books instead, see{' '}
          <Anchor component={Link} to="/sales/channels" size="sm" c="var(--link-color)" underline="always">
            Channels
          </Anchor>
          .
        </>
      }
    >
      <ReceivingNotice />
      <Paper withBorder radius="md" p="md" data-testid="sale-editor">
        <Stack gap="md">
          <Group gap="sm" align="flex-end">
            <TextInput
              type="date"
              label="Date"
              title="Today if left out"
              value={draft.date}
              onChange={(event) => change({ date: event.currentTarget.value })}
              data-testid="sale-date"
            />
            <TextInput
              label="Customer"
              value={draft.customer}
              onChange={(event) => change({ customer: event.currentTarget.value })}
              data-testid="sale-customer"
            />
            <TextInput
              label="Reference"
              value={draft.reference}
              onChange={(event) => change({ reference: event.currentTarget.value })}
              data-testid="sale-reference"
            />
          </Group>
          <Title order={2} size="h5">
            What was sold
          </Title>
          {draft.lines.map((line, index) => (
            <LineFields
              key={line.key}
              line={line}
              number={index + 1}
              onChange={(part) => changeLine(line.key, part)}
              onRemove={
                draft.lines.length > 1
                  ? () => change({ lines: draft.lines.filter((each) => each.key !== line.key) })
                  : undefined
              }
            />
          ))}
          <Group>
            <Button
              size="xs"
              variant="default"
              leftSection={<IconPlus size={14} />}
              onClick={() => change({ lines: [...draft.lines, emptyLine(next.current++)] })}
              data-testid="add-sale-line"
            >
              Line
            </Button>
          </Group>
          <Textarea
            label="Notes"
            autosize
            minRows={1}
            value={draft.notes}
            onChange={(event) => change({ notes: event.currentTarget.value })}
          />
          <ProblemAlert problem={record.problem} onClose={record.clear} onRetry={() => void go()} />
          <Group justify="space-between">
            <Text size="sm">
              Revenue:{' '}
              <b data-testid="sale-total">
                <MoneyText money={{ amount: totalOf(draft), currency }} />
              </b>
            </Text>
            <Group gap="xs">
              <Button component={Link} to="/sales" variant="default">
                Cancel
              </Button>
              <ActionButton
                permission="SYNC_SALES"
                unavailable={lacking(draft)}
                loading={record.busy}
                onClick={() => void go()}
                data-testid="record-sale"
              >
                Record sale
              </ActionButton>
            </Group>
          </Group>
        </Stack>
      </Paper>
    </Page>
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
  onRemove?: () => void;
}) {
  return (
    <Group gap="sm" align="flex-end" role="group" aria-label={`Line ${number}`}>
      <ProductPicker
        label="Finished good"
        types={['FINISHED_GOOD']}
        w={{ base: '100%', xs: 320 }}
        value={line.product}
        onPick={(product) => onChange({ product })}
        data-testid="sale-line-product"
      />
      <DecimalInput
        label="Quantity"
        w={130}
        unit={line.product?.unit}
        value={line.quantity}
        onText={(quantity) => onChange({ quantity })}
        data-testid="sale-line-quantity"
      />
      <DecimalInput
        label="Price each"
        title="Before tax, after discounts, home currency"
        w={150}
        value={line.unitPrice}
        onText={(unitPrice) => onChange({ unitPrice })}
        data-testid="sale-line-price"
      />
      {onRemove && (
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label={`Remove line ${number}`} onClick={onRemove}>
          <IconTrash size={18} />
        </ActionIcon>
      )}
    </Group>
  );
}
