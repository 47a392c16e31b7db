import { useCallback, useEffect, useState } from 'react';
import { useMutation } from 'urql';
import { faultOf } from '../../graphql/faults';
import type { Problem } from '../../graphql/useAction';
import { PlanExportMutation, type Plan } from './operations';

interface Planned {
  plan: Plan | null;
  problem: Problem | null;
  busy: boolean;
  /** Works the entry out anew; answers it. */
  again: () => Promise<Plan | null>;
}

/** The entry that a document would become, worked out when the page opens and again on demand. Nothing is kept by it. */
export function usePlan(documentId: string): Planned {
  const [, execute] = useMutation(PlanExportMutation);
  const [state, setState] = useState<Omit<Planned, 'again'>>({ plan: null, problem: null, busy: true });
  const again = useCallback(async () => {
    setState((before) => ({ ...before, busy: true }));
    const { data, error } = await execute({ input: { documentId } });
    const payload = data?.planExport;
    const plan = payload?.plan ?? null;
    setState((before) => ({
      plan: plan ?? (error ? before.plan : null),
      problem: problemOf(error, payload),
      busy: false,
    }));
    return plan;
  }, [execute, documentId]);
  useEffect(() => {
    // eslint-disable-next-line react-hooks/set-state-in-effect -- asks an outside system
    void again();
  }, [again]);
  return { ...state, again };
}

function problemOf(
  error: Parameters<typeof faultOf>[0] | undefined,
  payload: { userErrors: Problem['errors'] } | undefined,
): Problem | null {
  if (error) {
    const { title, detail, help, kind } = faultOf(error);
    return { errors: [{ title, message: detail, help }], retryable: kind === 'network' || kind === 'busy' };
  }
  return payload && payload.userErrors.length > 0 ? { errors: payload.userErrors, retryable: false } : null;
}
