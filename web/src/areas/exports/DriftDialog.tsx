import { Alert, Button, Group, Modal, Stack, Table, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconCircleCheck } from '@tabler/icons-react';
import { useNavigate } from 'react-router';
import { ActionButton } from '../../components/ActionButton';
import { DataTable } from '../../components/DataTable';
import { ProblemAlert } from '../../components/ProblemAlert';
import { At } from '../../components/Time';
import { useAction } from '../../graphql/useAction';
import { differenceWord, isGone, stateThere } from './drift';
import { planPlace } from './documents';
import {
  AcceptExportDriftMutation,
  RepostExportMutation,
  ReverseExportMutation,
  type Difference,
  type Exported,
} from './operations';

const HEAD = (
  <>
    <Table.Th>What</Table.Th>
    <Table.Th ta="right">As it was sent</Table.Th>
    <Table.Th ta="right">As it is there</Table.Th>
  </>
);

interface Props {
  exported: Exported;
  onClose: () => void;
}

/** What the books have in place of what was sent, and the three ways out of it. */
export function DriftDialog({ exported, onClose }: Props) {
  const { drift, integration, label, reference } = exported;
  const provider = integration.provider.name;
  const differences = drift?.differences ?? [];
  return (
    <Modal opened onClose={onClose} title={`${label} in the books`} size="lg" centered>
      <Stack gap="md" data-testid="export-compared" data-equal={differences.length === 0}>
        {differences.length === 0 ? (
          <>
            <Alert color="teal" icon={<IconCircleCheck size={20} />}>
              {reference} is in {provider} exactly as it was sent.
            </Alert>
            <Group justify="flex-end">
              <Button variant="default" onClick={onClose}>
                Close
              </Button>
            </Group>
          </>
        ) : (
          <>
            <Changed exported={exported} />
            <DataTable minWidth={420} head={HEAD} label="Differences" testId="export-differences">
              {differences.map((each, index) => (
                <Row key={index} difference={each} provider={provider} />
              ))}
            </DataTable>
            <WaysOut exported={exported} onClose={onClose} />
          </>
        )}
      </Stack>
    </Modal>
  );
}

function Changed({ exported: { drift, integration, reference } }: { exported: Exported }) {
  const provider = integration.provider.name;
  if (drift?.state === 'ACCEPTED') {
    return (
      <Alert color="gray" title="Different, and agreed to">
        {drift.acceptedBy} agreed
        {drift.acceptedAt && (
          <>
            {' '}
            <At at={drift.acceptedAt} />
          </>
        )}{' '}
        to what {provider} has in place of {reference}. Another change is reported again.
      </Alert>
    );
  }
  return (
    <Alert color="red" title="The books have something else">
      {reference} was changed in {provider} after it was sent.
      {drift?.foundAt && (
        <>
          {' '}
          Found <At at={drift.foundAt} />.
        </>
      )}
    </Alert>
  );
}

function Row({ difference, provider }: { difference: Difference; provider: string }) {
  const { what, ours, theirs } = difference;
  const isState = what === 'state';
  return (
    <Table.Tr data-testid="export-difference" data-what={what}>
      <Table.Td>{differenceWord(what, provider)}</Table.Td>
      <Table.Td ta="right">{isState ? 'In the books' : (ours ?? '–')}</Table.Td>
      <Table.Td ta="right">{isState ? stateThere(theirs) : (theirs ?? '–')}</Table.Td>
    </Table.Tr>
  );
}

/** Agree, post again what is gone, post the opposite. */
function WaysOut({ exported, onClose }: Props) {
  const accept = useAction(AcceptExportDriftMutation, (data) => data.acceptExportDrift);
  const repost = useAction(RepostExportMutation, (data) => data.repostExport);
  const reverse = useAction(ReverseExportMutation, (data) => data.reverseExport);
  const navigate = useNavigate();
  const busy = accept.busy || repost.busy || reverse.busy;
  const failed = [accept, repost, reverse].find(({ problem }) => problem !== null);
  const { id, label, drift, integration } = exported;
  const provider = integration.provider.name;
  const gone = isGone(drift);
  const agree = async () => {
    const payload = await accept.run({ exportId: id, version: drift?.version });
    if (payload?.userErrors.length !== 0) return;
    notifications.show({ message: `Agreed: ${label} stays in ${provider} as it is there.`, color: 'teal' });
    onClose();
  };
  const again = async () => {
    const payload = await repost.run({ exportId: id });
    if (payload?.userErrors.length !== 0) return;
    notifications.show({ message: `${label} is posted again.`, color: 'teal' });
    onClose();
  };
  const opposite = async () => {
    const payload = await reverse.run({ exportId: id });
    if (!payload?.export || payload.userErrors.length > 0) return;
    await navigate(planPlace(payload.export.id));
  };
  return (
    <Stack gap="sm">
      <Text size="sm" c="dimmed">
        {gone
          ? `Post it again, agree that it is gone, or put it right in ${provider}: at the next comparison nothing is reported any more.`
          : `Agree to what is there, take it back with an entry of the opposite, or put it right in ${provider}: at the next comparison nothing is reported any more.`}
      </Text>
      <ProblemAlert problem={failed?.problem ?? null} onClose={failed?.clear} />
      <Group justify="flex-end" gap="xs">
        {drift?.state === 'DRIFTED' && (
          <ActionButton
            variant="default"
            permission="EXPORT"
            loading={accept.busy}
            unavailable={busy ? 'Wait a moment.' : null}
            onClick={() => void agree()}
            data-testid="accept-drift"
          >
            Agree to what is there
          </ActionButton>
        )}
        {gone ? (
          <ActionButton
            permission="EXPORT"
            loading={repost.busy}
            unavailable={busy ? 'Wait a moment.' : null}
            onClick={() => void again()}
            data-testid="repost-export"
          >
            Post it again
          </ActionButton>
        ) : (
          <ActionButton
            permission="EXPORT"
            loading={reverse.busy}
            unavailable={busy ? 'Wait a moment.' : null}
            onClick={() => void opposite()}
            data-testid="reverse-export"
          >
            See the entry of the opposite
          </ActionButton>
        )}
      </Group>
    </Stack>
  );
}
