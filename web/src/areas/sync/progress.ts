/**
 * Progress of a run as a person may see it. Three promises:
 * it never goes backwards, it never counts an event twice, and after a lost connection it goes on from the last number seen.
 */
import type { SyncPhase, SyncRunState } from '../../graphql/generated/graphql';

export interface TypeCount {
  type: string;
  count: number;
}

export interface ReasonCount {
  reason: string;
  count: number;
}

export interface Counts {
  created: number;
  updated: number;
  unchanged: number;
  deactivated: number;
  skipped: number;
  failed: number;
  /** Of sales syncs. */
  voided?: number;
  linesSkipped?: number;
  linesRetried?: number;
  shortages?: number;
}

/** One thing we were told about a run: a live event, or the run itself as it is stored. */
export interface Report<C extends Counts = Counts> {
  sequence: number;
  state: SyncRunState;
  phase: SyncPhase;
  done: number;
  total?: number | null;
  counts: C;
  message?: string | null;
}

export interface Progress<C extends Counts = Counts> extends Report<C> {
  /** Share done, 0 to 1; null while the total is not known. Never falls. */
  fraction: number | null;
}

export interface Step<C extends Counts = Counts> {
  progress: Progress<C>;
  /** applied: new; stale: seen before, ignored; gap: events are missing in between, subscribe again from `progress.sequence`. */
  outcome: 'applied' | 'stale' | 'gap';
}

const ENDED: readonly SyncRunState[] = ['SUCCEEDED', 'SUCCEEDED_WITH_ISSUES', 'FAILED', 'CANCELLED', 'SKIPPED'];

export function hasEnded(state: SyncRunState): boolean {
  return ENDED.includes(state);
}

export function hasSucceeded(state: SyncRunState): boolean {
  return state === 'SUCCEEDED' || state === 'SUCCEEDED_WITH_ISSUES';
}

/**
 * Takes one report in. `jump` allows numbers to be missing before it: right for a stored run and for the first event of
 * a subscription, which carries the whole state up to itself.
 */
export function advance<C extends Counts>(before: Progress<C> | null, report: Report<C>, jump: boolean): Step<C> {
  if (!before) return { progress: { ...report, fraction: fractionOf(report, null) }, outcome: 'applied' };
  if (report.sequence < before.sequence) return { progress: before, outcome: 'stale' };
  if (report.sequence === before.sequence) return { progress: sameMoment(before, report), outcome: 'stale' };
  if (!jump && report.sequence > before.sequence + 1) return { progress: before, outcome: 'gap' };
  return { progress: merge(before, report), outcome: 'applied' };
}

/** The stored run may say more about the same moment than its event did: it ended, and nothing was announced after. */
function sameMoment<C extends Counts>(before: Progress<C>, report: Report<C>): Progress<C> {
  return hasEnded(report.state) && !hasEnded(before.state) ? merge(before, report) : before;
}

function merge<C extends Counts>(before: Progress<C>, report: Report<C>): Progress<C> {
  const done = Math.max(before.done, report.done);
  const total = report.total == null ? before.total : Math.max(report.total, done);
  const merged = { ...report, done, total, counts: notBelow(before.counts, report.counts) };
  return { ...merged, fraction: fractionOf(merged, before.fraction) };
}

/** Every counter that both know keeps the higher value; lists and new counters are taken as they come. */
function notBelow<C extends Counts>(before: C, now: C): C {
  const floor = Object.entries(now).map(([name, value]: [string, unknown]) => {
    const known: unknown = before[name as keyof C];
    return [name, typeof value === 'number' && typeof known === 'number' ? Math.max(known, value) : value] as const;
  });
  return { ...now, ...(Object.fromEntries(floor) as Partial<C>) };
}

function fractionOf(report: Report, before: number | null): number | null {
  if (hasSucceeded(report.state)) return 1;
  if (report.total == null || report.total === 0) return before;
  const now = Math.min(1, report.done / report.total);
  return before === null ? now : Math.max(before, now);
}
