import { Skeleton, Stack, Text } from '@mantine/core';
import {
  IconArrowsDiff,
  IconBox,
  IconClockHour4,
  IconComponents,
  IconFlag,
  IconReceipt2,
  IconTruck,
  type Icon,
} from '@tabler/icons-react';
import { MoneyText, Quantity, Unknown } from '../../components/Amounts';
import { FaultPanel } from '../../components/FaultPanel';
import { Loaded } from '../../components/Loaded';
import type { BuildOriginFragment } from '../../graphql/generated/graphql';
import { faultOf } from '../../graphql/faults';
import { useLiveQuery } from '../../graphql/useLiveQuery';
import type { Money } from '../../lib/decimal';
import { lotSourceWord } from '../../lib/words';
import { CostBadge } from '../products/CostBadge';
import { buildParts, lotParts, shareOf, type Part, type PartKind } from './explain';
import { LotOriginQuery, STOCK_TYPES } from './operations';
import { Tree, TreeNode } from './TreeNode';

const ICONS: Record<PartKind, Icon> = {
  lot: IconBox,
  component: IconComponents,
  price: IconReceipt2,
  landed: IconTruck,
  work: IconClockHour4,
  source: IconFlag,
  difference: IconArrowsDiff,
};

/** Levels that are open from the start; deeper ones are asked for when somebody opens them. */
const OPEN_LEVELS = 3;
const UNKNOWN = 'No cost is known for it, so none is in the sum above it.';

/** Where a lot's cost comes from, down to suppliers' prices and cost lines; every level adds up to the one above. */
export function LotCostTree({ id }: { id: string }) {
  const query = useLiveQuery(LotOriginQuery, { id }, { types: STOCK_TYPES });
  return (
    <Loaded query={query}>
      {({ lot }) =>
        lot ? (
          <Framed>
            <Tree label={`Where the cost of lot ${lot.number} comes from`} testId="cost-tree">
              <PartNode
                root
                level={0}
                part={{
                  key: lot.id,
                  kind: 'lot',
                  label: `Lot ${lot.number} of ${lot.product.name}`,
                  note: `${lotSourceWord(lot.source)}, as received`,
                  quantity: lot.receivedQuantity,
                  unit: lot.product.unit ?? null,
                  value: lot.costStatus === 'MISSING' ? null : lot.receivedValue,
                  estimated: lot.costStatus === 'ESTIMATED',
                  parts: lotParts(lot),
                }}
              />
            </Tree>
          </Framed>
        ) : (
          <Text c="dimmed">There is no such lot.</Text>
        )
      }
    </Loaded>
  );
}

export function BuildCostTree({ build }: { build: BuildOriginFragment }) {
  const missing = build.costStatus === 'MISSING';
  return (
    <Framed>
      <Tree label={`Where the cost of build ${build.number} comes from`} testId="cost-tree">
        <PartNode
          root
          level={0}
          part={{
            key: build.id,
            kind: 'component',
            label: `Build ${build.number} of ${build.product.name}`,
            quantity: build.quantity,
            unit: build.product.unit ?? null,
            value: missing ? null : build.totalValue,
            estimated: build.costStatus === 'ESTIMATED',
            parts: buildParts(build),
          }}
        />
      </Tree>
    </Framed>
  );
}

function Framed({ children }: { children: React.ReactNode }) {
  return (
    <Stack gap="xs">
      {children}
      <Text size="xs" c="dimmed">
        Every level adds up to the one above it, to the last digit. Under a lot that was taken in part stands the share
        of what was taken; its quantities are rounded to a millionth.
      </Text>
    </Stack>
  );
}

function PartNode({ part, level, root = false }: { part: Part; level: number; root?: boolean }) {
  const { lotId } = part;
  const inside =
    part.parts.length > 0
      ? () => part.parts.map((each) => <PartNode key={each.key} part={each} level={level + 1} />)
      : lotId && part.quantity
        ? () => <TakenLot id={lotId} quantity={part.quantity ?? '0'} value={part.value} level={level + 1} />
        : undefined;
  return (
    <TreeNode
      icon={ICONS[part.kind]}
      kind={part.kind}
      label={part.label}
      to={part.to}
      note={part.note}
      root={root}
      quantity={part.quantity === null ? null : <Quantity value={part.quantity} unit={part.unit} />}
      value={
        <>
          {part.estimated && <CostBadge status="ESTIMATED" />}{' '}
          {part.value ? <MoneyText money={part.value} /> : <Unknown why={UNKNOWN} />}
        </>
      }
      open={level < OPEN_LEVELS}
      inside={inside}
    />
  );
}

/** The parts of a lot, asked for when its node opens, as the share of what was taken from it. */
function TakenLot({
  id,
  quantity,
  value,
  level,
}: {
  id: string;
  quantity: string;
  value: Money | null;
  level: number;
}) {
  const query = useLiveQuery(LotOriginQuery, { id }, { types: STOCK_TYPES });
  const lot = query.data?.lot;
  if (query.error) {
    return (
      <li>
        <FaultPanel fault={faultOf(query.error)} onRetry={query.refetch} />
      </li>
    );
  }
  if (!lot) {
    return (
      <li aria-busy="true" aria-label="Loading">
        <Skeleton height={44} radius="md" />
      </li>
    );
  }
  return shareOf(lotParts(lot), quantity, lot.receivedQuantity, value).map((part) => (
    <PartNode key={part.key} part={part} level={level} />
  ));
}
