import { Table, UnstyledButton } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconArrowsSort } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import classes from './SortHeader.module.css';

export interface Order<Field extends string> {
  field: Field;
  direction: 'ASC' | 'DESC';
}

interface Props<Field extends string> {
  field: Field;
  order: Order<Field>;
  onOrder: (order: Order<Field>) => void;
  children: ReactNode;
  /** Above numbers, which stand at the right. */
  numbers?: boolean;
}

export function SortHeader<Field extends string>({ field, order, onOrder, children, numbers = false }: Props<Field>) {
  const mine = order.field === field;
  const Icon = !mine ? IconArrowsSort : order.direction === 'ASC' ? IconArrowUp : IconArrowDown;
  return (
    <Table.Th
      ta={numbers ? 'right' : undefined}
      aria-sort={mine ? (order.direction === 'ASC' ? 'ascending' : 'descending') : 'none'}
    >
      <UnstyledButton
        className={classes.button}
        data-mine={mine || undefined}
        onClick={() => onOrder({ field, direction: mine && order.direction === 'ASC' ? 'DESC' : 'ASC' })}
        data-testid={`sort-${field}`}
      >
        {children}
        <Icon size={14} aria-hidden />
      </UnstyledButton>
    </Table.Th>
  );
}
