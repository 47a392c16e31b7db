import { Alert, Anchor, Button, Group, Modal, Stack, Table } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconCircleCheck, IconExternalLink } from '@tabler/icons-react';
import { useState } from 'react';
import { Link } from 'react-router';
import { ActionButton } from '../../components/ActionButton';
import { DataTable } from '../../components/DataTable';
import { ProblemAlert } from '../../components/ProblemAlert';
import type { ExportState, VerifyExportMutation as VerifyData } from '../../graphql/generated/graphql';
import { useAction } from '../../graphql/useAction';
import { useMay } from '../../session/viewer';
import { planPlace, webAddress } from './documents';
import { MoveExportMutation, RetryExportMutation, VerifyExportMutation, type Exported } from './operations';

type Verification = Pick<VerifyData['verifyExport'], 'matches' | 'differences'>;

/** States in which a person decides what happens next. */
const OPEN: readonly ExportState[] = ['NOT_READY', 'PENDING', 'FAILED', 'SKIPPED'];

/** What can be done with an export now. `entry`: its entry is not on this page already. */
export function ExportActions({ exported, entry = true }: { exported: Exported; entry?: boolean }) {
  const retry = useAction(RetryExportMutation, (data) => data.retryExport);
  const verify = useAction(VerifyExportMutation, (data) => data.verifyExport);
  const [verified, setVerified] = useState<Verification | null>(null);
  const mayExport = useMay('EXPORT');
  const { state } = exported;
  const again = async () => {
    const payload = await retry.run({ exportId: exported.id });
    if (payload?.userErrors.length !== 0) return;
    notifications.show({ message: `${exported.label} is sent again as ${exported.reference}.`, color: 'teal' });
  };
  const compare = async () => {
    const payload = await verify.run({ exportId: exported.id });
    if (payload?.userErrors.length === 0) setVerified(payload);
  };
  return (
    <Stack gap="xs" align="flex-end">
      <Group gap={6} justify="flex-end" wrap="nowrap">
        <BooksLink exported={exported} />
        {OPEN.includes(state) && exported.integration.status === 'DISCONNECTED' && <Move exported={exported} />}
        {OPEN.includes(state) && !exported.queued && entry && mayExport && (
          <Button component={Link} to={planPlace(exported.id)} size="xs" variant="default" data-testid="see-plan">
            See the entry
          </Button>
        )}
        {(state === 'FAILED' || (state === 'PENDING' && exported.queued)) && (
          <ActionButton
            size="xs"
            permission="EXPORT"
            loading={retry.busy}
            onClick={() => void again()}
            aria-label={`Try ${exported.label} again`}
            data-testid="retry-export"
          >
            Try again
          </ActionButton>
        )}
        {state === 'SYNCED' && (
          <ActionButton
            size="xs"
            variant="default"
            permission="EXPORT"
            loading={verify.busy}
            onClick={() => void compare()}
            aria-label={`Compare ${exported.label} with the books`}
            data-testid="verify-export"
          >
            Compare
          </ActionButton>
        )}
      </Group>
      <ProblemAlert problem={retry.problem ?? verify.problem} onClose={retry.problem ? retry.clear : verify.clear} />
      {verified && <Compared exported={exported} verification={verified} onClose={() => setVerified(null)} />}
    </Stack>
  );
}

/** To the company that is connected now, from one that is not any more. */
function Move({ exported }: { exported: Exported }) {
  const move = useAction(MoveExportMutation, (data) => data.moveExport);
  const go = async () => {
    const payload = await move.run({ exportId: exported.id });
    if (payload?.userErrors.length !== 0) return;
    notifications.show({
      message: `${exported.label} is planned for the company that is connected now.`,
      color: 'teal',
    });
  };
  return (
    <>
      <ActionButton
        size="xs"
        variant="default"
        permission="EXPORT"
        loading={move.busy}
        onClick={() => void go()}
        aria-label={`Move ${exported.label} to the company that is connected now`}
        data-testid="move-export"
      >
        Move
      </ActionButton>
      <ProblemAlert problem={move.problem} onClose={move.clear} />
    </>
  );
}

/** The document in the accounting system's own pages. */
export function BooksLink({ exported }: { exported: Exported }) {
  const address = webAddress(exported.externalUrl);
  if (!address) return null;
  return (
    <Anchor
      href={address}
      target="_blank"
      rel="noopener noreferrer"
      size="sm"
      c="var(--link-color)"
      style={{ whiteSpace: 'nowrap' }}
      data-testid="books-link"
    >
      Open in {exported.integration.provider.name}{' '}
      <IconExternalLink size={13} aria-label="opens in a new tab" style={{ verticalAlign: '-2px' }} />
    </Anchor>
  );
}

function Compared({
  exported,
  verification: { matches, differences },
  onClose,
}: {
  exported: Exported;
  verification: Verification;
  onClose: () => void;
}) {
  const provider = exported.integration.provider.name;
  return (
    <Modal opened onClose={onClose} title={`${exported.label} in the books`} size="lg" centered>
      <Stack gap="md" data-testid="export-compared" data-equal={matches === true}>
        {matches ? (
          <Alert color="teal" icon={<IconCircleCheck size={20} />}>
            {exported.reference} is in {provider} exactly as it was sent.
          </Alert>
        ) : (
          <>
            <Alert color="red" title="The books have something else">
              {exported.reference} was changed in {provider} after it was sent.
            </Alert>
            <DataTable minWidth={420} head={DIFFERENCES} label="Differences" testId="export-differences">
              {differences.map((each, index) => (
                <Table.Tr key={index} data-testid="export-difference">
                  <Table.Td>{differenceWord(each.what, exported)}</Table.Td>
                  <Table.Td ta="right">{each.sent ?? '–'}</Table.Td>
                  <Table.Td ta="right">{each.found ?? '–'}</Table.Td>
                </Table.Tr>
              ))}
            </DataTable>
          </>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Close
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

function differenceWord(what: string, { integration }: Exported): string {
  if (what === 'state' || what === 'date' || what === 'account') return what.charAt(0).toUpperCase() + what.slice(1);
  return `${what} (its id in ${integration.provider.name})`;
}

const DIFFERENCES = (
  <>
    <Table.Th>What</Table.Th>
    <Table.Th ta="right">As it was sent</Table.Th>
    <Table.Th ta="right">As it is there</Table.Th>
  </>
);
