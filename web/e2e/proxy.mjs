/** An HTTP proxy that can be cut like a cable: every connection dies at once and none is taken until it is mended. */
import { createServer, request as forward } from 'node:http';
import { connect } from 'node:net';
import { answerFromFolder } from './dist.mjs';

export async function startProxy() {
  const open = new Set();
  let cut = false;
  const keep = (socket) => {
    open.add(socket);
    socket.on('close', () => open.delete(socket));
    socket.on('error', () => socket.destroy());
  };

  const server = createServer(async (request, response) => {
    const { method, headers, url } = request;
    if (await answerFromFolder(url, response)) return;
    const upstream = forward(url, { method, headers: { ...headers, connection: 'close' } }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    upstream.on('error', () => response.destroy());
    request.pipe(upstream);
  });
  server.on('connection', (socket) => (cut ? socket.destroy() : keep(socket)));
  // WebSockets come through a tunnel.
  server.on('connect', (request, client) => {
    const [host, port] = request.url.split(':');
    const upstream = connect(Number(port), host, () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      upstream.pipe(client).pipe(upstream);
    });
    keep(upstream);
    upstream.on('close', () => client.destroy());
    client.on('close', () => upstream.destroy());
  });

  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    cut: () => {
      cut = true;
      open.forEach((socket) => socket.destroy());
    },
    mend: () => {
      cut = false;
    },
    stop: () =>
      new Promise((resolve) => {
        open.forEach((socket) => socket.destroy());
        server.close(resolve);
      }),
  };
}
