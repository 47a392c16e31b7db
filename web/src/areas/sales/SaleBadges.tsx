import { Badge } from '@mantine/core';
import type { SaleLineState, SaleSource, SaleStatus } from '../../graphql/generated/graphql';
import { saleLineStateWord, saleStatusWord } from '../../lib/words';

const MEANINGS: Record<SaleStatus, string> = {
  POSTED: 'It is part of revenue and margin.',
  VOIDED: 'It was taken back: its goods are in their lots again, and it is out of revenue and margin.',
  DELETED: 'It was deleted in the accounting system: its goods are in their lots again, and it is out of all margins.',
};

export function SaleStatusBadge({ status }: { status: SaleStatus }) {
  return (
    <Badge
      size="sm"
      variant="light"
      color={status === 'POSTED' ? 'teal' : 'gray'}
      title={MEANINGS[status]}
      data-testid="sale-status"
      data-status={status}
    >
      {saleStatusWord(status)}
    </Badge>
  );
}

export function SourceBadge({ source }: { source: SaleSource }) {
  return (
    <Badge size="sm" variant="light" color={source === 'MANUAL' ? 'blue' : 'gray'} data-source={source}>
      {source === 'MANUAL' ? 'Manual' : 'Synced'}
    </Badge>
  );
}

const LINE_COLORS: Partial<Record<SaleLineState, string>> = { PROCESSED: 'teal', OPEN: 'orange', INEXACT: 'orange' };
const LINE_MEANINGS: Record<SaleLineState, string> = {
  PROCESSED: 'Its goods are out of the lots.',
  OPEN: 'It cannot be processed yet; its issue says why.',
  INEXACT: 'Its quantity cannot be kept exactly; only a corrected document helps.',
  NOT_FINISHED_GOOD: 'Its product is no finished good. Change the product’s type if it is sold as one.',
  NOT_STOCK: 'Work, shipping, a text, or an item marked as not stock. It moves nothing and is in no margin.',
  ABANDONED: 'It was left out by somebody, or its version ended before it was processed.',
};

export function LineStateBadge({ state }: { state: SaleLineState }) {
  return (
    <Badge
      size="sm"
      variant="light"
      color={LINE_COLORS[state] ?? 'gray'}
      title={LINE_MEANINGS[state]}
      data-testid="line-state"
      data-state={state}
    >
      {saleLineStateWord(state)}
    </Badge>
  );
}
