import { describe, expect, it } from 'vitest';
import { advance, hasEnded, type Counts, type Progress, type Report } from './progress';

const NONE: Counts = { created: 0, updated: 0, unchanged: 0, deactivated: 0, skipped: 0, failed: 0 };

function report(sequence: number, over: Partial<Report> = {}): Report {
  return { sequence, state: 'RUNNING', phase: 'ITEMS', done: 0, total: 100, counts: NONE, message: null, ...over };
}

function play(reports: Report[]): Progress {
  const last = reports.reduce<Progress | null>((before, each) => advance(before, each, false).progress, null);
  if (!last) throw new Error('nothing played');
  return last;
}

describe('progress never goes backwards', () => {
  it('keeps the highest count done when a phase starts to count anew', () => {
    const after = play([report(1, { phase: 'ACCOUNTS', done: 60 }), report(2, { phase: 'ITEMS', done: 5 })]);
    expect({ done: after.done, fraction: after.fraction, phase: after.phase }).toEqual({
      done: 60,
      fraction: 0.6,
      phase: 'ITEMS',
    });
  });

  it('keeps the bar where it was when the total grows', () => {
    const after = play([report(1, { done: 50, total: 100 }), report(2, { done: 60, total: 400 })]);
    expect({ done: after.done, total: after.total, fraction: after.fraction }).toEqual({
      done: 60,
      total: 400,
      fraction: 0.5,
    });
  });

  it('keeps every counter at its highest value', () => {
    const after = play([
      report(1, { counts: { ...NONE, created: 7, skipped: 2 } }),
      report(2, { counts: { ...NONE, created: 3, updated: 4 } }),
    ]);
    expect(after.counts).toEqual({ ...NONE, created: 7, skipped: 2, updated: 4 });
  });

  it('remembers a total that a later event leaves out', () => {
    expect(play([report(1, { done: 10, total: 40 }), report(2, { done: 20, total: null })]).total).toBe(40);
  });

  it('has no share while no total is known', () => {
    expect(play([report(1, { done: 10, total: null })]).fraction).toBeNull();
  });

  it('is full when the run succeeded, whatever was counted', () => {
    expect(
      play([report(1, { done: 10, total: 40 }), report(2, { state: 'SUCCEEDED', phase: 'DONE', done: 10, total: 40 })])
        .fraction,
    ).toBe(1);
  });

  it('does not pretend to be full when the run failed', () => {
    expect(
      play([report(1, { done: 10, total: 40 }), report(2, { state: 'FAILED', done: 10, total: 40 })]).fraction,
    ).toBe(0.25);
  });
});

describe('no event counts twice, none is passed over', () => {
  it('ignores events it has seen, as a resumed subscription may repeat them', () => {
    const seen = play([report(1, { done: 10 }), report(2, { done: 20 })]);
    expect(advance(seen, report(2, { done: 99 }), false)).toEqual({ progress: seen, outcome: 'stale' });
    expect(advance(seen, report(1, { done: 99 }), true)).toEqual({ progress: seen, outcome: 'stale' });
  });

  it('reports a gap and stays where it was, so that the subscription is taken up from the last number seen', () => {
    const seen = play([report(1, { done: 10 }), report(2, { done: 20 })]);
    expect(advance(seen, report(5, { done: 50 }), false)).toEqual({ progress: seen, outcome: 'gap' });
  });

  it('goes on after a lost connection with the events after the last number seen', () => {
    const seen = play([report(1, { done: 10 }), report(2, { done: 20 })]);
    const resumed = advance(seen, report(3, { done: 30 }), true);
    expect({ outcome: resumed.outcome, done: resumed.progress.done, sequence: resumed.progress.sequence }).toEqual({
      outcome: 'applied',
      done: 30,
      sequence: 3,
    });
  });

  it('lets the first event of a subscription jump, because it carries the whole state', () => {
    const seen = play([report(1, { done: 10 })]);
    const late = advance(seen, report(9, { done: 90 }), true);
    expect({ outcome: late.outcome, done: late.progress.done, sequence: late.progress.sequence }).toEqual({
      outcome: 'applied',
      done: 90,
      sequence: 9,
    });
  });

  it('believes the stored run when it ended at the last number seen', () => {
    const seen = play([report(1, { done: 100 })]);
    const stored = advance(seen, report(1, { done: 100, state: 'SUCCEEDED', phase: 'DONE' }), true);
    expect(stored.progress.state).toBe('SUCCEEDED');
  });
});

describe('counters of sales', () => {
  it('never fall either, and lists are taken as they come', () => {
    const counts = { ...NONE, voided: 3, shortages: 1, linesSkipped: 4, skippedByReason: [{ reason: 'A', count: 1 }] };
    const before = advance(null, { ...report(1), counts }, true).progress;
    const later = { ...counts, voided: 2, shortages: 2, linesSkipped: 0, skippedByReason: [] };
    const { progress } = advance(before, { ...report(2), counts: later }, false);
    expect(progress.counts).toEqual({ ...counts, shortages: 2, skippedByReason: [] });
  });
});

describe('hasEnded', () => {
  it('knows which states are final', () => {
    expect(['QUEUED', 'RUNNING'].map((state) => hasEnded(state as Report['state']))).toEqual([false, false]);
    expect(
      ['SUCCEEDED', 'SUCCEEDED_WITH_ISSUES', 'FAILED', 'CANCELLED', 'SKIPPED'].map((state) =>
        hasEnded(state as Report['state']),
      ),
    ).toEqual([true, true, true, true, true]);
  });
});
