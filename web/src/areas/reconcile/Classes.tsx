import { Badge, Button, Group, Stack, Table, Text, Title } from '@mantine/core';
import { IconScale } from '@tabler/icons-react';
import { MoneyText } from '../../components/Amounts';
import { DataTable } from '../../components/DataTable';
import type { ReconciliationClass } from '../../graphql/generated/graphql';
import { compare, sum } from '../../lib/exact';
import { count } from '../../lib/words';
import classes from '../exports/Amounts.module.css';
import { MEANINGS } from './classes';
import type { Reconciliation } from './operations';

const HEAD = (
  <>
    <Table.Th>Why they differ</Table.Th>
    <Table.Th ta="right" w={120}>
      Lines
    </Table.Th>
    <Table.Th ta="right" w={150}>
      Amount
    </Table.Th>
  </>
);

interface Props {
  row: Reconciliation;
  picked: ReconciliationClass | null;
  onPick: (next: ReconciliationClass | null) => void;
}

/** The classes, which add up to the difference. A class without a line is said in one sentence, not in a row. */
export function Classes({ row, picked, onPick }: Props) {
  const full = row.classes.filter((each) => each.lines > 0);
  const empty = row.classes.filter((each) => each.lines === 0 && each.class !== 'UNEXPLAINED');
  const total = sum(full.map((each) => each.amount.amount));
  const even = row.difference != null && compare(total, row.difference.amount) === 0;
  return (
    <Stack gap={6}>
      <Title order={2} size="h4">
        What the difference is made of
      </Title>
      <DataTable minWidth={480} head={HEAD} label="Classes of differences" testId="reconcile-classes">
        {full.map((each) => (
          <Table.Tr
            key={each.class}
            data-testid="reconcile-class"
            data-class={each.class}
            bg={each.class === picked ? 'var(--mantine-color-default-hover)' : undefined}
          >
            <Table.Td data-wrap>
              <Text size="sm" fw={560}>
                {MEANINGS[each.class].title}
              </Text>
              <Text size="xs" c="dimmed">
                {MEANINGS[each.class].about}
              </Text>
            </Table.Td>
            <Table.Td ta="right">
              <Button
                size="compact-sm"
                variant="subtle"
                onClick={() => onPick(each.class === picked ? null : each.class)}
                aria-pressed={each.class === picked}
                data-testid="reconcile-class-lines"
              >
                {count(each.lines, 'line')}
              </Button>
            </Table.Td>
            <Table.Td ta="right">
              <MoneyText money={each.amount} />
            </Table.Td>
          </Table.Tr>
        ))}
        <Table.Tr className={classes.total}>
          <Table.Td>
            <Group gap={8}>
              Difference
              <Badge
                color={even ? 'teal' : 'red'}
                variant="light"
                size="sm"
                leftSection={<IconScale size={12} />}
                data-testid="reconcile-adds-up"
                data-even={even}
              >
                {even ? 'adds up exactly' : 'does not add up'}
              </Badge>
            </Group>
          </Table.Td>
          <Table.Td />
          <Table.Td ta="right">
            <MoneyText money={row.difference} />
          </Table.Td>
        </Table.Tr>
      </DataTable>
      {empty.length > 0 && (
        <Text size="xs" c="dimmed">
          Nothing under: {empty.map((each) => MEANINGS[each.class].title.toLowerCase()).join(', ')}.
        </Text>
      )}
    </Stack>
  );
}
