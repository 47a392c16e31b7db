import { Badge, Text } from '@mantine/core';
import { MoneyText, Unknown } from '../../components/Amounts';
import { formatPercent, isNegative } from '../../lib/decimal';
import { rounded } from '../../lib/exact';
import { count } from '../../lib/words';
import { sharesOf, type Figures } from './figures';
import classes from './Figures.module.css';

const NO_COST = 'No cost is known for it; that is not a cost of zero.';
const ESTIMATED = 'Part of it rests on an assumed cost: the average, for units that were not there.';
const ZERO = 'These units cost nothing here. See what is behind it before trusting the margin.';

/** A cost with what is known about it. */
export function CostFigure({ figures }: { figures: Figures }) {
  const { known, estimated, zeroCost } = sharesOf(figures);
  if (known === 'NONE') return <Unknown why={NO_COST} />;
  return (
    <span className={classes.figure}>
      <MoneyText money={figures.cost} />
      {known === 'PART' && (
        <span className={classes.word} title={NO_COST}>
          + unknown
        </span>
      )}
      {estimated && (
        <Badge size="xs" variant="light" color="yellow" title={ESTIMATED} data-testid="cost-estimated">
          estimated
        </Badge>
      )}
      {zeroCost && (
        <Badge size="xs" variant="light" color="orange" title={ZERO} data-testid="cost-zero">
          zero cost
        </Badge>
      )}
    </span>
  );
}

export function MarginFigure({ figures }: { figures: Figures }) {
  const { known, atMost, why } = sharesOf(figures);
  if (known === 'NONE') return <Unknown why={why ?? NO_COST} />;
  return (
    <span className={classes.figure} title={why ?? undefined}>
      {atMost && <AtMost />}
      <span data-loss={isNegative(figures.margin.amount) || undefined} className={classes.margin}>
        <MoneyText money={figures.margin} />
      </span>
    </span>
  );
}

/** The margin as a share of revenue; a dash says why there is none. */
export function PercentFigure({ figures }: { figures: Figures }) {
  const { percent, atMost, why } = sharesOf(figures);
  if (percent === null) {
    return (
      <Text span c="dimmed" title={why ?? undefined} data-testid="no-percent">
        <span aria-hidden>—</span>
        <span className={classes.heard}>none: {why}</span>
      </Text>
    );
  }
  return (
    <span className={classes.figure} title={why ?? `${percent} %`}>
      {atMost && <AtMost />}
      <span className={classes.number}>{formatPercent(rounded(percent, 2))}</span>
    </span>
  );
}

function AtMost() {
  return <span className={classes.word}>at most</span>;
}

/** What of the revenue has a cost that is assumed, or none that is known. */
export function Share({ percent, lines, word }: { percent?: string | null; lines: number; word: string }) {
  if (lines === 0) {
    return (
      <Text span c="dimmed" aria-label="none">
        –
      </Text>
    );
  }
  return (
    <span className={classes.figure} title={`${count(lines, 'line')} ${word}`}>
      <span className={classes.number}>{percent == null ? '—' : formatPercent(rounded(percent, 1))}</span>
      <span className={classes.word}>{count(lines, 'line')}</span>
    </span>
  );
}
