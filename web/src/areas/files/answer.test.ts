import { describe, expect, test } from 'vitest';
import { readResults } from './answer';

/** The text in pieces of a few bytes, which cut through lines and letters. */
function inPieces(text: string, size: number): ReadableStream<Uint8Array> {
  const bytes = new TextEncoder().encode(text);
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) return controller.close();
      controller.enqueue(bytes.slice(at, (at += size)));
    },
  });
}

const ROWS = [
  { row: 2, status: 'CREATED', id: 'prd_1' },
  { row: 3, status: 'FAILED', id: null, reason: { code: 'VALIDATION', message: 'type: “Späne” is no type.' } },
  { row: 5, status: 'FAILED', id: null, reason: { code: 'VALIDATION', message: 'name: is empty.' } },
  { row: 6, status: 'SKIPPED', id: 'prd_2' },
];
const SUMMARY = { rows: 4, created: 1, skipped: 1, failed: 2, dryRun: true };
const TEXT = [...ROWS, { summary: SUMMARY }].map((each) => `${JSON.stringify(each)}\n`).join('');

describe('the answer to a file', () => {
  test('is read however it is cut', async () => {
    for (const size of [1, 3, 64, 10_000]) {
      const { summary, kept } = await readResults(inPieces(TEXT, size));
      expect(summary).toEqual(SUMMARY);
      expect(kept).toEqual({ CREATED: [ROWS[0]], FAILED: [ROWS[1], ROWS[2]], SKIPPED: [ROWS[3]] });
    }
  });

  test('keeps only the first of each kind, but the sums of all', async () => {
    const { summary, kept } = await readResults(inPieces(TEXT, 100), 1);
    expect(kept.FAILED).toEqual([ROWS[1]]);
    expect(summary.failed).toBe(2);
  });

  test('without its last line is none', async () => {
    const cut = TEXT.slice(0, TEXT.lastIndexOf('{"summary"'));
    await expect(readResults(inPieces(cut, 50))).rejects.toThrow('before it was complete');
  });
});
