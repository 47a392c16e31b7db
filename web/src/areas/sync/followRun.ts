/**
 * Follows one run over the WebSocket. After a lost connection the subscription is sent again with the last number seen
 * (the variables are read anew each time), so that nothing is missed and nothing comes twice.
 */
import { print } from 'graphql';
import type { Client } from 'graphql-ws';
import type { SyncProgressSubscription as EventData } from '../../graphql/generated/graphql';
import { SyncProgressSubscription } from './operations';
import type { Step } from './progress';

export type SyncEvent = EventData['syncProgress'];

interface Follower {
  position: () => number;
  take: (event: SyncEvent, jump: boolean) => Step['outcome'];
  ended: () => boolean;
}

const QUERY = print(SyncProgressSubscription);
const AGAIN_AFTER = 3_000;

export function followRun(client: Client, runId: string, follower: Follower): () => void {
  let stopped = false;
  let unsubscribe = () => {};
  let timer: number | undefined;
  // The first event after the subscription is sent carries the whole state, so numbers may be missing before it.
  let first = true;
  const unlisten = client.on('connected', () => {
    first = true;
  });

  const restart = (wait: number) => {
    unsubscribe();
    window.clearTimeout(timer);
    if (!stopped && !follower.ended()) timer = window.setTimeout(start, wait);
  };

  const start = () => {
    first = true;
    const variables = {
      runId,
      get afterSequence() {
        return follower.position();
      },
    };
    unsubscribe = client.subscribe<EventData>(
      { query: QUERY, variables },
      {
        next: ({ data }) => {
          if (!data) return;
          const outcome = follower.take(data.syncProgress, first);
          first = false;
          if (outcome === 'gap') restart(0);
        },
        error: () => restart(AGAIN_AFTER),
        complete: () => restart(AGAIN_AFTER),
      },
    );
  };

  start();
  return () => {
    stopped = true;
    unlisten();
    window.clearTimeout(timer);
    unsubscribe();
  };
}
