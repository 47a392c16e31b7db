import { useRef, useState } from 'react';
import { useAction, type Problem } from '../../graphql/useAction';
import { IdempotencyKey } from '../../lib/ids';
import { SyncSalesMutation } from './operations';

export interface StartSales {
  start: (channelId: string, full: boolean) => Promise<void>;
  retry: () => void;
  busy: boolean;
  problem: Problem | null;
  clear: () => void;
}

export function useStartSales(onStarted: (runId: string) => void): StartSales {
  const sync = useAction(SyncSalesMutation, (data) => data.syncSales);
  const [key] = useState(() => new IdempotencyKey());
  const again = useRef<() => Promise<void>>(async () => {});

  const start = async (channelId: string, full: boolean): Promise<void> => {
    again.current = () => start(channelId, full);
    const input = { channelId, full };
    const payload = await sync.run({ ...input, idempotencyKey: key.for(input) });
    if (payload) key.answered();
    if (payload?.run && payload.userErrors.length === 0) onStarted(payload.run.id);
  };

  return { start, retry: () => void again.current(), busy: sync.busy, problem: sync.problem, clear: sync.clear };
}
