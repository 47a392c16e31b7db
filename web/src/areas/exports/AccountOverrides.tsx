import { Button, Group, Paper, Select, Stack, Table, Text, TextInput, Title } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useState } from 'react';
import { DataTable } from '../../components/DataTable';
import type { AccountFieldsFragment, AccountRole, InventoryMode, ProductType } from '../../graphql/generated/graphql';
import { productTypeWord } from '../../lib/words';
import { PRODUCT_TYPES } from '../products/filter';
import { AccountSelect } from './AccountSelect';
import { overrideKey, type Override } from './overrides';
import { rolesOf } from './roles';
import type { Chart } from './useChart';

interface Props {
  mode: InventoryMode;
  chart: Chart | null;
  overrides: readonly Override[];
  onChange: (overrides: Override[]) => void;
  disabled: boolean;
}

/** Accounts that stand for a role with the products of a type or of a category only. */
export function AccountOverrides({ mode, chart, overrides, onChange, disabled }: Props) {
  const add = (added: Override) =>
    onChange([...overrides.filter((each) => overrideKey(each) !== overrideKey(added)), added]);
  const remove = (removed: Override) =>
    onChange(overrides.filter((each) => overrideKey(each) !== overrideKey(removed)));
  const roles = rolesOf(mode);
  const shown = overrides.filter((each) => roles.some(({ role }) => role === each.role));
  return (
    <Paper withBorder radius="md" p="md" data-testid="account-overrides">
      <Stack gap="md">
        <Title order={2} size="h4">
          Accounts of some products
        </Title>
        <Text size="sm">
          Products of one type or category can have accounts of their own. A category counts more than a type, a type
          more than the account above; work and overhead always go to the account above.{' '}
          {mode === 'SYNC' &&
            'An inventory adjustment takes one account: where the products of a document differ, all of it goes to the account above, and the entry says so.'}
        </Text>
        {shown.length > 0 && (
          <DataTable minWidth={520} head={HEAD} label="Accounts of some products" testId="override-table">
            {shown.map((each) => (
              <Table.Tr key={overrideKey(each)} data-testid="override-row">
                <Table.Td>{roles.find(({ role }) => role === each.role)?.label}</Table.Td>
                <Table.Td>
                  {each.productType ? productTypeWord(each.productType) : `Category ${each.category}`}
                </Table.Td>
                <Table.Td>{each.accountName}</Table.Td>
                <Table.Td ta="right">
                  <Button
                    size="xs"
                    variant="subtle"
                    disabled={disabled}
                    onClick={() => remove(each)}
                    aria-label={`Remove the account of ${each.productType ? productTypeWord(each.productType) : each.category}`}
                    data-testid="remove-override"
                  >
                    Remove
                  </Button>
                </Table.Td>
              </Table.Tr>
            ))}
          </DataTable>
        )}
        {!disabled && <Adding mode={mode} chart={chart} onAdd={add} />}
      </Stack>
    </Paper>
  );
}

const CATEGORY = 'CATEGORY';

function Adding({
  mode,
  chart,
  onAdd,
}: {
  mode: InventoryMode;
  chart: Chart | null;
  onAdd: (added: Override) => void;
}) {
  const roles = rolesOf(mode);
  const [role, setRole] = useState<AccountRole>(roles[0]?.role ?? 'COGS');
  const [type, setType] = useState<ProductType | null>(null);
  const [category, setCategory] = useState('');
  const [account, setAccount] = useState<AccountFieldsFragment | null>(null);
  const complete = account !== null && (type !== null || category.trim() !== '');
  const add = () => {
    if (!account) return;
    onAdd({
      role,
      productType: type,
      category: type ? null : category.trim(),
      accountId: account.id,
      accountName: account.name,
    });
    setCategory('');
    setAccount(null);
  };
  return (
    <Stack gap="sm">
      <Group align="flex-end" gap="sm">
        <Select
          label="For"
          allowDeselect={false}
          data={roles.map((each) => ({ value: each.role, label: each.label }))}
          value={role}
          onChange={(next) => next && setRole(next)}
          data-testid="override-role"
        />
        <Select
          label="Products"
          allowDeselect={false}
          data={[
            { value: CATEGORY, label: 'Of a category' },
            ...PRODUCT_TYPES.map((each) => ({ value: each, label: productTypeWord(each) })),
          ]}
          value={type ?? CATEGORY}
          onChange={(next) => setType(PRODUCT_TYPES.find((each) => each === next) ?? null)}
          data-testid="override-products"
        />
        {type === null && (
          <TextInput
            label="Category"
            value={category}
            onChange={(event) => setCategory(event.currentTarget.value)}
            maxLength={200}
            data-testid="override-category"
          />
        )}
      </Group>
      <AccountSelect
        role={role}
        label="Account"
        description="For these products, in place of the account above."
        chart={chart}
        choice={{ mode, stocked: chart?.stocked ?? new Map<string, string>(), chosen: {} }}
        before={null}
        gone={null}
        value={account?.id ?? null}
        onChange={(id) => setAccount(chart?.accounts.find((each) => each.id === id) ?? null)}
        disabled={false}
        data-testid="override-account"
      />
      <Group>
        <Button
          variant="default"
          size="xs"
          leftSection={<IconPlus size={14} />}
          disabled={!complete}
          onClick={add}
          data-testid="add-override"
        >
          Add
        </Button>
      </Group>
    </Stack>
  );
}

const HEAD = (
  <>
    <Table.Th>For</Table.Th>
    <Table.Th>Products</Table.Th>
    <Table.Th>Account</Table.Th>
    <Table.Th />
  </>
);
