import { Badge, Skeleton, Text } from '@mantine/core';
import { IconArrowRight, IconBuildingFactory2 } from '@tabler/icons-react';
import { MoneyText, Quantity, Unknown } from '../../components/Amounts';
import { FaultPanel } from '../../components/FaultPanel';
import type { LotUsesQuery as UsesData } from '../../graphql/generated/graphql';
import { faultOf } from '../../graphql/faults';
import { useLiveQuery } from '../../graphql/useLiveQuery';
import { formatDay } from '../../lib/time';
import { buildStateWord, movementWord } from '../../lib/words';
import { LotUsesQuery, STOCK_TYPES, type Lot } from './operations';
import { Tree, TreeNode } from './TreeNode';
import { IconBox } from '@tabler/icons-react';

type Use = NonNullable<UsesData['lot']>['consumptions']['nodes'][number];

/** Where a lot went, down to the finished goods that hold it: whom a recall concerns. */
export function ForwardTree({ lot }: { lot: Lot }) {
  return (
    <Tree label={`Where lot ${lot.number} went`} testId="forward-tree">
      <TreeNode
        root
        open
        kind="lot"
        icon={IconBox}
        label={`Lot ${lot.number} of ${lot.product.name}`}
        note={
          <>
            <Quantity value={lot.remainingQuantity} unit={lot.product.unit} /> still there
          </>
        }
        quantity={<Quantity value={lot.receivedQuantity} unit={lot.product.unit} />}
        value={
          lot.costStatus === 'MISSING' ? <Unknown why="No cost is known." /> : <MoneyText money={lot.receivedValue} />
        }
        inside={() => <Uses id={lot.id} unit={lot.product.unit ?? null} level={1} />}
      />
    </Tree>
  );
}

function Uses({ id, unit, level }: { id: string; unit: string | null; level: number }) {
  const query = useLiveQuery(LotUsesQuery, { id }, { types: STOCK_TYPES });
  const uses = query.data?.lot?.consumptions;
  if (query.error) {
    return (
      <li>
        <FaultPanel fault={faultOf(query.error)} onRetry={query.refetch} />
      </li>
    );
  }
  if (!uses) {
    return (
      <li aria-busy="true" aria-label="Loading">
        <Skeleton height={44} radius="md" />
      </li>
    );
  }
  if (uses.nodes.length === 0) {
    return (
      <li>
        <Text size="sm" c="dimmed" py="xs">
          Nothing was taken from it yet.
        </Text>
      </li>
    );
  }
  return (
    <>
      {uses.nodes.map((use) => (
        <UseNode key={use.id} use={use} unit={unit} level={level} />
      ))}
      {uses.pageInfo.hasNextPage && (
        <li>
          <Text size="sm" c="dimmed" py="xs">
            Only the first 50 are shown. The rest are among the product’s movements.
          </Text>
        </li>
      )}
    </>
  );
}

function UseNode({ use, unit, level }: { use: Use; unit: string | null; level: number }) {
  const by = use.consumedBy;
  const made = by.__typename === 'Build' ? by.lot : null;
  const missing = use.costStatus === 'MISSING';
  return (
    <TreeNode
      kind={by.__typename}
      icon={by.__typename === 'Build' ? IconBuildingFactory2 : IconArrowRight}
      label={labelOf(use)}
      to={
        by.__typename === 'Build' ? `/builds/${by.id}` : by.__typename === 'Receipt' ? `/receipts/${by.id}` : undefined
      }
      note={<Note use={use} unit={unit} />}
      quantity={<Quantity value={use.quantity} unit={unit} />}
      value={missing ? <Unknown why="No cost was known when it was taken." /> : <MoneyText money={use.value} />}
      open={level < 3}
      inside={
        made && by.__typename === 'Build'
          ? () => (
              <TreeNode
                kind="lot"
                icon={IconBox}
                label={`Lot ${made.number} of ${by.product.name}`}
                to={`/lots/${made.id}`}
                note={
                  <>
                    <Quantity value={made.remainingQuantity} unit={by.product.unit} /> still there
                  </>
                }
                quantity={<Quantity value={made.receivedQuantity} unit={by.product.unit} />}
                open={level < 2}
                inside={() => <Uses id={made.id} unit={by.product.unit ?? null} level={level + 1} />}
              />
            )
          : undefined
      }
    />
  );
}

function labelOf({ consumedBy: by, movement }: Use): string {
  if (by.__typename === 'Build') return `Build ${by.number} of ${by.product.name}`;
  if (by.__typename === 'Receipt') return `Receipt ${by.number}`;
  return movementWord(movement.kind);
}

function Note({ use, unit }: { use: Use; unit: string | null }) {
  return (
    <>
      {formatDay(use.effectiveOn)}
      {use.consumedBy.__typename === 'Build' && ` · ${buildStateWord(use.consumedBy.state)}`}
      {use.reversed ? (
        <Badge ml={6} size="xs" color="gray" variant="light">
          Taken back
        </Badge>
      ) : use.reversedQuantity !== '0' ? (
        <>
          {' · '}
          <Quantity value={use.reversedQuantity} unit={unit} /> taken back
        </>
      ) : null}
    </>
  );
}
