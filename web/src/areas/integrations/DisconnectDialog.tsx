import { Button, Group, List, Modal, Stack, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { ProblemAlert } from '../../components/ProblemAlert';
import { useAction } from '../../graphql/useAction';
import { DisconnectMutation, type Integration } from './operations';

export function DisconnectDialog({ integration, onClose }: { integration: Integration; onClose: () => void }) {
  const disconnect = useAction(DisconnectMutation, (data) => data.disconnectIntegration);
  const name = integration.company?.name ?? integration.provider.name;

  const go = async () => {
    const payload = await disconnect.run({ integrationId: integration.id });
    if (!payload || payload.userErrors.length > 0) return;
    if (payload.revoked === false) notifications.show(notRevoked(integration, name));
    else
      notifications.show({
        title: 'Disconnected',
        message: `${name} is disconnected. Everything you have is kept.`,
        color: 'teal',
      });
    onClose();
  };

  return (
    <Modal opened onClose={onClose} title={`Disconnect ${name}?`} centered>
      <Stack gap="md">
        <List size="sm" spacing={4}>
          <List.Item>
            <b>Kept:</b> items, products, links, stock, history and settings.
          </List.Item>
          <List.Item>
            <b>Ends:</b> syncs and exports, and the gateway’s access to {integration.provider.name}; its tokens are
            deleted.
          </List.Item>
        </List>
        <Text size="sm" c="dimmed">
          To go on later, connect the same company again.
        </Text>
        <ProblemAlert problem={disconnect.problem} onRetry={() => void go()} />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose} data-autofocus>
            Keep connected
          </Button>
          <Button color="red" loading={disconnect.busy} onClick={() => void go()} data-testid="confirm-disconnect">
            Disconnect
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

function notRevoked(integration: Integration, name: string) {
  const { name: provider } = integration.provider;
  return {
    title: 'Disconnected here',
    message: `${provider} could not be asked to withdraw the consent. To be thorough, remove the app in ${provider} too: open ${name} there and look for connected apps. ${integration.health.help ?? ''}`,
    color: 'yellow',
    autoClose: false as const,
  };
}
