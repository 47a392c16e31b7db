import { Alert, List, Text } from '@mantine/core';
import { IconAlertTriangle, IconCircleCheck } from '@tabler/icons-react';
import { MoneyText, Quantity } from '../../components/Amounts';
import { count } from '../../lib/words';
import { becameOf, type Became } from './fixes';
import type { IssueOutcome } from './operations';
import { SaleLink } from './SaleLink';
import type { Done } from './useFix';

const FIRST = 8;
const NEEDS_A_LOOK: readonly Became[] = ['STILL_OPEN', 'NO_COST', 'SHORT'];

/** What was done about issues, and what became of each line that waited. */
export function WhatHappened({ done, onClose }: { done: Done; onClose: () => void }) {
  const { outcomes, what } = done;
  const look = outcomes.some((outcome) => NEEDS_A_LOOK.includes(becameOf(outcome)));
  const closed = outcomes.filter((outcome) => outcome.state !== 'OPEN').length;
  const Icon = look ? IconAlertTriangle : IconCircleCheck;
  return (
    <Alert
      color={look ? 'yellow' : 'teal'}
      icon={<Icon size={20} />}
      title={what}
      role="status"
      withCloseButton
      closeButtonLabel="Dismiss"
      onClose={onClose}
      data-testid="fix-outcome"
      data-closed={closed}
    >
      <Text size="sm" mb={4}>
        {closed === 1 ? 'One issue is closed.' : `${count(closed, 'issue')} are closed.`} What waited was tried again at
        once:
      </Text>
      <List size="sm" spacing={2}>
        {outcomes.slice(0, FIRST).map((outcome) => (
          <List.Item key={outcome.id} data-testid="fix-became" data-became={becameOf(outcome)}>
            <SaleLink issue={outcome} />
            {outcome.label ? `, ${outcome.label}` : ''}: <Words outcome={outcome} />
          </List.Item>
        ))}
      </List>
      {outcomes.length > FIRST && <Text size="sm">and {(outcomes.length - FIRST).toLocaleString()} more.</Text>}
    </Alert>
  );
}

function Words({ outcome }: { outcome: IssueOutcome }) {
  const { line } = outcome;
  switch (becameOf(outcome)) {
    case 'PROCESSED':
    case 'SHORT':
    case 'NO_COST':
      if (!line) return 'processed.';
      return (
        <>
          <Quantity value={line.quantity} /> sold for <MoneyText money={line.revenue} />,{' '}
          {line.costStatus === 'MISSING' ? (
            'but no cost is known: no lot holds it. Record its builds or receipts.'
          ) : (
            <>
              cost <MoneyText money={line.cost} />
              {becameOf(outcome) === 'SHORT' ? ', part of it assumed: more was sold than the lots held.' : '.'}
            </>
          )}
        </>
      );
    case 'PASSED_OVER':
      return 'passed over; it is in no margin and takes nothing from stock.';
    case 'LEFT_OUT':
      return 'left out.';
    case 'CLOSED':
      return 'closed.';
    case 'STILL_OPEN':
      return `still open. ${outcome.message} ${outcome.help}`;
  }
}
