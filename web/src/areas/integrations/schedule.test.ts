import { expect, test } from 'vitest';
import { cronTrouble, scheduleOf, scheduleWords, settingsOf } from './schedule';

test('a schedule is off, by minutes or by cron, never both', () => {
  expect(scheduleOf(null, null)).toEqual({ kind: 'OFF' });
  expect(scheduleOf(60, null)).toEqual({ kind: 'MINUTES', minutes: 60 });
  expect(scheduleOf(null, '0 6 * * *')).toEqual({ kind: 'CRON', cron: '0 6 * * *' });
  const names = ['itemSyncEveryMinutes', 'itemSyncCron'] as const;
  expect(settingsOf(...names, { kind: 'CRON', cron: '0 6 * * *' })).toEqual({
    itemSyncEveryMinutes: null,
    itemSyncCron: '0 6 * * *',
  });
  expect(settingsOf(...names, { kind: 'OFF' })).toEqual({ itemSyncEveryMinutes: null, itemSyncCron: null });
});

test('a schedule is said in words', () => {
  const words = [scheduleOf(null, null), scheduleOf(60, null), scheduleOf(null, '0 6 * * *')].map(scheduleWords);
  expect(words).toEqual(['off', 'every 60 minutes', 'at 0 6 * * *']);
});

test('an expression has five fields', () => {
  expect(cronTrouble('30 6 * * 1-5')).toBeNull();
  expect(cronTrouble(' */15 8-18 * * MON-FRI ')).toBeNull();
  expect(cronTrouble('30 6 * *')).toBe(
    'Write five fields: minute, hour, day of month, month, day of week. 4 are there.',
  );
  expect(cronTrouble('every')).toMatch(/One is there/);
  expect(cronTrouble('30 six! * * *')).toBe('The field hour cannot be six!.');
});
