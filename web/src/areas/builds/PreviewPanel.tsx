import { Alert, Anchor, Badge, Group, Paper, Stack, Table, Text } from '@mantine/core';
import { IconAlertTriangle, IconCircleCheck } from '@tabler/icons-react';
import { Link } from 'react-router';
import { MoneyText, Quantity, Unknown } from '../../components/Amounts';
import { DataTable } from '../../components/DataTable';
import { Facts } from '../../components/Facts';
import type { BuildPreviewInput } from '../../graphql/generated/graphql';
import { FaultPanel } from '../../components/FaultPanel';
import { faultOf } from '../../graphql/faults';
import { useLiveQuery } from '../../graphql/useLiveQuery';
import { isZero } from '../../lib/decimal';
import { formatDay } from '../../lib/time';
import { lineKindWord } from '../../lib/words';
import { CostBadge } from '../products/CostBadge';
import { STOCK_TYPES } from '../stock/operations';
import { ProductLink } from '../stock/ProductLink';
import { BuildPreviewQuery, type Preview, type PreviewLine } from './operations';

/** What a build would come to now: what each component takes, from which lots, at what cost, and what is short. */
export function PreviewPanel({ input, lots = true }: { input: BuildPreviewInput; lots?: boolean }) {
  const query = useLiveQuery(BuildPreviewQuery, { input }, { types: STOCK_TYPES });
  if (query.error) return <FaultPanel fault={faultOf(query.error)} onRetry={query.refetch} />;
  const preview = query.data?.buildPreview;
  if (!preview) {
    return (
      <Text size="sm" c="dimmed" aria-busy="true">
        Working it out…
      </Text>
    );
  }
  return (
    <Stack gap="md" data-testid="build-preview" data-ready={preview.ready} aria-busy={query.loading}>
      <Verdict preview={preview} />
      <Totals preview={preview} />
      <Lines preview={preview} lots={lots} />
      <Text size="xs" c="dimmed">
        As things stand now; nothing is reserved. Another build may take the stock first.
      </Text>
    </Stack>
  );
}

function Verdict({ preview }: { preview: Preview }) {
  if (preview.ready) {
    return (
      <Alert color="teal" p="sm" icon={<IconCircleCheck size={20} />} data-testid="preview-ready">
        Everything that is required is there.
      </Alert>
    );
  }
  const short = preview.lines.filter((line) => !isZero(line.shortQuantity));
  return (
    <Alert
      color="orange"
      icon={<IconAlertTriangle size={20} />}
      title="Not enough is there"
      data-testid="preview-short"
    >
      <Stack gap={4}>
        {short.map((line) => (
          <Text key={line.product?.id} size="sm">
            {line.product?.name}: needs <Quantity value={line.needed} unit={line.product?.unit} />, short of{' '}
            <b>
              <Quantity value={line.shortQuantity} unit={line.product?.unit} />
            </b>
          </Text>
        ))}
        <Text size="sm" c="dimmed">
          {preview.maxBuildable && !isZero(preview.maxBuildable) ? (
            <>
              <Quantity value={preview.maxBuildable} /> could be built now. Receive or build the rest, or make fewer.
            </>
          ) : (
            'Receive or build what is missing first.'
          )}
        </Text>
      </Stack>
    </Alert>
  );
}

const NO_UNIT_COST = 'It is known once every required component is there and has a cost.';

function Totals({ preview }: { preview: Preview }) {
  const missing = preview.costStatus === 'MISSING';
  return (
    <Paper withBorder radius="md" p="md">
      <Facts
        facts={[
          ['Bill of materials', `Version ${preview.bom.version}`],
          ['Components', <MoneyText key="components" money={preview.componentValue} />],
          ['Work and other costs', <MoneyText key="costs" money={preview.costValue} />],
          [
            preview.ready ? 'Total' : 'Total of what is there',
            missing ? (
              <Unknown key="total" why="A component’s cost is unknown." />
            ) : (
              <b key="total">
                <MoneyText money={preview.totalValue} />
              </b>
            ),
          ],
          [
            'Cost each',
            preview.unitCost ? (
              <MoneyText key="each" money={preview.unitCost} />
            ) : (
              <Unknown key="each" why={NO_UNIT_COST} />
            ),
          ],
          preview.ready && ['Cost', <CostBadge key="status" status={preview.costStatus} />],
        ]}
      />
    </Paper>
  );
}

