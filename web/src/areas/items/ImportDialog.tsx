import { Button, Group, List, Modal, Select, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { ProblemAlert } from '../../components/ProblemAlert';
import { PRODUCT_TYPES } from '../products/filter';
import type { ItemFilter, ProductType } from '../../graphql/generated/graphql';
import { useAction } from '../../graphql/useAction';
import { IdempotencyKey } from '../../lib/ids';
import { count, productTypeWord } from '../../lib/words';
import { MatchingCount } from './MatchingCount';
import { ImportItemsMutation, type ImportPayload } from './operations';

export type ImportWhat = { kind: 'selected'; ids: readonly string[] } | { kind: 'matching'; filter: ItemFilter };

/** The API takes at most this many ids at once; a filter has no such limit. */
const MOST_IDS = 1_000;

interface Props {
  what: ImportWhat;
  onClose: () => void;
  onDone: (payload: ImportPayload) => void;
}

export function ImportDialog({ what, onClose, onDone }: Props) {
  const [productType, setProductType] = useState<ProductType>('RAW_MATERIAL');
  const [key] = useState(() => new IdempotencyKey());
  const importing = useAction(ImportItemsMutation, (data) => data.importItems);
  const tooMany = what.kind === 'selected' && what.ids.length > MOST_IDS;

  const go = async () => {
    const input = { ...(what.kind === 'selected' ? { itemIds: [...what.ids] } : { filter: what.filter }), productType };
    const payload = await importing.run({ ...input, idempotencyKey: key.for(input) });
    if (payload) key.answered();
    if (payload && (payload.userErrors.length === 0 || payload.results.length > 0)) onDone(payload);
  };

  return (
    <Modal
      opened
      onClose={onClose}
      title={
        what.kind === 'selected'
          ? `Import ${count(what.ids.length, 'item')} as products`
          : 'Import all matching items as products'
      }
      size="lg"
      centered
      closeOnClickOutside={!importing.busy}
    >
      <Stack gap="md">
        {what.kind === 'matching' && <MatchingCount filter={what.filter} />}
        <Select
          label="Product type"
          description="The accounting system does not know it; you can change it later on each product."
          allowDeselect={false}
          data={PRODUCT_TYPES.map((type) => ({ value: type, label: productTypeWord(type) }))}
          value={productType}
          onChange={(value) => value && setProductType(value)}
          data-testid="import-product-type"
          data-autofocus
        />
        <List size="sm" c="dimmed" spacing={2}>
          <List.Item>Each item becomes a product with its name, SKU and cost, linked to the item.</List.Item>
          <List.Item>A quantity on hand becomes the opening balance.</List.Item>
          <List.Item>
            Items that have a product already are skipped. Where a product has the same SKU you are asked, nothing is
            doubled.
          </List.Item>
        </List>
        {tooMany && (
          <Text size="sm" c="red" role="alert">
            At most {MOST_IDS.toLocaleString()} items can be imported by selection. Use “Import all matching” with a
            filter instead.
          </Text>
        )}
        <ProblemAlert problem={importing.problem} onRetry={() => void go()} />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose} disabled={importing.busy}>
            Cancel
          </Button>
          <Button onClick={() => void go()} loading={importing.busy} disabled={tooMany} data-testid="confirm-import">
            Import
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
