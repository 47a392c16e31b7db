import { useRef, useState } from 'react';
import type { ItemType } from '../../graphql/generated/graphql';
import { useAction } from '../../graphql/useAction';
import { newIdempotencyKey } from '../../lib/ids';
import { IncludeTypesMutation, SyncItemsMutation, type Lock } from './operations';
import { withTypes } from './skipped';

export interface StartSync {
  start: (integrationId: string, full: boolean) => Promise<void>;
  /** Adds types to the integration's settings, then starts a sync that takes them in. */
  includeAndStart: (integrationId: string, selected: readonly ItemType[], added: readonly ItemType[]) => Promise<void>;
  retry: () => void;
  busy: boolean;
  problem: ReturnType<typeof useAction>['problem'];
  clear: () => void;
  /** The lock that refused the latest attempt. */
  refusedBy: Lock | null;
}

export function useStartSync(onStarted: (runId: string) => void): StartSync {
  const sync = useAction(SyncItemsMutation, (data) => data.syncItems);
  const include = useAction(IncludeTypesMutation, (data) => data.updateIntegrationSettings);
  const [refusedBy, setRefusedBy] = useState<Lock | null>(null);
  const again = useRef<() => Promise<void>>(async () => {});

  const send = async (integrationId: string, full: boolean, idempotencyKey: string) => {
    again.current = () => send(integrationId, full, idempotencyKey);
    setRefusedBy(null);
    const payload = await sync.run({ integrationId, full, idempotencyKey });
    setRefusedBy(payload?.lock ?? null);
    if (payload?.run && payload.userErrors.length === 0) onStarted(payload.run.id);
  };

  const start = (integrationId: string, full: boolean) => send(integrationId, full, newIdempotencyKey());

  const includeAndStart = async (integrationId: string, selected: readonly ItemType[], added: readonly ItemType[]): Promise<void> => {
    again.current = () => includeAndStart(integrationId, selected, added);
    const payload = await include.run({ integrationId, itemTypes: withTypes(selected, added) });
    if (payload?.userErrors.length === 0) await start(integrationId, false);
  };

  const clear = () => {
    sync.clear();
    include.clear();
    setRefusedBy(null);
  };

  return { start, includeAndStart, retry: () => void again.current(), busy: sync.busy || include.busy, problem: include.problem ?? sync.problem, clear, refusedBy };
}
