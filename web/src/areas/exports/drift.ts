/** What became of a posted document, in words. */
import type { Exported } from './operations';

/** Whether the document itself is gone, so that it can be posted again. */
export function isGone(drift: Exported['drift']): boolean {
  const state = drift?.differences.find(({ what }) => what === 'state');
  return state !== undefined && (state.theirs == null || state.theirs === 'voided');
}

/** What a posted document is there now. */
export function stateThere(theirs: string | null | undefined): string {
  if (theirs == null) return 'Deleted';
  return theirs.charAt(0).toUpperCase() + theirs.slice(1);
}

/** What differs: a field by its name, a line by the id that the accounting system gives its item or account. */
export function differenceWord(what: string, provider: string): string {
  if (what === 'state' || what === 'date' || what === 'account') return what.charAt(0).toUpperCase() + what.slice(1);
  const side = /^(debit|credit) (.+)$/.exec(what);
  if (side) return `${side[1] === 'debit' ? 'Debit' : 'Credit'} of account ${side[2]} (its id in ${provider})`;
  return `Item ${what} (its id in ${provider})`;
}
