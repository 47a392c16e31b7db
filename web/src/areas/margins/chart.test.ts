import { expect, test } from 'vitest';
import { barsOverTime, chartPeriod, lengthsOf, periodStart } from './chart';
import type { Row } from './operations';

const usd = (amount: string) => ({ amount, currency: 'USD' });
const row = (revenue: string, cost: string, parts: { estimated?: string; missing?: string; period?: string } = {}) =>
  ({
    revenue: usd(revenue),
    cost: usd(cost),
    estimatedCost: usd(parts.estimated ?? '0'),
    missingRevenue: usd(parts.missing ?? '0'),
    period: parts.period,
  }) as unknown as Row;

test('parts add up to revenue, the assumed cost apart', () => {
  expect(lengthsOf(row('100', '60', { estimated: '20' }))).toEqual({
    cost: 40,
    estimated: 20,
    margin: 40,
    unknown: 0,
    revenue: 100,
  });
});

test('revenue without a known cost is no margin', () => {
  expect(lengthsOf(row('100', '0', { missing: '100' }))).toMatchObject({ cost: 0, margin: 0, unknown: 100 });
  expect(lengthsOf(row('100', '50', { missing: '100' }))).toMatchObject({ cost: 50, margin: 0, unknown: 50 });
  expect(lengthsOf(row('100', '30', { missing: '20' }))).toMatchObject({ cost: 30, margin: 50, unknown: 20 });
});

test('a loss ends above the line of revenue, what came back lies below zero', () => {
  expect(lengthsOf(row('100', '130'))).toMatchObject({ cost: 130, margin: 0, unknown: 0, revenue: 100 });
  expect(lengthsOf(row('-100', '-60'))).toMatchObject({ cost: -60, margin: -40, unknown: 0 });
});

test('every period of the days has a bar', () => {
  const days = { from: '2026-01-15', to: '2026-04-02' };
  const bars = barsOverTime([row('10', '4', { period: '2026-02-01' })], days, 'MONTH');
  expect(bars.map(({ revenue }) => revenue)).toEqual([0, 10, 0, 0]);
  expect(bars.map(({ figures }) => figures !== null)).toEqual([false, true, false, false]);
});

test('weeks begin on Monday, and a chart has few enough bars', () => {
  expect(periodStart('WEEK', '2026-03-01')).toBe('2026-02-23');
  expect(periodStart('WEEK', '2026-03-02')).toBe('2026-03-02');
  const year = { from: '2025-01-01', to: '2025-12-31' };
  expect(chartPeriod(year, undefined)).toBe('MONTH');
  expect(chartPeriod(year, 'DAY')).toBe('WEEK');
  expect(chartPeriod({ from: '2026-03-01', to: '2026-03-31' }, undefined)).toBe('DAY');
  expect(chartPeriod({ from: '2026-01-01', to: '2026-03-31' }, undefined)).toBe('WEEK');
});
