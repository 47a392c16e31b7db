import { Alert, Group, Loader, Paper, Stack, Tabs, Text } from '@mantine/core';
import { IconAlertTriangle, IconCircleCheck } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { MoneyText } from '../../components/Amounts';
import { Loaded } from '../../components/Loaded';
import type { ReconciliationClass } from '../../graphql/generated/graphql';
import { useLiveQuery } from '../../graphql/useLiveQuery';
import { isZero, type Money } from '../../lib/decimal';
import { formatDay } from '../../lib/time';
import { companyOf } from '../exports/documents';
import { Classes } from './Classes';
import { Items } from './Items';
import { Lines } from './Lines';
import { ReconciliationQuery, type Reconciliation } from './operations';
import { TrueUpPanel } from './TrueUpPanel';

const AGAIN = 1_000;

/** One reconciliation: followed while it runs, then its figures. */
export function Result({ id, onEnded }: { id: string; onEnded: () => void }) {
  const query = useLiveQuery(ReconciliationQuery, { id }, { types: ['Reconciliation'] });
  const row = query.data?.reconciliation;
  const going = row?.state === 'QUEUED' || row?.state === 'RUNNING';
  const { refetch } = query;
  const [followed, setFollowed] = useState(false);
  useEffect(() => {
    if (!going) return;
    const timer = setInterval(refetch, AGAIN);
    return () => clearInterval(timer);
  }, [going, refetch]);
  // Whoever watched it end has an old list of reconciliations.
  if (going && !followed) setFollowed(true);
  useEffect(() => {
    if (followed && row && !going) onEnded();
    // eslint-disable-next-line react-hooks/exhaustive-deps -- only the end counts
  }, [followed, going]);
  return (
    <Loaded query={query}>
      {({ reconciliation }) => (reconciliation ? <Shown row={reconciliation} /> : <Gone />)}
    </Loaded>
  );
}

function Gone() {
  return <Alert color="yellow">There is no such reconciliation here.</Alert>;
}

function Shown({ row }: { row: Reconciliation }) {
  if (row.state === 'QUEUED' || row.state === 'RUNNING') {
    return (
      <Paper withBorder radius="md" p="lg" aria-live="polite" data-testid="reconcile-going">
        <Group>
          <Loader size="sm" />
          <Text>Reading the inventory accounts of {companyOf(row.integration)}. You may leave this page.</Text>
        </Group>
      </Paper>
    );
  }
  if (row.state === 'FAILED') {
    return (
      <Alert
        color="red"
        icon={<IconAlertTriangle size={20} />}
        title="It could not be reconciled"
        data-testid="reconcile-failed"
      >
        <Text size="sm">{row.error?.message}</Text>
        {row.error?.help && <Text size="sm">{row.error.help}</Text>}
      </Alert>
    );
  }
  return <Found row={row} />;
}

function Found({ row }: { row: Reconciliation }) {
  const [picked, setPicked] = useState<ReconciliationClass | null>(null);
  const [tab, setTab] = useState<string | null>('lines');
  const parity = row.classes.find((each) => each.class === 'VALUE_PARITY');
  const pick = (next: ReconciliationClass | null) => {
    setPicked(next);
    setTab('lines');
  };
  return (
    <Stack gap="lg" data-testid="reconcile-result">
      <Headline row={row} />
      <Classes row={row} picked={picked} onPick={pick} />
      <Tabs value={tab} onChange={setTab} keepMounted={false}>
        <Tabs.List mb="sm">
          <Tabs.Tab value="lines" data-testid="tab-lines">
            Line by line
          </Tabs.Tab>
          <Tabs.Tab value="items" data-testid="tab-items">
            Item by item
          </Tabs.Tab>
          <Tabs.Tab value="true-up" data-testid="tab-true-up">
            True-up
          </Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="lines">
          <Lines id={row.id} picked={picked} onPick={setPicked} />
        </Tabs.Panel>
        <Tabs.Panel value="items">
          <Items id={row.id} />
        </Tabs.Panel>
        <Tabs.Panel value="true-up">
          <TrueUpPanel row={row} parity={parity?.amount ?? null} />
        </Tabs.Panel>
      </Tabs>
    </Stack>
  );
}

/** Ours, theirs, and what lies between, at a glance. */
function Headline({ row }: { row: Reconciliation }) {
  const even = row.difference != null && isZero(row.difference.amount);
  const accounts = row.accounts.map((account) => account.name).join(', ');
  return (
    <Paper withBorder radius="md" p="lg">
      <Group justify="space-between" align="flex-start" gap="lg">
        <Figure label="Stock value here" money={row.ours} testId="reconcile-ours" />
        <Figure label={`Inventory in ${companyOf(row.integration)}`} money={row.theirs} testId="reconcile-theirs" />
        <Stack gap={2}>
          <Text size="sm" c="dimmed">
            Difference
          </Text>
          <Group gap={6}>
            {even && <IconCircleCheck size={22} color="var(--mantine-color-teal-6)" aria-hidden />}
            <Text size="xl" fw={700} data-testid="reconcile-difference">
              <MoneyText money={row.difference} />
            </Text>
          </Group>
          <Text size="xs" c="dimmed">
            {even ? 'They agree to the last digit.' : 'Here less there, explained below.'}
          </Text>
        </Stack>
      </Group>
      <Text size="xs" c="dimmed" mt="sm">
        At the end of {formatDay(row.on)}. Inventory accounts: {accounts}.
      </Text>
    </Paper>
  );
}

function Figure({ label, money, testId }: { label: string; money: Money | null | undefined; testId: string }) {
  return (
    <Stack gap={2}>
      <Text size="sm" c="dimmed">
        {label}
      </Text>
      <Text size="xl" fw={600} data-testid={testId}>
        <MoneyText money={money} />
      </Text>
    </Stack>
  );
}
