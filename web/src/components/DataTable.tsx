import { Paper, Table } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from './DataTable.module.css';

interface Props {
  /** Below this width the table scrolls inside its frame, not the page. */
  minWidth: number;
  head: ReactNode;
  children: ReactNode;
  busy?: boolean;
  /** For tables of many numbers. */
  dense?: boolean;
  label: string;
  testId: string;
}

export function DataTable({ minWidth, head, children, busy = false, dense = false, label, testId }: Props) {
  return (
    <Paper withBorder radius="md" className={classes.frame}>
      <Table.ScrollContainer minWidth={minWidth} type="native" className={classes.scroll}>
        <Table
          className={classes.table}
          highlightOnHover
          highlightOnHoverColor="light-dark(var(--mantine-color-gray-1), var(--mantine-color-dark-6))"
          verticalSpacing="xs"
          horizontalSpacing={dense ? 'xs' : 'sm'}
          aria-label={label}
          aria-busy={busy}
          data-busy={busy || undefined}
          data-testid={testId}
        >
          <Table.Thead>
            <Table.Tr>{head}</Table.Tr>
          </Table.Thead>
          <Table.Tbody>{children}</Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Paper>
  );
}
