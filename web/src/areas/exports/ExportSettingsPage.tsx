import { Alert, Button, Group, Paper, Radio, Stack, Text, TextInput, Title } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconAlertTriangle, IconBook2, IconRefresh } from '@tabler/icons-react';
import { useState } from 'react';
import { Link, useParams } from 'react-router';
import { ActionButton } from '../../components/ActionButton';
import { EmptyState } from '../../components/EmptyState';
import { FaultPanel } from '../../components/FaultPanel';
import { Loaded } from '../../components/Loaded';
import { Page } from '../../components/Page';
import { ProblemAlert } from '../../components/ProblemAlert';
import type { AccountRole, ExportMode, JournalGranularity } from '../../graphql/generated/graphql';
import { faultOf } from '../../graphql/faults';
import { useAction } from '../../graphql/useAction';
import { useLiveQuery } from '../../graphql/useLiveQuery';
import { count, inventoryModeWord } from '../../lib/words';
import { useMay } from '../../session/viewer';
import { AccountOverrides } from './AccountOverrides';
import { AccountSelect } from './AccountSelect';
import { companyOf } from './documents';
import { Granularity } from './Granularity';
import {
  ExportSettingsQuery,
  RefreshAccountsMutation,
  SaveExportSettingsMutation,
  type ExportIntegration,
} from './operations';
import { changedOverrides, overridesOf, type Override } from './overrides';
import { rolesOf } from './roles';
import { useChart } from './useChart';

/** Which accounts exports use, when documents go out, and what their references begin with. */
export function ExportSettingsPage() {
  const { integrationId = '' } = useParams();
  const query = useLiveQuery(ExportSettingsQuery, {}, { types: ['Integration'] });
  return (
    <Page
      title="Export settings"
      lead="Which accounts your documents are booked to. Nothing is chosen for you: your bookkeeper knows which they are."
      actions={
        <Button component={Link} to="/exports" variant="default">
          All exports
        </Button>
      }
    >
      <Loaded query={query}>
        {({ integrations }) => {
          const integration = integrations.find((each) => each.id === integrationId);
          return integration ? <Form key={integration.id} integration={integration} /> : <Gone />;
        }}
      </Loaded>
    </Page>
  );
}

function Gone() {
  return (
    <EmptyState
      icon={IconBook2}
      title="This connection is no longer there"
      action={
        <Button component={Link} to="/integrations">
          Integrations
        </Button>
      }
    >
      Connect the accounting system again; its settings are kept.
    </EmptyState>
  );
}

interface Draft {
  accounts: Partial<Record<AccountRole, string | null>>;
  exportMode: ExportMode;
  documentPrefix: string;
  journalGranularity: JournalGranularity;
  overrides: Override[];
}

function draftOf(integration: ExportIntegration): Draft {
  const { settings } = integration;
  const accounts: Draft['accounts'] = {};
  for (const { role, account } of settings.accounts) accounts[role] = account?.id ?? null;
  const { exportMode, documentPrefix, journalGranularity } = settings;
  return { accounts, exportMode, documentPrefix, journalGranularity, overrides: overridesOf(integration) };
}

function Form({ integration }: { integration: ExportIntegration }) {
  const [draft, setDraft] = useState(() => draftOf(integration));
  const save = useAction(SaveExportSettingsMutation, (data) => data.updateIntegrationSettings);
  const change = (part: Partial<Draft>) => setDraft((before) => ({ ...before, ...part }));
  const mode = integration.settings.inventoryMode;
  const roles = rolesOf(mode);
  const go = async () => {
    const payload = await save.run({
      integrationId: integration.id,
      exportMode: draft.exportMode,
      documentPrefix: draft.documentPrefix.trim(),
      journalGranularity: draft.journalGranularity,
      accountOverrides: changedOverrides(overridesOf(integration), draft.overrides),
      accounts: roles.map(({ role }) => ({ role, accountId: draft.accounts[role] ?? null })),
    });
    if (payload?.userErrors.length !== 0) return;
    notifications.show({ title: 'Settings saved', message: 'They apply from the next export on.', color: 'teal' });
  };
  return (
    <Stack gap="lg">
      <Text size="sm">
        <b>{companyOf(integration)}</b> in {integration.provider.name}, {inventoryModeWord(mode).toLowerCase()} mode:{' '}
        {mode === 'SYNC'
          ? 'documents become inventory adjustments, each against one of these accounts.'
          : 'documents become journal entries between two of these accounts.'}
      </Text>
      <Accounts integration={integration} draft={draft} onChange={change} />
      <DoubleCounting mode={mode} />
      <Timing integration={integration} draft={draft} onChange={change} />
      <ProblemAlert problem={save.problem} onRetry={() => void go()} />
      <Group justify="flex-end">
        <ActionButton
          permission="CONFIGURE_SETTINGS"
          loading={save.busy}
          onClick={() => void go()}
          data-testid="save-export-settings"
        >
          Save settings
        </ActionButton>
      </Group>
    </Stack>
  );
}

interface PartProps {
  integration: ExportIntegration;
  draft: Draft;
  onChange: (part: Partial<Draft>) => void;
}

