import { useEffect, useState } from 'react';
import { useClient, type CombinedError } from 'urql';
import type { AccountFieldsFragment, ChartQuery as ChartData } from '../../graphql/generated/graphql';
import { useRefresh } from '../../graphql/refresh';
import { ChartQuery } from './operations';

export interface Chart {
  accounts: readonly AccountFieldsFragment[];
  /** Items whose stock an account keeps, by the account's id. */
  stocked: ReadonlyMap<string, string>;
}

/** Pages of the chart at most: two thousand accounts, more than a company has. */
const PAGES = 8;

/** The whole chart of accounts: a choice needs all of it. */
export function useChart(integrationId: string, version: number) {
  const client = useClient();
  const { signal } = useRefresh();
  const [state, setState] = useState<{ chart: Chart | null; error: CombinedError | null }>({
    chart: null,
    error: null,
  });
  useEffect(() => {
    let wanted = true;
    const read = async () => {
      const accounts: AccountFieldsFragment[] = [];
      let first: ChartData | null = null;
      let after: string | null = null;
      for (let page = 0; page < PAGES; page += 1) {
        const asked: { integrationId: string; after: string | null } = { integrationId, after };
        const { data, error } = await client.query(ChartQuery, asked, { requestPolicy: 'network-only' }).toPromise();
        if (!wanted) return;
        if (error || !data) return setState((before) => ({ ...before, error: error ?? null }));
        first ??= data;
        accounts.push(...data.accounts.nodes);
        after = data.accounts.pageInfo.endCursor ?? null;
        if (!data.accounts.pageInfo.hasNextPage || after === null) break;
      }
      setState({ chart: { accounts, stocked: stockedBy(first) }, error: null });
    };
    void read();
    return () => {
      wanted = false;
    };
  }, [client, integrationId, version, signal]);
  return state;
}

function stockedBy(data: ChartData | null): ReadonlyMap<string, string> {
  const stocked = new Map<string, string>();
  for (const item of data?.items.nodes ?? []) {
    const account = item.assetAccount?.id;
    if (account && !stocked.has(account)) stocked.set(account, item.fullName);
  }
  return stocked;
}
