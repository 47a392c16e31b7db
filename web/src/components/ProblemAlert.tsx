import { Alert, Button, List, Stack, Text } from '@mantine/core';
import { IconAlertCircle } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import type { Problem } from '../graphql/useAction';

interface Props {
  problem: Problem | null;
  onClose?: () => void;
  onRetry?: () => void;
  children?: ReactNode;
}

/** Refusals beside the action that met them: what is wrong, and what to do next. */
export function ProblemAlert({ problem, onClose, onRetry, children }: Props) {
  if (!problem) return null;
  const [first, ...rest] = problem.errors;
  return (
    <Alert
      color="red"
      icon={<IconAlertCircle size={20} />}
      title={first?.title}
      role="alert"
      withCloseButton={onClose !== undefined}
      closeButtonLabel="Dismiss"
      onClose={onClose}
      data-testid="problem"
    >
      <Stack gap="xs" align="flex-start">
        {rest.length === 0 ? (
          <One message={first?.message ?? 'This did not work.'} help={first?.help} code={first?.code} />
        ) : null}
        {rest.length > 0 && (
          <List size="sm" spacing="xs">
            {problem.errors.map((error, index) => (
              <List.Item key={index}>
                <One message={error.message} help={error.help} code={error.code} />
              </List.Item>
            ))}
          </List>
        )}
        {children}
        {problem.retryable && onRetry && (
          <Button size="xs" variant="default" onClick={onRetry} data-testid="retry-button">
            Try again
          </Button>
        )}
      </Stack>
    </Alert>
  );
}

export function One({ message, help, code }: { message: string; help?: string | null; code?: string }) {
  return (
    <div data-code={code}>
      <Text size="sm">{message}</Text>
      {help && (
        <Text size="sm" c="dimmed">
          {help}
        </Text>
      )}
    </div>
  );
}
