import { Alert, Button, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconAlertTriangle, IconBook2, IconPlugConnected, IconPlugOff, IconSettings } from '@tabler/icons-react';
import { Link } from 'react-router';
import { ActionButton } from '../../components/ActionButton';
import { HealthBadge } from '../../components/Badges';
import { NoticeList } from '../../components/NoticeList';
import { ProblemAlert } from '../../components/ProblemAlert';
import { useAction } from '../../graphql/useAction';
import { CompanyPicker } from './CompanyPicker';
import { ConnectionFacts } from './ConnectionFacts';
import { DisconnectDialog } from './DisconnectDialog';
import { ConnectMutation, ReconnectMutation, type Integration } from './operations';
import { RETURN_TO } from './returning';
import { SettingsDialog } from './SettingsDialog';
import { useLeaveTo } from './useLeaveTo';

export function IntegrationCard({ integration }: { integration: Integration }) {
  const [settingsOpen, settings] = useDisclosure(false);
  const [disconnectOpen, disconnect] = useDisclosure(false);
  const { company, provider, status } = integration;
  const gone = status === 'DISCONNECTED';
  return (
    <Paper
      withBorder
      p="lg"
      radius="md"
      data-testid="integration-card"
      data-integration={integration.id}
      data-status={status}
    >
      <Stack gap="md">
        <Group justify="space-between" align="flex-start" gap="sm">
          <Stack gap={2}>
            <Title order={2} size="h3" data-testid="company-name">
              {company?.name ?? `${provider.name}: choose a company`}
            </Title>
            <Text size="sm" c="dimmed">
              {[provider.name, company?.edition, company?.country, company?.currency].filter(Boolean).join(' · ')}
            </Text>
          </Stack>
          {status !== 'PENDING' && <HealthBadge state={integration.health.state} />}
        </Group>
        <WayOut integration={integration} />
        <NoticeList notices={integration.notices} />
        {status !== 'PENDING' && <ConnectionFacts integration={integration} />}
        <Group gap="xs">
          {!gone && status !== 'PENDING' && (
            <ActionButton
              variant="default"
              leftSection={<IconSettings size={16} />}
              onClick={settings.open}
              data-testid="settings-button"
            >
              Settings
            </ActionButton>
          )}
          {!gone && status !== 'PENDING' && (
            <Button
              component={Link}
              to={`/exports/settings/${integration.id}`}
              variant="default"
              leftSection={<IconBook2 size={16} />}
              data-testid="export-settings-button"
            >
              Export settings
            </Button>
          )}
          {status === 'ACTIVE' && integration.health.state !== 'EXPIRED' && (
            <Reconnect integration={integration} quiet />
          )}
          {!gone && (
            <ActionButton
              variant="subtle"
              color="red"
              permission="MANAGE_CONNECTIONS"
              leftSection={<IconPlugOff size={16} />}
              onClick={disconnect.open}
              data-testid="disconnect-button"
            >
              Disconnect
            </ActionButton>
          )}
        </Group>
      </Stack>
      {settingsOpen && <SettingsDialog integration={integration} onClose={settings.close} />}
      {disconnectOpen && <DisconnectDialog integration={integration} onClose={disconnect.close} />}
    </Paper>
  );
}

/** What is wrong with the connection and the one step that mends it. */
function WayOut({ integration }: { integration: Integration }) {
  const { health, status } = integration;
  if (status === 'PENDING')
    return (
      <Trouble
        color="blue"
        message="You agreed for several companies. One connection is for one of them."
        help="Choose the company to connect. To connect another one as well, connect again afterwards."
        action={<CompanyPicker integration={integration} />}
      />
    );
  if (status === 'DISCONNECTED')
    return (
      <Trouble
        color="gray"
        message={health.reason ?? 'Disconnected. Items, links and history are kept.'}
        help={health.help ?? 'Connect the same company again to go on where you stopped.'}
        action={<Again integration={integration} />}
      />
    );
  if (status === 'EXPIRED' || health.state === 'EXPIRED')
    return (
      <Trouble
        color="red"
        title="Connection expired"
        message={health.reason ?? 'The accounting system no longer accepts the stored consent.'}
        help={health.help ?? 'Reconnect: your items, links and settings stay.'}
        action={<Reconnect integration={integration} />}
      />
    );
  if (health.state === 'DEGRADED')
    return (
      <Trouble
        color="yellow"
        message={health.reason ?? 'The latest call to the accounting system failed.'}
        help={health.help ?? 'This usually passes by itself; the next successful call clears it.'}
      />
    );
  return null;
}

function Trouble({
  color,
  title,
  message,
  help,
  action,
}: {
  color: string;
  title?: string;
  message: string;
  help: string;
  action?: React.ReactNode;
}) {
  return (
    <Alert color={color} title={title} icon={<IconAlertTriangle size={20} />} data-testid="health-trouble">
      <Stack gap="xs" align="flex-start">
        <div>
          <Text size="sm">{message}</Text>
          <Text size="sm" c="dimmed">
            {help}
          </Text>
        </div>
        {action}
      </Stack>
    </Alert>
  );
}

function Reconnect({ integration, quiet = false }: { integration: Integration; quiet?: boolean }) {
  const reconnect = useAction(ReconnectMutation, (data) => data.reconnectIntegration);
  const leave = useLeaveTo(reconnect);
  const go = () => void leave.go({ integrationId: integration.id, returnTo: RETURN_TO });
  return (
    <>
      <ActionButton
        variant={quiet ? 'default' : 'filled'}
        permission="MANAGE_CONNECTIONS"
        leftSection={<IconPlugConnected size={16} />}
        loading={leave.busy}
        onClick={go}
        data-testid="reconnect-button"
      >
        Reconnect
      </ActionButton>
      <ProblemAlert problem={reconnect.problem} onClose={reconnect.clear} onRetry={go} />
    </>
  );
}

/** A connection that was ended (or never finished) begins anew; the gateway knows the company again by its id. */
function Again({ integration }: { integration: Integration }) {
  const connect = useAction(ConnectMutation, (data) => data.connectIntegration);
  const leave = useLeaveTo(connect);
  const go = () => void leave.go({ providerId: integration.provider.id, returnTo: RETURN_TO });
  return (
    <>
      <ActionButton
        variant="light"
        size="xs"
        permission="MANAGE_CONNECTIONS"
        loading={leave.busy}
        onClick={go}
        data-testid="connect-again-button"
      >
        Connect again
      </ActionButton>
      <ProblemAlert problem={connect.problem} onClose={connect.clear} onRetry={go} />
    </>
  );
}
