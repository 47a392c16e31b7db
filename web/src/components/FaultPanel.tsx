import { Alert, Button, Group, Stack, Text } from '@mantine/core';
import { IconCloudOff, IconLock, IconAlertTriangle } from '@tabler/icons-react';
import type { Fault } from '../graphql/faults';

const ICONS = {
  network: IconCloudOff,
  forbidden: IconLock,
  unauthenticated: IconLock,
  busy: IconAlertTriangle,
  other: IconAlertTriangle,
} as const;

/** A request that could not be carried out, with what to do about it. */
export function FaultPanel({ fault, onRetry }: { fault: Fault; onRetry?: () => void }) {
  const Icon = ICONS[fault.kind];
  const quiet = fault.kind === 'forbidden';
  return (
    <Alert
      color={quiet ? 'gray' : 'orange'}
      title={fault.title}
      icon={<Icon size={20} />}
      role={quiet ? 'status' : 'alert'}
      maw={640}
      data-testid={`fault-${fault.kind}`}
    >
      <Stack gap="xs" align="flex-start">
        <Text size="sm">{fault.detail}</Text>
        <Text size="sm" c="dimmed">
          {fault.help}
        </Text>
        {onRetry && !quiet && (
          <Group>
            <Button size="xs" variant="default" onClick={onRetry} data-testid="retry-button">
              Try again
            </Button>
          </Group>
        )}
      </Stack>
    </Alert>
  );
}
