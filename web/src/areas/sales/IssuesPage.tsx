import { Badge, Button, Checkbox, Group, SegmentedControl, Stack, Table, Text } from '@mantine/core';
import { IconCircleCheck } from '@tabler/icons-react';
import { useState } from 'react';
import { Link } from 'react-router';
import { ActionButton } from '../../components/ActionButton';
import { MoneyText, Quantity } from '../../components/Amounts';
import { DataTable } from '../../components/DataTable';
import { EmptyState } from '../../components/EmptyState';
import { Loaded } from '../../components/Loaded';
import { Pager } from '../../components/Pager';
import { usePaging } from '../../components/paging';
import { ProblemAlert } from '../../components/ProblemAlert';
import { Ago } from '../../components/Time';
import { oneOf, useFilters } from '../../components/useFilters';
import type { SaleIssuesQuery, SaleIssueState } from '../../graphql/generated/graphql';
import { useLiveQuery, type LiveQuery } from '../../graphql/useLiveQuery';
import { formatDay } from '../../lib/time';
import { count, issueReasonWord } from '../../lib/words';
import { useDesk } from './desk';
import { importable, onePerItem } from './fixes';
import { IssueFixes } from './IssueFixes';
import { LinkIssueDialog } from './LinkIssueDialog';
import { IssuesQuery, SALE_TYPES, type Issue } from './operations';
import { useFix, type Fixer } from './useFix';
import { SaleLink } from './SaleLink';
import { WhatHappened } from './WhatHappened';

const FILTERS = ['state'] as const;
const STATES: readonly SaleIssueState[] = ['OPEN', 'RESOLVED', 'DISMISSED'];
const WORDS: Record<SaleIssueState, string> = { OPEN: 'Open', RESOLVED: 'Resolved', DISMISSED: 'Left out' };
const TYPES = [...SALE_TYPES, 'Item', 'Product'];

/** What could not be processed of sales, each with its ways out. What is fixed is tried again at once. */
export function IssuesPage() {
  const { values, set } = useFilters(FILTERS);
  const state = oneOf(values.state, STATES) ?? 'OPEN';
  const paging = usePaging(state);
  const query = useLiveQuery(IssuesQuery, { filter: { state }, ...paging.variables }, { types: TYPES });
  return (
    <Stack gap="md">
      <Group justify="space-between" gap="sm">
        <SegmentedControl
          aria-label="State of issues"
          value={state}
          onChange={(next) => set({ state: next === 'OPEN' ? '' : next })}
          data={STATES.map((value) => ({ value, label: WORDS[value] }))}
          data-testid="issues-state"
        />
        <Text size="sm" c="dimmed" maw={560}>
          The rest of each sale counts already. What you fix here is tried again at once, whatever the date of the sale.
        </Text>
      </Group>
      <Loaded query={query}>
        {({ saleIssues }) => <Issues key={state} {...{ saleIssues, state, query }} paging={paging} />}
      </Loaded>
    </Stack>
  );
}

const HEAD = (
  <>
    <Table.Th>Sale</Table.Th>
    <Table.Th>Why it waits, and what helps</Table.Th>
    <Table.Th ta="right">Quantity</Table.Th>
    <Table.Th ta="right">Revenue</Table.Th>
  </>
);

function Issues({
  saleIssues: { nodes, pageInfo },
  state,
  query,
  paging,
}: {
  saleIssues: SaleIssuesQuery['saleIssues'];
  state: SaleIssueState;
  query: LiveQuery<SaleIssuesQuery>;
  paging: ReturnType<typeof usePaging>;
}) {
  const { refetch: refetchDesk } = useDesk();
  const fixer = useFix(nodes, () => {
    query.refetch();
    refetchDesk();
  });
  const [linking, setLinking] = useState<Issue | null>(null);
  const [picked, setPicked] = useState<ReadonlySet<string>>(new Set());
  const open = state === 'OPEN';
  const chosen = nodes.filter(({ id }) => picked.has(id));
  const toggle = (ids: readonly string[], on: boolean) =>
    setPicked((before) => {
      const after = new Set(before);
      ids.forEach((id) => (on ? after.add(id) : after.delete(id)));
      return after;
    });
  return (
    <>
      <ProblemAlert problem={fixer.problem} onClose={fixer.clear} />
      {fixer.done && <WhatHappened done={fixer.done} onClose={fixer.clear} />}
      {nodes.length === 0 ? (
        <NoIssues state={state} />
      ) : (
        <>
          {open && <Bulk issues={chosen.length > 0 ? chosen : nodes} all={chosen.length === 0} fixer={fixer} />}
          <DataTable
            minWidth={900}
            head={
              <>
                {open && (
                  <Table.Th w={36}>
                    <Checkbox
                      size="xs"
                      aria-label="Choose all on this page"
                      checked={chosen.length === nodes.length}
                      indeterminate={chosen.length > 0 && chosen.length < nodes.length}
                      onChange={(event) =>
                        toggle(
                          nodes.map(({ id }) => id),
                          event.currentTarget.checked,
                        )
                      }
                      data-testid="issues-select-page"
                    />
                  </Table.Th>
                )}
                {HEAD}
                <Table.Th ta="right">{open ? 'What to do' : 'When, by whom'}</Table.Th>
              </>
            }
            label="Issues of sales"
            testId="issues-table"
            busy={query.loading}
          >
            {nodes.map((issue) => (
              <Row
                key={issue.id}
                issue={issue}
                fixer={fixer}
                picked={picked.has(issue.id)}
                onPick={(on) => toggle([issue.id], on)}
                onLink={() => setLinking(issue)}
              />
            ))}
          </DataTable>
          <Pager label="issues" paging={paging} info={pageInfo} shown={nodes.length} loading={query.loading} />
        </>
      )}
      {linking && <LinkIssueDialog issue={linking} fixer={fixer} onClose={() => setLinking(null)} />}
    </>
  );
}

