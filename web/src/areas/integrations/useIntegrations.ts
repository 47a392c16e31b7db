import { useEffect, useState } from 'react';
import { useSubscription } from 'urql';
import { useLiveQuery } from '../../graphql/useLiveQuery';
import { IntegrationChangedSubscription, IntegrationsQuery, type Integration } from './operations';

const NONE = {};

/** The integrations, live: what the subscription says is newer than what was read before it, until the next read. */
export function useIntegrations() {
  const query = useLiveQuery(IntegrationsQuery, NONE, { types: ['Integration'] });
  const [{ data: change }] = useSubscription({ query: IntegrationChangedSubscription });
  const [changed, setChanged] = useState<{ readonly base: unknown; readonly byId: ReadonlyMap<string, Integration> }>({
    base: null,
    byId: new Map(),
  });

  useEffect(() => {
    const integration = change?.integrationChanged;
    if (!integration) return;
    // eslint-disable-next-line react-hooks/set-state-in-effect -- an outside event, kept until the next read replaces it
    setChanged((before) => ({
      base: query.data,
      byId: new Map(before.base === query.data ? before.byId : []).set(integration.id, integration),
    }));
    // eslint-disable-next-line react-hooks/exhaustive-deps -- only a new event counts, not a new read
  }, [change]);

  const fresh = changed.base === query.data ? changed.byId : new Map<string, Integration>();
  const data = query.data && { ...query.data, integrations: merge(query.data.integrations, fresh) };
  return { ...query, data };
}

function merge(read: readonly Integration[], changed: ReadonlyMap<string, Integration>): Integration[] {
  const known = read.map((each) => changed.get(each.id) ?? each);
  const added = [...changed.values()].filter((each) => !read.some((old) => old.id === each.id));
  return [...known, ...added];
}