function Lines({ preview, lots }: { preview: Preview; lots: boolean }) {
  const head = (
    <>
      <Table.Th>What</Table.Th>
      <Table.Th ta="right">Needed</Table.Th>
      <Table.Th ta="right">Would take</Table.Th>
      {lots && <Table.Th>From lots</Table.Th>}
      <Table.Th ta="right">Value</Table.Th>
    </>
  );
  return (
    <DataTable minWidth={760} head={head} label="What the build would take" testId="preview-lines">
      {preview.lines.map((line, index) => (
        <Row key={index} line={line} lots={lots} />
      ))}
    </DataTable>
  );
}

function Row({ line, lots }: { line: PreviewLine; lots: boolean }) {
  const short = !isZero(line.shortQuantity);
  const unit = line.product?.unit;
  return (
    <Table.Tr data-testid="preview-line" data-short={short || undefined} style={{ verticalAlign: 'top' }}>
      <Table.Td>
        {line.product ? <ProductLink product={line.product} /> : line.label}
        <Text size="xs" c="dimmed">
          {lineKindWord(line.kind)}
          {line.optional && ', optional'}
        </Text>
      </Table.Td>
      <Table.Td ta="right">
        <Quantity value={line.needed} unit={unit} />
      </Table.Td>
      <Table.Td ta="right">
        <Quantity value={line.quantity} unit={unit} />
        {short && (
          <div>
            <Badge color="orange" variant="light">
              short of <Quantity value={line.shortQuantity} unit={unit} />
            </Badge>
          </div>
        )}
      </Table.Td>
      {lots && <Table.Td>{line.product && <FromLots line={line} />}</Table.Td>}
      <Table.Td ta="right">
        <Group gap={6} justify="flex-end" wrap="nowrap">
          {line.costStatus === 'ESTIMATED' && <CostBadge status="ESTIMATED" />}
          {line.costStatus === 'MISSING' ? (
            <Unknown why="No cost is known for it." />
          ) : (
            <MoneyText money={line.value} />
          )}
        </Group>
      </Table.Td>
    </Table.Tr>
  );
}

/** The lots it would be taken from, in the order of consumption, as the gateway tells them. */
function FromLots({ line }: { line: PreviewLine }) {
  if (isZero(line.quantity)) return null;
  if (line.lots.length === 0) {
    return (
      <Text size="xs" c="dimmed">
        no lots
      </Text>
    );
  }
  return (
    <Stack gap={2}>
      {line.lots.map(({ lot, quantity, value }) => (
        <Text key={lot.id} size="xs" data-testid="preview-lot">
          <Quantity value={quantity} unit={line.product?.unit} />
          {' of '}
          <Anchor component={Link} to={`/lots/${lot.id}`} size="xs" c="var(--link-color)" underline="always">
            {lot.number}
          </Anchor>
          <Text span size="xs" c="dimmed">
            {` (${formatDay(lot.receivedOn)}, `}
            {lot.costStatus === 'MISSING' || !lot.unitCost ? (
              'cost unknown'
            ) : (
              <>
                <MoneyText money={lot.unitCost} /> each
              </>
            )}
            {')'}
          </Text>
          {line.lots.length > 1 && lot.costStatus !== 'MISSING' && (
            <>
              {' '}
              <MoneyText money={value} />
            </>
          )}
        </Text>
      ))}
    </Stack>
  );
}
