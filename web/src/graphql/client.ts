import { cacheExchange, Client, fetchExchange, mapExchange, subscriptionExchange } from 'urql';
import { isUnauthenticated } from './faults';
import { ViewerQuery } from './viewer';
import { createSocket, type LiveSocket } from './socket';

export interface Api {
  urql: Client;
  live: LiveSocket;
}

/** One client per token: signing in as somebody else starts with an empty cache. */
export function createApi(token: string, onRefused: () => void): Api {
  const socketUrl = new URL('/graphql/ws', window.location.href);
  socketUrl.protocol = socketUrl.protocol === 'https:' ? 'wss:' : 'ws:';
  // A socket may be refused for reasons of its own; only an answer over HTTP ends the session.
  const live = createSocket(
    socketUrl.href,
    token,
    () => void urql.query(ViewerQuery, {}, { requestPolicy: 'network-only' }).toPromise(),
  );

  const urql: Client = new Client({
    url: new URL('/graphql', window.location.href).href,
    preferGetMethod: false,
    fetchOptions: { headers: { authorization: `Bearer ${token}` }, credentials: 'omit' },
    exchanges: [
      mapExchange({ onError: (error) => void (isUnauthenticated(error) && onRefused()) }),
      cacheExchange,
      subscriptionExchange({
        forwardSubscription: ({ query, variables, operationName, extensions }) => ({
          subscribe: (sink) => ({
            unsubscribe: live.client.subscribe(
              { query: query ?? '', variables, operationName, extensions },
              {
                next: (result) => sink.next(result as Parameters<typeof sink.next>[0]),
                error: (error) => sink.error(error),
                complete: () => sink.complete(),
              },
            ),
          }),
        }),
      }),
      fetchExchange,
    ],
  });
  return { urql, live };
}
