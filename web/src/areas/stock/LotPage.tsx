import { Anchor, Group, Tabs, Text } from '@mantine/core';
import { useState } from 'react';
import { Link, useParams } from 'react-router';
import { ActionButton } from '../../components/ActionButton';
import { MoneyText, Quantity, Unknown } from '../../components/Amounts';
import { Facts } from '../../components/Facts';
import { Loaded } from '../../components/Loaded';
import { Page } from '../../components/Page';
import { useLiveQuery } from '../../graphql/useLiveQuery';
import type { LotQuery as LotData } from '../../graphql/generated/graphql';
import { isZero } from '../../lib/decimal';
import { formatDay } from '../../lib/time';
import { CostBadge } from '../products/CostBadge';
import { AdjustDialog } from './AdjustDialog';
import { CostTree } from './CostTree';
import { LotStatusBadge, Origin } from './LotsTable';
import { LotQuery, STOCK_TYPES, type Lot } from './operations';
import { Busy, PastBanner, PastPicker } from './Past';
import { usePast, type Past } from './past';
import { TraceTree } from './TraceTree';

type ShownLot = NonNullable<LotData['lot']>;

const UNKNOWN = 'No cost is known for this lot yet; that is not a cost of zero.';

/** One lot: backward to where its cost comes from, forward to where it went. */
export function LotPage() {
  const { id = '' } = useParams();
  const past = usePast();
  const query = useLiveQuery(LotQuery, { id, ...past.variables }, { types: STOCK_TYPES });
  return (
    <Loaded query={query}>
      {({ lot }) =>
        lot ? (
          <Page title={`Lot ${lot.number}`} lead={<ProductLink lot={lot} />} actions={<Adjust lot={lot} />}>
            <Group justify="flex-end">
              <PastPicker past={past} />
            </Group>
            <PastBanner past={past} what="What is left of the lot" />
            <Busy busy={query.loading && past.is}>
              <Details lot={lot} past={past} />
            </Busy>
            <Tabs defaultValue="back" keepMounted={false}>
              <Tabs.List>
                <Tabs.Tab value="back">Where its cost comes from</Tabs.Tab>
                <Tabs.Tab value="origin" data-testid="tab-origin">
                  What it was made of
                </Tabs.Tab>
                <Tabs.Tab value="forward" data-testid="tab-forward">
                  Where it went
                </Tabs.Tab>
              </Tabs.List>
              <Tabs.Panel value="back" pt="md">
                <CostTree id={lot.id} name={`lot ${lot.number}`} />
              </Tabs.Panel>
              <Tabs.Panel value="origin" pt="md">
                <TraceTree id={lot.id} direction="ORIGIN" />
              </Tabs.Panel>
              <Tabs.Panel value="forward" pt="md">
                <TraceTree id={lot.id} direction="USE" />
              </Tabs.Panel>
            </Tabs>
          </Page>
        ) : (
          <Page title="Lot">
            <Text c="dimmed">There is no such lot.</Text>
          </Page>
        )
      }
    </Loaded>
  );
}

function ProductLink({ lot }: { lot: Lot }) {
  return (
    <Anchor component={Link} to={`/products/${lot.product.id}`} size="sm" c="var(--link-color)">
      {lot.product.name}
    </Anchor>
  );
}

function Adjust({ lot }: { lot: Lot }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <ActionButton
        variant="default"
        permission="MANAGE_STOCK"
        unavailable={lot.status === 'VOIDED' ? 'The lot’s document was voided.' : null}
        onClick={() => setOpen(true)}
      >
        Adjust lot
      </ActionButton>
      {open && <AdjustDialog what={{ kind: 'lot', lot }} onClose={() => setOpen(false)} />}
    </>
  );
}

function Details({ lot, past }: { lot: ShownLot; past: Past }) {
  const missing = lot.costStatus === 'MISSING';
  const unknown = <Unknown why={UNKNOWN} />;
  const now = { quantity: lot.remainingQuantity, value: lot.remainingValue, unitCost: lot.unitCost };
  const { quantity, value, unitCost } = (past.is && lot.at) || now;
  const then = past.is ? ' then' : '';
  return (
    <Facts
      facts={[
        !past.is && ['State', <LotStatusBadge key="state" status={lot.status} />],
        ['From', <Origin key="from" lot={lot} />],
        ['Received', formatDay(lot.receivedOn)],
        lot.expiresOn != null && ['Expires', formatDay(lot.expiresOn)],
        ['Received quantity', <Quantity key="received" value={lot.receivedQuantity} unit={lot.product.unit} />],
        [
          `Left of it${then}`,
          <span key="left" data-testid="lot-left">
            <Quantity value={quantity} unit={lot.product.unit} />
          </span>,
        ],
        [`Value left${then}`, missing ? unknown : <MoneyText key="value" money={value} />],
        [`Cost each${then}`, costEach(missing, unitCost, quantity)],
        !past.is && ['Cost', <CostBadge key="status" status={lot.costStatus} />],
      ]}
    />
  );
}

function costEach(missing: boolean, each: Lot['unitCost'], quantity: string) {
  if (each && !missing) return <MoneyText money={each} />;
  return isZero(quantity) && !missing ? '–' : <Unknown why={UNKNOWN} />;
}
