import { Button, Group, Paper, Select, Stack, Text, TextInput } from '@mantine/core';
import { IconPlugConnected, IconScale } from '@tabler/icons-react';
import { useState } from 'react';
import { Link, useNavigate, useParams } from 'react-router';
import { ActionButton } from '../../components/ActionButton';
import { EmptyState } from '../../components/EmptyState';
import { Loaded } from '../../components/Loaded';
import { Page } from '../../components/Page';
import { ProblemAlert } from '../../components/ProblemAlert';
import type { ReconciliationsQuery as Overview } from '../../graphql/generated/graphql';
import { useAction } from '../../graphql/useAction';
import { useLiveQuery } from '../../graphql/useLiveQuery';
import { companyOf } from '../exports/documents';
import { Earlier } from './Earlier';
import { ReconciliationsQuery, StartReconciliationMutation } from './operations';
import { Result } from './Result';

const FIRST = { first: 12 };
const LEAD =
  'Compares the value of your stock here with the inventory accounts in your books, at the end of a day, and says why they differ. The books are only read.';

/** Our stock value against the books: started, followed, looked at again. */
export function ReconcilePage() {
  const query = useLiveQuery(ReconciliationsQuery, FIRST, { types: ['Reconciliation', 'Integration'] });
  const { id } = useParams();
  return (
    <Loaded
      query={query}
      skeleton={
        <Page title="Reconcile" lead={LEAD}>
          {null}
        </Page>
      }
    >
      {(data) => <Desk data={data} picked={id ?? null} refetch={query.refetch} />}
    </Loaded>
  );
}

function Desk({ data, picked, refetch }: { data: Overview; picked: string | null; refetch: () => void }) {
  const able = data.integrations.filter((each) => each.status === 'ACTIVE' || each.status === 'EXPIRED');
  const shown = picked ?? data.reconciliations.nodes[0]?.id ?? null;
  return (
    <Page title="Reconcile" lead={LEAD}>
      {able.length === 0 && shown === null ? (
        <EmptyState
          icon={IconPlugConnected}
          title="No accounting system is connected"
          action={
            <Button component={Link} to="/integrations">
              Integrations
            </Button>
          }
        >
          Connect your books first; then they can be compared with your stock.
        </EmptyState>
      ) : (
        <Stack gap="lg">
          {able.length > 0 && <Start able={able} refetch={refetch} />}
          {shown ? (
            <Result key={shown} id={shown} onEnded={refetch} />
          ) : (
            <EmptyState icon={IconScale} title="Nothing was reconciled yet">
              Choose a day and reconcile. It takes a moment: every line of the inventory accounts is looked at.
            </EmptyState>
          )}
          {data.reconciliations.nodes.length > 1 && <Earlier rows={data.reconciliations.nodes} shown={shown} />}
        </Stack>
      )}
    </Page>
  );
}

function Start({ able, refetch }: { able: Overview['integrations']; refetch: () => void }) {
  const navigate = useNavigate();
  const [chosen, setChosen] = useState<string | null>(null);
  const [on, setOn] = useState('');
  const integration = able.find((each) => each.id === chosen) ?? able[0];
  const start = useAction(StartReconciliationMutation, (data) => data.startReconciliation);
  if (!integration) return null;
  const unavailable = integration.provider.capability.ledgerLines
    ? null
    : `${integration.provider.name} cannot list the lines of its accounts.`;
  const begin = async () => {
    const payload = await start.run({ integrationId: integration.id, on: on || undefined });
    if (!payload?.reconciliation) return;
    void navigate(`/reconcile/${payload.reconciliation.id}`);
    refetch();
  };
  return (
    <Stack gap="sm">
      <Paper withBorder radius="md" p="md">
        <Group align="flex-end" gap="sm">
          {able.length > 1 && (
            <Select
              label="Books"
              allowDeselect={false}
              data={able.map((each) => ({ value: each.id, label: companyOf(each) }))}
              value={integration.id}
              onChange={setChosen}
            />
          )}
          <TextInput
            type="date"
            label="At the end of"
            description="Today if left empty"
            inputWrapperOrder={['label', 'input', 'description']}
            value={on}
            onChange={(event) => setOn(event.currentTarget.value)}
            data-testid="reconcile-on"
          />
          <ActionButton
            permission="EXPORT"
            unavailable={unavailable}
            loading={start.busy}
            leftSection={<IconScale size={18} />}
            onClick={() => void begin()}
            mb={24}
            data-testid="reconcile-button"
          >
            Reconcile
          </ActionButton>
          <Text size="sm" c="dimmed" mb={28}>
            with {companyOf(integration)}
          </Text>
        </Group>
      </Paper>
      <ProblemAlert problem={start.problem} onClose={start.clear} onRetry={() => void begin()} />
    </Stack>
  );
}
