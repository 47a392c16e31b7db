import { Badge, Group, Stack, Table, Text } from '@mantine/core';
import { IconScale } from '@tabler/icons-react';
import { MoneyText } from '../../components/Amounts';
import { DataTable } from '../../components/DataTable';
import { isNegative, isZero, type Money } from '../../lib/decimal';
import { compare, sum } from '../../lib/exact';
import classes from './Amounts.module.css';
import type { Draft, Plan } from './operations';

export type Entry = Plan['entries'][number];

const HEAD = (
  <>
    <Table.Th>Account</Table.Th>
    <Table.Th ta="right" w={120}>
      Debit
    </Table.Th>
    <Table.Th ta="right" w={120}>
      Credit
    </Table.Th>
  </>
);

/** Accounts with what is debited and credited to them, and both sums, which are equal. */
export function AmountsTable({
  entries,
  draft,
  provider,
}: {
  entries: readonly Entry[];
  /** None where the entries of several documents are added up. */
  draft: Draft | null;
  provider: string;
}) {
  if (entries.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        Nothing: no amount would move.
      </Text>
    );
  }
  const debit = total(entries.map((entry) => entry.debit));
  const credit = total(entries.map((entry) => entry.credit));
  const even = compare(debit.amount, credit.amount) === 0;
  const residue = draft?.__typename === 'JournalEntryDraft' ? draft.residue : null;
  return (
    <Stack gap={6}>
      <DataTable minWidth={350} head={HEAD} label="Debits and credits" testId="plan-entries">
        {entries.map((entry, index) => (
          <Row key={index} entry={entry} />
        ))}
        <Table.Tr className={classes.total}>
          <Table.Td>
            <Group gap={8}>
              Sum
              <Badge
                color={even ? 'teal' : 'red'}
                variant="light"
                size="sm"
                leftSection={<IconScale size={12} />}
                data-testid="plan-balance"
                data-even={even}
              >
                {even ? 'balances' : 'does not balance'}
              </Badge>
            </Group>
          </Table.Td>
          <Table.Td ta="right" data-testid="plan-debit">
            <MoneyText money={debit} />
          </Table.Td>
          <Table.Td ta="right" data-testid="plan-credit">
            <MoneyText money={credit} />
          </Table.Td>
        </Table.Tr>
      </DataTable>
      {entries.some((entry) => entry.estimated) && (
        <Text size="xs" c="dimmed">
          Amounts at our cost. {provider} puts its own cost on the quantities, so its amounts may differ; the sides are
          equal there too.
        </Text>
      )}
      {residue && !isZero(residue.amount) && <Residue residue={residue} />}
    </Stack>
  );
}

function Row({ entry }: { entry: Entry }) {
  const still = isZero(entry.debit.amount) && isZero(entry.credit.amount);
  const credited = isZero(entry.debit.amount) && !still;
  return (
    <Table.Tr data-testid="plan-entry">
      <Table.Td className={credited ? classes.credited : undefined}>
        {entry.account ? (
          [entry.account.number, entry.accountName].filter(Boolean).join(' ')
        ) : (
          <Text span size="sm" c="red">
            {entry.accountName || 'no account chosen'}
          </Text>
        )}
      </Table.Td>
      <Table.Td ta="right">{!credited && <MoneyText money={entry.debit} />}</Table.Td>
      <Table.Td ta="right">{!isZero(entry.credit.amount) && <MoneyText money={entry.credit} />}</Table.Td>
    </Table.Tr>
  );
}

/** Books have no smaller unit than the currency: what is left of our exact value, and on which side. */
function Residue({ residue }: { residue: Money }) {
  const less = isNegative(residue.amount);
  const size = { ...residue, amount: residue.amount.replace(/^-/, '') };
  return (
    <Text size="xs" c="dimmed" data-testid="plan-residue">
      Rounded to the currency’s smallest unit: our exact value is <MoneyText money={size} /> {less ? 'less' : 'more'}{' '}
      than what is posted.
    </Text>
  );
}

function total(amounts: readonly Money[]): Money {
  return { amount: sum(amounts.map((each) => each.amount)), currency: amounts[0]?.currency ?? '' };
}
