import { Badge, Button, Group, Paper, Stack, Table, Text, Title } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconListDetails, IconPencil } from '@tabler/icons-react';
import { useState } from 'react';
import { ActionButton } from '../../components/ActionButton';
import { MoneyText, Quantity } from '../../components/Amounts';
import { EmptyState } from '../../components/EmptyState';
import { Loaded } from '../../components/Loaded';
import { Pager } from '../../components/Pager';
import { usePaging } from '../../components/paging';
import { ProblemAlert } from '../../components/ProblemAlert';
import { Ago } from '../../components/Time';
import { useAction } from '../../graphql/useAction';
import { useLiveQuery } from '../../graphql/useLiveQuery';
import { times } from '../../lib/exact';
import { bomStatusWord, lineKindWord } from '../../lib/words';
import { CostBadge } from '../products/CostBadge';
import { STOCK_TYPES } from '../stock/operations';
import { ProductLink } from '../stock/ProductLink';
import { BomEditor } from './BomEditor';
import { ActivateBomMutation, BomsQuery, type Bom, type BomLine } from './operations';

const COLORS = { ACTIVE: 'teal', DRAFT: 'yellow', ARCHIVED: 'gray' } as const;

type Editing = { from: Bom | null };

/** What a product is made of: its versions, newest first, and the editor of the next one. */
export function BomPanel({ product }: { product: { id: string; name: string; unit?: string | null } }) {
  const paging = usePaging(product.id);
  const query = useLiveQuery(
    BomsQuery,
    { filter: { productId: product.id }, ...paging.variables },
    { types: STOCK_TYPES },
  );
  const [editing, setEditing] = useState<Editing | null>(null);
  if (editing) return <BomEditor product={product} from={editing.from} onClose={() => setEditing(null)} />;
  return (
    <Loaded query={query}>
      {({ boms: { nodes, pageInfo } }) =>
        nodes.length === 0 ? (
          <NoBom onWrite={() => setEditing({ from: null })} name={product.name} />
        ) : (
          <>
            {nodes.map((bom) => (
              <Version key={bom.id} bom={bom} onEdit={() => setEditing({ from: bom })} />
            ))}
            {(pageInfo.hasNextPage || pageInfo.hasPreviousPage) && (
              <Pager label="versions" paging={paging} info={pageInfo} shown={nodes.length} loading={query.loading} />
            )}
          </>
        )
      }
    </Loaded>
  );
}

function NoBom({ onWrite, name }: { onWrite: () => void; name: string }) {
  return (
    <EmptyState
      icon={IconListDetails}
      title="No bill of materials"
      action={
        <ActionButton permission="MANAGE_STOCK" onClick={onWrite} data-testid="write-bom">
          Write the first version
        </ActionButton>
      }
    >
      It says what one of {name} is made of: components, labour and other costs. With it, builds can be planned,
      previewed and recorded. A product that is only bought needs none.
    </EmptyState>
  );
}

function Version({ bom, onEdit }: { bom: Bom; onEdit: () => void }) {
  const [open, setOpen] = useState(bom.status !== 'ARCHIVED');
  const activate = useAction(ActivateBomMutation, (data) => data.activateBom);
  const go = async () => {
    const payload = await activate.run({ bomId: bom.id });
    if (payload?.userErrors.length !== 0) return;
    notifications.show({ message: `Version ${bom.version} is in use.`, color: 'teal' });
  };
  return (
    <Paper withBorder radius="md" p="md" data-testid="bom-version" data-version={bom.version} data-status={bom.status}>
      <Stack gap="sm">
        <Group justify="space-between">
          <Group gap="xs">
            <Title order={2} size="h5">
              Version {bom.version}
            </Title>
            <Badge variant="light" color={COLORS[bom.status]}>
              {bomStatusWord(bom.status)}
            </Badge>
            <Text size="xs" c="dimmed">
              by {bom.createdBy}, <Ago at={bom.createdAt} />
            </Text>
          </Group>
          <Group gap="xs">
            {bom.status === 'ARCHIVED' && (
              <Button size="xs" variant="subtle" aria-expanded={open} onClick={() => setOpen(!open)}>
                {open ? 'Hide lines' : 'Show lines'}
              </Button>
            )}
            {bom.status === 'DRAFT' && (
              <ActionButton
                size="xs"
                permission="MANAGE_STOCK"
                loading={activate.busy}
                onClick={() => void go()}
                data-testid="activate-bom"
              >
                Put to use
              </ActionButton>
            )}
            <ActionButton
              size="xs"
              variant="default"
              permission="MANAGE_STOCK"
              leftSection={<IconPencil size={14} />}
              onClick={onEdit}
              data-testid="new-version"
            >
              New version from this
            </ActionButton>
          </Group>
        </Group>
        <ProblemAlert problem={activate.problem} onClose={activate.clear} />
        {bom.note && <Text size="sm">{bom.note}</Text>}
        {open && <Lines bom={bom} />}
        <Estimate bom={bom} />
      </Stack>
    </Paper>
  );
}

function Estimate({ bom: { estimate } }: { bom: Bom }) {
  const missing = estimate.costStatus === 'MISSING';
  return (
    <Group gap={6}>
      <Text size="sm">
        At today’s average costs a unit would cost <MoneyText money={estimate.unitCost} />
        {missing && ', without the components whose cost is unknown'}.
      </Text>
      {estimate.costStatus !== 'COMPLETE' && <CostBadge status={estimate.costStatus} />}
    </Group>
  );
}

function Lines({ bom }: { bom: Bom }) {
  return (
    <Table aria-label={`Lines of version ${bom.version}`} verticalSpacing={6}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>What</Table.Th>
          <Table.Th>Kind</Table.Th>
          <Table.Th ta="right">Per unit made</Table.Th>
          <Table.Th ta="right">Cost per unit made</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {bom.lines.map((line, index) => (
          <Table.Tr key={index} data-testid="bom-shown-line">
            <Table.Td>{line.product ? <ProductLink product={line.product} /> : line.label}</Table.Td>
            <Table.Td>
              {lineKindWord(line.kind)}
              {line.optional && ', optional'}
            </Table.Td>
            <Table.Td ta="right">
              <Quantity value={line.quantity} unit={line.product?.unit} />
            </Table.Td>
            <Table.Td ta="right">
              <LineCost line={line} />
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

function LineCost({ line: { rate, quantity } }: { line: BomLine }) {
  if (!rate) return <MoneyText money={null} />;
  if (quantity == null) return <MoneyText money={rate} />;
  return (
    <>
      <Text span size="xs" c="dimmed">
        <Quantity value={quantity} /> × <MoneyText money={rate} />
        {' = '}
      </Text>
      <MoneyText money={{ amount: times(quantity, rate.amount), currency: rate.currency }} />
    </>
  );
}
