import { Button, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { IconPlugConnected, IconReceiptDollar } from '@tabler/icons-react';
import { Link } from 'react-router';
import { ActionButton } from '../../components/ActionButton';
import { EmptyState } from '../../components/EmptyState';
import { formatDay } from '../../lib/time';
import { ReceivingNotice } from '../stock/ReceivingNotice';
import { ChannelForm } from './ChannelForm';
import { accountingChannels, useDesk, withoutChannel } from './desk';

/** No sale yet: which step is the next one. */
export function NoSales() {
  const { data, starter, unavailable, refetch } = useDesk();
  const [channel] = accountingChannels(data).filter((each) => each.active);
  const [company] = withoutChannel(data);
  if (!data.business.features.receiving) return <NeedsLots />;
  if (channel) {
    const done = data.latest.nodes[0]?.state.startsWith('SUCCEEDED') ?? false;
    return (
      <EmptyState
        icon={IconReceiptDollar}
        title={done ? 'No sales since the first day' : 'No sales yet: sync sales first'}
        action={
          <Group>
            <Button component={Link} to="/sales/channels" variant="default">
              Change the first day
            </Button>
            <ActionButton
              permission="SYNC_SALES"
              unavailable={unavailable}
              loading={starter.busy}
              onClick={() => void starter.start(channel.id, false)}
            >
              Sync sales
            </ActionButton>
          </Group>
        }
      >
        {done
          ? `The accounting system has no invoice, sales receipt or credit memo from ${formatDay(channel.initialDate ?? '')} on. Set an earlier first day, or record a sale by hand.`
          : `Invoices, sales receipts and credit memos from ${formatDay(channel.initialDate ?? '')} on are read.`}
      </EmptyState>
    );
  }
  if (company) {
    return (
      <Paper withBorder p="xl" radius="md" data-testid="empty-state">
        <Stack gap="sm" maw={560}>
          <Title order={2} size="h4">
            No sales yet: set the first day
          </Title>
          <Text size="sm" c="dimmed">
            Invoices, sales receipts and credit memos of {company.company?.name ?? company.provider.name} are read from
            this day on; older ones never. Choose a day from which your lots are right: what is sold takes its goods
            from them.
          </Text>
          <ChannelForm integration={company} onSaved={refetch} />
        </Stack>
      </Paper>
    );
  }
  return (
    <EmptyState
      icon={IconPlugConnected}
      title="No sales yet"
      action={
        <Group>
          <Button component={Link} to="/integrations" variant="default">
            Integrations
          </Button>
          <Button component={Link} to="/sales/new">
            Record a sale
          </Button>
        </Group>
      }
    >
      Connect an accounting system to read its invoices, or record sales by hand.
    </EmptyState>
  );
}

function NeedsLots() {
  return (
    <Stack gap="md" data-testid="needs-lots">
      <ReceivingNotice />
      <EmptyState
        icon={IconReceiptDollar}
        title="No lots: sales have nothing to take their goods from"
        action={
          <Button component={Link} to="/builds/new" variant="default">
            Record a build
          </Button>
        }
      >
        A sale takes its goods, and its cost, from your lots. Begin to keep lots, record the builds or receipts that
        brought your finished goods, then sync sales.
      </EmptyState>
    </Stack>
  );
}
