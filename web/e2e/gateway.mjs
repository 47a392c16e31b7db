/** Starts the real binary as its users would: `stockbridge demo`, on a free port, with data of its own. */
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const READY_WITHIN = 60_000;

/** `items`: generated items in each sandbox beside the sample company's own, so that a sync takes several steps. */
export async function startGateway({ items = 0 } = {}) {
  const binary = process.env.STOCKBRIDGE_BIN;
  if (!binary) throw new Error('Set STOCKBRIDGE_BIN to the stockbridge binary to test.');
  const data = await mkdtemp(join(tmpdir(), 'stockbridge-e2e-'));
  const options = ['demo', '--json', '--listen', '127.0.0.1:0', '--data-dir', data, '--items', String(items)];
  const child = spawn(binary, options, { stdio: ['ignore', 'pipe', 'pipe'] });
  const log = [];
  child.stderr.on('data', (chunk) => log.push(String(chunk)));
  const told = await firstLine(child, log);
  const origin = new URL(told.graphqlUrl).origin;
  const tokens = Object.fromEntries(Object.entries(told.tokens).map(([role, token]) => [role.toLowerCase(), token]));
  return {
    origin,
    sandboxes: told.sandboxes,
    sandboxOrigins: told.sandboxes.map((sandbox) => new URL(sandbox.url).origin),
    tokens,
    consoleUrl: told.consoleUrl,
    graphiqlUrl: told.graphiqlUrl,
    log: () => log.join(''),
    graphql: (query, variables, token = tokens.owner) => ask(origin, token, query, variables),
    control: (command) => control(new URL(told.sandboxUrl).origin, command),
    stop: () => stop(child, data),
  };
}

function firstLine(child, log) {
  return new Promise((resolve, reject) => {
    const fail = (why) => reject(new Error(`The gateway did not start: ${why}\n${log.join('')}`));
    const timer = setTimeout(() => fail(`no answer within ${READY_WITHIN / 1000} s`), READY_WITHIN);
    child.once('error', (error) => fail(error.message));
    child.once('exit', (code) => fail(`it ended with code ${code}`));
    createInterface({ input: child.stdout }).once('line', (line) => {
      clearTimeout(timer);
      child.removeAllListeners('exit');
      resolve(JSON.parse(line));
    });
  });
}

async function ask(origin, token, query, variables) {
  const response = await fetch(`${origin}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = await response.json();
  if (errors) throw new Error(`GraphQL: ${JSON.stringify(errors)}`);
  return data;
}

/** Commands to the sandbox of the accounting system: how slow it is, whether consent still holds. */
async function control(origin, command) {
  const response = await fetch(`${origin}/sandbox/control`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(command),
  });
  if (!response.ok) throw new Error(`The sandbox refused ${JSON.stringify(command)}: ${await response.text()}`);
}

async function stop(child, data) {
  if (child.exitCode === null) {
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGINT');
    await ended;
  }
  await rm(data, { recursive: true, force: true });
}
