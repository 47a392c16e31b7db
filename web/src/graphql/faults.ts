/** Faults are top-level errors: the request could not be carried out at all. Business refusals are userErrors. */
import type { CombinedError } from 'urql';

export type FaultKind = 'network' | 'unauthenticated' | 'forbidden' | 'busy' | 'other';

export interface Fault {
  kind: FaultKind;
  title: string;
  detail: string;
  help: string;
}

function codeOf(error: CombinedError): string | null {
  for (const each of error.graphQLErrors) {
    if (typeof each.extensions?.code === 'string') return each.extensions.code;
  }
  return null;
}

/** Some faults are refusals of the business rules in a query (a preview of what cannot be); they bring their own help. */
function helpOf(error: CombinedError): string | null {
  for (const each of error.graphQLErrors) {
    if (typeof each.extensions?.help === 'string') return each.extensions.help;
  }
  return null;
}

function statusOf(error: CombinedError): number | null {
  const response = error.response as { status?: unknown } | undefined;
  return typeof response?.status === 'number' ? response.status : null;
}

export function isUnauthenticated(error: CombinedError): boolean {
  return codeOf(error) === 'UNAUTHENTICATED' || statusOf(error) === 401;
}

/** What to tell people, and what they can do about it. */
export function faultOf(error: CombinedError): Fault {
  const code = codeOf(error);
  const detail = error.graphQLErrors.map((each) => each.message).join(' ');
  if (isUnauthenticated(error)) {
    return {
      kind: 'unauthenticated',
      title: 'Not signed in',
      detail: detail || 'The gateway does not accept this access token.',
      help: 'Sign in with a new token.',
    };
  }
  if (code === 'FORBIDDEN' || statusOf(error) === 403) {
    return {
      kind: 'forbidden',
      title: 'Not available to your role',
      detail: detail || 'Your role does not allow this.',
      help: 'Ask an owner or admin of the business.',
    };
  }
  if (code === 'RATE_LIMITED' || code === 'TIMEOUT' || code === 'PROVIDER_UNAVAILABLE') {
    return { kind: 'busy', title: 'Not just now', detail, help: 'Wait a moment, then try again.' };
  }
  const help = helpOf(error);
  if (help) return { kind: 'other', title: 'This cannot be done', detail, help };
  if (error.graphQLErrors.length > 0) {
    return {
      kind: 'other',
      title: 'The gateway could not do this',
      detail,
      help: 'Try again. If it happens again, give the reference in this message to whoever runs the gateway.',
    };
  }
  return {
    kind: 'network',
    title: 'The gateway cannot be reached',
    detail: 'The request did not get an answer.',
    help: 'Check your connection and that the gateway is running, then try again.',
  };
}
