import { Skeleton, Stack } from '@mantine/core';
import type { ReactNode } from 'react';
import { faultOf } from '../graphql/faults';
import type { LiveQuery } from '../graphql/useLiveQuery';
import { FaultPanel } from './FaultPanel';

interface Props<Data> {
  query: LiveQuery<Data>;
  children: (data: Data) => ReactNode;
  skeleton?: ReactNode;
}

/** The four faces of a query: nothing yet, failed, there, and there but the latest attempt failed. */
export function Loaded<Data>({ query, children, skeleton }: Props<Data>) {
  if (!query.data) {
    if (query.error) return <FaultPanel fault={faultOf(query.error)} onRetry={query.refetch} />;
    return skeleton ?? <Lines />;
  }
  return (
    <Stack gap="md">
      {query.error && <FaultPanel fault={faultOf(query.error)} onRetry={query.refetch} />}
      {children(query.data)}
    </Stack>
  );
}

function Lines() {
  return (
    <Stack gap="sm" aria-busy="true" aria-label="Loading">
      {[72, 44, 44, 44, 44].map((height, index) => (
        <Skeleton key={index} height={height} radius="md" />
      ))}
    </Stack>
  );
}
