import { Alert, Stack, Text } from '@mantine/core';
import { IconCircleCheck, IconInfoCircle } from '@tabler/icons-react';
import { NoticeList } from '../../components/NoticeList';
import { DraftView } from './DraftView';
import { Obstacles } from './Obstacles';
import type { Plan } from './operations';

/** An entry before it is posted: whether it can go, what moves, and what it does to which account. */
export function PlanView({ plan, onMended }: { plan: Plan; onMended: () => void }) {
  return (
    <Stack gap="lg" data-testid="export-plan" data-ready={plan.ready} data-hash={plan.hash}>
      <Verdict plan={plan} onMended={onMended} />
      <NoticeList notices={plan.warnings} />
      <DraftView draft={plan.draft} kind={plan.kind} integration={plan.integration} entries={plan.entries} />
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
