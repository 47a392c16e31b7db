import { Alert, Button, Stack, Text } from '@mantine/core';
import { Component, type ReactNode } from 'react';

interface State {
  error: Error | null;
}

/** A page that breaks must not take the others with it. `resetKey` (the address) gives it another chance. */
export class ErrorBoundary extends Component<{ children: ReactNode; resetKey?: string }, State> {
  override state: State = { error: null };

  static getDerivedStateFromError(error: Error): State {
    return { error };
  }

  override componentDidUpdate(before: { resetKey?: string }) {
    if (this.state.error && before.resetKey !== this.props.resetKey) this.setState({ error: null });
  }

  override render() {
    if (!this.state.error) return this.props.children;
    return (
      <Alert color="red" title="This page stopped working" role="alert" maw={640}>
        <Stack gap="sm" align="flex-start">
          <Text size="sm">
            Your data is safe: only the display failed. Load the page again; if it happens again, report this message:{' '}
            {this.state.error.message}
          </Text>
          <Button size="xs" color="red" variant="light" onClick={() => window.location.reload()}>
            Reload the page
          </Button>
        </Stack>
      </Alert>
    );
  }
}
