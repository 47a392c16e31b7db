/** What the pages of sales share: the channels, and who reads from them. */
import { useOutletContext } from 'react-router';
import type { SalesDeskQuery } from '../../graphql/generated/graphql';
import type { StartSales } from './useStartSales';

export interface Desk {
  data: SalesDeskQuery;
  starter: StartSales;
  /** Shows a run above the page. */
  show: (runId: string) => void;
  shown: string | null;
  refetch: () => void;
  /** Why no sync can begin now; null when one can. */
  unavailable: string | null;
}

export function useDesk(): Desk {
  return useOutletContext<Desk>();
}

/** Connected companies that have no channel yet. */
export function withoutChannel({ integrations, salesChannels }: SalesDeskQuery) {
  const taken = salesChannels.map((channel) => channel.integration?.id);
  return integrations.filter(({ id, status }) => (status === 'ACTIVE' || status === 'EXPIRED') && !taken.includes(id));
}

export function accountingChannels({ salesChannels }: SalesDeskQuery) {
  return salesChannels.filter((channel) => channel.kind === 'ACCOUNTING');
}
