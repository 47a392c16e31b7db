import { Badge, Code, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { IconPlugConnected } from '@tabler/icons-react';
import { ActionButton } from '../../components/ActionButton';
import { ProblemAlert } from '../../components/ProblemAlert';
import { useAction } from '../../graphql/useAction';
import { ConnectMutation, type Provider } from './operations';
import { RETURN_TO } from './returning';
import { useLeaveTo } from './useLeaveTo';

interface Props {
  provider: Provider;
  connected: boolean;
}

/** One accounting system that can be connected, and what it is good for. */
export function ProviderCard({ provider, connected }: Props) {
  const connect = useAction(ConnectMutation, (data) => data.connectIntegration);
  const leave = useLeaveTo(connect);
  const go = () => void leave.go({ providerId: provider.id, returnTo: RETURN_TO });
  return (
    <Paper withBorder p="lg" radius="md" data-testid={`provider-card-${provider.id}`}>
      <Stack gap="sm" h="100%">
        <Group justify="space-between" gap="xs">
          <Title order={3} size="h5">
            {provider.name}
          </Title>
          {!provider.configured && (
            <Badge color="gray" variant="light">
              Not set up
            </Badge>
          )}
        </Group>
        <Abilities capability={provider.capability} />
        {!provider.configured && <NotConfigured name={provider.name} />}
        <Group mt="auto">
          <ActionButton
            variant={connected ? 'default' : 'filled'}
            permission="MANAGE_CONNECTIONS"
            unavailable={provider.configured ? null : `${provider.name} is not set up at this gateway yet.`}
            leftSection={<IconPlugConnected size={16} />}
            loading={leave.busy}
            onClick={go}
            data-testid={`connect-button-${provider.id}`}
          >
            {connected ? 'Connect another company' : 'Connect'}
          </ActionButton>
        </Group>
        <ProblemAlert problem={connect.problem} onClose={connect.clear} onRetry={go} />
      </Stack>
    </Paper>
  );
}

function Abilities({ capability }: { capability: Provider['capability'] }) {
  const reads = ['items', 'accounts', capability.suppliers && 'suppliers'].filter(Boolean).join(', ');
  const writes = [
    capability.inventoryAdjustments && 'inventory adjustments',
    capability.journalEntries && 'journal entries',
  ]
    .filter(Boolean)
    .join(', ');
  return (
    <Text size="sm" c="dimmed">
      Reads {reads}.{writes && ` Can write ${writes}, once you export.`}
    </Text>
  );
}

function NotConfigured({ name }: { name: string }) {
  return (
    <Text size="sm" data-testid="provider-not-configured">
      This gateway is not set up for {name}. Whoever runs it adds what {name} needs to the configuration and restarts
      it; <Code>stockbridge doctor</Code> says what that is.
    </Text>
  );
}
