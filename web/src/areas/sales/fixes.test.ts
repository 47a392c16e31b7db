import { expect, test } from 'vitest';
import { becameOf, fixesOf, importable, onePerItem } from './fixes';
import type { Issue } from './operations';

const channel = { id: 'chn_1', name: 'Cedar' };
const item = (id: string) => ({ id, name: id, sku: null, type: 'INVENTORY' as const, product: null });
const issue = (id: string, of: string | null): Issue =>
  ({ id, channel, reason: 'ITEM_NOT_LINKED', itemExternalId: of, item: of && item(of) }) as unknown as Issue;

test('each issue offers what the gateway takes for it', () => {
  const known = { ...item('itm_1') };
  expect(fixesOf({ reason: 'ITEM_NOT_LINKED', itemExternalId: '7', item: known })).toEqual([
    'IMPORT',
    'LINK',
    'NOT_STOCK',
    'DISMISS',
  ]);
  expect(fixesOf({ reason: 'ITEM_UNKNOWN', itemExternalId: '7', item: null })).toEqual([
    'SYNC_ITEMS',
    'NOT_STOCK',
    'RETRY',
    'DISMISS',
  ]);
  expect(fixesOf({ reason: 'RATE_MISSING', itemExternalId: null, item: null })).toEqual(['SYNC_SALES', 'DISMISS']);
  const linked = { ...known, product: { id: 'prd_1', name: 'Shelf', type: 'FINISHED_GOOD' as const } };
  expect(fixesOf({ reason: 'ITEM_NOT_LINKED', itemExternalId: '7', item: linked })).toEqual(['RETRY', 'DISMISS']);
});

test('several issues of one item are one import and one mark', () => {
  const issues = [issue('1', 'a'), issue('2', 'a'), issue('3', 'b'), issue('4', null)];
  expect(importable(issues).itemIds).toEqual(['a', 'b']);
  expect(importable(issues).issues.map(({ id }) => id)).toEqual(['1', '2', '3']);
  expect(onePerItem(issues).map(({ id }) => id)).toEqual(['1', '3']);
});

test('what became of an issue says what still needs a look', () => {
  const line = { id: 'l', state: 'PROCESSED', quantity: '2', shortQuantity: '0', costStatus: 'COMPLETE' };
  const became = (state: string, part: object | null) =>
    becameOf({ state, line: part && { ...line, ...part } } as unknown as Parameters<typeof becameOf>[0]);
  expect(became('RESOLVED', {})).toBe('PROCESSED');
  expect(became('RESOLVED', { shortQuantity: '1.5' })).toBe('SHORT');
  expect(became('RESOLVED', { costStatus: 'MISSING', shortQuantity: '2' })).toBe('NO_COST');
  expect(became('RESOLVED', { state: 'NOT_STOCK' })).toBe('PASSED_OVER');
  expect(became('DISMISSED', { state: 'ABANDONED' })).toBe('LEFT_OUT');
  expect(became('OPEN', {})).toBe('STILL_OPEN');
});
