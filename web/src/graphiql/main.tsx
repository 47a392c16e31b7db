/** GraphiQL for this gateway: bundled whole, so it works without the internet. */
import 'graphiql/setup-workers/vite';
import 'graphiql/style.css';
import { createGraphiQLFetcher } from '@graphiql/toolkit';
import { GraphiQL } from 'graphiql';
import { createRoot } from 'react-dom/client';
import { loadToken, storeToken, takeTokenFromAddress } from '../session/token';
import { STARTER } from './starter';

const url = new URL('/graphql', window.location.href);
const socketUrl = new URL('/graphql/ws', window.location.href);
socketUrl.protocol = socketUrl.protocol === 'https:' ? 'wss:' : 'ws:';

const arrived = takeTokenFromAddress();
if (arrived) storeToken(arrived);
const token = arrived ?? loadToken();
const authorization = `Bearer ${token ?? 'PASTE-YOUR-TOKEN-HERE'}`;

// The schema is read before the headers editor is there; from then on what the editor says wins, for HTTP and, as the
// payload of connection_init, for the WebSocket.
const fetcher = createGraphiQLFetcher({
  url: url.href,
  headers: { authorization },
  subscriptionUrl: socketUrl.href,
  wsConnectionParams: { authorization },
});
const headers = JSON.stringify({ authorization }, null, 2);

const root = document.getElementById('graphiql');
if (!root) throw new Error('The page has no #graphiql element.');
root.style.height = '100vh';
document.body.style.margin = '0';
document.body.style.overflow = 'hidden';

createRoot(root).render(
  <GraphiQL
    fetcher={fetcher}
    initialHeaders={headers}
    defaultHeaders={headers}
    defaultEditorToolsVisibility="headers"
    defaultQuery={STARTER}
    shouldPersistHeaders={false}
  />,
);
