import { Anchor, Button, Group, Stack, Table, Text } from '@mantine/core';
import { IconExternalLink } from '@tabler/icons-react';
import { Link } from 'react-router';
import { MoneyText } from '../../components/Amounts';
import { DataTable } from '../../components/DataTable';
import { Loaded } from '../../components/Loaded';
import { Pager } from '../../components/Pager';
import { usePaging } from '../../components/paging';
import type { ReconciliationClass } from '../../graphql/generated/graphql';
import { useLiveQuery } from '../../graphql/useLiveQuery';
import { formatDay } from '../../lib/time';
import { MEANINGS, placeOf } from './classes';
import { ReconciliationLinesQuery, type ReconciledLine } from './operations';

const HEAD = (
  <>
    <Table.Th>What</Table.Th>
    <Table.Th>Why, and what helps</Table.Th>
    <Table.Th>There</Table.Th>
    <Table.Th ta="right">Amount</Table.Th>
  </>
);

interface Props {
  id: string;
  picked: ReconciliationClass | null;
  onPick: (next: ReconciliationClass | null) => void;
}

/** Every part of the difference, with the document here, the one there, and the way out. */
export function Lines({ id, picked, onPick }: Props) {
  const paging = usePaging(`${id} ${picked ?? ''}`);
  const asked = { id, class: picked ?? undefined, ...paging.variables };
  const query = useLiveQuery(ReconciliationLinesQuery, asked, { types: ['Reconciliation'] });
  return (
    <Stack gap="sm">
      {picked && (
        <Group gap="xs">
          <Text size="sm">
            Only: <b>{MEANINGS[picked].title}</b>
          </Text>
          <Button size="compact-sm" variant="subtle" onClick={() => onPick(null)}>
            Show all
          </Button>
        </Group>
      )}
      <Loaded query={query}>
        {({ reconciliation }) => {
          const lines = reconciliation?.lines;
          if (!lines || lines.nodes.length === 0) {
            return (
              <Text size="sm" c="dimmed">
                Nothing differs.
              </Text>
            );
          }
          return (
            <>
              <DataTable
                minWidth={820}
                head={HEAD}
                label="Lines of the difference"
                testId="reconcile-lines"
                busy={query.loading}
              >
                {lines.nodes.map((line) => (
                  <Row key={line.position} line={line} />
                ))}
              </DataTable>
              <Pager
                label="lines"
                paging={paging}
                info={lines.pageInfo}
                shown={lines.nodes.length}
                loading={query.loading}
              />
            </>
          );
        }}
      </Loaded>
    </Stack>
  );
}

function Row({ line }: { line: ReconciledLine }) {
  const place = placeOf(line.documentId, line.product?.id);
  const named = [line.externalKind, line.externalNumber ?? line.externalId].filter(Boolean).join(' ');
  return (
    <Table.Tr data-testid="reconcile-line" data-class={line.class} style={{ verticalAlign: 'top' }}>
      <Table.Td data-wrap>
        {place ? (
          <Anchor component={Link} to={place} size="sm" fw={540} c="var(--link-color)">
            {line.label}
          </Anchor>
        ) : (
          <Text size="sm" fw={540}>
            {line.label}
          </Text>
        )}
        <Text size="xs" c="dimmed">
          {[MEANINGS[line.class].title, line.date && formatDay(line.date)].filter(Boolean).join(' · ')}
        </Text>
      </Table.Td>
      <Table.Td data-wrap>
        <Text size="sm">{line.reason}</Text>
        {line.help && (
          <Text size="xs" c="dimmed">
            {line.help}
          </Text>
        )}
      </Table.Td>
      <Table.Td data-wrap>
        {line.externalUrl ? (
          <Anchor href={line.externalUrl} target="_blank" rel="noopener" size="sm" c="var(--link-color)">
            {named || 'Open'} <IconExternalLink size={13} aria-label="opens in a new tab" />
          </Anchor>
        ) : (
          <Text size="sm">{named || '–'}</Text>
        )}
      </Table.Td>
      <Table.Td ta="right">
        <MoneyText money={line.amount} />
      </Table.Td>
    </Table.Tr>
  );
}
