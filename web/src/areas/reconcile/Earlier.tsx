import { Anchor, Stack, Table, Text, Title } from '@mantine/core';
import { Link } from 'react-router';
import { MoneyText } from '../../components/Amounts';
import { DataTable } from '../../components/DataTable';
import { At } from '../../components/Time';
import { formatDay } from '../../lib/time';
import { humanise } from '../../lib/words';
import { companyOf } from '../exports/documents';
import type { Reconciliation } from './operations';

const HEAD = (
  <>
    <Table.Th>At the end of</Table.Th>
    <Table.Th>Books</Table.Th>
    <Table.Th>Asked for</Table.Th>
    <Table.Th ta="right">Difference</Table.Th>
  </>
);

/** Reconciliations of before: what they found stays as it was found. */
export function Earlier({ rows, shown }: { rows: readonly Reconciliation[]; shown: string | null }) {
  return (
    <Stack gap="xs">
      <Title order={2} size="h4">
        Earlier reconciliations
      </Title>
      <DataTable minWidth={520} head={HEAD} label="Earlier reconciliations" testId="reconcile-earlier">
        {rows.map((row) => (
          <Table.Tr key={row.id} data-testid="reconcile-earlier-row">
            <Table.Td>
              <Anchor
                component={Link}
                to={`/reconcile/${row.id}`}
                size="sm"
                fw={row.id === shown ? 650 : 480}
                c="var(--link-color)"
              >
                {formatDay(row.on)}
              </Anchor>
            </Table.Td>
            <Table.Td>{companyOf(row.integration)}</Table.Td>
            <Table.Td>
              <At at={row.createdAt} />
            </Table.Td>
            <Table.Td ta="right">
              {row.difference ? (
                <MoneyText money={row.difference} />
              ) : (
                <Text span size="sm" c="dimmed">
                  {humanise(row.state)}
                </Text>
              )}
            </Table.Td>
          </Table.Tr>
        ))}
      </DataTable>
    </Stack>
  );
}
