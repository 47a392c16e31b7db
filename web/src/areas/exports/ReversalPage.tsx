import {
  Alert,
  Anchor,
  Button,
  Group,
  List,
  Modal,
  MultiSelect,
  Paper,
  SegmentedControl,
  Select,
  Stack,
  Table,
  Text,
  TextInput,
  Title,
} from '@mantine/core';
import { IconArrowBackUp } from '@tabler/icons-react';
import { useState } from 'react';
import { Link } from 'react-router';
import { ActionButton } from '../../components/ActionButton';
import { DataTable } from '../../components/DataTable';
import { Loaded } from '../../components/Loaded';
import { Page } from '../../components/Page';
import { ProblemAlert } from '../../components/ProblemAlert';
import { useAction } from '../../graphql/useAction';
import { useLiveQuery } from '../../graphql/useLiveQuery';
import { IdempotencyKey } from '../../lib/ids';
import { formatDateTime, formatDay } from '../../lib/time';
import { count, exportKindWord, runStateWord } from '../../lib/words';
import { AmountsTable } from './AmountsTable';
import { companyOf, planPlace } from './documents';
import { ExportRun } from './ExportRun';
import { ExportRunsQuery, PlanReversalMutation, ReversePostedMutation, type ReversalPlan } from './operations';
import { KINDS_BACK, lackingScope, scopeOf, type Scope } from './reversal';

const NONE = {};
const FIRST: Scope = { by: 'RUN', runId: null, from: '', to: '', kinds: [] };

/** Takes back what a run or some days posted: what will be reversed, and what cannot be, is seen before it is done. */
export function ReversalPage() {
  const [scope, setScope] = useState<Scope>(FIRST);
  const [plan, setPlan] = useState<ReversalPlan | null>(null);
  const [asked, setAsked] = useState(false);
  const [runId, setRunId] = useState<string | null>(null);
  const planning = useAction(PlanReversalMutation, (data) => data.planReversal);
  const change = (part: Partial<Scope>) => {
    setScope((before) => ({ ...before, ...part }));
    setPlan(null);
    planning.clear();
  };
  const look = async () => setPlan((await planning.run(scopeOf(scope)))?.plan ?? null);
  return (
    <Page
      title="Take back what was posted"
      lead="Posts the opposite of documents that are in the books, each once. What was posted stays there beside its opposite; your stock here does not change."
      actions={
        <Button component={Link} to="/exports" variant="default">
          Exports
        </Button>
      }
    >
      {runId ? (
        <Paper withBorder radius="md" p="lg" data-testid="reversal-run">
          <ExportRun
            runId={runId}
            onClose={() => {
              setRunId(null);
              setPlan(null);
              setScope(FIRST);
            }}
          />
        </Paper>
      ) : (
        <>
          <ScopeFields scope={scope} onChange={change} />
          <Group>
            <ActionButton
              permission="EXPORT"
              variant={plan ? 'default' : 'filled'}
              unavailable={lackingScope(scope)}
              loading={planning.busy}
              onClick={() => void look()}
              data-testid="plan-reversal"
            >
              {plan ? 'Look again' : 'Show what would be taken back'}
            </ActionButton>
          </Group>
          <ProblemAlert problem={planning.problem} onClose={planning.clear} onRetry={() => void look()} />
          {plan && <Planned plan={plan} onReverse={() => setAsked(true)} />}
        </>
      )}
      {asked && plan && (
        <Confirm
          plan={plan}
          scope={scope}
          onClose={() => setAsked(false)}
          onChanged={() => void look()}
          onStarted={(id) => {
            setAsked(false);
            setRunId(id);
          }}
        />
      )}
    </Page>
  );
}

function ScopeFields({ scope, onChange }: { scope: Scope; onChange: (part: Partial<Scope>) => void }) {
  const query = useLiveQuery(ExportRunsQuery, NONE, { types: ['SyncRun'] });
  return (
    <Stack gap="sm">
      <SegmentedControl
        w="fit-content"
        aria-label="What to take back"
        value={scope.by}
        onChange={(by) => onChange({ by: by === 'RUN' ? 'RUN' : 'DAYS' })}
        data={[
          { value: 'RUN', label: 'A run of exports' },
          { value: 'DAYS', label: 'Some days' },
        ]}
        data-testid="reversal-by"
      />
      {scope.by === 'RUN' ? (
        <Loaded query={query}>
          {({ syncRuns: { nodes } }) =>
            nodes.length === 0 ? (
              <Text size="sm" c="dimmed" data-testid="no-export-runs">
                No run has exported anything yet. Choose days instead.
              </Text>
            ) : (
              <Select
                label="Run"
                placeholder="Choose one"
                w={{ base: '100%', xs: 480 }}
                data={nodes.map((run) => ({
                  value: run.id,
                  label: `${formatDateTime(run.createdAt)}: ${count(run.counts.posted, 'document')} posted, ${runStateWord(run.state).toLowerCase()}`,
                }))}
                value={scope.runId}
                onChange={(runId) => onChange({ runId })}
                data-testid="reversal-run-choice"
              />
            )
          }
        </Loaded>
      ) : (
        <Group gap="sm" align="flex-end">
          <TextInput
            type="date"
            label="From"
            value={scope.from}
            onChange={(event) => onChange({ from: event.currentTarget.value })}
            data-testid="reversal-from"
          />
          <TextInput
            type="date"
            label="To"
            value={scope.to}
            onChange={(event) => onChange({ to: event.currentTarget.value })}
            data-testid="reversal-to"
          />
          <MultiSelect
            label="Only of these kinds"
            placeholder={scope.kinds.length === 0 ? 'All but reversals' : undefined}
            w={{ base: '100%', xs: 300 }}
            clearable
            data={KINDS_BACK.map((value) => ({ value, label: exportKindWord(value) }))}
            value={scope.kinds}
            onChange={(kinds) => onChange({ kinds })}
            data-testid="reversal-kinds"
          />
        </Group>
      )}
    </Stack>
  );
}

