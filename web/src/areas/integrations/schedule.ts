/**
 * When syncs begin by themselves: not at all, every so many minutes, or by cron.
 * Rule: an expression is looked at only for its shape; whether it means something, and how often it fires, says the gateway.
 */

export type ScheduleField = 'itemSyncEveryMinutes' | 'itemSyncCron' | 'salesSyncEveryMinutes' | 'salesSyncCron';

interface Fields {
  what: 'items' | 'sales';
  minutes: 'itemSyncEveryMinutes' | 'salesSyncEveryMinutes';
  cron: 'itemSyncCron' | 'salesSyncCron';
  label: string;
  about: string;
}

export const SCHEDULES: readonly Fields[] = [
  {
    what: 'items',
    minutes: 'itemSyncEveryMinutes',
    cron: 'itemSyncCron',
    label: 'Sync items by itself',
    about: 'Items, accounts and suppliers.',
  },
  {
    what: 'sales',
    minutes: 'salesSyncEveryMinutes',
    cron: 'salesSyncCron',
    label: 'Sync sales by itself',
    about: 'Needs a sales channel of this company; until there is one, nothing is read.',
  },
];

export type Schedule = { kind: 'OFF' } | { kind: 'MINUTES'; minutes: number } | { kind: 'CRON'; cron: string };

export function scheduleOf(minutes: number | null | undefined, cron: string | null | undefined): Schedule {
  if (cron != null) return { kind: 'CRON', cron };
  return minutes != null ? { kind: 'MINUTES', minutes } : { kind: 'OFF' };
}

/** In words, after what it syncs: "items every 60 minutes". */
export function scheduleWords(schedule: Schedule): string {
  if (schedule.kind === 'OFF') return 'off';
  return schedule.kind === 'CRON' ? `at ${schedule.cron}` : `every ${schedule.minutes} minutes`;
}

/** One of the two fields is set at most: the other is switched off with it. */
export function settingsOf(minutes: ScheduleField, cron: ScheduleField, schedule: Schedule) {
  return {
    [minutes]: schedule.kind === 'MINUTES' ? schedule.minutes : null,
    [cron]: schedule.kind === 'CRON' ? schedule.cron : null,
  };
}

/** What a sync by cron begins with: early in the morning of each weekday. */
export const USUAL_CRON = '30 6 * * 1-5';

const FIELDS = ['minute', 'hour', 'day of month', 'month', 'day of week'] as const;

/** What is wrong with the shape of an expression, or null. */
export function cronTrouble(text: string): string | null {
  const parts = text.trim().split(/\s+/).filter(Boolean);
  if (parts.length !== FIELDS.length) {
    return `Write five fields: ${FIELDS.join(', ')}. ${parts.length === 1 ? 'One is' : `${parts.length} are`} there.`;
  }
  const odd = parts.findIndex((part) => !/^[0-9A-Za-z*/,#?-]+$/.test(part));
  return odd < 0 ? null : `The field ${FIELDS[odd]} cannot be ${parts[odd]}.`;
}
