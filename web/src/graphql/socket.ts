/**
 * The WebSocket for subscriptions (graphql-transport-ws). It comes back by itself after a lost connection, says what
 * state it is in, and counts how often it came back, so that pages can refetch what they may have missed.
 */
import { createClient, type Client } from 'graphql-ws';

export type LiveStatus = 'idle' | 'connecting' | 'connected' | 'reconnecting' | 'refused';

export interface LiveState {
  status: LiveStatus;
  /** How often a lost connection was restored. */
  restored: number;
}

export interface LiveSocket {
  client: Client;
  getState: () => LiveState;
  subscribe: (listener: () => void) => () => void;
  dispose: () => void;
}

const PING_EVERY = 10_000;
const PONG_WITHIN = 5_000;
const LONGEST_WAIT = 8_000;
/** The gateway refuses the token (4401, 4403, or a protocol error before the acknowledgement): trying again at once cannot help. */
const REFUSED = [4401, 4403, 1002];

/** Half a second at first, doubling up to eight, with some jitter so that many consoles do not return at the same instant. */
export function retryDelay(retries: number, random: number): number {
  return Math.min(500 * 2 ** retries, LONGEST_WAIT) + Math.round(random * 250);
}

export function createSocket(url: string, token: string, onRefused: () => void): LiveSocket {
  let state: LiveState = { status: 'idle', restored: 0 };
  const listeners = new Set<() => void>();
  const set = (next: Partial<LiveState>) => {
    state = { ...state, ...next };
    listeners.forEach((listener) => listener());
  };

  const watchdog = createWatchdog(() => client.terminate());
  const wait = createWait();

  const client = createClient({
    url,
    connectionParams: { authorization: `Bearer ${token}` },
    lazyCloseTimeout: 2_000,
    keepAlive: PING_EVERY,
    connectionAckWaitTimeout: 10_000,
    retryAttempts: Infinity,
    shouldRetry: () => state.status !== 'refused',
    retryWait: (retries) => wait.for(retryDelay(retries, Math.random())),
    on: {
      connecting: (isRetry) => set({ status: isRetry ? 'reconnecting' : 'connecting' }),
      connected: (_socket, _payload, wasRetry) =>
        set({ status: 'connected', restored: state.restored + (wasRetry ? 1 : 0) }),
      ping: (received) => {
        if (!received) watchdog.start();
      },
      message: () => watchdog.stop(),
      closed: (event) => {
        watchdog.stop();
        const code = (event as CloseEvent).code;
        if (REFUSED.includes(code)) {
          set({ status: 'refused' });
          onRefused();
        } else set({ status: code === 1000 ? 'idle' : 'reconnecting' });
      },
    },
  });

  const onOnline = () => wait.skip();
  const onOffline = () => client.terminate();
  window.addEventListener('online', onOnline);
  window.addEventListener('offline', onOffline);

  return {
    client,
    getState: () => state,
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    dispose: () => {
      window.removeEventListener('online', onOnline);
      window.removeEventListener('offline', onOffline);
      watchdog.stop();
      void client.dispose();
    },
  };
}

/** A connection can die without a word (a pulled cable, a sleeping laptop): no answer to a ping means it is gone. */
function createWatchdog(onSilence: () => void) {
  let timer: number | undefined;
  return {
    start: () => {
      window.clearTimeout(timer);
      timer = window.setTimeout(onSilence, PONG_WITHIN);
    },
    stop: () => window.clearTimeout(timer),
  };
}

/** A wait that the return of the network cuts short. */
function createWait() {
  let skip = () => {};
  return {
    for: (milliseconds: number) =>
      new Promise<void>((resolve) => {
        const timer = window.setTimeout(resolve, milliseconds);
        skip = () => {
          window.clearTimeout(timer);
          resolve();
        };
      }),
    skip: () => skip(),
  };
}
