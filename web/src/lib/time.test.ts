import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { atTime, formatCountdown, formatDuration, formatRelative, fromLocalField, toLocalField } from './time';

describe('durations', () => {
  it('uses the unit people would say', () => {
    expect([850, 12_000, 60_000, 200_000, 7_260_000].map(formatDuration)).toEqual([
      '850 ms',
      '12 s',
      '1 min',
      '3 min 20 s',
      '2 h 1 min',
    ]);
  });

  it('counts down to zero and not below', () => {
    expect([272_000, 59_001, 0, -5_000].map(formatCountdown)).toEqual(['4:32', '1:00', '0:00', '0:00']);
  });
});

describe('formatRelative', () => {
  it('speaks of the past and the future', () => {
    const now = Date.parse('2026-03-01T12:00:00Z');
    expect(formatRelative('2026-03-01T11:55:00Z', now)).toMatch(/5 minutes ago/);
    expect(formatRelative('2026-03-03T12:00:00Z', now)).toMatch(/in 2 days|tomorrow/);
    expect(formatRelative('2026-03-01T12:00:02Z', now)).toBe('just now');
    expect(formatRelative('2024-04-15T12:00:00Z', now)).toBe('22 months ago');
    expect(formatRelative('2023-01-01T12:00:00Z', now)).toBe('3 years ago');
  });
});

describe('atTime', () => {
  beforeEach(() => void vi.useFakeTimers({ now: 0 }));
  afterEach(() => void vi.useRealTimers());
  const DAY = 86_400_000;

  it('waits for a moment that is further away than a timer reaches', () => {
    const called = vi.fn();
    atTime(30 * DAY, called);
    vi.advanceTimersByTime(30 * DAY - 1);
    expect(called).not.toHaveBeenCalled();
    vi.advanceTimersByTime(2);
    expect(called).toHaveBeenCalledTimes(1);
  });

  it('does nothing once cancelled', () => {
    const called = vi.fn();
    const cancel = atTime(30 * DAY, called);
    vi.advanceTimersByTime(29 * DAY);
    cancel();
    vi.advanceTimersByTime(9 * DAY);
    expect(called).not.toHaveBeenCalled();
  });
});

describe('date-and-time fields', () => {
  it('hold a moment to the second and give it back', () => {
    for (const moment of ['2026-03-01T12:00:07.000Z', '2026-07-31T23:59:59.000Z'])
      expect(fromLocalField(toLocalField(moment))).toBe(moment);
  });

  it('hold nothing for what is no moment', () => {
    expect([fromLocalField(''), fromLocalField('nonsense'), toLocalField('nonsense')]).toEqual([null, null, '']);
  });
});
