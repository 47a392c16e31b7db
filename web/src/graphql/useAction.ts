import { useCallback, useState } from 'react';
import { useMutation, type AnyVariables, type TypedDocumentNode } from 'urql';
import type { ErrorCode } from './generated/graphql';
import { faultOf } from './faults';

export interface UserError {
  code: ErrorCode;
  message: string;
  help?: string | null;
  path?: readonly string[];
}

/** Why an action did not happen: refusals by the business rules, or a fault on the way. */
export interface Problem {
  errors: readonly {
    code?: ErrorCode;
    title?: string;
    message: string;
    help?: string | null;
    path?: readonly string[];
  }[];
  /** Nothing is wrong with the request itself: sending it again may work. */
  retryable: boolean;
}

export interface Action<Input, Payload> {
  run: (input: Input) => Promise<Payload | null>;
  busy: boolean;
  problem: Problem | null;
  clear: () => void;
}

/**
 * A mutation of the API's one shape: one input, one payload with userErrors. `run` answers the payload, also beside
 * userErrors (a lock, rows of a bulk import), or null when there was none; what went wrong is in `problem`.
 */
export function useAction<Data, Input, Payload extends { userErrors: readonly UserError[] }>(
  mutation: TypedDocumentNode<Data, { input: Input } & AnyVariables>,
  pick: (data: Data) => Payload,
): Action<Input, Payload> {
  const [{ fetching }, execute] = useMutation<Data, { input: Input } & AnyVariables>(mutation);
  const [problem, setProblem] = useState<Problem | null>(null);

  const run = async (input: Input): Promise<Payload | null> => {
    setProblem(null);
    const { data, error } = await execute({ input });
    if (error || !data) {
      setProblem(error ? fromFault(faultOf(error)) : null);
      return null;
    }
    const payload = pick(data);
    if (payload.userErrors.length > 0) setProblem({ errors: payload.userErrors, retryable: false });
    return payload;
  };

  const clear = useCallback(() => setProblem(null), []);
  return { run, busy: fetching, problem, clear };
}

function fromFault(fault: ReturnType<typeof faultOf>): Problem {
  return {
    errors: [{ title: fault.title, message: fault.detail, help: fault.help }],
    retryable: fault.kind === 'network' || fault.kind === 'busy',
  };
}

export function hasRefused(problem: Problem | null, code: ErrorCode): boolean {
  return problem?.errors.some((error) => error.code === code) ?? false;
}
