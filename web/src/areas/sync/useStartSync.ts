import { useRef, useState } from 'react';
import type { ItemType } from '../../graphql/generated/graphql';
import { useAction, type Problem } from '../../graphql/useAction';
import { IdempotencyKey } from '../../lib/ids';
import { IncludeTypesMutation, SyncItemsMutation, type Lock } from './operations';
import { withTypes } from './skipped';

export interface StartSync {
  start: (integrationId: string, full: boolean) => Promise<void>;
  /** Adds types to the integration's settings, then starts a sync that takes them in. */
  includeAndStart: (integrationId: string, selected: readonly ItemType[], added: readonly ItemType[]) => Promise<void>;
  retry: () => void;
  busy: boolean;
  problem: Problem | null;
  clear: () => void;
  /** The lock that refused the latest attempt. */
  refusedBy: Lock | null;
}

export function useStartSync(onStarted: (runId: string) => void): StartSync {
  const sync = useAction(SyncItemsMutation, (data) => data.syncItems);
  const include = useAction(IncludeTypesMutation, (data) => data.updateIntegrationSettings);
  const [refusedBy, setRefusedBy] = useState<Lock | null>(null);
  const [key] = useState(() => new IdempotencyKey());
  const again = useRef<() => Promise<void>>(async () => {});

  const start = async (integrationId: string, full: boolean): Promise<void> => {
    again.current = () => start(integrationId, full);
    setRefusedBy(null);
    const input = { integrationId, full };
    const payload = await sync.run({ ...input, idempotencyKey: key.for(input) });
    if (payload) key.answered();
    setRefusedBy(payload?.lock ?? null);
    if (payload?.run && payload.userErrors.length === 0) onStarted(payload.run.id);
  };

  const includeAndStart = async (
    integrationId: string,
    selected: readonly ItemType[],
    added: readonly ItemType[],
  ): Promise<void> => {
    again.current = () => includeAndStart(integrationId, selected, added);
    const payload = await include.run({ integrationId, itemTypes: withTypes(selected, added) });
    if (payload?.userErrors.length === 0) await start(integrationId, false);
  };

  const clear = () => {
    sync.clear();
    include.clear();
    setRefusedBy(null);
  };

  return {
    start,
    includeAndStart,
    retry: () => void again.current(),
    busy: sync.busy || include.busy,
    problem: include.problem ?? sync.problem,
    clear,
    refusedBy,
  };
}
