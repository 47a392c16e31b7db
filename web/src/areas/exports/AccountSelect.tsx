import { Group, Select, Text, type SelectProps } from '@mantine/core';
import type { AccountFieldsFragment, AccountRole } from '../../graphql/generated/graphql';
import { accountClassWord } from '../../lib/words';
import { caution, rankOf, whyNot, type Choice } from './roles';
import type { Chart } from './useChart';

interface Props {
  role: AccountRole;
  label: string;
  description: string;
  chart: Chart | null;
  choice: Choice;
  /** What is chosen so far: shown even when the chart no longer has it. */
  before: AccountFieldsFragment | null;
  /** A chosen account that the chart no longer has. */
  gone: string | null;
  value: string | null;
  onChange: (id: string | null) => void;
  disabled: boolean;
  'data-testid'?: string;
}

const named = ({ number, name }: AccountFieldsFragment) => [number, name].filter(Boolean).join(' ');

/** One account of the chart; those that cannot be chosen are listed too, with the reason. */
export function AccountSelect({ role, chart, choice, before, gone, value, onChange, ...rest }: Props) {
  const accounts = chart?.accounts ?? [];
  const listed = before && !accounts.some((each) => each.id === before.id) ? [before, ...accounts] : accounts;
  const reasons = new Map(listed.map((account) => [account.id, whyNot(role, account, choice)]));
  const byId = new Map(listed.map((account) => [account.id, account]));
  const sorted = [...listed].sort((a, b) => rankOf(role, a, choice) - rankOf(role, b, choice));
  const chosenReason = value ? reasons.get(value) : null;
  const renderOption: SelectProps['renderOption'] = ({ option }) => {
    const account = byId.get(option.value);
    const reason = reasons.get(option.value);
    return (
      <Group justify="space-between" gap="sm" wrap="nowrap" w="100%">
        <Text size="sm">{option.label}</Text>
        <Text size="xs" c="dimmed" ta="right">
          {reason ?? (account ? aboutOf(account, caution(role, account, choice.mode)) : '')}
        </Text>
      </Group>
    );
  };
  return (
    <Select
      searchable
      clearable
      w={{ base: '100%', sm: 520 }}
      placeholder={chart ? 'Not chosen' : 'Reading the accounts…'}
      nothingFoundMessage="No account matches."
      data={sorted.map((account) => ({
        value: account.id,
        label: named(account),
        disabled: reasons.get(account.id) !== null,
      }))}
      renderOption={renderOption}
      value={value}
      onChange={onChange}
      error={errorOf(value ? null : gone, chosenReason ?? null)}
      maxDropdownHeight={320}
      data-testid={`account-${role}`}
      {...rest}
    />
  );
}

function aboutOf({ classification, type }: AccountFieldsFragment, warning: string | null): string {
  const kind = accountClassWord(classification);
  return [warning, kind, type !== kind && type].filter(Boolean).join(', ');
}

function errorOf(gone: string | null, reason: string | null): string | undefined {
  if (gone) return `${gone}, chosen before, is no longer in the accounting system. Choose another.`;
  return reason ? `Cannot be used: ${reason}.` : undefined;
}
