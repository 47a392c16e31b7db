import { Badge, Group, Paper, Stack, Table, Text, TextInput, Title } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useState } from 'react';
import { ActionButton } from '../../components/ActionButton';
import { DataTable } from '../../components/DataTable';
import { ProblemAlert } from '../../components/ProblemAlert';
import { Ago } from '../../components/Time';
import { useAction } from '../../graphql/useAction';
import { formatDay } from '../../lib/time';
import { companyOf } from '../exports/documents';
import { ReceivingNotice } from '../stock/ReceivingNotice';
import { RunHistory } from '../sync/RunHistory';
import { ChannelForm } from './ChannelForm';
import { useDesk, withoutChannel } from './desk';
import { SaveChannelMutation, type Channel } from './operations';

const HEAD = (
  <>
    <Table.Th>Channel</Table.Th>
    <Table.Th>Sales from</Table.Th>
    <Table.Th>Read from</Table.Th>
    <Table.Th>Last complete sync</Table.Th>
    <Table.Th ta="right">What to do</Table.Th>
  </>
);

/** Where sales come from: one channel per connected company, and the manual one, which is always there. */
export function ChannelsPage() {
  const { data, show, shown, refetch } = useDesk();
  return (
    <Stack gap="lg">
      <ReceivingNotice />
      <DataTable minWidth={820} head={HEAD} label="Sales channels" testId="channels-table">
        {data.salesChannels.map((channel) => (
          <Row key={channel.id} channel={channel} onSaved={refetch} />
        ))}
      </DataTable>
      {data.business.features.receiving &&
        withoutChannel(data).map((integration) => (
          <Paper key={integration.id} withBorder p="lg" radius="md">
            <Stack gap="xs">
              <Title order={2} size="h5">
                {companyOf(integration)} has no channel yet
              </Title>
              <Text size="sm" c="dimmed" maw={640}>
                Its invoices, sales receipts and credit memos are read from the first day on; older ones never.
              </Text>
              <ChannelForm integration={integration} onSaved={refetch} />
            </Stack>
          </Paper>
        ))}
      <RunHistory shown={shown} onShow={show} kinds={['SALES']} />
    </Stack>
  );
}

function Row({ channel, onSaved }: { channel: Channel; onSaved: () => void }) {
  const [day, setDay] = useState(channel.initialDate ?? '');
  const save = useAction(SaveChannelMutation, (data) => data.saveSalesChannel);
  const manual = channel.kind === 'MANUAL';
  const change = async (part: { active?: boolean; initialDate?: string }, told: string) => {
    const payload = await save.run({ id: channel.id, ...part });
    if (!payload || payload.userErrors.length > 0) return;
    notifications.show({ message: told, color: 'teal' });
    onSaved();
  };
  const toggle = () =>
    change(
      { active: !channel.active },
      channel.active
        ? `${channel.name} is not read any more. Its sales stay.`
        : `${channel.name} is read again; it resumes where it stopped.`,
    );
  return (
    <Table.Tr
      data-testid="channel-row"
      data-kind={channel.kind}
      data-active={channel.active}
      style={{ verticalAlign: 'top' }}
    >
      <Table.Td>
        <Group gap={8}>
          <Text size="sm" fw={560}>
            {channel.name}
          </Text>
          <Badge size="sm" variant="light" color={channel.active ? 'teal' : 'gray'} data-testid="channel-active">
            {channel.active ? 'Active' : 'Not active'}
          </Badge>
        </Group>
        <Text size="xs" c="dimmed" data-wrap>
          {manual ? 'Always there: sales that people record here.' : 'Invoices, sales receipts, credit memos, refunds.'}
        </Text>
      </Table.Td>
      <Table.Td>{channel.integration ? companyOf(channel.integration) : 'People'}</Table.Td>
      <Table.Td>
        {manual ? (
          '–'
        ) : (
          <Group gap={6} wrap="nowrap" align="flex-start">
            <TextInput
              type="date"
              size="xs"
              aria-label={`First day of ${channel.name}`}
              value={day}
              onChange={(event) => setDay(event.currentTarget.value)}
              data-testid="channel-day"
            />
            {day !== '' && day !== channel.initialDate && (
              <ActionButton
                size="xs"
                permission="SYNC_SALES"
                loading={save.busy}
                onClick={() =>
                  void change({ initialDate: day }, `Sales are read from ${formatDay(day)} on, with the next sync.`)
                }
                data-testid="save-channel-day"
              >
                Save
              </ActionButton>
            )}
          </Group>
        )}
      </Table.Td>
      <Table.Td>{channel.syncedAt ? <Ago at={channel.syncedAt} /> : '–'}</Table.Td>
      <Table.Td ta="right">
        <Stack gap="xs" align="flex-end">
          {manual ? (
            <Text span size="sm" c="dimmed">
              Nothing to set
            </Text>
          ) : (
            <ActionButton
              size="xs"
              variant="default"
              permission="SYNC_SALES"
              loading={save.busy}
              onClick={() => void toggle()}
              data-testid="toggle-channel"
            >
              {channel.active ? 'Deactivate' : 'Activate'}
            </ActionButton>
          )}
          <ProblemAlert problem={save.problem} onClose={save.clear} />
        </Stack>
      </Table.Td>
    </Table.Tr>
  );
}
