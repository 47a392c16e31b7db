import { Anchor, Stack, Tabs, Text } from '@mantine/core';
import { useState } from 'react';
import { Link, useParams } from 'react-router';
import { ActionButton } from '../../components/ActionButton';
import { MoneyText, Quantity, Unknown } from '../../components/Amounts';
import { Facts } from '../../components/Facts';
import { Loaded } from '../../components/Loaded';
import { Page } from '../../components/Page';
import { useLiveQuery } from '../../graphql/useLiveQuery';
import { formatDay } from '../../lib/time';
import { CostBadge } from '../products/CostBadge';
import { AdjustDialog } from './AdjustDialog';
import { LotCostTree } from './CostTree';
import { ForwardTree } from './ForwardTree';
import { LotStatusBadge, Origin } from './LotsTable';
import { LotQuery, STOCK_TYPES, type Lot } from './operations';

const UNKNOWN = 'No cost is known for this lot yet; that is not a cost of zero.';

/** One lot: backward to where its cost comes from, forward to where it went. */
export function LotPage() {
  const { id = '' } = useParams();
  const query = useLiveQuery(LotQuery, { id }, { types: STOCK_TYPES });
  return (
    <Loaded query={query}>
      {({ lot }) =>
        lot ? (
          <Page title={`Lot ${lot.number}`} lead={<ProductLink lot={lot} />} actions={<Adjust lot={lot} />}>
            <Details lot={lot} />
            <Tabs defaultValue="back" keepMounted={false}>
              <Tabs.List>
                <Tabs.Tab value="back">Where its cost comes from</Tabs.Tab>
                <Tabs.Tab value="forward" data-testid="tab-forward">
                  Where it went
                </Tabs.Tab>
              </Tabs.List>
              <Tabs.Panel value="back" pt="md">
                <LotCostTree id={lot.id} />
              </Tabs.Panel>
              <Tabs.Panel value="forward" pt="md">
                <Stack gap="xs">
                  <ForwardTree lot={lot} />
                  <Text size="xs" c="dimmed">
                    Follow it to the finished goods that hold it, for example for a recall.
                  </Text>
                </Stack>
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

function Details({ lot }: { lot: Lot }) {
  const missing = lot.costStatus === 'MISSING';
  const unknown = <Unknown why={UNKNOWN} />;
  return (
    <Facts
      facts={[
        ['State', <LotStatusBadge key="state" status={lot.status} />],
        ['From', <Origin key="from" lot={lot} />],
        ['Received', formatDay(lot.receivedOn)],
        lot.expiresOn != null && ['Expires', formatDay(lot.expiresOn)],
        ['Received quantity', <Quantity key="received" value={lot.receivedQuantity} unit={lot.product.unit} />],
        ['Left of it', <Quantity key="left" value={lot.remainingQuantity} unit={lot.product.unit} />],
        ['Value left', missing ? unknown : <MoneyText key="value" money={lot.remainingValue} />],
        ['Cost each', missing || !lot.unitCost ? unknown : <MoneyText key="cost" money={lot.unitCost} />],
        ['Cost', <CostBadge key="status" status={lot.costStatus} />],
      ]}
    />
  );
}
