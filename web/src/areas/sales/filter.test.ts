import { expect, test } from 'vitest';
import { toSaleFilter } from './filter';

const NONE = { search: '', type: '', status: '', channel: '', from: '', to: '', open: '', short: '' };

test('an empty address filters nothing', () => {
  expect(JSON.stringify(toSaleFilter(NONE))).toBe('{}');
});

test('what the address says is asked for, what means nothing is left out', () => {
  const asked = { ...NONE, search: '1037', type: 'INVOICE', status: 'VOIDED', from: '2026-01-01', open: 'yes' };
  expect(toSaleFilter(asked)).toEqual({
    search: '1037',
    documentTypes: ['INVOICE'],
    statuses: ['VOIDED'],
    from: '2026-01-01',
    open: true,
  });
  const odd = { ...NONE, type: 'PIRATE', from: 'yesterday', to: '2026-13-45', channel: '<script>' };
  expect(JSON.stringify(toSaleFilter(odd))).toBe('{}');
});