function Accounts({ integration, draft, onChange }: PartProps) {
  const mode = integration.settings.inventoryMode;
  const locked = !useMay('CONFIGURE_SETTINGS');
  const [version, setVersion] = useState(0);
  const { chart, error } = useChart(integration.id, version);
  return (
    <Paper withBorder radius="md" p="md">
      <Stack gap="md">
        <Group justify="space-between" gap="sm">
          <Title order={2} size="h4">
            Accounts
          </Title>
          <Refresh integration={integration} onDone={() => setVersion((before) => before + 1)} />
        </Group>
        {error && <FaultPanel fault={faultOf(error)} onRetry={() => setVersion((before) => before + 1)} />}
        {chart?.accounts.length === 0 && (
          <Alert color="yellow" p="sm">
            No accounts are known yet. They come with an item sync, or with “Read the accounts again”.
          </Alert>
        )}
        {rolesOf(mode).map(({ role, label, about }) => (
          <AccountSelect
            key={role}
            role={role}
            label={label}
            description={about}
            chart={chart}
            choice={{ mode, stocked: chart?.stocked ?? new Map<string, string>(), chosen: draft.accounts }}
            before={assignmentOf(integration, role)?.account ?? null}
            gone={goneOf(integration, role)}
            value={draft.accounts[role] ?? null}
            onChange={(id) => onChange({ accounts: { ...draft.accounts, [role]: id } })}
            disabled={locked}
          />
        ))}
        <AccountOverrides
          mode={mode}
          chart={chart}
          overrides={draft.overrides}
          onChange={(overrides) => onChange({ overrides })}
          disabled={locked}
        />
      </Stack>
    </Paper>
  );
}

function assignmentOf({ settings }: ExportIntegration, role: AccountRole) {
  return settings.accounts.find((each) => each.role === role);
}

function goneOf(integration: ExportIntegration, role: AccountRole): string | null {
  const chosen = assignmentOf(integration, role);
  return chosen && !chosen.account ? (chosen.accountName ?? null) : null;
}

/** What was added or renamed there since the last sync. */
function Refresh({ integration, onDone }: { integration: ExportIntegration; onDone: () => void }) {
  const refresh = useAction(RefreshAccountsMutation, (data) => data.refreshAccounts);
  const go = async () => {
    const payload = await refresh.run({ integrationId: integration.id });
    if (payload?.userErrors.length !== 0) return;
    notifications.show({ message: `${count(payload.count ?? 0, 'account')} read.`, color: 'teal' });
    onDone();
  };
  return (
    <Stack gap="xs" align="flex-end">
      <ActionButton
        size="xs"
        variant="default"
        permission="SYNC_ITEMS"
        loading={refresh.busy}
        leftSection={<IconRefresh size={14} />}
        onClick={() => void go()}
        data-testid="refresh-accounts"
      >
        Read the accounts again
      </ActionButton>
      <ProblemAlert problem={refresh.problem} onClose={refresh.clear} onRetry={() => void go()} />
    </Stack>
  );
}

function DoubleCounting({ mode }: { mode: 'SYNC' | 'SELF_MANAGED' }) {
  return (
    <Alert
      color="yellow"
      icon={<IconAlertTriangle size={20} />}
      title="Do not count deliveries twice"
      data-testid="double-counting"
    >
      <Text size="sm">
        An exported receipt raises inventory. A supplier’s bill that is entered by item raises it a second time. Enter
        bills by account instead, on the {mode === 'SYNC' ? 'receiving account' : 'account that receipts credit'}:{' '}
        {mode === 'SYNC'
          ? 'inventory adjustments take only expense accounts on the other side, so choose one that is used for nothing else. Receipts credit it, bills debit it, and what is left on it has not been billed yet.'
          : 'with a clearing account there, receipt and bill cancel each other out.'}
      </Text>
    </Alert>
  );
}

function Timing({ integration, draft, onChange }: PartProps) {
  const locked = !useMay('CONFIGURE_SETTINGS');
  const provider = integration.provider.name;
  return (
    <Paper withBorder radius="md" p="md">
      <Stack gap="md">
        <Radio.Group
          label="When documents go out"
          value={draft.exportMode}
          onChange={(exportMode) => onChange({ exportMode: exportMode })}
        >
          <Stack gap="xs" mt="xs">
            <Radio
              value="MANUAL"
              label="By hand"
              description={`Nothing is written to ${provider} until somebody looked at the entry and exported it.`}
              disabled={locked}
              data-testid="export-mode-MANUAL"
            />
            <Radio
              value="AUTOMATIC"
              label="By itself"
              description="Builds when they are done or approved, receipts when they are confirmed. Where an account or a link is missing, the document waits and says so."
              disabled={locked}
              data-testid="export-mode-AUTOMATIC"
            />
          </Stack>
        </Radio.Group>
        {integration.settings.inventoryMode === 'SELF_MANAGED' && (
          <Granularity
            integrationId={integration.id}
            value={draft.journalGranularity}
            saved={integration.settings.journalGranularity}
            onChange={(journalGranularity) => onChange({ journalGranularity })}
            disabled={locked}
          />
        )}
        <TextInput
          label="Document prefix"
          description={`Begins every reference written to ${provider}, so that you find it there.`}
          value={draft.documentPrefix}
          onChange={(event) => onChange({ documentPrefix: event.currentTarget.value })}
          maxLength={6}
          w={260}
          disabled={locked}
          data-testid="document-prefix"
        />
      </Stack>
    </Paper>
  );
}
