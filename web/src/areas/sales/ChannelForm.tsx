import { Group, Stack, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useState, type FormEvent } from 'react';
import { ActionButton } from '../../components/ActionButton';
import { ProblemAlert } from '../../components/ProblemAlert';
import { useAction } from '../../graphql/useAction';
import { formatDay } from '../../lib/time';
import { SaveChannelMutation } from './operations';

interface Props {
  integration: { id: string; provider: { name: string }; company?: { name: string } | null };
  onSaved: () => void;
}

/** Makes the sales channel of a connected company. */
export function ChannelForm({ integration, onSaved }: Props) {
  const [day, setDay] = useState('');
  const save = useAction(SaveChannelMutation, (data) => data.saveSalesChannel);
  const go = async () => {
    const payload = await save.run({ integrationId: integration.id, initialDate: day || undefined });
    if (!payload?.channel || payload.userErrors.length > 0) return;
    const { name, initialDate } = payload.channel;
    notifications.show({
      message: `Sales of ${name} are read from ${formatDay(initialDate ?? '')} on.`,
      color: 'teal',
    });
    onSaved();
  };
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    void go();
  };
  return (
    <form onSubmit={onSubmit}>
      <Stack gap="sm">
        <Group align="flex-end" gap="sm">
          <TextInput
            type="date"
            label="Read sales from"
            description="Today if left out"
            value={day}
            onChange={(event) => setDay(event.currentTarget.value)}
            data-testid="channel-first-day"
          />
          <ActionButton type="submit" permission="SYNC_SALES" loading={save.busy} data-testid="make-channel">
            Begin with sales of {integration.company?.name ?? integration.provider.name}
          </ActionButton>
        </Group>
        <ProblemAlert problem={save.problem} onClose={save.clear} onRetry={() => void go()} />
      </Stack>
    </form>
  );
}
