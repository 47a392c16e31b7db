import { describe, expect, test } from 'vitest';
import {
  addDays,
  daysIn,
  daysOf,
  explainInputOf,
  explainPlace,
  filePath,
  groupsOf,
  inputOf,
  periodEnd,
  presetOf,
  reportOf,
  todayIn,
  type ReportValues,
} from './report';

const TODAY = '2026-03-15';
const EMPTY: ReportValues = {
  from: '',
  to: '',
  group: '',
  asOf: '',
  knownAt: '',
  product: '',
  customer: '',
  channel: '',
  cost: '',
  short: '',
  order: '',
  direction: '',
};
const asked = (values: Partial<ReportValues>) => reportOf({ ...EMPTY, ...values }, TODAY);

describe('days', () => {
  test('are those of the business, also around midnight', () => {
    const moment = new Date('2026-03-15T05:30:00Z');
    expect(todayIn('America/Los_Angeles', moment)).toBe('2026-03-14');
    expect(todayIn('Europe/Berlin', moment)).toBe('2026-03-15');
  });

  test('are counted over months and leap years', () => {
    expect(addDays('2024-02-28', 1)).toBe('2024-02-29');
    expect(addDays('2026-01-01', -1)).toBe('2025-12-31');
    expect(daysIn({ from: '2024-01-01', to: '2024-12-31' })).toBe(366);
    expect(daysOf('last-month', TODAY)).toEqual({ from: '2026-02-01', to: '2026-02-28' });
    expect(daysOf('last-12', TODAY)).toEqual({ from: '2025-04-01', to: TODAY });
    expect(daysOf('last-90', TODAY)).toEqual({ from: '2025-12-16', to: TODAY });
    expect(presetOf({ from: '2026-01-01', to: TODAY }, TODAY)).toBe('this-year');
    expect(presetOf({ from: '2026-01-02', to: TODAY }, TODAY)).toBeNull();
  });

  test('of a period end with it', () => {
    expect(periodEnd('DAY', '2026-02-27')).toBe('2026-02-27');
    expect(periodEnd('WEEK', '2026-02-23')).toBe('2026-03-01');
    expect(periodEnd('MONTH', '2026-12-01')).toBe('2026-12-31');
  });
});

describe('a report', () => {
  test('that says nothing is the last twelve months by product, the largest revenue first', () => {
    expect(asked({})).toEqual({
      from: '2025-04-01',
      to: TODAY,
      groupBy: ['PRODUCT'],
      asOf: null,
      knownAt: null,
      filter: {},
      order: { field: 'REVENUE', direction: 'DESC' },
    });
  });

  test('groups by any things and one period', () => {
    expect(groupsOf('CUSTOMER,MONTH,PRODUCT,DAY')).toEqual(['DAY', 'PRODUCT', 'CUSTOMER']);
    expect(groupsOf('PIRATES')).toEqual(['PRODUCT']);
    expect(groupsOf('NONE')).toEqual([]);
    expect(asked({ group: 'MONTH' }).order).toEqual({ field: 'PERIOD', direction: 'ASC' });
    expect(asked({ group: 'PRODUCT', order: 'PERIOD' }).order.field).toBe('REVENUE');
  });

  test('asks what the address says', () => {
    const report = asked({ customer: '=', product: 'prd_1', cost: 'MISSING', short: 'yes', asOf: '2026-03-01' });
    expect(inputOf(report)).toMatchObject({
      asOf: '2026-03-01',
      filter: { customers: [''], productIds: ['prd_1'], costStatuses: ['MISSING'], short: true },
    });
  });
});

test('a row leads to the days of its period within those of the report', () => {
  const report = asked({ group: 'MONTH,CUSTOMER', from: '2026-01-10', to: '2026-03-15', product: 'prd_1' });
  const place = explainPlace(report, { period: '2026-01-01', customer: '' });
  expect(place).toBe('/margins/explain?from=2026-01-10&to=2026-01-31&productId=prd_1&customer=');
  expect(explainInputOf(new URLSearchParams(place.split('?')[1]))).toMatchObject({
    from: '2026-01-10',
    to: '2026-01-31',
    productId: 'prd_1',
    customer: '',
  });
  expect(explainInputOf(new URLSearchParams('from=2026-01-10'))).toBeNull();
});

test('the file holds what is shown, in its order', () => {
  expect(filePath(asked({ group: 'MONTH,PRODUCT', from: '2026-01-01', customer: '=A & B' }))).toBe(
    '/export/margins.csv?from=2026-01-01&to=2026-03-15&groupBy=MONTH%2CPRODUCT&orderBy=PERIOD&direction=ASC&customer=A+%26+B',
  );
  const narrowed = asked({ group: 'CUSTOMER', knownAt: '2026-03-01T00:00:00Z', channel: 'chn_1', cost: 'MISSING' });
  const asks = new URL(filePath(narrowed), 'http://gateway').searchParams;
  expect([asks.get('knownAt'), asks.get('channelId'), asks.get('costStatus'), asks.get('orderBy')]).toEqual([
    '2026-03-01T00:00:00Z',
    'chn_1',
    'MISSING',
    'REVENUE',
  ]);
});
