/**
 * Tables as CSV (RFC 4180), as spreadsheets read it.
 * Rule: text that a spreadsheet would run as a formula is made plain; numbers keep their exact digits.
 */
import { parseDecimal } from './decimal';

export type Cell = string | null | undefined;

/** With the mark that tells spreadsheets the text is UTF-8. */
export function toCsv(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  return '\uFEFF' + [head, ...rows].map((row) => row.map(cell).join(',')).join('\r\n') + '\r\n';
}

function cell(value: Cell): string {
  const text = harmless(value ?? '');
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** A leading `=`, `+`, `-`, `@`, tab or line break begins a formula in some spreadsheet; a number may keep its sign. */
function harmless(text: string): string {
  return /^[=+\-@\t\r\n]/.test(text) && parseDecimal(text) === null ? `'${text}` : text;
}
