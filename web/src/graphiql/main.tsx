/** GraphiQL for this gateway: bundled whole, so it works without the internet. */
import 'graphiql/setup-workers/vite';
import 'graphiql/style.css';
import { createGraphiQLFetcher } from '@graphiql/toolkit';
import { GraphiQL } from 'graphiql';
import { createRoot } from 'react-dom/client';
import { loadToken, takeTokenFromAddress } from '../session/token';
import { STARTER } from './starter';

const url = new URL('/graphql', window.location.href);
const socketUrl = new URL('/graphql/ws', window.location.href);
socketUrl.protocol = socketUrl.protocol === 'https:' ? 'wss:' : 'ws:';

/** The headers editor is also what the WebSocket sends when it opens: { "authorization": "Bearer …" }. */
function headersFor(token: string | null): string {
  return JSON.stringify({ authorization: token ? `Bearer ${token}` : 'Bearer PASTE-YOUR-TOKEN-HERE' }, null, 2);
}

const arrived = takeTokenFromAddress();
const fetcher = createGraphiQLFetcher({ url: url.href, subscriptionUrl: socketUrl.href });
const root = document.getElementById('graphiql');
if (!root) throw new Error('The page has no #graphiql element.');
root.style.height = '100vh';
document.body.style.margin = '0';

createRoot(root).render(
  <GraphiQL
    fetcher={fetcher}
    initialHeaders={headersFor(arrived ?? loadToken())}
    defaultHeaders={headersFor(arrived ?? loadToken())}
    defaultEditorToolsVisibility="headers"
    defaultQuery={STARTER}
    shouldPersistHeaders={false}
  />,
);