/** One fix for many: for what is chosen, else for what is on the page. */
function Bulk({ issues, all, fixer }: { issues: readonly Issue[]; all: boolean; fixer: Fixer }) {
  const { itemIds } = importable(issues);
  const items = onePerItem(issues.filter((issue) => issue.item?.product == null));
  return (
    <Group gap="xs" role="group" aria-label="For several at once">
      <Text size="sm" c="dimmed" data-testid="issues-chosen">
        {all ? `${count(issues.length, 'issue')} on this page:` : `${count(issues.length, 'issue')} chosen:`}
      </Text>
      <ActionButton
        size="xs"
        variant="light"
        permission="IMPORT_PRODUCTS"
        unavailable={itemIds.length === 0 ? 'None of them is about an item that could be imported.' : null}
        loading={fixer.busy === 'ALL'}
        onClick={() => void fixer.importItems(issues)}
        data-testid="import-all-issues"
      >
        Import {count(itemIds.length, 'item')} as finished goods
      </ActionButton>
      <ActionButton
        size="xs"
        variant="default"
        permission="SYNC_SALES"
        unavailable={
          all ? 'Choose issues in the list first.' : items.length === 0 ? 'None of them is about an item.' : null
        }
        loading={fixer.busy === 'ALL'}
        onClick={() => void fixer.act('NOT_STOCK', items)}
        data-testid="not-stock-issues"
      >
        Mark {all ? 'items' : count(items.length, 'item')} as not stock
      </ActionButton>
      <ActionButton
        size="xs"
        variant="default"
        permission="SYNC_SALES"
        unavailable={all ? 'Choose issues in the list first.' : null}
        loading={fixer.busy === 'ALL'}
        onClick={() => void fixer.act('DISMISS', issues)}
        data-testid="dismiss-issues"
      >
        Leave out
      </ActionButton>
    </Group>
  );
}

function Row({
  issue,
  fixer,
  picked,
  onPick,
  onLink,
}: {
  issue: Issue;
  fixer: Fixer;
  picked: boolean;
  onPick: (on: boolean) => void;
  onLink: () => void;
}) {
  const open = issue.state === 'OPEN';
  return (
    <Table.Tr
      data-testid="issue-row"
      data-reason={issue.reason}
      data-number={issue.number}
      style={{ verticalAlign: 'top' }}
    >
      {open && (
        <Table.Td>
          <Checkbox
            size="xs"
            aria-label={`Choose ${issue.label ?? issue.externalId} of ${issue.number ?? issue.externalId}`}
            checked={picked}
            onChange={(event) => onPick(event.currentTarget.checked)}
            data-testid="issue-checkbox"
          />
        </Table.Td>
      )}
      <Table.Td>
        <SaleLink issue={issue} />
        <Text size="xs" c="dimmed">
          {issue.date && formatDay(issue.date)}
        </Text>
      </Table.Td>
      <Table.Td data-wrap miw={280}>
        <Badge size="sm" variant="light" color={open ? 'orange' : 'gray'} mb={4}>
          {issueReasonWord(issue.reason)}
        </Badge>
        <Text size="sm">{issue.message}</Text>
        {open && (
          <Text size="xs" c="dimmed">
            {issue.help}
          </Text>
        )}
      </Table.Td>
      <Table.Td ta="right">
        <Quantity value={issue.line?.quantity} />
      </Table.Td>
      <Table.Td ta="right">
        <MoneyText money={issue.line?.revenue} />
      </Table.Td>
      <Table.Td ta="right">
        {open ? (
          <IssueFixes issue={issue} fixer={fixer} onLink={onLink} />
        ) : (
          <Text size="sm">
            {issue.closedAt && <Ago at={issue.closedAt} />}
            <Text span size="xs" c="dimmed" display="block">
              {issue.closedBy}
            </Text>
          </Text>
        )}
      </Table.Td>
    </Table.Tr>
  );
}

function NoIssues({ state }: { state: SaleIssueState }) {
  const { data } = useDesk();
  if (state !== 'OPEN') {
    return (
      <EmptyState
        icon={IconCircleCheck}
        title={state === 'RESOLVED' ? 'Nothing was resolved yet' : 'Nothing was left out'}
      >
        {state === 'RESOLVED'
          ? 'Issues whose lines were processed are kept here.'
          : 'Lines and documents that somebody decided to leave out are kept here.'}
      </EmptyState>
    );
  }
  const synced = data.latest.nodes.length > 0;
  return (
    <EmptyState
      icon={IconCircleCheck}
      title={synced ? 'No open issues' : 'No issues, because no sales were synced yet'}
      action={
        synced ? undefined : (
          <Button component={Link} to="/sales" variant="default">
            To the sales
          </Button>
        )
      }
    >
      {synced
        ? 'Every line of every sale was processed, or is known to be no stock. What a sync cannot match with a product waits here.'
        : 'Sync sales first. Lines whose item has no product then wait here, each with its way out.'}
    </EmptyState>
  );
}
