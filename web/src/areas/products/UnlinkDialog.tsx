import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { ProblemAlert } from '../../components/ProblemAlert';
import { useAction } from '../../graphql/useAction';
import { UnlinkProductMutation, type Product } from './operations';

export function UnlinkDialog({
  product,
  onClose,
}: {
  product: Product & { item: NonNullable<Product['item']> };
  onClose: () => void;
}) {
  const unlink = useAction(UnlinkProductMutation, (data) => data.unlinkProduct);
  const go = async () => {
    const payload = await unlink.run({ productId: product.id, integrationId: product.item.integration.id });
    if (!payload || payload.userErrors.length > 0) return;
    notifications.show({ message: `${product.name} is no longer linked.`, color: 'teal' });
    onClose();
  };
  return (
    <Modal opened onClose={onClose} title={`Unlink ${product.name}?`} centered>
      <Stack gap="md">
        <Text size="sm">
          The link to “{product.item.name}” ends. Stock, cost and history stay. Until it is linked again, an item sync
          does not update this product and documents with it cannot be exported.
        </Text>
        <ProblemAlert problem={unlink.problem} onRetry={() => void go()} />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose} data-autofocus>
            Keep the link
          </Button>
          <Button color="red" loading={unlink.busy} onClick={() => void go()} data-testid="confirm-unlink">
            Unlink
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
