/**
 * A report of margins as it stands in the address, and what follows from it: the query, the file, and where a row leads.
 * Rule: days are texts of the business's calendar; a day is never made of the reader's clock alone.
 */
import type { Order } from '../../components/SortHeader';
import { oneOf } from '../../components/useFilters';
import type {
  CostStatus,
  ExplainMarginInput,
  MarginDimension,
  MarginFilter,
  MarginInput,
  MarginOrderField,
} from '../../graphql/generated/graphql';
import { dayOf } from '../sales/filter';

export const REPORT_NAMES = [
  'from',
  'to',
  'group',
  'asOf',
  'knownAt',
  'product',
  'customer',
  'channel',
  'cost',
  'short',
  'order',
  'direction',
] as const;
export type ReportValues = Record<(typeof REPORT_NAMES)[number], string>;

export const THINGS = ['PRODUCT', 'CUSTOMER', 'CHANNEL', 'SALE'] as const satisfies readonly MarginDimension[];
export const PERIODS = ['DAY', 'WEEK', 'MONTH'] as const satisfies readonly MarginDimension[];
export type Period = (typeof PERIODS)[number];
export const COSTS: readonly CostStatus[] = ['COMPLETE', 'ESTIMATED', 'MISSING'];
const FIELDS: readonly MarginOrderField[] = ['PERIOD', 'REVENUE', 'COST', 'MARGIN', 'QUANTITY'];

export interface Days {
  from: string;
  to: string;
}

export interface Report extends Days {
  groupBy: MarginDimension[];
  asOf: string | null;
  knownAt: string | null;
  filter: MarginFilter;
  order: Order<MarginOrderField>;
}

/** Today where the business is. */
export function todayIn(timeZone: string, now: Date): string {
  return new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' }).format(now);
}

function parts(day: string): [number, number, number] {
  const [year = 1970, month = 1, date = 1] = day.split('-').map(Number);
  return [year, month, date];
}

function textOf(year: number, month: number, date: number): string {
  return new Date(Date.UTC(year, month - 1, date)).toISOString().slice(0, 10);
}

export function addDays(day: string, days: number): string {
  const [year, month, date] = parts(day);
  return textOf(year, month, date + days);
}

/** The first day of the month that is so many months away. */
function monthStart(day: string, months: number): string {
  const [year, month] = parts(day);
  return textOf(year, month + months, 1);
}

export function daysIn({ from, to }: Days): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000) + 1;
}

export const PRESETS = {
  'this-month': 'This month',
  'last-month': 'Last month',
  'last-90': 'Last 90 days',
  'this-year': 'This year',
  'last-12': 'Last 12 months',
  'last-year': 'Last year',
} as const;
export type Preset = keyof typeof PRESETS;

export function daysOf(preset: Preset, today: string): Days {
  const [year] = parts(today);
  switch (preset) {
    case 'this-month':
      return { from: monthStart(today, 0), to: today };
    case 'last-month':
      return { from: monthStart(today, -1), to: addDays(monthStart(today, 0), -1) };
    case 'last-90':
      return { from: addDays(today, -89), to: today };
    case 'this-year':
      return { from: `${year}-01-01`, to: today };
    case 'last-12':
      return { from: monthStart(today, -11), to: today };
    case 'last-year':
      return { from: `${year - 1}-01-01`, to: `${year - 1}-12-31` };
  }
}

export function presetOf({ from, to }: Days, today: string): Preset | null {
  const names = Object.keys(PRESETS) as Preset[];
  return (
    names.find((name) => {
      const days = daysOf(name, today);
      return days.from === from && days.to === to;
    }) ?? null
  );
}

/** What the rows are grouped by: any things, and of the periods the first. An empty word groups by product. */
export function groupsOf(text: string): MarginDimension[] {
  if (text === 'NONE') return [];
  const words = text.split(',');
  const things = THINGS.filter((each) => words.includes(each));
  const period = PERIODS.find((each) => words.includes(each));
  const groups: MarginDimension[] = [...(period ? [period] : []), ...things];
  return groups.length > 0 ? groups : ['PRODUCT'];
}

export function periodOf(groupBy: readonly MarginDimension[]): Period | undefined {
  return PERIODS.find((each) => groupBy.includes(each));
}

const IDS = /^[a-z]+_[0-9a-z]+$/;

/** A customer in the address begins with `=`, so that sales that name nobody can be asked for. */
function filterOf(values: ReportValues): MarginFilter {
  const cost = oneOf(values.cost, COSTS);
  return {
    productIds: IDS.test(values.product) ? [values.product] : undefined,
    channelIds: IDS.test(values.channel) ? [values.channel] : undefined,
    customers: values.customer.startsWith('=') ? [values.customer.slice(1)] : undefined,
    costStatuses: cost && [cost],
    short: values.short === 'yes' || undefined,
  };
}

