import { Alert, Group, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconAlertTriangle } from '@tabler/icons-react';
import { ActionButton } from '../../components/ActionButton';
import { Quantity } from '../../components/Amounts';
import { ProblemAlert } from '../../components/ProblemAlert';
import { useAction } from '../../graphql/useAction';
import { isZero } from '../../lib/decimal';
import { count } from '../../lib/words';
import { SettleShortagesMutation, type ProductStock } from './operations';

/** What went out before it came in is owed; lots that came since can settle it. */
export function ShortageNotice({ product }: { product: ProductStock }) {
  const settle = useAction(SettleShortagesMutation, (data) => data.settleShortages);
  if (isZero(product.shortQuantity)) return null;
  const go = async () => {
    const payload = await settle.run({ productId: product.id });
    if (!payload || payload.userErrors.length > 0) return;
    notifications.show({
      message:
        payload.settled > 0 ? `${count(payload.settled, 'shortage')} settled.` : 'Nothing is there to settle with.',
      color: payload.settled > 0 ? 'teal' : 'yellow',
    });
  };
  return (
    <Alert
      color="orange"
      icon={<IconAlertTriangle size={20} />}
      title="More went out than was there"
      data-testid="shortage"
    >
      <Text size="sm">
        <Quantity value={product.shortQuantity} unit={product.unit} /> went out at an assumed cost before they came in.
        Once a receipt or build brought them, settle it: the difference of cost becomes a movement of its own.
      </Text>
      <ProblemAlert problem={settle.problem} onClose={settle.clear} />
      <Group mt="xs">
        <ActionButton
          size="xs"
          variant="default"
          permission="MANAGE_STOCK"
          loading={settle.busy}
          onClick={() => void go()}
          data-testid="settle-shortages"
        >
          Settle from lots
        </ActionButton>
      </Group>
    </Alert>
  );
}
