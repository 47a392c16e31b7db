import { oneOf } from '../../components/useFilters';
import type { CallOutcome, SyncLogFilter } from '../../graphql/generated/graphql';

export const LOG_FILTERS = ['outcome', 'operation', 'status', 'run'] as const;
export type LogFilterValues = Record<(typeof LOG_FILTERS)[number], string>;

/** The filter in the address as the API wants it; what is not set is left out. */
export function toLogFilter(values: LogFilterValues): SyncLogFilter {
  return {
    outcome: oneOf<CallOutcome>(values.outcome, ['OK', 'FAILED']),
    operation: values.operation || undefined,
    httpStatus: /^\d{3}$/.test(values.status) ? Number(values.status) : undefined,
    runId: values.run || undefined,
  };
}
