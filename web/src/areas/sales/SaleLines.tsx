import { Badge, Button, Group, Table, Text } from '@mantine/core';
import { IconChevronDown, IconChevronRight } from '@tabler/icons-react';
import { Fragment, useState } from 'react';
import { MoneyText, Quantity } from '../../components/Amounts';
import { DataTable } from '../../components/DataTable';
import { isZero } from '../../lib/decimal';
import { sum } from '../../lib/exact';
import { CostFigure, MarginFigure } from '../margins/Figures';
import amounts from '../exports/Amounts.module.css';
import { ProductLink } from '../stock/ProductLink';
import { LineCost } from './LineCost';
import type { SaleLine, WholeSale } from './operations';
import { LineStateBadge } from './SaleBadges';

const HEAD = (
  <>
    <Table.Th>What</Table.Th>
    <Table.Th>State</Table.Th>
    <Table.Th ta="right">Quantity</Table.Th>
    <Table.Th ta="right">Revenue</Table.Th>
    <Table.Th ta="right">Cost</Table.Th>
    <Table.Th ta="right">Margin</Table.Th>
    <Table.Th ta="right">Lots</Table.Th>
  </>
);

/** The lines of a sale; those that count add up to its revenue. */
export function SaleLines({ sale }: { sale: WholeSale }) {
  const counted = sale.lines.filter((line) => line.counted);
  const total = sum(counted.map((line) => line.revenue.amount));
  return (
    <DataTable minWidth={860} head={HEAD} label="Lines of the sale" testId="sale-lines">
      {sale.lines.map((line) => (
        <LineRow key={line.id} line={line} />
      ))}
      {counted.length > 0 && (
        <Table.Tr className={amounts.total} data-testid="sale-lines-total">
          <Table.Td colSpan={3}>Lines that count</Table.Td>
          <Table.Td ta="right">
            <MoneyText money={{ amount: total, currency: sale.revenue.currency }} />
          </Table.Td>
          <Table.Td ta="right">
            <CostFigure figures={sale} />
          </Table.Td>
          <Table.Td ta="right">
            <MarginFigure figures={sale} />
          </Table.Td>
          <Table.Td />
        </Table.Tr>
      )}
    </DataTable>
  );
}

/** A line, which opens to its lots and their cost. Also used where lines of many sales are listed. */
export function LineRow({ line, before }: { line: SaleLine; before?: React.ReactNode }) {
  const [open, setOpen] = useState(false);
  const moved = line.state === 'PROCESSED' && !isZero(line.quantity);
  const name = line.product?.name ?? line.description ?? 'this line';
  const columns = before === undefined ? 7 : 8;
  const Chevron = open ? IconChevronDown : IconChevronRight;
  return (
    <Fragment>
      <Table.Tr data-testid="sale-line" data-state={line.state} data-counted={line.counted}>
        {before}
        <Table.Td data-wrap>
          {line.product ? <ProductLink product={line.product} /> : <Text size="sm">{name}</Text>}
          {line.product && line.description && line.description !== line.product.name && (
            <Text size="xs" c="dimmed">
              {line.description}
            </Text>
          )}
          {line.bundleExternalId && (
            <Text size="xs" c="dimmed">
              part of a bundle
            </Text>
          )}
        </Table.Td>
        <Table.Td>
          <Group gap={6} wrap="nowrap">
            <LineStateBadge state={line.state} />
            {!isZero(line.shortQuantity) && (
              <Badge
                size="sm"
                variant="light"
                color="yellow"
                title={`${line.shortQuantity} were not there when sold.`}
                data-testid="line-short"
              >
                {line.shortQuantity} short
              </Badge>
            )}
          </Group>
        </Table.Td>
        <Table.Td ta="right">
          <Quantity value={line.quantity} unit={line.product?.unit} />
        </Table.Td>
        <Table.Td ta="right">
          <MoneyText money={line.revenue} />
        </Table.Td>
        <Table.Td ta="right">{moved ? <CostFigure figures={line} /> : <MoneyText money={null} />}</Table.Td>
        <Table.Td ta="right">
          {moved && line.counted ? <MarginFigure figures={line} /> : <MoneyText money={null} />}
        </Table.Td>
        <Table.Td ta="right">
          {moved && (
            <Button
              size="compact-sm"
              variant="subtle"
              rightSection={<Chevron size={14} />}
              aria-expanded={open}
              aria-label={`${open ? 'Close' : 'Explain'} the cost of ${name}`}
              onClick={() => setOpen(!open)}
              data-testid="explain-line"
            >
              {open ? 'Close' : 'Explain'}
            </Button>
          )}
        </Table.Td>
      </Table.Tr>
      {open && (
        <Table.Tr>
          <Table.Td colSpan={columns} data-wrap>
            <LineCost lineId={line.id} name={name} />
          </Table.Td>
        </Table.Tr>
      )}
    </Fragment>
  );
}
