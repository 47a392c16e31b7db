/**
 * What the gateway answers to a file: a line of JSON per row, and one with the sums.
 * Rule: it is read as it comes and only the beginning of each kind is kept, so that a million rows fit on a page; the
 * sums are the gateway's own. An answer without its last line is no answer.
 */

export type RowStatus = 'CREATED' | 'SKIPPED' | 'FAILED';

export interface RowResult {
  /** The line of the file on which the row begins. */
  row: number;
  status: RowStatus;
  id: string | null;
  reason?: { code: string; message: string; help?: string | null };
}

export interface Summary {
  rows: number;
  created: number;
  skipped: number;
  failed: number;
  dryRun: boolean;
}

export interface Results {
  summary: Summary;
  /** The first of each kind, in the order of the file. */
  kept: Readonly<Record<RowStatus, readonly RowResult[]>>;
}

/** Rows kept of each kind. */
export const KEPT = 1_000;

export async function readResults(stream: ReadableStream<Uint8Array>, keep = KEPT): Promise<Results> {
  const kept: Record<RowStatus, RowResult[]> = { CREATED: [], SKIPPED: [], FAILED: [] };
  let summary: Summary | null = null;
  for await (const line of linesOf(stream)) {
    const told = JSON.parse(line) as RowResult | { summary: Summary };
    if ('summary' in told) summary = told.summary;
    else if (kept[told.status].length < keep) kept[told.status].push(told);
  }
  if (!summary) throw new Error('The answer ended before it was complete.');
  return { summary, kept };
}

async function* linesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  const reader = stream.getReader();
  let rest = '';
  for (;;) {
    const { done, value } = await reader.read();
    rest += done ? decoder.decode() : decoder.decode(value, { stream: true });
    const lines = rest.split('\n');
    rest = lines.pop() ?? '';
    yield* lines.filter((line) => line !== '');
    if (done) break;
  }
  if (rest !== '') yield rest;
}
