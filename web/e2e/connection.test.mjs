/** A connection that breaks during a run: the console says so, comes back, and goes on from the last number it saw. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch, neverFalls, openPage, progressSeen, screenshot, watchProgress } from './browser.mjs';
import { startGateway } from './gateway.mjs';
import { startProxy } from './proxy.mjs';
import { connect, openSync, runEnded, signIn } from './steps.mjs';

let gateway;
let proxy;
let browser;
let me;

before(async () => {
  gateway = await startGateway({ items: 3000 });
  proxy = await startProxy();
  browser = await launch({ proxy });
  me = await openPage(browser);
  await signIn(me, gateway);
  await connect(me, gateway);
});

after(async () => {
  await browser?.close();
  await proxy?.stop();
  await gateway?.stop();
});

/** The numbers that subscriptions to a run's progress were sent with. */
function listenForResumes(page) {
  const after = [];
  page.on('websocket', (socket) =>
    socket.on('framesent', ({ payload }) => {
      const position = /"afterSequence":(\d+)/.exec(String(payload));
      if (position) after.push(Number(position[1]));
    }),
  );
  return after;
}

async function status(page, wanted) {
  await page.locator(`[data-testid=live-status][data-status=${wanted}]`).first().waitFor({ state: 'attached' });
}

test('a run goes on after the connection was lost, with no step back and none twice', async () => {
  await gateway.control({ command: 'latency', milliseconds: 1200 });
  const resumedFrom = listenForResumes(me.page);
  await openSync(me, gateway);
  await watchProgress(me.page);
  await me.t('sync-button').click();
  await me.t('sync-progress').waitFor();
  while (resumedFrom.length === 0) await me.page.waitForTimeout(50);
  const [firstFrom] = resumedFrom;
  // A live event came through: from here on the page knows more than what it was loaded with.
  await me.page.waitForFunction(
    (from) => Number(document.querySelector('[data-testid=sync-progress]')?.dataset.sequence) > from,
    firstFrom,
  );

  proxy.cut();
  await status(me.page, 'reconnecting');
  await me.page.locator('[data-testid=live-status]:visible', { hasText: 'Reconnecting…' }).first().waitFor();
  await screenshot(me.page, 'connection-lost');
  const atCut = (await progressSeen(me.page)).at(-1);
  proxy.mend();
  await status(me.page, 'connected');

  assert.match(await runEnded(me), /^SUCCEEDED/);
  assert.ok(resumedFrom.length >= 2, `subscribed ${resumedFrom.length} times`);
  assert.ok(resumedFrom.at(-1) > firstFrom, `resumed from ${resumedFrom.join(', ')}`);
  assert.ok(
    resumedFrom.some((position) => position >= atCut.sequence),
    `resumed from ${resumedFrom.join(', ')}`,
  );
  const seen = await progressSeen(me.page);
  for (const what of ['done', 'sequence', 'percent'])
    assert.ok(neverFalls(seen.map((each) => each[what])), `${what} fell`);
  assert.deepEqual(me.errors, []);
});

test('a page that cannot reach the gateway says so and works again on “Try again”', async () => {
  await me.page.goto(`${gateway.origin}/console/products`);
  await me.t('empty-state').waitFor();
  proxy.cut();
  await me.t('nav-items').click();
  await me.t('fault-network').waitFor();
  await screenshot(me.page, 'gateway-unreachable');
  proxy.mend();
  await me.t('retry-button').click();
  await me.t('items-table').waitFor();
});
