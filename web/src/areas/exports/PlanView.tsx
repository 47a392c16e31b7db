import { Alert, Paper, Stack, Text, Title } from '@mantine/core';
import { IconCircleCheck, IconInfoCircle } from '@tabler/icons-react';
import { Facts } from '../../components/Facts';
import { NoticeList } from '../../components/NoticeList';
import { formatDay } from '../../lib/time';
import { exportKindWord } from '../../lib/words';
import { AmountsTable } from './AmountsTable';
import { companyOf } from './documents';
import { ItemLines } from './ItemLines';
import type { Plan } from './operations';
import { Obstacles } from './Obstacles';

/** An entry as a bookkeeper reads it: whether it can go, what moves, and what it does to which account. */
export function PlanView({ plan, settled, onMended }: { plan: Plan; settled: boolean; onMended: () => void }) {
  const { draft } = plan;
  const provider = plan.integration.provider.name;
  return (
    <Stack gap="lg" data-testid="export-plan" data-ready={plan.ready} data-hash={plan.hash}>
      {!settled && <Verdict plan={plan} onMended={onMended} />}
      <NoticeList notices={plan.warnings} />
      <Paper withBorder radius="md" p="md">
        <Stack gap="md">
          <Facts
            facts={[
              ['Becomes', draft.__typename === 'JournalEntryDraft' ? 'A journal entry' : 'An inventory adjustment'],
              ['What', exportKindWord(plan.kind)],
              ['Reference', <code key="reference">{draft.reference}</code>],
              ['Date', formatDay(draft.date)],
              ['In', `${companyOf(plan.integration)} (${provider})`],
              draft.memo !== '' && ['Memo', draft.memo],
            ]}
          />
        </Stack>
      </Paper>
      {draft.__typename === 'InventoryAdjustmentDraft' && (
        <Stack gap="xs">
          <Title order={2} size="h4">
            Quantities that change
          </Title>
          <ItemLines draft={draft} provider={provider} />
        </Stack>
      )}
      <Stack gap="xs">
        <Title order={2} size="h4">
          What it does to the accounts
        </Title>
        <AmountsTable plan={plan} />
      </Stack>
    </Stack>
  );
}

function Verdict({ plan, onMended }: { plan: Plan; onMended: () => void }) {
  if (plan.checks.length > 0) return <Obstacles plan={plan} onMended={onMended} />;
  if (!plan.ready) {
    return (
      <Alert
        color="gray"
        icon={<IconInfoCircle size={20} />}
        title="There is nothing to post"
        data-testid="plan-nothing"
      >
        {plan.nothingBecause ?? 'The document changes nothing in the books.'}
      </Alert>
    );
  }
  return (
    <Alert color="teal" p="sm" icon={<IconCircleCheck size={20} />} data-testid="plan-ready">
      <Text size="sm">Every check is passed. This is the entry that would be posted.</Text>
    </Alert>
  );
}
