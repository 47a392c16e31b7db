import { Paper, Stack, Title } from '@mantine/core';
import { Facts } from '../../components/Facts';
import type { ExportKind } from '../../graphql/generated/graphql';
import { formatDay } from '../../lib/time';
import { exportKindWord } from '../../lib/words';
import { AmountsTable, type Entry } from './AmountsTable';
import { companyOf } from './documents';
import { ItemLines } from './ItemLines';
import type { Draft, Plan } from './operations';

interface Props {
  draft: Draft;
  kind: ExportKind;
  integration: Plan['integration'];
  /** What it does to the accounts; of what was sent only journal entries tell. */
  entries?: readonly Entry[];
}

/** An entry as a bookkeeper reads it. */
export function DraftView({ draft, kind, integration, entries }: Props) {
  const provider = integration.provider.name;
  const adjusts = draft.__typename === 'InventoryAdjustmentDraft';
  const shown = entries ?? (adjusts ? null : entriesOf(draft));
  return (
    <>
      <Paper withBorder radius="md" p="md">
        <Facts
          facts={[
            ['Kind of document', adjusts ? 'Inventory adjustment' : 'Journal entry'],
            ['What for', exportKindWord(kind)],
            ['Reference', <code key="reference">{draft.reference}</code>],
            ['Date', formatDay(draft.date)],
            ['Company', `${companyOf(integration)} (${provider})`],
            adjusts && draft.accountName != null && ['Other side', draft.accountName],
            !adjusts &&
              draft.documents.length > 0 && ['Documents', draft.documents.map((each) => each.label).join(', ')],
            draft.memo !== '' && ['Memo', draft.memo],
          ]}
        />
      </Paper>
      {adjusts && (
        <Stack gap="xs">
          <Title order={2} size="h4">
            Quantities that change
          </Title>
          <ItemLines draft={draft} provider={provider} />
        </Stack>
      )}
      {shown && (
        <Stack gap="xs">
          <Title order={2} size="h4">
            What it does to the accounts
          </Title>
          <AmountsTable entries={shown} draft={draft} provider={provider} />
        </Stack>
      )}
    </>
  );
}

type Journal = Extract<Draft, { __typename: 'JournalEntryDraft' }>;

/** The lines of a journal entry, each on its side. */
function entriesOf({ amounts }: Journal): Entry[] {
  return amounts.map(({ account, accountName, side, amount }) => {
    const none = { ...amount, amount: '0' };
    const [debit, credit] = side === 'DEBIT' ? [amount, none] : [none, amount];
    return { account, accountName: accountName ?? '', debit, credit, estimated: false };
  });
}
