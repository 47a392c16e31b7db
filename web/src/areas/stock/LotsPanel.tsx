import { Button, Group, Select, Stack, Text, Title } from '@mantine/core';
import { IconStack2 } from '@tabler/icons-react';
import { useState } from 'react';
import { Link } from 'react-router';
import { EmptyState } from '../../components/EmptyState';
import { Loaded } from '../../components/Loaded';
import { Pager } from '../../components/Pager';
import { usePaging } from '../../components/paging';
import type { LotStatus } from '../../graphql/generated/graphql';
import { useLiveQuery } from '../../graphql/useLiveQuery';
import { lotStatusWord } from '../../lib/words';
import { ExportButton } from '../files/ExportButton';
import { fileName } from '../files/download';
import { AdjustDialog } from './AdjustDialog';
import { LotsTable, type LotRow } from './LotsTable';
import { LotsQuery, STOCK_TYPES, type ProductStock } from './operations';
import type { Past } from './past';

const STATUSES: readonly LotStatus[] = ['ACTIVE', 'EXHAUSTED', 'VOIDED'];

/** A product's lots, first in first; at a past moment all of them, with what was left then. */
export function LotsPanel({ product, past }: { product: ProductStock; past: Past }) {
  const [chosen, setChosen] = useState<LotStatus | null>('ACTIVE');
  const [adjusting, setAdjusting] = useState<LotRow | null>(null);
  const status = past.is ? undefined : (chosen ?? undefined);
  const filter = { productId: product.id, status };
  const paging = usePaging(`${product.id} ${status} ${past.asOf} ${past.knownAt}`);
  const query = useLiveQuery(LotsQuery, { filter, ...past.variables, ...paging.variables }, { types: STOCK_TYPES });
  return (
    <Stack gap="sm">
      <Group justify="space-between" align="flex-end" gap="sm">
        <Stack gap={0}>
          <Title order={2} size="h4">
            Lots
          </Title>
          <Text size="xs" c="dimmed">
            {past.is ? 'What was left of each lot then. ' : ''}Stock is taken from the first of them.
          </Text>
        </Stack>
        <Group gap="xs">
          {!past.is && (
            <Select
              size="xs"
              w={130}
              aria-label="State of the lots"
              placeholder="All"
              clearable
              data={STATUSES.map((each) => ({ value: each, label: lotStatusWord(each) }))}
              value={chosen}
              onChange={setChosen}
              data-testid="lots-status"
            />
          )}
          <ExportButton
            path={`/export/lots.csv?productId=${product.id}`}
            name={fileName(product.name, 'lots')}
            unavailable={past.is ? 'A file has lots as they are now. Go back to now first.' : null}
            testId="export-lots"
          />
        </Group>
      </Group>
      <Loaded query={query}>
        {({ lots: { nodes, pageInfo } }) =>
          nodes.length === 0 ? (
            <NoLots product={product} filtered={status !== undefined && status !== 'ACTIVE'} />
          ) : (
            <>
              <LotsTable lots={nodes} past={past} busy={query.loading} onAdjust={setAdjusting} />
              <Pager label="lots" paging={paging} info={pageInfo} shown={nodes.length} loading={query.loading} />
            </>
          )
        }
      </Loaded>
      {adjusting && <AdjustDialog what={{ kind: 'lot', lot: adjusting }} onClose={() => setAdjusting(null)} />}
    </Stack>
  );
}

function NoLots({ product, filtered }: { product: ProductStock; filtered: boolean }) {
  if (filtered) {
    return (
      <Text size="sm" c="dimmed">
        No lot is in this state.
      </Text>
    );
  }
  return (
    <EmptyState
      icon={IconStack2}
      title="No lots"
      action={
        <Group>
          <Button component={Link} to="/receipts" variant="default">
            Go to receipts
          </Button>
          {product.activeBom && (
            <Button component={Link} to={`/builds/new?product=${product.id}`}>
              Build it
            </Button>
          )}
        </Group>
      }
    >
      Each delivery and each build makes a lot with a cost of its own. Confirm a receipt or record a build first.
    </EmptyState>
  );
}
