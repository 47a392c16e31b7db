import { Alert, Anchor, Stack, Table, Text, Title } from '@mantine/core';
import { IconArrowRight, IconBox, IconBuildingFactory2 } from '@tabler/icons-react';
import { Link } from 'react-router';
import { MoneyText, Quantity, Unknown } from '../../components/Amounts';
import { DataTable } from '../../components/DataTable';
import { Loaded } from '../../components/Loaded';
import type { TraceDirection } from '../../graphql/generated/graphql';
import { useLiveQuery } from '../../graphql/useLiveQuery';
import { isZero } from '../../lib/decimal';
import { formatDay } from '../../lib/time';
import { buildStateWord, count, lotSourceWord, movementWord } from '../../lib/words';
import { LotStatusBadge } from './LotsTable';
import { STOCK_TYPES, TraceLotQuery, type Trace, type TraceLink } from './operations';
import { ProductLink } from './ProductLink';
import { byLot, type TraceLot } from './trace';
import { Tree, TreeNode } from './TreeNode';

/** Lots listed under the tree; the tree holds all of them. */
const LISTED = 200;
const OPEN_LEVELS = 4;

interface Known {
  direction: TraceDirection;
  lots: ReadonlyMap<string, TraceLot>;
  links: ReadonlyMap<string, readonly TraceLink[]>;
}

/** A lot's relatives: what became of it (whom a recall concerns), or what it was made of. */
export function TraceTree({ id, direction }: { id: string; direction: TraceDirection }) {
  const query = useLiveQuery(TraceLotQuery, { id, direction }, { types: STOCK_TYPES });
  return <Loaded query={query}>{({ traceLot }) => <Found trace={traceLot} direction={direction} />}</Loaded>;
}

function Found({ trace, direction }: { trace: Trace; direction: TraceDirection }) {
  const [first, ...others] = trace.lots;
  if (!first) return <Text c="dimmed">Nothing is known about this lot.</Text>;
  const known: Known = {
    direction,
    lots: new Map(trace.lots.map((lot) => [lot.id, lot])),
    links: byLot(trace.links, direction),
  };
  const use = direction === 'USE';
  return (
    <Stack gap="md">
      {!trace.complete && (
        <Alert color="yellow" p="sm" data-testid="trace-cut">
          There are more lots than are followed at once: {trace.lots.length.toLocaleString()} are shown. The farthest of
          them have to be opened and traced by themselves.
        </Alert>
      )}
      <Tree
        label={use ? `Where lot ${first.number} went` : `What lot ${first.number} was made of`}
        testId={use ? 'forward-tree' : 'origin-tree'}
      >
        <LotNode lot={first} known={known} level={0} />
      </Tree>
      {others.length > 0 && <Concerned lots={others} direction={direction} />}
    </Stack>
  );
}

function LotNode({ lot, known, level }: { lot: TraceLot; known: Known; level: number }) {
  const links = known.links.get(lot.id) ?? [];
  const root = level === 0;
  return (
    <TreeNode
      root={root}
      kind="lot"
      icon={IconBox}
      label={`Lot ${lot.number} of ${lot.product.name}`}
      to={`/lots/${lot.id}`}
      note={
        <>
          {lotSourceWord(lot.source)} · <Quantity value={lot.remainingQuantity} unit={lot.product.unit} /> still there
        </>
      }
      quantity={<Quantity value={lot.receivedQuantity} unit={lot.product.unit} />}
      open={level < OPEN_LEVELS}
      inside={links.length > 0 || root ? () => <Links links={links} known={known} level={level + 1} /> : undefined}
    />
  );
}

function Links({ links, known, level }: { links: readonly TraceLink[]; known: Known; level: number }) {
  if (links.length === 0) {
    return (
      <li>
        <Text size="sm" c="dimmed" py="xs">
          {known.direction === 'USE'
            ? 'Nothing was taken from it yet.'
            : 'It was not made of other lots: it was delivered, or was there from the beginning.'}
        </Text>
      </li>
    );
  }
  return links.map((link, index) => <LinkNode key={`${link.movement.id} ${index}`} {...{ link, known, level }} />);
}

