import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { ProblemAlert } from '../../components/ProblemAlert';
import type { Picked } from '../stock/picked';
import { ProductPicker } from '../stock/ProductPicker';
import type { Issue } from './operations';
import type { Fixer } from './useFix';

/** Picks the finished good that an issue's item stands for; all its lines are then processed at once. */
export function LinkIssueDialog({ issue, fixer, onClose }: { issue: Issue; fixer: Fixer; onClose: () => void }) {
  const [product, setProduct] = useState<Picked | null>(null);
  const go = async () => {
    if (product && (await fixer.link(issue, product))) onClose();
  };
  return (
    <Modal opened onClose={onClose} title={`Link ${issue.item?.name ?? 'this item'} to a finished good`} centered>
      <Stack gap="md">
        <Text size="sm" c="dimmed">
          One item belongs to one product; products that have an item are not listed. Every line that waits for this
          item is processed at once.
        </Text>
        <ProductPicker
          label="Finished good"
          types={['FINISHED_GOOD']}
          linked={false}
          value={product}
          onPick={setProduct}
          data-testid="fix-link-product"
        />
        <ProblemAlert problem={fixer.problem} onClose={fixer.clear} />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button
            disabled={!product}
            loading={fixer.busy !== null}
            onClick={() => void go()}
            data-testid="confirm-fix-link"
          >
            Link
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
