import { Alert, Button, Group, Modal, Radio, ScrollArea, Stack, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useState } from 'react';
import { Loaded } from '../../components/Loaded';
import { ProblemAlert } from '../../components/ProblemAlert';
import { SearchInput } from '../../components/SearchInput';
import type { LinkableItemsQuery as Linkable } from '../../graphql/generated/graphql';
import { useAction } from '../../graphql/useAction';
import { useLiveQuery } from '../../graphql/useLiveQuery';
import { itemTypeWord } from '../../lib/words';
import { LinkableItemsQuery, LinkProductMutation } from './operations';
import classes from './LinkDialog.module.css';

type Linked = { id: string; name: string; sku?: string | null };

/** Picks the accounting item that stands for this product. */
export function LinkDialog({ product, onClose }: { product: Linked; onClose: () => void }) {
  const [search, setSearch] = useState(product.sku ?? '');
  const [itemId, setItemId] = useState<string | null>(null);
  const query = useLiveQuery(
    LinkableItemsQuery,
    { filter: { linked: false, search: search || undefined } },
    { types: ['Item'] },
  );
  const link = useAction(LinkProductMutation, (data) => data.linkProduct);

  const go = async () => {
    if (!itemId) return;
    const payload = await link.run({ productId: product.id, itemId });
    if (!payload || payload.userErrors.length > 0) return;
    notifications.show({
      message: `${product.name} is linked to ${payload.item ? 'its accounting item' : 'the item'}.`,
      color: 'teal',
    });
    onClose();
  };

  return (
    <Modal opened onClose={onClose} title={`Link ${product.name} to an item`} size="lg" centered>
      <Stack gap="md">
        <Text size="sm" c="dimmed">
          Exports name the accounting item. One item belongs to one product; items that have a product are not listed.
        </Text>
        <SearchInput
          label="Search items"
          placeholder="Name or SKU"
          value={search}
          onSearch={setSearch}
          data-autofocus
          data-testid="link-search"
        />
        <Loaded query={query}>{({ items }) => <Choices items={items} value={itemId} onChange={setItemId} />}</Loaded>
        <ProblemAlert problem={link.problem} onClose={link.clear} onRetry={() => void go()} />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button onClick={() => void go()} loading={link.busy} disabled={!itemId} data-testid="confirm-link">
            Link
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

function Choices({
  items,
  value,
  onChange,
}: {
  items: Linkable['items'];
  value: string | null;
  onChange: (id: string) => void;
}) {
  if (items.nodes.length === 0) {
    return (
      <Alert color="gray" p="sm">
        No free item matches. Try another search, or sync items first.
      </Alert>
    );
  }
  return (
    <Radio.Group value={value} onChange={onChange} aria-label="Item">
      <ScrollArea.Autosize mah={320}>
        <Stack gap={6}>
          {items.nodes.map((item) => (
            <Radio.Card key={item.id} value={item.id} className={classes.card} data-testid="link-item">
              <Group wrap="nowrap" gap="sm">
                <Radio.Indicator />
                <div>
                  <Text size="sm" fw={540}>
                    {item.fullName}
                  </Text>
                  <Text size="xs" c="dimmed">
                    {[item.sku, itemTypeWord(item.type), !item.active && 'inactive'].filter(Boolean).join(' · ')}
                  </Text>
                </div>
              </Group>
            </Radio.Card>
          ))}
          {items.pageInfo.hasNextPage && (
            <Text size="xs" c="dimmed">
              There are more. Search to narrow them down.
            </Text>
          )}
        </Stack>
      </ScrollArea.Autosize>
    </Radio.Group>
  );
}
