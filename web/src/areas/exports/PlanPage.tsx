import { Alert, Anchor, Button, Group, Paper, Stack, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconAlertTriangle, IconRefresh, IconSend } from '@tabler/icons-react';
import { useState } from 'react';
import { Link, useParams } from 'react-router';
import { ActionButton } from '../../components/ActionButton';
import { Page } from '../../components/Page';
import { ProblemAlert } from '../../components/ProblemAlert';
import type { ExportState } from '../../graphql/generated/graphql';
import { useAction } from '../../graphql/useAction';
import { useLiveQuery } from '../../graphql/useLiveQuery';
import { IdempotencyKey } from '../../lib/ids';
import { companyOf, documentAbout, documentPlace } from './documents';
import { ExportStanding } from './DocumentExports';
import { DraftView } from './DraftView';
import { EXPORT_TYPES, ExportDocumentMutation, ExportQuery, type Exported, type Plan } from './operations';
import { PlanView } from './PlanView';
import { useExportChanges } from './useExportChanges';
import { usePlan } from './usePlan';

/** On its way, or there: nothing is left to decide, and what was sent is in the books. */
const SETTLED: readonly ExportState[] = ['SENDING', 'UNCERTAIN', 'SYNCED'];

/** The entry that a document would become in the books: looked at first, then posted exactly as it was looked at. */
export function PlanPage() {
  const { documentId = '' } = useParams();
  const { plan, problem, busy, again } = usePlan(documentId);
  const [asked, setAsked] = useState<string | null>(null);
  const sent = useExport(asked ?? plan?.export?.id ?? null);
  const exported = sent ?? plan?.export ?? null;
  const settled = exported !== null && (SETTLED.includes(exported.state) || exported.queued);
  return (
    <Page
      title={exported ? `Entry of ${exported.label}` : 'Entry in the books'}
      lead={plan ? <Lead plan={plan} exported={exported} /> : undefined}
      actions={
        !settled && (
          <Button
            variant="default"
            leftSection={<IconRefresh size={16} />}
            loading={busy}
            onClick={() => void again()}
            data-testid="plan-again"
          >
            Check again
          </Button>
        )
      }
    >
      <ProblemAlert problem={problem} onRetry={() => void again()} />
      {exported && (exported.state !== 'PENDING' || exported.queued) && (
        <Paper withBorder radius="md" p="md">
          <ExportStanding exported={exported} entry />
        </Paper>
      )}
      {!plan && busy && (
        <Text size="sm" c="dimmed" aria-busy="true">
          Working the entry out…
        </Text>
      )}
      {settled && sent?.draft && (
        <Stack gap="lg" data-testid="export-sent">
          <DraftView draft={sent.draft} kind={sent.kind} integration={sent.integration} />
        </Stack>
      )}
      {plan && !settled && (
        <>
          <PlanView plan={plan} onMended={() => void again()} />
          <Post documentId={documentId} plan={plan} again={again} onAsked={setAsked} />
        </>
      )}
    </Page>
  );
}

/** An export as it is now, and as it changes. */
function useExport(id: string | null) {
  const query = useLiveQuery(ExportQuery, { id: id ?? '' }, { pause: id === null, types: EXPORT_TYPES });
  useExportChanges(query.refetch);
  return id === null ? null : (query.data?.export ?? null);
}

function Lead({ plan, exported }: { plan: Plan; exported: Exported | null }) {
  const place = exported && documentPlace(exported.document);
  const about = exported && documentAbout(exported.document);
  return (
    <>
      {place && (
        <>
          <Anchor component={Link} to={place} size="sm" c="var(--link-color)" underline="always">
            {[exported.label, about].filter(Boolean).join(', ')}
          </Anchor>{' '}
        </>
      )}
      to {companyOf(plan.integration)} ({plan.integration.provider.name})
    </>
  );
}

interface PostProps {
  documentId: string;
  plan: Plan;
  again: () => Promise<Plan | null>;
  onAsked: (exportId: string) => void;
}

/** Posts what was looked at; if it is no longer that, the new entry is shown and nothing is posted. */
function Post({ documentId, plan, again, onAsked }: PostProps) {
  const [key] = useState(() => new IdempotencyKey());
  const [changed, setChanged] = useState(false);
  const post = useAction(ExportDocumentMutation, (data) => data.exportDocument);
  const company = companyOf(plan.integration);
  const go = async () => {
    setChanged(false);
    const input = { documentId, planHash: plan.hash };
    const payload = await post.run({ ...input, idempotencyKey: key.for(input) });
    if (payload) key.answered();
    if (!payload) return;
    if (payload.userErrors.some((error) => error.code === 'PLAN_CHANGED')) {
      await again();
      post.clear();
      return setChanged(true);
    }
    if (!payload.export || payload.userErrors.length > 0) return;
    onAsked(payload.export.id);
    notifications.show({ message: `${payload.export.reference} is on its way to ${company}.`, color: 'teal' });
  };
  return (
    <Stack gap="md">
      {changed && (
        <Alert
          color="yellow"
          icon={<IconAlertTriangle size={20} />}
          title="Something changed since you looked"
          role="alert"
          data-testid="plan-changed"
        >
          Nothing was posted. Above is the entry as it would be now: look at it once more, then export it.
        </Alert>
      )}
      <ProblemAlert problem={post.problem} onRetry={() => void go()} />
      <Group justify="flex-end" gap="sm">
        {plan.ready && (
          <Text size="sm" c="dimmed">
            Exactly this is posted to {company}, once.
          </Text>
        )}
        <ActionButton
          permission="EXPORT"
          unavailable={closedBecause(plan)}
          loading={post.busy}
          leftSection={<IconSend size={16} />}
          onClick={() => void go()}
          data-testid="export-document"
          data-hash={plan.hash}
        >
          Export
        </ActionButton>
      </Group>
    </Stack>
  );
}

function closedBecause(plan: Plan): string | null {
  if (plan.ready) return null;
  return plan.checks.length > 0 ? 'What stands in the way has to be mended first.' : 'There is nothing to post.';
}