/** What one movement took; under it the lot at its other end. */
function LinkNode({ link, known, level }: { link: TraceLink; known: Known; level: number }) {
  const end = known.direction === 'USE' ? link.to?.id : link.from.id;
  const other = end === undefined ? undefined : known.lots.get(end);
  const document = link.movement.document;
  const receipt = document?.__typename === 'Receipt' ? document : null;
  const label = link.build
    ? `Build ${link.build.number} of ${link.build.product.name}`
    : receipt
      ? `${movementWord(link.kind)} by receipt ${receipt.number}`
      : movementWord(link.kind);
  return (
    <TreeNode
      kind={link.build ? 'Build' : 'movement'}
      icon={link.build ? IconBuildingFactory2 : IconArrowRight}
      label={label}
      to={link.build ? `/builds/${link.build.id}` : receipt ? `/receipts/${receipt.id}` : undefined}
      note={
        <>
          {formatDay(link.effectiveOn)}
          {link.build && ` · ${buildStateWord(link.build.state)}`}
          {link.build && !link.to && ' · no lot of it is in stock yet'}
        </>
      }
      quantity={<Quantity value={link.quantity} unit={known.lots.get(link.from.id)?.product.unit} />}
      value={
        link.movement.costStatus === 'MISSING' ? (
          <Unknown why="No cost was known when it was taken." />
        ) : (
          <MoneyText money={link.value} />
        )
      }
      open={level < OPEN_LEVELS}
      inside={
        other
          ? () => <LotNode lot={other} known={known} level={level + 1} />
          : end
            ? () => <NotFollowed lot={end} />
            : undefined
      }
    />
  );
}

/** Where following ended because there were too many. */
function NotFollowed({ lot }: { lot: string }) {
  return (
    <li>
      <Anchor component={Link} to={`/lots/${lot}`} size="sm" c="var(--link-color)" underline="always">
        Open the lot to trace it further
      </Anchor>
    </li>
  );
}

const HEAD = (
  <>
    <Table.Th>Product</Table.Th>
    <Table.Th>Lot</Table.Th>
    <Table.Th>State</Table.Th>
    <Table.Th ta="right">Made or received</Table.Th>
    <Table.Th ta="right">Still there</Table.Th>
  </>
);

/** All lots of the tree, once each: what a recall has to find. */
function Concerned({ lots, direction }: { lots: readonly TraceLot[]; direction: TraceDirection }) {
  const left = lots.filter((lot) => !isZero(lot.remainingQuantity)).length;
  return (
    <Stack gap="xs">
      <Title order={2} size="h5">
        {direction === 'USE' ? 'Lots that hold some of it' : 'Lots it was made of'}
      </Title>
      <Text size="sm" c="dimmed" data-testid="trace-sum">
        {count(lots.length, 'lot')}, {left.toLocaleString()} of them still in stock.
        {lots.length > LISTED && ` The nearest ${LISTED} are listed.`}
      </Text>
      <DataTable minWidth={620} head={HEAD} label="Lots" testId="trace-lots">
        {lots.slice(0, LISTED).map((lot) => (
          <Table.Tr key={lot.id} data-testid="trace-lot">
            <Table.Td>
              <ProductLink product={lot.product} />
            </Table.Td>
            <Table.Td>
              <Anchor component={Link} to={`/lots/${lot.id}`} size="sm" c="var(--link-color)">
                {lot.number}
              </Anchor>
            </Table.Td>
            <Table.Td>
              <LotStatusBadge status={lot.status} />
            </Table.Td>
            <Table.Td ta="right">
              <Quantity value={lot.receivedQuantity} unit={lot.product.unit} />
            </Table.Td>
            <Table.Td ta="right">
              <Quantity value={lot.remainingQuantity} unit={lot.product.unit} />
            </Table.Td>
          </Table.Tr>
        ))}
      </DataTable>
    </Stack>
  );
}
