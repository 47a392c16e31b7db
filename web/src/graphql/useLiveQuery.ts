import { useCallback, useEffect, useMemo, useRef } from 'react';
import { useQuery, type AnyVariables, type CombinedError, type TypedDocumentNode } from 'urql';
import { useRefresh } from './refresh';

export interface LiveQuery<Data> {
  data: Data | undefined;
  error: CombinedError | undefined;
  loading: boolean;
  refetch: () => void;
}

interface Options {
  pause?: boolean;
  /** Types whose mutations make this answer old even while it is empty (an empty list names no type). */
  types?: readonly string[];
}

/** A query that shows what is known at once, asks again in the background, and again whenever the screen may be old. */
export function useLiveQuery<Data, Variables extends AnyVariables>(
  query: TypedDocumentNode<Data, Variables>,
  variables: Variables,
  { pause = false, types }: Options = {},
): LiveQuery<Data> {
  const typeList = types?.join(' ');
  const context = useMemo(() => ({ additionalTypenames: typeList ? typeList.split(' ') : [] }), [typeList]);
  const request = { query, variables, pause, requestPolicy: 'cache-and-network', context } as Parameters<
    typeof useQuery<Data, Variables>
  >[0];
  const [result, execute] = useQuery<Data, Variables>(request);
  const refetch = useCallback(() => execute({ requestPolicy: 'network-only' }), [execute]);

  const { signal } = useRefresh();
  const seen = useRef(signal);
  useEffect(() => {
    if (seen.current === signal || pause) return;
    seen.current = signal;
    refetch();
  }, [signal, pause, refetch]);

  return { data: result.data, error: result.error, loading: result.fetching || result.stale, refetch };
}
