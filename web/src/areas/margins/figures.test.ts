import { expect, test } from 'vitest';
import { sharesOf } from './figures';

const usd = (amount: string) => ({ amount, currency: 'USD' });
const figures = { revenue: usd('4000'), cost: usd('2880'), margin: usd('1120'), marginPercent: '28.0000' };

test('a known cost is told as it is (statement 117)', () => {
  expect(sharesOf({ ...figures, costStatus: 'COMPLETE' })).toEqual({
    known: 'ALL',
    estimated: false,
    zeroCost: false,
    atMost: false,
    percent: '28.0000',
    why: null,
  });
  expect(sharesOf({ ...figures, costStatus: 'ESTIMATED' }).estimated).toBe(true);
});

test('no known cost is no margin of 100 %', () => {
  const none = { ...figures, cost: usd('0.00'), margin: usd('4000'), marginPercent: '100.0000' };
  const shares = sharesOf({ ...none, costStatus: 'MISSING' });
  expect([shares.known, shares.percent, shares.zeroCost]).toEqual(['NONE', null, false]);
  expect(shares.why).toMatch(/not a margin of 100 %/);
});

test('a cost that is known in part bounds the margin', () => {
  const shares = sharesOf({ ...figures, costStatus: 'MISSING' });
  expect([shares.known, shares.atMost, shares.percent]).toEqual(['PART', true, '28.0000']);
});

test('of what came back with a cost not known no bound is told', () => {
  const back = { ...figures, revenue: usd('-40'), cost: usd('-10'), margin: usd('-30'), marginPercent: '75.0000' };
  expect(sharesOf({ ...back, costStatus: 'MISSING' }).known).toBe('NONE');
});

test('goods that cost nothing are flagged, revenue of zero has no percentage (statement 118)', () => {
  const free = { ...figures, cost: usd('0'), margin: usd('4000'), marginPercent: '100.0000' };
  expect(sharesOf({ ...free, costStatus: 'COMPLETE' }).zeroCost).toBe(true);
  const nothing = { ...figures, revenue: usd('0'), margin: usd('-2880'), marginPercent: null };
  const shares = sharesOf({ ...nothing, costStatus: 'COMPLETE' });
  expect([shares.percent, shares.zeroCost]).toEqual([null, false]);
  expect(shares.why).toMatch(/Nothing was earned/);
});
