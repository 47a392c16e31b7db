import { Badge } from '@mantine/core';
import type { ReceiptState } from '../../graphql/generated/graphql';
import { receiptStateWord } from '../../lib/words';

const COLORS: Record<ReceiptState, string> = { DRAFT: 'yellow', CONFIRMED: 'teal', VOIDED: 'gray' };

export function ReceiptStateBadge({ state }: { state: ReceiptState }) {
  return (
    <Badge color={COLORS[state]} variant="light" data-testid="receipt-state" data-state={state}>
      {receiptStateWord(state)}
    </Badge>
  );
}
