import { Alert, Button, Stack, Text } from '@mantine/core';
import { IconCircleCheck, IconPlugConnectedX } from '@tabler/icons-react';
import { useState } from 'react';
import { Link, useSearchParams } from 'react-router';
import { humanise } from '../../lib/words';
import { useMay } from '../../session/viewer';
import type { Integration } from './operations';
import { adviceOn, readOutcome } from './returning';

const WORDS = ['connected', 'error', 'message'];

/** Says once how connecting went; the address is cleaned when the notice is closed, so a reload does not repeat it for ever. */
export function ReturnNotice({ integrations }: { integrations: readonly Integration[] }) {
  const [search, setSearch] = useSearchParams();
  const [outcome] = useState(() => readOutcome(search));
  const [closed, setClosed] = useState(false);
  const maySync = useMay('SYNC_ITEMS');
  if (!outcome || closed) return null;

  const close = () => {
    setClosed(true);
    setSearch((before) => new URLSearchParams([...before].filter(([name]) => !WORDS.includes(name))), {
      replace: true,
    });
  };

  if (outcome.kind === 'failed') {
    return (
      <Alert
        color="red"
        icon={<IconPlugConnectedX size={20} />}
        title="Not connected"
        role="alert"
        withCloseButton
        closeButtonLabel="Dismiss"
        onClose={close}
        data-testid="connect-failed"
        data-code={outcome.code}
      >
        <Text size="sm">{outcome.message || humanise(outcome.code)}</Text>
        <Text size="sm" c="dimmed">
          {adviceOn(outcome.code)}
        </Text>
      </Alert>
    );
  }
  const integration = integrations.find((each) => each.id === outcome.integrationId);
  // Its card says what is to be done; once that is done, it is connected.
  if (integration?.status === 'PENDING') return null;
  return (
    <Alert
      color="teal"
      icon={<IconCircleCheck size={20} />}
      title={`Connected to ${integration?.company?.name ?? 'your accounting system'}`}
      role="status"
      withCloseButton
      closeButtonLabel="Dismiss"
      onClose={close}
      data-testid="connect-succeeded"
    >
      <Stack gap="xs" align="flex-start">
        <Text size="sm">Next: check the settings below, then read the items for the first time.</Text>
        {maySync && (
          <Button size="xs" component={Link} to="/sync">
            Go to sync
          </Button>
        )}
      </Stack>
    </Alert>
  );
}
