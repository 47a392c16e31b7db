/**
 * The shape of a chart.
 * Rule: numbers here are lengths on the screen, never amounts that are told: what a tip says comes from the report's own
 * texts. Revenue whose cost is not known is a part of its own, neither cost nor margin.
 */
import { formatDay } from '../../lib/time';
import type { Row, Totals } from './operations';
import { addDays, daysIn, periodEnd, type Days, type Period } from './report';

export interface Bar {
  name: string;
  cost: number;
  estimated: number;
  margin: number;
  unknown: number;
  revenue: number;
  /** What the tip tells; nothing was sold where there is none. */
  figures: Totals | Row | null;
}

type Lengths = Pick<Bar, 'cost' | 'estimated' | 'margin' | 'unknown' | 'revenue'>;

/** Parts that add up to revenue; where the cost is more, to the cost, with the line of revenue below its end. */
export function lengthsOf(figures: Totals | Row): Lengths {
  const revenue = Number(figures.revenue.amount);
  const cost = Number(figures.cost.amount);
  const estimated = Number(figures.estimatedCost.amount);
  const missing = Number(figures.missingRevenue.amount);
  const rest = revenue - cost;
  const unknown = revenue > 0 ? Math.max(0, Math.min(missing, rest)) : 0;
  const margin = revenue < 0 ? rest : Math.max(0, rest - unknown);
  return { cost: cost - estimated, estimated, margin, unknown, revenue };
}

/** The period that a chart of these days can show: the one that is wanted, or the next with few enough bars. */
export function chartPeriod(days: Days, wanted: Period | undefined): Period {
  const length = daysIn(days);
  if (wanted === 'DAY' && length <= 100) return 'DAY';
  if (wanted === 'WEEK' && length <= 700) return 'WEEK';
  if (wanted === 'MONTH') return 'MONTH';
  if (wanted) return length <= 700 ? 'WEEK' : 'MONTH';
  return length <= 45 ? 'DAY' : length <= 200 ? 'WEEK' : 'MONTH';
}

/** First day of the period that a day is in; weeks begin on Monday. */
export function periodStart(period: Period, day: string): string {
  if (period === 'DAY') return day;
  if (period === 'MONTH') return `${day.slice(0, 7)}-01`;
  const weekday = new Date(`${day}T00:00:00Z`).getUTCDay();
  return addDays(day, -((weekday + 6) % 7));
}

const MONTH = new Intl.DateTimeFormat(undefined, { month: 'short', year: '2-digit', timeZone: 'UTC' });
const DAY = new Intl.DateTimeFormat(undefined, { month: 'short', day: 'numeric', timeZone: 'UTC' });

export function periodName(period: Period, first: string): string {
  return (period === 'MONTH' ? MONTH : DAY).format(new Date(`${first}T00:00:00Z`));
}

export function periodTitle(period: Period, first: string): string {
  if (period === 'MONTH') return periodName(period, first);
  return period === 'DAY' ? formatDay(first) : `${formatDay(first)} to ${formatDay(periodEnd('WEEK', first))}`;
}

/** A bar for each period of the days, also where nothing was sold. */
export function barsOverTime(rows: readonly Row[], days: Days, period: Period): Bar[] {
  const byPeriod = new Map(rows.map((row) => [row.period, row]));
  const bars: Bar[] = [];
  for (let first = periodStart(period, days.from); first <= days.to; first = addDays(periodEnd(period, first), 1)) {
    const row = byPeriod.get(first);
    const lengths = row ? lengthsOf(row) : { cost: 0, estimated: 0, margin: 0, unknown: 0, revenue: 0 };
    bars.push({ name: periodName(period, first), ...lengths, figures: row ?? null });
  }
  return bars;
}
