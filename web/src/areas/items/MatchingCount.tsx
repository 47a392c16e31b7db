import { Loader, Text } from '@mantine/core';
import { useQuery } from 'urql';
import type { ItemFilter } from '../../graphql/generated/graphql';
import { count } from '../../lib/words';
import { ItemCountQuery } from './operations';

/** Before a whole filter is imported, say how many that are. */
export function MatchingCount({ filter }: { filter: ItemFilter }) {
  const [{ data, fetching }] = useQuery({
    query: ItemCountQuery,
    variables: { filter },
    requestPolicy: 'network-only',
  });
  if (fetching && !data) return <Loader size="xs" aria-label="Counting" />;
  return (
    <Text size="sm" data-testid="matching-count">
      {data ? (
        <>
          <b>{count(data.list.totalCount, 'item matches', 'items match')}</b> your filter, on all pages.
        </>
      ) : (
        'Every item that matches your filter, on all pages.'
      )}
    </Text>
  );
}
