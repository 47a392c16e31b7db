import { Anchor, Badge, Button, Group, Paper, Stack, Tabs, Text } from '@mantine/core';
import { IconHammer } from '@tabler/icons-react';
import { useState } from 'react';
import { Link, useParams, useSearchParams } from 'react-router';
import { ActionButton } from '../../components/ActionButton';
import { MoneyText, Quantity, Unknown } from '../../components/Amounts';
import { Facts } from '../../components/Facts';
import { Loaded } from '../../components/Loaded';
import { Page } from '../../components/Page';
import type { ProductStockPageQuery as PageData } from '../../graphql/generated/graphql';
import { useLiveQuery } from '../../graphql/useLiveQuery';
import { isZero } from '../../lib/decimal';
import { formatDateTime } from '../../lib/time';
import { productTypeWord } from '../../lib/words';
import { BomPanel } from '../boms/BomPanel';
import { WhereUsed } from '../boms/WhereUsed';
import { CostBadge } from '../products/CostBadge';
import { DriftBadge } from '../products/DriftBadge';
import { AverageCost, StockValue } from '../products/ProductCost';
import { AdjustDialog } from './AdjustDialog';
import { LotsPanel } from './LotsPanel';
import { MovementsPanel } from './MovementsPanel';
import { ProductStockQuery, STOCK_TYPES } from './operations';
import { Busy, PastBanner, PastPicker } from './Past';
import { usePast, type Past } from './past';
import { ReceivingNotice } from './ReceivingNotice';
import { ShortageNotice } from './ShortageNotice';

type Shown = Extract<NonNullable<PageData['node']>, { __typename: 'Product' }>;

/** One product: its stock now or at a past day, its lots and movements, what it is made of and what it goes into. */
export function ProductPage() {
  const { id = '' } = useParams();
  const [params, setParams] = useSearchParams();
  const past = usePast();
  const show = (tab: string | null) =>
    setParams(
      (before) => {
        const after = new URLSearchParams(before);
        if (tab) after.set('tab', tab);
        return after;
      },
      { replace: true },
    );
  const query = useLiveQuery(ProductStockQuery, { id, ...past.variables }, { types: STOCK_TYPES });
  return (
    <Loaded query={query}>
      {({ node }) =>
        node?.__typename === 'Product' ? (
          <Page
            title={node.name}
            lead={[node.sku, productTypeWord(node.type)].filter(Boolean).join(' · ')}
            actions={<Actions product={node} />}
          >
            <ReceivingNotice />
            <PastBanner past={past} what="Stock and lots" />
            <Summary product={node} past={past} busy={query.loading} />
            {!past.is && <ShortageNotice product={node} />}
            <Tabs value={params.get('tab') ?? 'stock'} onChange={show} keepMounted={false}>
              <Tabs.List>
                <Tabs.Tab value="stock">Lots and movements</Tabs.Tab>
                <Tabs.Tab value="bom" data-testid="tab-bom">
                  Bill of materials
                </Tabs.Tab>
                <Tabs.Tab value="used" data-testid="tab-used">
                  Where used
                </Tabs.Tab>
              </Tabs.List>
              <Tabs.Panel value="stock" pt="lg">
                <Stack gap="xl">
                  <LotsPanel product={node} past={past} />
                  <MovementsPanel product={node} past={past} />
                </Stack>
              </Tabs.Panel>
              <Tabs.Panel value="bom" pt="lg">
                <BomPanel product={node} />
              </Tabs.Panel>
              <Tabs.Panel value="used" pt="lg">
                <WhereUsed productId={node.id} />
              </Tabs.Panel>
            </Tabs>
          </Page>
        ) : (
          <Page title="Product">
            <Text c="dimmed">There is no such product.</Text>
          </Page>
        )
      }
    </Loaded>
  );
}

function Actions({ product }: { product: Shown }) {
  const [adjusting, setAdjusting] = useState(false);
  return (
    <>
      <ActionButton
        variant="default"
        permission="MANAGE_STOCK"
        onClick={() => setAdjusting(true)}
        data-testid="adjust-stock"
      >
        Adjust stock
      </ActionButton>
      {product.activeBom && (
        <Button component={Link} to={`/builds/new?product=${product.id}`} leftSection={<IconHammer size={16} />}>
          Build
        </Button>
      )}
      {adjusting && <AdjustDialog what={{ kind: 'stock', product }} onClose={() => setAdjusting(false)} />}
    </>
  );
}

function Summary({ product, past, busy }: { product: Shown; past: Past; busy: boolean }) {
  return (
    <Paper withBorder radius="md" p="md" data-testid="product-stock" data-cost-status={product.costStatus}>
      <Stack gap="md">
        <Group justify="space-between" align="flex-start" gap="md">
          <Group gap="sm">
            <Text fw={600}>{past.is ? 'Stock then' : 'Stock now'}</Text>
            {!past.is && <DriftBadge drift={product.drift} />}
            {!product.active && (
              <Badge color="gray" variant="light">
                Inactive
              </Badge>
            )}
          </Group>
          <PastPicker past={past} />
        </Group>
        {past.is ? (
          <Busy busy={busy}>{product.at && <Then figures={product.at} product={product} />}</Busy>
        ) : (
          <Now product={product} />
        )}
      </Stack>
    </Paper>
  );
}

function Now({ product }: { product: Shown }) {
  const { drift } = product;
  return (
    <Facts
      facts={[
        ['On hand', <Quantity key="on-hand" value={product.onHand} unit={product.unit} />],
        ['Average cost', <AverageCost key="cost" product={product} />],
        ['Value', <StockValue key="value" product={product} />],
        ['Cost', <CostBadge key="status" status={product.costStatus} />],
        product.maxBuildable != null && [
          'Can be built now',
          <Quantity key="max" value={product.maxBuildable} unit={product.unit} />,
        ],
        ['Accounting item', product.item ? product.item.name : 'not linked'],
        drift != null && [
          'Accounting system has',
          <span key="drift">
            <Quantity value={drift.theirs} unit={product.unit} />, read {formatDateTime(drift.asOf)}
          </span>,
        ],
        product.activeBom != null && [
          'Bill of materials',
          <Anchor key="bom" component={Link} to={`/products/${product.id}?tab=bom`} size="sm" c="var(--link-color)">
            Version {product.activeBom.version}
          </Anchor>,
        ],
      ]}
    />
  );
}

const THEN = 'No cost was known for it then.';

function Then({ figures, product }: { figures: NonNullable<Shown['at']>; product: Shown }) {
  // With stock but no cost per unit nothing was known of its value.
  const unknown = figures.unitCost == null || (isZero(figures.value.amount) && product.costStatus === 'MISSING');
  const stocked = !isZero(figures.quantity);
  return (
    <Facts
      facts={[
        [
          'On hand then',
          <span key="on-hand" data-testid="on-hand-then">
            <Quantity value={figures.quantity} unit={product.unit} />
          </span>,
        ],
        [
          'Average cost then',
          unknown && !stocked ? (
            '–'
          ) : unknown ? (
            <Unknown key="cost" why={THEN} />
          ) : (
            <MoneyText key="cost" money={figures.unitCost} />
          ),
        ],
        [
          'Value then',
          unknown && stocked ? <Unknown key="value" why={THEN} /> : <MoneyText key="value" money={figures.value} />,
        ],
      ]}
    />
  );
}
