/** The moment a page of stock shows: now, or a business day as it was known at some time. It stands in the address. */
import { useSearchParams } from 'react-router';

export interface Past {
  /** Whether a past moment is shown at all. */
  is: boolean;
  asOf: string | null;
  knownAt: string | null;
  /** For queries with `$asOf`, `$knownAt` and `$past`. */
  variables: { asOf: string | null; knownAt: string | null; past: boolean };
  set: (changes: { asOf?: string | null; knownAt?: string | null }) => void;
}

export function usePast(): Past {
  const [params, setParams] = useSearchParams();
  const asOf = dayOf(params.get('asOf'));
  const knownAt = momentOf(params.get('knownAt'));
  const is = asOf !== null || knownAt !== null;
  const set: Past['set'] = (changes) =>
    setParams(
      (before) => {
        const after = new URLSearchParams(before);
        for (const [name, value] of Object.entries(changes)) {
          if (value) after.set(name, value);
          else after.delete(name);
        }
        return after;
      },
      { replace: true },
    );
  return { is, asOf, knownAt, variables: { asOf, knownAt, past: is }, set };
}

/** An address may hold anything; what is no day or moment counts for nothing. */
function dayOf(text: string | null): string | null {
  return text && /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text)) ? text : null;
}

function momentOf(text: string | null): string | null {
  return text && !Number.isNaN(Date.parse(text)) ? new Date(text).toISOString() : null;
}

/** Whether something was recorded only after what is shown was known. */
export function isLater(recordedAt: string, past: Past): boolean {
  return past.knownAt !== null && Date.parse(recordedAt) > Date.parse(past.knownAt);
}
