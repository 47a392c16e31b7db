import { Alert, Group, Stack, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconStack2 } from '@tabler/icons-react';
import { useState } from 'react';
import { useMutation } from 'urql';
import { ActionButton } from '../../components/ActionButton';
import { ProblemAlert } from '../../components/ProblemAlert';
import { faultOf } from '../../graphql/faults';
import type { Problem } from '../../graphql/useAction';
import { useLiveQuery } from '../../graphql/useLiveQuery';
import { count } from '../../lib/words';
import { EnableReceivingMutation, STOCK_TYPES, StockSettingsQuery } from './operations';

export function useStockSettings() {
  return useLiveQuery(StockSettingsQuery, {}, { types: STOCK_TYPES }).data?.stockSettings ?? null;
}

/** Until lots are kept there are none: what that means, and the button that begins it. */
export function ReceivingNotice() {
  const settings = useStockSettings();
  const [{ fetching }, enable] = useMutation(EnableReceivingMutation);
  const [problem, setProblem] = useState<Problem | null>(null);
  if (!settings || settings.receiving) return null;
  const go = async () => {
    const { data, error } = await enable({});
    if (error) {
      const { title, detail, help } = faultOf(error);
      return setProblem({ errors: [{ title, message: detail, help }], retryable: true });
    }
    const payload = data?.enableReceiving;
    if (!payload) return;
    if (payload.userErrors.length > 0) return setProblem({ errors: payload.userErrors, retryable: false });
    setProblem(null);
    const made = payload.lotsMade > 0 ? ` What was on hand became ${count(payload.lotsMade, 'lot')}.` : '';
    notifications.show({ message: `Lots are kept from now on.${made}`, color: 'teal' });
  };
  return (
    <Alert color="blue" icon={<IconStack2 size={20} />} title="Lots are not kept yet" data-testid="receiving-off">
      <Stack gap="sm" align="flex-start">
        <Text size="sm">
          With lots, every delivery and every build keeps its own cost, and stock is used first in, first out. What is
          on hand now becomes one lot per product. There is no way back.
        </Text>
        <ProblemAlert problem={problem} onRetry={() => void go()} />
        <Group>
          <ActionButton
            size="xs"
            permission="MANAGE_STOCK"
            loading={fetching}
            onClick={() => void go()}
            data-testid="enable-receiving"
          >
            Begin to keep lots
          </ActionButton>
        </Group>
      </Stack>
    </Alert>
  );
}
