import { Button, Group, List, Stack, Text, Title } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { ActionButton } from '../../components/ActionButton';
import type { CountsFieldsFragment, ItemType } from '../../graphql/generated/graphql';
import { useMay } from '../../session/viewer';
import { count, itemTypeWord, skipReasonWord } from '../../lib/words';
import { includableTypes } from './skipped';

interface Props {
  counts: CountsFieldsFragment;
  selected: readonly ItemType[];
  offered: readonly ItemType[];
  busy: boolean;
  unavailable: string | null;
  onInclude: (types: ItemType[]) => void;
}

/** Why items were left out, by type and by reason, with the way out one click away. */
export function WhySkipped({ counts, selected, offered, busy, unavailable, onInclude }: Props) {
  if (counts.skipped === 0) return null;
  const includable = includableTypes(counts.skippedByType, selected, offered);
  return (
    <Stack gap="xs" data-testid="why-skipped">
      <Title order={3} size="h5">
        Why {count(counts.skipped, 'item was', 'items were')} skipped
      </Title>
      <List size="sm" spacing={2}>
        {counts.skippedByReason
          .filter((each) => each.count > 0)
          .map(({ reason, count: amount }) => (
            <List.Item key={reason} data-reason={reason}>
              <b>{amount.toLocaleString()}</b>: {skipReasonWord(reason)}
              {reason === 'TYPE_NOT_SELECTED' && <ByType counts={counts} />}
            </List.Item>
          ))}
      </List>
      {includable.length > 0 && (
        <Includes includable={includable} busy={busy} unavailable={unavailable} onInclude={onInclude} />
      )}
    </Stack>
  );
}

/** Categories are no items of a type that could be selected: they have a reason of their own. */
function ByType({ counts }: { counts: CountsFieldsFragment }) {
  const parts = counts.skippedByType
    .filter((each) => each.count > 0 && each.type !== 'CATEGORY')
    .map((each) => `${each.count.toLocaleString()} ${itemTypeWord(each.type)}`);
  if (parts.length === 0) return null;
  return (
    <Text span size="sm" c="dimmed">
      {' '}
      ({parts.join(', ')})
    </Text>
  );
}

function Includes({
  includable,
  busy,
  unavailable,
  onInclude,
}: { includable: { type: ItemType; count: number }[] } & Pick<Props, 'busy' | 'unavailable' | 'onInclude'>) {
  const maySync = useMay('SYNC_ITEMS');
  const reason = unavailable ?? (maySync ? null : 'Your role may not sync items.');
  const all = includable.map((each) => each.type);
  return (
    <Group gap="xs">
      {includable.map(({ type }) => (
        <ActionButton
          key={type}
          size="xs"
          variant="light"
          leftSection={<IconPlus size={14} />}
          permission="CONFIGURE_SETTINGS"
          unavailable={reason}
          loading={busy}
          onClick={() => onInclude([type])}
          data-testid={`include-type-${type}`}
        >
          Include {itemTypeWord(type)} items and sync again
        </ActionButton>
      ))}
      {all.length > 1 && !reason && (
        <Button
          size="xs"
          variant="subtle"
          loading={busy}
          onClick={() => onInclude(all)}
          data-testid="include-all-types"
        >
          Include all of them
        </Button>
      )}
    </Group>
  );
}
