import { Anchor, Button, Group, Modal, Stack, Table, Text, Title, VisuallyHidden } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useState } from 'react';
import { Link, useNavigate, useParams } from 'react-router';
import { ActionButton } from '../../components/ActionButton';
import { MoneyText, Quantity } from '../../components/Amounts';
import { DataTable } from '../../components/DataTable';
import { Facts } from '../../components/Facts';
import { Loaded } from '../../components/Loaded';
import { Page } from '../../components/Page';
import { ProblemAlert } from '../../components/ProblemAlert';
import { At } from '../../components/Time';
import { useAction } from '../../graphql/useAction';
import { useLiveQuery } from '../../graphql/useLiveQuery';
import { formatDay } from '../../lib/time';
import { basisWord, landedKindWord } from '../../lib/words';
import { planPlace } from '../exports/documents';
import { DocumentExports } from '../exports/DocumentExports';
import { ExportStateBadge } from '../exports/ExportStateBadge';
import { STOCK_TYPES } from '../stock/operations';
import { ProductLink } from '../stock/ProductLink';
import { ReceivingNotice } from '../stock/ReceivingNotice';
import { CorrectDialog } from './CorrectDialog';
import { DeleteReceiptMutation, ReceiptQuery, VoidReceiptMutation, type Receipt, type ReceiptLine } from './operations';
import { ReceiptEditor } from './ReceiptEditor';
import { ReceiptStateBadge } from './ReceiptStateBadge';

/** After saving or confirming: say so, and show the receipt where it lives. */
function useSaved() {
  const navigate = useNavigate();
  return (receipt: Receipt, confirmed: boolean) => {
    notifications.show({
      message: confirmed ? `Receipt ${receipt.number} is in stock.` : `Receipt ${receipt.number} is saved as a draft.`,
      color: 'teal',
    });
    void navigate(`/receipts/${receipt.id}`, { replace: true });
  };
}

export function NewReceiptPage() {
  const onSaved = useSaved();
  return (
    <Page title="New receipt" lead="What a supplier delivered. Stock is not touched until you confirm it.">
      <ReceivingNotice />
      <ReceiptEditor receipt={null} onSaved={onSaved} />
    </Page>
  );
}

export function ReceiptPage() {
  const { id = '' } = useParams();
  const query = useLiveQuery(ReceiptQuery, { id }, { types: STOCK_TYPES });
  const onSaved = useSaved();
  return (
    <Loaded query={query}>
      {({ receipt }) =>
        receipt ? (
          <Page
            title={`Receipt ${receipt.number}`}
            lead={receipt.supplier.name}
            actions={<Actions receipt={receipt} />}
          >
            {receipt.state === 'DRAFT' ? (
              <ReceiptEditor key={receipt.id} receipt={receipt} onSaved={onSaved} />
            ) : (
              <Recorded receipt={receipt} />
            )}
          </Page>
        ) : (
          <Page title="Receipt">
            <Text c="dimmed">There is no such receipt.</Text>
          </Page>
        )
      }
    </Loaded>
  );
}

function Actions({ receipt }: { receipt: Receipt }) {
  const [asking, setAsking] = useState(false);
  if (receipt.state === 'VOIDED') return null;
  const draft = receipt.state === 'DRAFT';
  return (
    <>
      <ActionButton
        variant="default"
        permission="MANAGE_STOCK"
        onClick={() => setAsking(true)}
        data-testid={draft ? 'delete-receipt' : 'void-receipt'}
      >
        {draft ? 'Delete draft' : 'Void'}
      </ActionButton>
      {asking && <EndDialog receipt={receipt} onClose={() => setAsking(false)} />}
    </>
  );
}

