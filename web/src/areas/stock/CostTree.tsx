import { Alert, Anchor, Stack, Text } from '@mantine/core';
import {
  IconBox,
  IconBuildingFactory2,
  IconClockHour4,
  IconComponents,
  IconFlag,
  IconHourglass,
  IconReceipt2,
  IconTransfer,
  IconTruck,
  type Icon,
} from '@tabler/icons-react';
import { Link } from 'react-router';
import { MoneyText, Quantity, Unknown } from '../../components/Amounts';
import { Loaded } from '../../components/Loaded';
import type { CostPartKind } from '../../graphql/generated/graphql';
import { useLiveQuery } from '../../graphql/useLiveQuery';
import { CostBadge } from '../products/CostBadge';
import { labelOf, noteOf, placeOf, treeOf, type Branch } from './explain';
import { ExplainQuery, STOCK_TYPES, type CostPart } from './operations';
import { Tree, TreeNode } from './TreeNode';

const ICONS: Record<CostPartKind, Icon> = {
  AVERAGE: IconFlag,
  BUILD: IconBuildingFactory2,
  COMPONENT: IconComponents,
  DUTY: IconTruck,
  FREIGHT: IconTruck,
  LABOUR: IconClockHour4,
  LOT: IconBox,
  MOVEMENT: IconTransfer,
  OTHER_COST: IconClockHour4,
  OTHER_LANDED: IconTruck,
  OVERHEAD: IconClockHour4,
  PRICE: IconReceipt2,
  SHORTAGE: IconHourglass,
};

/** Levels that are open from the start. */
const OPEN_LEVELS = 4;
const UNKNOWN = 'No cost is known for it, so none is in the sum above it.';

/** Where the cost of a lot or build comes from, down to suppliers' prices and cost lines; every level adds up. */
export function CostTree({ id, name }: { id: string; name: string }) {
  const query = useLiveQuery(ExplainQuery, { id }, { types: STOCK_TYPES });
  return <Loaded query={query}>{({ explain: { parts } }) => <CostParts parts={parts} name={name} />}</Loaded>;
}

/** The tree of parts that are there already. */
export function CostParts({ parts, name }: { parts: readonly CostPart[]; name: string }) {
  const whole = treeOf(parts);
  if (!whole) return <Text c="dimmed">Nothing is known about its cost.</Text>;
  const cut = parts.some((part) => part.cut);
  return (
    <Stack gap="xs">
      {cut && <Cut listed={parts.length} />}
      <Tree label={`Where the cost of ${name} comes from`} testId="cost-tree">
        <BranchNode root branch={whole} />
      </Tree>
      <Text size="xs" c="dimmed">
        Every level adds up to the one above it, to the last digit. Under a lot that was taken in part stands the share
        of what was taken; its quantities are rounded to a millionth.
      </Text>
    </Stack>
  );
}

function Cut({ listed }: { listed: number }) {
  return (
    <Alert color="yellow" p="sm" data-testid="cost-tree-cut">
      This cost has more parts than are told at once: {listed.toLocaleString()} are shown. The sums are whole all the
      same; where parts are left out, open the lot or build to see them.
    </Alert>
  );
}

function BranchNode({ branch, root = false }: { branch: Branch; root?: boolean }) {
  const { part, parts } = branch;
  const to = placeOf(part);
  const label = labelOf(branch);
  const inside = () => (
    <>
      {parts.map((each) => (
        <BranchNode key={each.part.place} branch={each} />
      ))}
      {part.cut && <More label={label} to={to} />}
    </>
  );
  return (
    <TreeNode
      icon={ICONS[part.kind]}
      kind={part.kind}
      label={label}
      to={to}
      note={noteOf(branch)}
      root={root}
      quantity={part.quantity == null ? null : <Quantity value={part.quantity} unit={part.product?.unit} />}
      value={
        <>
          {part.costStatus === 'ESTIMATED' && <CostBadge status="ESTIMATED" />}{' '}
          {part.costStatus === 'MISSING' ? <Unknown why={UNKNOWN} /> : <MoneyText money={part.value} />}
        </>
      }
      open={part.depth < OPEN_LEVELS}
      inside={parts.length > 0 || part.cut ? inside : undefined}
    />
  );
}

function More({ label, to }: { label: string; to: string | undefined }) {
  return (
    <li>
      <Text size="sm" c="dimmed" py="xs">
        It has parts that are not listed here.{' '}
        {to && (
          <Anchor component={Link} to={to} size="sm" c="var(--link-color)" underline="always">
            Open {label}
          </Anchor>
        )}
      </Text>
    </li>
  );
}
