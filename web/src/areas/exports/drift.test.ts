import { expect, test } from 'vitest';
import { differenceWord, isGone, stateThere } from './drift';

const drift = (differences: { what: string; ours: string | null; theirs: string | null }[]) => ({
  state: 'DRIFTED' as const,
  version: null,
  foundAt: null,
  acceptedAt: null,
  acceptedBy: null,
  differences,
});

test('deleted and voided documents are gone, edited ones are not', () => {
  expect(isGone(null)).toBe(false);
  expect(isGone(drift([{ what: 'date', ours: '2026-01-01', theirs: '2026-01-02' }]))).toBe(false);
  expect(isGone(drift([{ what: 'state', ours: 'posted', theirs: 'draft' }]))).toBe(false);
  expect(isGone(drift([{ what: 'state', ours: 'posted', theirs: 'voided' }]))).toBe(true);
  expect(isGone(drift([{ what: 'state', ours: 'posted', theirs: null }]))).toBe(true);
});

test('what differs is named', () => {
  expect(stateThere(null)).toBe('Deleted');
  expect(stateThere('voided')).toBe('Voided');
  expect(differenceWord('date', 'QuickBooks')).toBe('Date');
  expect(differenceWord('12', 'QuickBooks')).toBe('Item 12 (its id in QuickBooks)');
  expect(differenceWord('credit 1234-5', 'Xero')).toBe('Credit of account 1234-5 (its id in Xero)');
});
