import { Anchor, Stack, Table, Text } from '@mantine/core';
import { Link } from 'react-router';
import { MoneyText, Quantity, Unknown } from '../../components/Amounts';
import { DataTable } from '../../components/DataTable';
import { isZero } from '../../lib/decimal';
import { lineKindWord } from '../../lib/words';
import { ProductLink } from '../stock/ProductLink';
import type { Build } from './operations';

const HEAD = (
  <>
    <Table.Th>What</Table.Th>
    <Table.Th ta="right">Needed</Table.Th>
    <Table.Th ta="right">Taken</Table.Th>
    <Table.Th>From lots</Table.Th>
    <Table.Th ta="right">Value</Table.Th>
    <Table.Th ta="right">Came back</Table.Th>
  </>
);

/** What a build took and cost, as it was captured when it was recorded. */
export function BuildLines({ build }: { build: Build }) {
  return (
    <DataTable minWidth={860} head={HEAD} label="Lines of the build" testId="build-lines">
      {build.lines.map((line) => (
        <Table.Tr key={line.id} style={{ verticalAlign: 'top' }} data-testid="build-line">
          <Table.Td>
            {line.product ? <ProductLink product={line.product} /> : line.label}
            <Text size="xs" c="dimmed">
              {lineKindWord(line.kind)}
              {line.optional && ', optional'}
            </Text>
          </Table.Td>
          <Table.Td ta="right">
            <Quantity value={line.needed} unit={line.product?.unit} />
          </Table.Td>
          <Table.Td ta="right">
            <Quantity value={line.quantity} unit={line.product?.unit} />
          </Table.Td>
          <Table.Td>
            <Stack gap={2}>
              {line.consumptions.map((taken) => (
                <Text key={taken.id} size="xs">
                  <Quantity value={taken.quantity} unit={line.product?.unit} />
                  {' of '}
                  <Anchor
                    component={Link}
                    to={`/lots/${taken.lot.id}`}
                    size="xs"
                    c="var(--link-color)"
                    underline="always"
                  >
                    {taken.lot.number}
                  </Anchor>
                </Text>
              ))}
            </Stack>
          </Table.Td>
          <Table.Td ta="right">
            {line.costStatus === 'MISSING' ? (
              <Unknown why="No cost was known when it was taken." />
            ) : (
              <MoneyText money={line.value} />
            )}
          </Table.Td>
          <Table.Td ta="right">
            {isZero(line.recoveredQuantity) ? (
              '–'
            ) : (
              <>
                <Quantity value={line.recoveredQuantity} unit={line.product?.unit} />{' '}
                <Text span size="xs" c="dimmed">
                  (<MoneyText money={line.recoveredValue} />)
                </Text>
              </>
            )}
          </Table.Td>
        </Table.Tr>
      ))}
    </DataTable>
  );
}
