import { Badge, Button, Menu, Select, Stack, Tabs } from '@mantine/core';
import { IconChevronDown, IconPlus, IconRefresh } from '@tabler/icons-react';
import { useCallback, useState, type ReactNode } from 'react';
import { Link, Outlet, useLocation, useNavigate } from 'react-router';
import { ActionButton } from '../../components/ActionButton';
import { Loaded } from '../../components/Loaded';
import { Page } from '../../components/Page';
import { ProblemAlert } from '../../components/ProblemAlert';
import type { SalesDeskQuery as DeskData } from '../../graphql/generated/graphql';
import { hasRefused } from '../../graphql/useAction';
import { useLiveQuery } from '../../graphql/useLiveQuery';
import { LockNotice } from '../sync/LockNotice';
import { RunPanel } from '../sync/RunPanel';
import { accountingChannels, type Desk } from './desk';
import { SALE_TYPES, SalesDeskQuery, type Channel } from './operations';
import { useStartSales } from './useStartSales';

const NONE = {};
const LEAD =
  'What was sold, and what it cost: each sale takes its goods from your lots, first in, first out. Your accounting system is only read.';
const TYPES = [...SALE_TYPES, 'Integration', 'StockSettings'];

/** The pages of sales: list, open issues and channels, with the sync above them. */
export function SalesFrame() {
  const query = useLiveQuery(SalesDeskQuery, NONE, { types: TYPES });
  return (
    <Loaded
      query={query}
      skeleton={
        <Page title="Sales" lead={LEAD}>
          {null}
        </Page>
      }
    >
      {(data) => <Frame data={data} refetch={query.refetch} />}
    </Loaded>
  );
}

function whyNot(data: DeskData, channel: Channel | undefined): string | null {
  if (!channel) return 'Say first from which day on sales are read: see Channels.';
  if (!channel.active) return `The channel ${channel.name} is not active: see Channels.`;
  if (channel.integration?.status === 'EXPIRED')
    return 'The connection has expired. Reconnect it on the Integrations page first.';
  return data.syncLock ? `The sync lock is held by ${data.syncLock.heldBy}. Wait until that ends.` : null;
}

function Frame({ data, refetch }: { data: DeskData; refetch: () => void }) {
  const channels = accountingChannels(data);
  const [chosen, setChosen] = useState<string | null>(null);
  const [picked, setPicked] = useState<string | null>(null);
  const channel = channels.find((each) => each.id === chosen) ?? channels.find((each) => each.active) ?? channels[0];
  const show = useCallback((runId: string) => setPicked(runId), []);
  const starter = useStartSales((runId) => {
    setPicked(runId);
    refetch();
  });
  const lock = data.syncLock ?? null;
  const going = lock?.run?.kind === 'SALES' ? lock.run.id : null;
  const shown = picked ?? going;
  const foreign = lock && (lock.run == null || lock.run.id !== shown) ? lock : null;
  const unavailable = whyNot(data, channel);
  const desk: Desk = { data, starter, show, shown, refetch, unavailable };
  return (
    <Page title="Sales" lead={LEAD} actions={<Actions {...{ channels, channel, setChosen, desk }} />}>
      <Stack gap="md">
        <ProblemAlert problem={starter.problem} onClose={starter.clear} onRetry={starter.retry} />
        {foreign && (hasRefused(starter.problem, 'SYNC_LOCKED') || foreign.run) && (
          <LockNotice key={foreign.run?.id ?? foreign.fence} lock={foreign} refetch={refetch} />
        )}
        {shown && <RunPanel runId={shown} onEnded={refetch} />}
        <Places open={data.open.totalCount}>
          <Outlet context={desk} />
        </Places>
      </Stack>
    </Page>
  );
}

function Actions({
  channels,
  channel,
  setChosen,
  desk,
}: {
  channels: Channel[];
  channel: Channel | undefined;
  setChosen: (id: string | null) => void;
  desk: Desk;
}) {
  const { starter, unavailable } = desk;
  const start = (full: boolean) => channel && void starter.start(channel.id, full);
  return (
    <>
      {channels.length > 1 && channel && (
        <Select
          aria-label="Channel to sync"
          allowDeselect={false}
          data={channels.map(({ id, name }) => ({ value: id, label: name }))}
          value={channel.id}
          onChange={setChosen}
        />
      )}
      <Button
        component={Link}
        to="/sales/new"
        variant="default"
        leftSection={<IconPlus size={16} />}
        data-testid="new-sale"
      >
        Record a sale
      </Button>
      <Button.Group>
        <ActionButton
          permission="SYNC_SALES"
          unavailable={unavailable}
          loading={starter.busy}
          leftSection={<IconRefresh size={18} />}
          onClick={() => start(false)}
          data-testid="sync-sales"
        >
          Sync sales
        </ActionButton>
        <Menu position="bottom-end" width={300}>
          <Menu.Target>
            <Button
              px={8}
              variant="filled"
              aria-label="More ways to sync sales"
              disabled={unavailable !== null || starter.busy}
              style={{ borderLeft: '1px solid rgb(255 255 255 / 25%)' }}
            >
              <IconChevronDown size={16} />
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item onClick={() => start(true)} data-testid="sync-sales-full">
              Read everything again
              <br />
              <small>From the first day on; also finds sales that are gone. Takes longer.</small>
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      </Button.Group>
    </>
  );
}

function Places({ open, children }: { open: number; children: ReactNode }) {
  const { pathname } = useLocation();
  const navigate = useNavigate();
  const at = pathname.endsWith('/issues') ? 'issues' : pathname.endsWith('/channels') ? 'channels' : 'list';
  return (
    <Tabs
      value={at}
      onChange={(next) => void navigate(next === 'list' || !next ? '/sales' : `/sales/${next}`)}
      keepMounted={false}
    >
      <Tabs.List>
        <Tabs.Tab value="list" data-testid="tab-sales">
          All sales
        </Tabs.Tab>
        <Tabs.Tab
          value="issues"
          rightSection={
            open > 0 ? (
              <Badge size="sm" color="orange" variant="light" data-testid="open-issues" data-count={open}>
                {open.toLocaleString()}
              </Badge>
            ) : undefined
          }
          data-testid="tab-issues"
        >
          Open issues
        </Tabs.Tab>
        <Tabs.Tab value="channels" data-testid="tab-channels">
          Channels
        </Tabs.Tab>
      </Tabs.List>
      <Tabs.Panel value={at} pt="md">
        {children}
      </Tabs.Panel>
    </Tabs>
  );
}
