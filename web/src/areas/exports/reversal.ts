/** What is to be taken back: a run, or some days and kinds. */
import type { ExportKind, PlanReversalInput } from '../../graphql/generated/graphql';

export interface Scope {
  by: 'RUN' | 'DAYS';
  runId: string | null;
  from: string;
  to: string;
  kinds: ExportKind[];
}

export const KINDS_BACK: readonly ExportKind[] = ['BUILD', 'RECEIPT', 'WASTE', 'CORRECTION', 'ADJUSTMENT', 'TRUE_UP'];

/** With a run nothing else may be given. */
export function scopeOf({ by, runId, from, to, kinds }: Scope): PlanReversalInput {
  if (by === 'RUN') return { runId };
  return { from: from || undefined, to: to || undefined, kinds: kinds.length > 0 ? kinds : undefined };
}

/** Why it cannot be planned yet, or null. */
export function lackingScope({ by, runId, from, to }: Scope): string | null {
  if (by === 'RUN') return runId ? null : 'Choose a run first.';
  if (!from || !to) return 'Give the first and the last day.';
  return from <= to ? null : 'The first day is after the last.';
}
