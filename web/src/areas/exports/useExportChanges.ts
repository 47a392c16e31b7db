import { useEffect, useRef } from 'react';
import { useSubscription } from 'urql';
import { ExportChangedSubscription } from './operations';

/** Calls back when an export of the business, or of one document, changed. */
export function useExportChanges(onChange: () => void, documentId?: string): void {
  const latest = useRef(onChange);
  useEffect(() => {
    latest.current = onChange;
  });
  const [{ data }] = useSubscription({ query: ExportChangedSubscription, variables: { documentId } });
  useEffect(() => {
    if (data) latest.current();
  }, [data]);
}
