import { Button, Text } from '@mantine/core';
import { useState } from 'react';
import { useQuery, type TypedDocumentNode } from 'urql';

interface Props<Variables extends object> {
  /** Selects only `totalCount`, under the alias `list`. */
  query: TypedDocumentNode<{ list: { totalCount: number } }, Variables>;
  variables: Variables;
}

/** The number of rows in all, asked for by hand; asked again when what is listed changes (give it a `key`). */
export function TotalCount<Variables extends object>({ query, variables }: Props<Variables>) {
  const [wanted, setWanted] = useState(false);
  const request = { query, variables, pause: !wanted, requestPolicy: 'network-only' } as unknown as Parameters<
    typeof useQuery<{ list: { totalCount: number } }>
  >[0];
  const [{ data, error, fetching }] = useQuery<{ list: { totalCount: number } }>(request);
  if (wanted && data) {
    return (
      <Text size="sm" c="dimmed" data-testid="total-count">
        of {data.list.totalCount.toLocaleString()} in all
      </Text>
    );
  }
  return (
    <Button
      size="compact-xs"
      variant="subtle"
      loading={wanted && fetching}
      onClick={() => setWanted(true)}
      data-testid="count-button"
    >
      {error ? 'Count again' : 'Count all'}
    </Button>
  );
}