export function reportOf(values: ReportValues, today: string): Report {
  const usual = daysOf('last-12', today);
  const from = dayOf(values.from) ?? usual.from;
  const to = dayOf(values.to) ?? usual.to;
  const groupBy = groupsOf(values.group);
  const field = oneOf(values.order, FIELDS);
  const usable = field !== 'PERIOD' || periodOf(groupBy) ? field : undefined;
  const order: Report['order'] = usable
    ? { field: usable, direction: oneOf(values.direction, ['ASC', 'DESC']) ?? 'DESC' }
    : periodOf(groupBy)
      ? { field: 'PERIOD', direction: 'ASC' }
      : { field: 'REVENUE', direction: 'DESC' };
  return {
    from,
    to,
    groupBy,
    asOf: dayOf(values.asOf) ?? null,
    knownAt: values.knownAt && !Number.isNaN(Date.parse(values.knownAt)) ? values.knownAt : null,
    filter: filterOf(values),
    order,
  };
}

export function inputOf(report: Report, change: Partial<Report> = {}): MarginInput {
  const { from, to, groupBy, asOf, knownAt, filter, order } = { ...report, ...change };
  return {
    from,
    to,
    groupBy,
    filter,
    orderBy: order,
    asOf: asOf ?? undefined,
    knownAt: knownAt ?? undefined,
  };
}

export function isFiltered({ filter }: Report): boolean {
  return Object.values(filter).some((value) => value !== undefined);
}

/** Last day of a period that begins on a day. */
export function periodEnd(period: Period, first: string): string {
  if (period === 'DAY') return first;
  return period === 'WEEK' ? addDays(first, 6) : addDays(monthStart(first, 1), -1);
}

interface Keys {
  period?: string | null;
  customer?: string | null;
  product?: { id: string } | null;
  channel?: { id: string } | null;
  sale?: { id: string } | null;
}

/** The page that explains a row, or without one all of the report. */
export function explainPlace(report: Report, row: Keys = {}): string {
  const { filter, groupBy } = report;
  const params = new URLSearchParams(within(report, row.period ?? null, periodOf(groupBy)));
  const put = (name: string, value: string | null | undefined) => {
    if (value != null) params.set(name, value);
  };
  put('productId', row.product?.id ?? filter.productIds?.[0]);
  put('channelId', row.channel?.id ?? filter.channelIds?.[0]);
  put('saleId', row.sale?.id);
  put('customer', groupBy.includes('CUSTOMER') ? row.customer : filter.customers?.[0]);
  put('asOf', report.asOf);
  put('knownAt', report.knownAt);
  return `/margins/explain?${params.toString()}`;
}

function within({ from, to }: Days, period: string | null, of: Period | undefined): { from: string; to: string } {
  if (!period || !of) return { from, to };
  const end = periodEnd(of, period);
  return { from: period > from ? period : from, to: end < to ? end : to };
}

/** What the page of an explanation asks, or null when its address names no days. */
export function explainInputOf(params: URLSearchParams): ExplainMarginInput | null {
  const from = dayOf(params.get('from') ?? '');
  const to = dayOf(params.get('to') ?? '');
  if (!from || !to) return null;
  const id = (name: string) => {
    const text = params.get(name) ?? '';
    return IDS.test(text) ? text : undefined;
  };
  const knownAt = params.get('knownAt');
  return {
    from,
    to,
    productId: id('productId'),
    channelId: id('channelId'),
    saleId: id('saleId'),
    customer: params.get('customer') ?? undefined,
    asOf: dayOf(params.get('asOf') ?? ''),
    knownAt: knownAt && !Number.isNaN(Date.parse(knownAt)) ? knownAt : undefined,
  };
}

/** The report as a file, row by row as it is shown. */
export function filePath({ from, to, groupBy, asOf, knownAt, filter, order }: Report): string {
  const params = new URLSearchParams({ from, to, groupBy: groupBy.join(',') });
  params.set('orderBy', order.field);
  params.set('direction', order.direction);
  if (asOf) params.set('asOf', asOf);
  if (knownAt) params.set('knownAt', knownAt);
  if (filter.short != null) params.set('short', String(filter.short));
  const put = (name: string, values: readonly string[] | null | undefined) =>
    values?.forEach((value) => params.append(name, value));
  put('productId', filter.productIds);
  put('channelId', filter.channelIds);
  put('customer', filter.customers);
  put('costStatus', filter.costStatuses);
  return `/export/margins.csv?${params.toString()}`;
}