/** A draft is deleted; what was confirmed is voided and stays to be seen. */
function EndDialog({ receipt, onClose }: { receipt: Receipt; onClose: () => void }) {
  const navigate = useNavigate();
  const remove = useAction(DeleteReceiptMutation, (data) => data.deleteReceipt);
  const voiding = useAction(VoidReceiptMutation, (data) => data.voidReceipt);
  const draft = receipt.state === 'DRAFT';
  const action = draft ? remove : voiding;
  const go = async () => {
    const payload = await action.run({ receiptId: receipt.id });
    if (payload?.userErrors.length !== 0) return;
    notifications.show({ message: `Receipt ${receipt.number} is ${draft ? 'deleted' : 'voided'}.`, color: 'teal' });
    onClose();
    if (draft) void navigate('/receipts', { replace: true });
  };
  return (
    <Modal opened onClose={onClose} title={`${draft ? 'Delete' : 'Void'} receipt ${receipt.number}?`} centered>
      <Stack gap="md">
        <Text size="sm">
          {draft
            ? 'The draft is gone for good. Stock was never touched by it.'
            : 'Its lots count for nothing any more. It is refused when some of a lot was used already.'}
        </Text>
        <ProblemAlert problem={action.problem} onRetry={() => void go()} />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose} data-autofocus>
            Keep it
          </Button>
          <Button color="red" loading={action.busy} onClick={() => void go()} data-testid="confirm-end-receipt">
            {draft ? 'Delete' : 'Void'}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

const HEAD = (
  <>
    <Table.Th>Product</Table.Th>
    <Table.Th>Lot</Table.Th>
    <Table.Th ta="right">Quantity</Table.Th>
    <Table.Th ta="right">Price each</Table.Th>
    <Table.Th ta="right">Landed costs</Table.Th>
    <Table.Th ta="right">Value</Table.Th>
    <Table.Th>
      <VisuallyHidden>Actions</VisuallyHidden>
    </Table.Th>
  </>
);

function Recorded({ receipt }: { receipt: Receipt }) {
  const [correcting, setCorrecting] = useState<ReceiptLine | null>(null);
  return (
    <Stack gap="lg">
      <Facts
        facts={[
          ['State', <ReceiptStateBadge key="state" state={receipt.state} />],
          ['Received', formatDay(receipt.receivedOn)],
          receipt.reference != null && ['Supplier’s number', receipt.reference],
          ['Value', <MoneyText key="value" money={receipt.value} />],
          receipt.confirmedAt != null && [
            'Confirmed',
            <span key="confirmed">
              <At at={receipt.confirmedAt} /> by {receipt.confirmedBy}
            </span>,
          ],
          receipt.voidedAt != null && [
            'Voided',
            <span key="voided">
              <At at={receipt.voidedAt} /> by {receipt.voidedBy}
            </span>,
          ],
          receipt.note != null && ['Note', receipt.note],
        ]}
      />
      <DocumentExports documentId={receipt.id} />
      <DataTable minWidth={820} head={HEAD} label="Lines" testId="receipt-lines">
        {receipt.lines.map((line) => (
          <Line
            key={line.id}
            line={line}
            onCorrect={receipt.state === 'CONFIRMED' ? () => setCorrecting(line) : undefined}
          />
        ))}
      </DataTable>
      {receipt.costs.length > 0 && (
        <Text size="sm">
          Landed costs:{' '}
          {receipt.costs.map((cost, index) => (
            <span key={index}>
              {index > 0 && '; '}
              {landedKindWord(cost.kind)} “{cost.label}” <MoneyText money={cost.amount} />, {basisWord(cost.basis)}
            </span>
          ))}
        </Text>
      )}
      <Corrections receipt={receipt} />
      {correcting && <CorrectDialog line={correcting} onClose={() => setCorrecting(null)} />}
    </Stack>
  );
}

function Line({ line, onCorrect }: { line: ReceiptLine; onCorrect?: () => void }) {
  return (
    <Table.Tr data-testid="receipt-line">
      <Table.Td>
        <ProductLink product={line.product} />
      </Table.Td>
      <Table.Td>
        {line.lot ? (
          <Anchor
            component={Link}
            to={`/lots/${line.lot.id}`}
            size="sm"
            c="var(--link-color)"
            data-testid="receipt-lot"
          >
            {line.lot.number}
          </Anchor>
        ) : (
          '–'
        )}
      </Table.Td>
      <Table.Td ta="right">
        <Quantity value={line.quantity} unit={line.product.unit} />
      </Table.Td>
      <Table.Td ta="right">
        <MoneyText money={line.unitCost} />
      </Table.Td>
      <Table.Td ta="right">
        <MoneyText money={line.landedCost} />
      </Table.Td>
      <Table.Td ta="right">
        <MoneyText money={line.value} />
      </Table.Td>
      <Table.Td ta="right">
        {onCorrect && (
          <ActionButton
            size="compact-xs"
            variant="subtle"
            permission="MANAGE_STOCK"
            onClick={onCorrect}
            aria-label={`Correct ${line.product.name}`}
            data-testid="correct-line"
          >
            Correct
          </ActionButton>
        )}
      </Table.Td>
    </Table.Tr>
  );
}

function Corrections({ receipt }: { receipt: Receipt }) {
  if (receipt.corrections.length === 0) return null;
  return (
    <Stack gap="xs">
      <Title order={2} size="h5">
        Corrections
      </Title>
      {receipt.corrections.map((each) => (
        <Text key={each.id} component="div" size="sm" data-testid="correction">
          {formatDay(each.effectiveOn)}, {each.line.product.name}:{' '}
          <Quantity value={each.quantity} unit={each.line.product.unit} signed />, price{' '}
          <MoneyText money={each.unitCostBefore} /> → <MoneyText money={each.unitCostAfter} />; stock{' '}
          <MoneyText money={each.value} />, of what was used before <MoneyText money={each.capturedValue} />{' '}
          <Text span size="xs" c="dimmed">
            (by {each.recordedBy}, <At at={each.recordedAt} />)
          </Text>{' '}
          {each.export && (
            <>
              <ExportStateBadge state={each.export.state} />{' '}
              <Anchor
                component={Link}
                to={planPlace(each.export.id)}
                size="xs"
                c="var(--link-color)"
                underline="always"
              >
                {each.export.reference}
              </Anchor>
            </>
          )}
        </Text>
      ))}
    </Stack>
  );
}
