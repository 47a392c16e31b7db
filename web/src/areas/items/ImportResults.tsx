import { Badge, Button, Group, Modal, SegmentedControl, Stack, Table, Text } from '@mantine/core';
import { useState } from 'react';
import { Link } from 'react-router';
import { ActionButton } from '../../components/ActionButton';
import { One, ProblemAlert } from '../../components/ProblemAlert';
import type { ImportStatus } from '../../graphql/generated/graphql';
import { useAction } from '../../graphql/useAction';
import { count, humanise } from '../../lib/words';
import { LinkProductMutation } from '../products/operations';
import type { ImportPayload, ImportResult } from './operations';

const COLORS: Record<ImportStatus, string> = { CREATED: 'teal', SKIPPED: 'gray', CONFLICT: 'yellow', FAILED: 'red' };
const ORDER: readonly ImportStatus[] = ['FAILED', 'CONFLICT', 'SKIPPED', 'CREATED'];
const STEP = 50;

/** How the import went, row by row; what needs a decision comes first. */
export function ImportResults({ payload, onClose }: { payload: ImportPayload; onClose: () => void }) {
  const [only, setOnly] = useState<ImportStatus | 'ALL'>('ALL');
  const [shown, setShown] = useState(STEP);
  const present = ORDER.filter((status) => payload.results.some((result) => result.status === status));
  const sorted = [...payload.results].sort((a, b) => ORDER.indexOf(a.status) - ORDER.indexOf(b.status));
  const rows = sorted.filter((result) => only === 'ALL' || result.status === only);
  const howMany = (status: ImportStatus) => payload.results.filter((result) => result.status === status).length;

  return (
    <Modal opened onClose={onClose} title="Import result" size="xl" centered data-testid="import-results">
      <Stack gap="md">
        <Text
          data-testid="import-summary"
          data-created={payload.created}
          data-skipped={payload.skipped}
          data-failed={payload.failed}
        >
          {count(payload.created, 'product')} created, {payload.skipped.toLocaleString()} skipped,{' '}
          {payload.failed.toLocaleString()} failed.
        </Text>
        <ProblemAlert
          problem={payload.userErrors.length > 0 ? { errors: payload.userErrors, retryable: false } : null}
        />
        {present.length > 1 && (
          <SegmentedControl
            w="fit-content"
            size="xs"
            aria-label="Show"
            value={only}
            onChange={(value) => setOnly(value)}
            data={[
              { value: 'ALL', label: `All ${payload.results.length.toLocaleString()}` },
              ...present.map((status) => ({
                value: status,
                label: `${humanise(status)} ${howMany(status).toLocaleString()}`,
              })),
            ]}
          />
        )}
        <Table.ScrollContainer minWidth={560}>
          <Table verticalSpacing="xs" aria-label="Import result">
            <Table.Tbody>
              {rows.slice(0, shown).map((result) => (
                <Row key={result.itemId} result={result} />
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
        <Group justify="space-between">
          {rows.length > shown ? (
            <Button variant="subtle" size="xs" onClick={() => setShown(shown + STEP)}>
              Show {Math.min(STEP, rows.length - shown)} more
            </Button>
          ) : (
            <span />
          )}
          <Group gap="xs">
            <Button variant="default" component={Link} to="/products">
              See products
            </Button>
            <Button onClick={onClose} data-testid="close-import-results">
              Done
            </Button>
          </Group>
        </Group>
      </Stack>
    </Modal>
  );
}

function Row({ result }: { result: ImportResult }) {
  return (
    <Table.Tr data-testid="import-result-row" data-status={result.status} data-item={result.itemId}>
      <Table.Td w={110}>
        <Badge color={COLORS[result.status]} variant="light">
          {humanise(result.status)}
        </Badge>
      </Table.Td>
      <Table.Td>
        <Text size="sm" fw={540}>
          {result.item?.name ?? result.itemId}
        </Text>
        {result.item?.sku && (
          <Text size="xs" c="dimmed">
            {result.item.sku}
          </Text>
        )}
        {result.reason && <One message={result.reason.message} help={result.reason.help} code={result.reason.code} />}
      </Table.Td>
      <Table.Td ta="right">
        {result.status === 'CONFLICT' && result.conflictingProduct && (
          <LinkInstead itemId={result.itemId} product={result.conflictingProduct} />
        )}
      </Table.Td>
    </Table.Tr>
  );
}

/** The SKU belongs to a product that has no item: linking the two is what was meant in most cases. */
function LinkInstead({
  itemId,
  product,
}: {
  itemId: string;
  product: NonNullable<ImportResult['conflictingProduct']>;
}) {
  const link = useAction(LinkProductMutation, (data) => data.linkProduct);
  const [done, setDone] = useState(false);
  const go = async () => {
    const payload = await link.run({ productId: product.id, itemId });
    if (payload?.userErrors.length === 0) setDone(true);
  };
  if (done) {
    return (
      <Text size="sm" c="teal" role="status">
        Linked to {product.name}
      </Text>
    );
  }
  return (
    <Stack gap="xs" align="flex-end">
      <ActionButton
        size="xs"
        variant="light"
        permission="LINK_PRODUCTS"
        loading={link.busy}
        onClick={() => void go()}
        data-testid="link-existing"
      >
        Link to “{product.name}”
      </ActionButton>
      <ProblemAlert problem={link.problem} onClose={link.clear} onRetry={() => void go()} />
    </Stack>
  );
}