const HEAD = (
  <>
    <Table.Th>Document</Table.Th>
    <Table.Th>In the books as</Table.Th>
    <Table.Th>Its opposite</Table.Th>
  </>
);

type Planned = ReversalPlan['documents'][number];

function Planned({ plan, onReverse }: { plan: ReversalPlan; onReverse: () => void }) {
  const ready = plan.documents.filter((each) => each.ready);
  const stuck = plan.documents.filter((each) => !each.ready);
  const provider = plan.documents[0]?.export.integration.provider.name ?? '';
  return (
    <Stack gap="lg" data-testid="reversal-plan" data-ready={plan.ready} data-stuck={stuck.length} data-hash={plan.hash}>
      {stuck.length > 0 && (
        <Alert
          color="orange"
          title={`${count(stuck.length, 'document')} cannot be taken back`}
          data-testid="reversal-stuck"
        >
          <List size="sm" spacing="xs">
            {stuck.map((each) => (
              <List.Item key={each.export.id} data-testid="reversal-stuck-document">
                <Anchor component={Link} to={planPlace(each.export.id)} size="sm" fw={540} c="var(--link-color)">
                  {each.export.label}
                </Anchor>
                : {each.reasons.map(({ message, help }) => [message, help].filter(Boolean).join(' ')).join(' ')}
              </List.Item>
            ))}
          </List>
        </Alert>
      )}
      {ready.length > 0 ? (
        <>
          <Stack gap="xs">
            <Title order={2} size="h4">
              {count(ready.length, 'document')} would be taken back
            </Title>
            <DataTable minWidth={640} head={HEAD} label="What would be taken back" testId="reversal-documents">
              {ready.map((each) => (
                <Document key={each.export.id} document={each} />
              ))}
            </DataTable>
          </Stack>
          <Stack gap="xs">
            <Title order={2} size="h4">
              What all of it does to the accounts
            </Title>
            <AmountsTable entries={plan.entries} draft={null} provider={provider} />
          </Stack>
          <Group>
            <ActionButton
              permission="EXPORT"
              color="red"
              leftSection={<IconArrowBackUp size={16} />}
              onClick={onReverse}
              data-testid="reverse-posted"
            >
              Take {count(ready.length, 'document')} back
            </ActionButton>
          </Group>
        </>
      ) : (
        <Text size="sm" c="dimmed">
          Nothing of this can be taken back.
        </Text>
      )}
    </Stack>
  );
}

function Document({ document }: { document: Planned }) {
  const { export: posted } = document;
  return (
    <Table.Tr data-testid="reversal-document" data-reference={posted.reference}>
      <Table.Td>
        <Anchor component={Link} to={planPlace(posted.id)} size="sm" fw={540} c="var(--link-color)">
          {posted.label}
        </Anchor>
        <Text size="xs" c="dimmed">
          {[exportKindWord(posted.kind), formatDay(posted.effectiveOn)].join(' · ')}
        </Text>
      </Table.Td>
      <Table.Td>
        <Text size="sm" ff="monospace">
          {posted.reference}
        </Text>
        <Text size="xs" c="dimmed">
          {companyOf(posted.integration)}
        </Text>
      </Table.Td>
      <Table.Td>
        <Text size="sm" ff="monospace">
          {document.reference}
        </Text>
      </Table.Td>
    </Table.Tr>
  );
}

interface ConfirmProps {
  plan: ReversalPlan;
  scope: Scope;
  onClose: () => void;
  onChanged: () => void;
  onStarted: (runId: string) => void;
}

/** Posts by the hash of what was looked at: if it is no longer that, nothing is posted. */
function Confirm({ plan, scope, onClose, onChanged, onStarted }: ConfirmProps) {
  const [key] = useState(() => new IdempotencyKey());
  const reversing = useAction(ReversePostedMutation, (data) => data.reversePosted);
  const go = async () => {
    const input = { scope: scopeOf(scope), planHash: plan.hash };
    const payload = await reversing.run({ ...input, idempotencyKey: key.for(input) });
    if (payload) key.answered();
    if (payload?.run && payload.userErrors.length === 0) return onStarted(payload.run.id);
    if (payload?.userErrors.some(({ code }) => code === 'PLAN_CHANGED')) onChanged();
  };
  return (
    <Modal opened onClose={onClose} title={`Take ${count(plan.ready, 'document')} back?`} centered>
      <Stack gap="md">
        <Text size="sm">
          The opposite of each is posted to the books now, as a run that can be followed and stopped. What is posted
          stays posted: to have it in the books again, it is exported again.
        </Text>
        <ProblemAlert problem={reversing.problem} onRetry={() => void go()} />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button color="red" loading={reversing.busy} onClick={() => void go()} data-testid="confirm-reversal">
            Take back
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
