/**
 * While working on the console: its pages from a folder ($CONSOLE_DIST) in place of those in the binary, under rules as
 * strict as the gateway's own (`api/src/http/assets.rs`).
 */
import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';

const KINDS = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
  '.ttf': 'font/ttf',
};

const POLICY =
  "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/** The file that stands for an address, or null when the binary is to answer. */
function fileFor(pathname) {
  if (pathname === '/graphiql') return 'graphiql.html';
  if (!/^\/console(\/|$)/.test(pathname)) return null;
  return /^\/console\/(assets\/.+)$/.exec(pathname)?.[1] ?? 'index.html';
}

/** Answers if the address is one of the console's and a folder is named; says whether it did. */
export async function answerFromFolder(url, response) {
  const folder = process.env.CONSOLE_DIST;
  const file = folder ? fileFor(new URL(url).pathname) : null;
  if (!file) return false;
  const body = await readFile(join(folder, file));
  response.writeHead(200, {
    'content-type': KINDS[extname(file)] ?? 'application/octet-stream',
    'content-security-policy': POLICY,
  });
  response.end(body);
  return true;
}
