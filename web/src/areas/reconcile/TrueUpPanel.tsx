import { Alert, Anchor, Group, Select, Stack, Table, Text } from '@mantine/core';
import { useState } from 'react';
import { Link } from 'react-router';
import { ActionButton } from '../../components/ActionButton';
import { MoneyText } from '../../components/Amounts';
import { DataTable } from '../../components/DataTable';
import { Loaded } from '../../components/Loaded';
import { ProblemAlert } from '../../components/ProblemAlert';
import { useAction } from '../../graphql/useAction';
import { useLiveQuery } from '../../graphql/useLiveQuery';
import { isZero, type Money } from '../../lib/decimal';
import { formatDay } from '../../lib/time';
import {
  PlanTrueUpMutation,
  PostTrueUpMutation,
  TrueUpAccountsQuery,
  type Reconciliation,
  type TrueUp,
} from './operations';

const HEAD = (
  <>
    <Table.Th>Account</Table.Th>
    <Table.Th ta="right">Debit</Table.Th>
    <Table.Th ta="right">Credit</Table.Th>
  </>
);

/** The journal that brings the books' stock value to ours: seen first, then posted once. */
export function TrueUpPanel({ row, parity }: { row: Reconciliation; parity: Money | null }) {
  const [account, setAccount] = useState<string | null>(null);
  const [plan, setPlan] = useState<TrueUp | null>(null);
  const [posted, setPosted] = useState<string | null>(null);
  const planning = useAction(PlanTrueUpMutation, (data) => data.planTrueUp);
  const posting = useAction(PostTrueUpMutation, (data) => data.postTrueUp);
  const query = useLiveQuery(TrueUpAccountsQuery, { integrationId: row.integration.id }, { types: ['Account'] });
  const ask = { reconciliationId: row.id, accountId: account ?? '' };
  const look = async () => setPlan((await planning.run(ask))?.plan ?? null);
  const post = async () => {
    if (!plan) return;
    const payload = await posting.run({ ...ask, planHash: plan.hash });
    if (payload?.export) setPosted(payload.export.reference);
  };
  if (!parity || isZero(parity.amount)) {
    return (
      <Text size="sm" c="dimmed" data-testid="true-up-none">
        On the whole the books value your stock as it is valued here; there is nothing to true up.
      </Text>
    );
  }
  return (
    <Stack gap="sm">
      <Text size="sm" maw={720}>
        Your lots are costed first in, first out; the books cost the same units in their own way. One journal entry on{' '}
        {formatDay(row.on)} brings the books to the value here: <MoneyText money={parity} /> in all. Your stock does not
        change.
      </Text>
      <Loaded query={query}>
        {({ accounts }) => (
          <Group align="flex-end" gap="sm">
            <Select
              label="Against which account"
              placeholder="For example cost of goods sold"
              searchable
              w={{ base: '100%', xs: 360 }}
              data={accounts.nodes
                .filter((each) => each.active && each.classification === 'EXPENSE')
                .map((each) => ({ value: each.id, label: [each.number, each.name].filter(Boolean).join(' ') }))}
              value={account}
              onChange={(next) => {
                setAccount(next);
                setPlan(null);
              }}
              data-testid="true-up-account"
            />
            <ActionButton
              permission="EXPORT"
              unavailable={account ? null : 'Choose an account first.'}
              loading={planning.busy}
              variant="default"
              onClick={() => void look()}
              data-testid="true-up-plan"
            >
              Show the entry
            </ActionButton>
          </Group>
        )}
      </Loaded>
      <ProblemAlert problem={planning.problem ?? posting.problem} onClose={planning.clear} />
      {plan && <Entry plan={plan} />}
      {plan?.ready && !posted && (
        <Group>
          <ActionButton
            permission="EXPORT"
            loading={posting.busy}
            onClick={() => void post()}
            data-testid="true-up-post"
          >
            Post this entry
          </ActionButton>
        </Group>
      )}
      {posted && (
        <Alert color="teal" data-testid="true-up-posted">
          Queued as {posted}.{' '}
          <Anchor component={Link} to="/exports" c="var(--link-color)">
            Follow it among the exports
          </Anchor>
          , then reconcile again.
        </Alert>
      )}
    </Stack>
  );
}

function Entry({ plan }: { plan: TrueUp }) {
  return (
    <Stack gap="xs">
      {plan.checks.map((check) => (
        <Alert key={check.message} color="yellow">
          <Text size="sm">{check.message}</Text>
          {check.help && <Text size="sm">{check.help}</Text>}
        </Alert>
      ))}
      <DataTable minWidth={350} head={HEAD} label="True-up entry" testId="true-up-entries">
        {plan.entries.map((entry) => (
          <Table.Tr key={entry.accountExternalId}>
            <Table.Td>{entry.accountName}</Table.Td>
            <Table.Td ta="right">{!isZero(entry.debit.amount) && <MoneyText money={entry.debit} />}</Table.Td>
            <Table.Td ta="right">{!isZero(entry.credit.amount) && <MoneyText money={entry.credit} />}</Table.Td>
          </Table.Tr>
        ))}
      </DataTable>
    </Stack>
  );
}
