import { expect, test } from 'vitest';
import { lackingScope, scopeOf, type Scope } from './reversal';

const scope: Scope = { by: 'RUN', runId: null, from: '', to: '', kinds: [] };

test('a run is asked for alone, days with their kinds', () => {
  expect(scopeOf({ ...scope, runId: 'run_1', from: '2026-01-01', kinds: ['BUILD'] })).toEqual({ runId: 'run_1' });
  expect(scopeOf({ ...scope, by: 'DAYS', from: '2026-01-01', to: '2026-01-31', kinds: ['BUILD'] })).toEqual({
    from: '2026-01-01',
    to: '2026-01-31',
    kinds: ['BUILD'],
  });
});

test('what is missing is said before anything is planned', () => {
  expect(lackingScope(scope)).toBe('Choose a run first.');
  expect(lackingScope({ ...scope, runId: 'run_1' })).toBeNull();
  expect(lackingScope({ ...scope, by: 'DAYS', from: '2026-01-01' })).toBe('Give the first and the last day.');
  expect(lackingScope({ ...scope, by: 'DAYS', from: '2026-02-01', to: '2026-01-01' })).toMatch(/after the last/);
});
