import { Button, Menu, Select, Stack } from '@mantine/core';
import { IconChevronDown, IconPlugConnected, IconRefresh } from '@tabler/icons-react';
import { useState } from 'react';
import { Link } from 'react-router';
import { ActionButton } from '../../components/ActionButton';
import { EmptyState } from '../../components/EmptyState';
import { Loaded } from '../../components/Loaded';
import { Page } from '../../components/Page';
import { ProblemAlert } from '../../components/ProblemAlert';
import type { SyncOverviewQuery as Overview } from '../../graphql/generated/graphql';
import { hasRefused } from '../../graphql/useAction';
import { useLiveQuery } from '../../graphql/useLiveQuery';
import { useMay } from '../../session/viewer';
import { LockNotice } from './LockNotice';
import { SyncOverviewQuery } from './operations';
import { RunHistory } from './RunHistory';
import { RunPanel } from './RunPanel';
import { useStartSync } from './useStartSync';

const NONE = {};
const LEAD = 'Reads items, the chart of accounts and suppliers from your accounting system. Nothing is written there.';

export function SyncPage() {
  const query = useLiveQuery(SyncOverviewQuery, NONE, { types: ['SyncRun', 'Integration'] });
  return (
    <Loaded
      query={query}
      skeleton={
        <Page title="Sync items" lead={LEAD}>
          {null}
        </Page>
      }
    >
      {(data) => <Sync data={data} refetch={query.refetch} />}
    </Loaded>
  );
}

/** The run to show: the one picked or started here, else the one that is going, else the latest. */
function runToShow(data: Overview, picked: string | null): string | null {
  const going = data.syncLock?.run?.kind === 'ITEMS' ? data.syncLock.run.id : null;
  return picked ?? going ?? data.latest.nodes[0]?.id ?? null;
}

function Sync({ data, refetch }: { data: Overview; refetch: () => void }) {
  const usable = data.integrations.filter((each) => each.status === 'ACTIVE' || each.status === 'EXPIRED');
  const [chosen, setChosen] = useState<string | null>(null);
  const [picked, setPicked] = useState<string | null>(null);
  const integration = usable.find((each) => each.id === chosen) ?? usable[0];
  const starter = useStartSync((runId) => {
    setPicked(runId);
    refetch();
  });

  const shown = runToShow(data, picked);
  const lock = data.syncLock ?? null;
  const locked = lock ? `The sync lock is held by ${lock.heldBy}. Wait until that ends.` : null;
  const expired =
    integration?.status === 'EXPIRED'
      ? 'The connection has expired. Reconnect it on the Integrations page first.'
      : null;
  const foreign =
    lock && (lock.run == null || lock.run.id !== shown || hasRefused(starter.problem, 'SYNC_LOCKED')) ? lock : null;

  return (
    <Page
      title="Sync items"
      lead={LEAD}
      actions={
        integration && <Actions {...{ usable, integration, setChosen, starter }} unavailable={expired ?? locked} />
      }
    >
      {!integration && <NothingToSync />}
      <Stack gap="md">
        <StartProblem starter={starter} stillLocked={lock !== null} />
        {foreign && <LockNotice key={foreign.run?.id ?? foreign.fence} lock={foreign} refetch={refetch} />}
        {shown && (
          <RunPanel
            runId={shown}
            onEnded={refetch}
            including={starter.busy}
            includeUnavailable={expired ?? locked}
            onInclude={(run, types) =>
              void starter.includeAndStart(run.integration.id, run.integration.settings.itemTypes, types)
            }
          />
        )}
        {(shown || integration) && <RunHistory shown={shown} onShow={setPicked} />}
      </Stack>
    </Page>
  );
}

/** While the lock is held the notice below says more than the refusal; once it is free, the refusal offers another go. */
function StartProblem({ starter, stillLocked }: { starter: ReturnType<typeof useStartSync>; stillLocked: boolean }) {
  const locked = hasRefused(starter.problem, 'SYNC_LOCKED');
  return (
    <ProblemAlert problem={starter.problem} onClose={starter.clear} onRetry={starter.retry}>
      {locked && !stillLocked && (
        <Button size="xs" variant="light" onClick={starter.retry} data-testid="sync-now-free">
          The lock is free now: sync
        </Button>
      )}
    </ProblemAlert>
  );
}

type Integration = Overview['integrations'][number];

interface ActionsProps {
  usable: Integration[];
  integration: Integration;
  setChosen: (id: string | null) => void;
  starter: ReturnType<typeof useStartSync>;
  unavailable: string | null;
}

function Actions({ usable, integration, setChosen, starter, unavailable }: ActionsProps) {
  const name = (each: Integration) => each.company?.name ?? each.provider.name;
  return (
    <>
      {usable.length > 1 && (
        <Select
          aria-label="Company"
          allowDeselect={false}
          data={usable.map((each) => ({ value: each.id, label: name(each) }))}
          value={integration.id}
          onChange={setChosen}
        />
      )}
      <Button.Group>
        <ActionButton
          permission="SYNC_ITEMS"
          unavailable={unavailable}
          loading={starter.busy}
          leftSection={<IconRefresh size={18} />}
          onClick={() => void starter.start(integration.id, false)}
          data-testid="sync-button"
        >
          Sync items
        </ActionButton>
        <Menu position="bottom-end" width={290}>
          <Menu.Target>
            <Button
              px={8}
              variant="filled"
              aria-label="More ways to sync"
              disabled={unavailable !== null || starter.busy}
              style={{ borderLeft: '1px solid rgb(255 255 255 / 25%)' }}
            >
              <IconChevronDown size={16} />
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item onClick={() => void starter.start(integration.id, true)} data-testid="sync-full">
              Read everything again
              <br />
              <small>Also finds items that are gone. Takes longer.</small>
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      </Button.Group>
    </>
  );
}

function NothingToSync() {
  const manages = useMay('MANAGE_CONNECTIONS');
  return (
    <EmptyState
      icon={IconPlugConnected}
      title="No accounting system is connected"
      action={
        <Button component={Link} to="/integrations">
          {manages ? 'Connect one' : 'See integrations'}
        </Button>
      }
    >
      Items come from your accounting system.{' '}
      {manages ? 'Connect it first, then sync.' : 'Ask an owner or admin to connect it.'}
    </EmptyState>
  );
}
