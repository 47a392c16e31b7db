/** The console from sign-in to the sync log, against the real gateway and its sandbox, in the order people meet it. */
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { launch, neverFalls, openPage, progressSeen, screenshot, watchProgress } from './browser.mjs';
import { startGateway } from './gateway.mjs';
import { assertOffline, connect, countShown, openSync, runEnded, signIn, syncToEnd } from './steps.mjs';

let gateway;
let browser;
let me;

before(async () => {
  gateway = await startGateway({ items: 1500 });
  browser = await launch();
  me = await openPage(browser);
});

after(async () => {
  await browser?.close();
  await gateway?.stop();
});

afterEach(async (context) => {
  if (me) await screenshot(me.page, context.name.replaceAll(/[^a-z0-9]+/gi, '-').toLowerCase());
});

test('a visitor without a token is asked for one, and a wrong one is refused at once', async () => {
  await me.page.goto(`${gateway.origin}/console/`);
  await me.t('token-input').fill('nonsense');
  await me.t('sign-in-button').click();
  await me.page.getByText('This is not an access token').waitFor();
});

test('a token that the gateway refuses leads back to the sign-in page, with the reason', async () => {
  const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const forged = `${part({ alg: 'HS256' })}.${part({ sub: 'mallory', exp: Math.floor(Date.now() / 1000) + 600 })}.bm8`;
  await me.t('token-input').fill(forged);
  await me.t('sign-in-button').click();
  await me.t('session-ended').waitFor();
});

test('the sign-in link signs in and leaves no token in the address', async () => {
  await signIn(me, gateway);
  assert.equal(me.page.url().includes('token'), false);
  assert.match(await me.t('viewer-role').innerText(), /Owner/);
});

test('before anything is connected, every page says what to do next', async () => {
  for (const path of ['sync', 'items', 'products', 'receipts', 'suppliers', 'builds', 'exports', 'log']) {
    await me.page.goto(`${gateway.origin}/console/${path}`);
    await me.t('empty-state').waitFor();
  }
});

test('consent that is refused connects nothing and says so', async () => {
  await connect(me, gateway, 'Refuse');
  await me.t('connect-failed').waitFor();
  assert.equal(await me.t('connect-failed').getAttribute('data-code'), 'CONSENT_REFUSED');
});

test('connecting leads through the consent page and back to the company', async () => {
  await connect(me, gateway);
  await me.t('connect-succeeded').waitFor();
  const card = me.page.locator('[data-testid=integration-card][data-status=ACTIVE]');
  assert.notEqual((await card.getByTestId('company-name').innerText()).trim(), '');
  assert.equal(await card.getByTestId('health-state').getAttribute('data-state'), 'HEALTHY');
});

test('settings are saved and still there after a reload', async () => {
  await me.t('settings-button').click();
  await me.t('item-type-NON_INVENTORY').check();
  await me.t('save-settings').click();
  await me.t('save-settings').waitFor({ state: 'detached' });
  await me.page.reload();
  await me.t('settings-button').click();
  assert.equal(await me.t('item-type-NON_INVENTORY').isChecked(), true);
  await me.t('item-type-NON_INVENTORY').uncheck();
  await me.t('save-settings').click();
  await me.t('save-settings').waitFor({ state: 'detached' });
});

test('a schedule by cron is kept for items and sales, and a bad expression says what is wrong', async () => {
  await me.t('settings-button').click();
  await me.t('schedule-items-kind').getByText('At times').click();
  await me.t('schedule-items-cron').fill('30 6 * *');
  await me.page.getByText('4 are there.').waitFor();
  await me.t('schedule-items-cron').fill('*/2 * * * *');
  await me.t('save-settings').click();
  await me.page.getByText('fires more often than every five minutes').first().waitFor();
  await me.t('schedule-items-cron').fill('30 6 * * 1-5');
  await me.t('schedule-sales-kind').getByText('Every …').click();
  await me.t('save-settings').click();
  await me.t('save-settings').waitFor({ state: 'detached' });
  const kept =
    '{ integrations { settings { itemSyncCron itemSyncEveryMinutes salesSyncCron salesSyncEveryMinutes } } }';
  const { integrations } = await gateway.graphql(kept);
  assert.deepEqual(integrations[0].settings, {
    itemSyncCron: '30 6 * * 1-5',
    itemSyncEveryMinutes: null,
    salesSyncCron: null,
    salesSyncEveryMinutes: 60,
  });
  await me.page.getByText('items at 30 6 * * 1-5, sales every 60 minutes').waitFor();
  await me.t('settings-button').click();
  await me.t('schedule-items-kind').getByText('Off').click();
  await me.t('schedule-sales-kind').getByText('Off').click();
  await me.t('save-settings').click();
  await me.t('save-settings').waitFor({ state: 'detached' });
});

test('a first sync shows progress that moves and never falls, then what it did', async () => {
  await gateway.control({ command: 'latency', milliseconds: 250 });
  await openSync(me, gateway);
  await watchProgress(me.page);
  await me.t('sync-button').click();
  await me.t('sync-progress').waitFor();
  await screenshot(me.page, 'sync-running');
  assert.match(await runEnded(me), /^SUCCEEDED/);
  const seen = await progressSeen(me.page);
  assert.ok(seen.length >= 3, `progress was seen only ${seen.length} times`);
  for (const what of ['done', 'sequence', 'percent'])
    assert.ok(neverFalls(seen.map((each) => each[what])), `${what} fell`);
  assert.ok((await countShown(me, 'created')) > 1000);
});

test('items that the type filter skipped are explained, and included with one click', async () => {
  const skipped = await countShown(me, 'skipped');
  assert.ok(skipped > 0, 'the sample company has items of a type that is off by default');
  const first = await me.t('run-panel').getAttribute('data-run');
  const include = me.page.locator('[data-testid^=include-type-]').first();
  await include.click();
  await me.page.locator(`[data-testid=run-panel]:not([data-run="${first}"])`).waitFor();
  assert.match(await runEnded(me), /^SUCCEEDED/);
  assert.ok((await countShown(me, 'skipped')) < skipped);
  assert.ok((await countShown(me, 'created')) > 0);
});

test('a reload during a run picks the run up again', async () => {
  await openSync(me, gateway);
  await me.t('sync-button').click();
  await me.t('sync-progress').waitFor();
  const run = await me.t('run-panel').getAttribute('data-run');
  await me.page.reload();
  await me.t('run-panel').waitFor();
  assert.equal(await me.t('run-panel').getAttribute('data-run'), run);
  assert.match(await runEnded(me), /^SUCCEEDED/);
  assert.equal(await me.t('run-panel').getAttribute('data-run'), run);
});

test('a run that somebody else starts appears by itself and holds the lock', async () => {
  await gateway.control({ command: 'latency', milliseconds: 700 });
  await openSync(me, gateway);
  const before = await me.t('run-panel').getAttribute('data-run');
  const { integrations } = await gateway.graphql('{ integrations { id } }');
  const start =
    'mutation($id: ID!) { syncItems(input: { integrationId: $id, full: true }) { run { id } userErrors { code } } }';
  const { syncItems } = await gateway.graphql(start, { id: integrations[0].id });
  assert.notEqual(syncItems.run.id, before);
  await me.page.locator(`[data-testid=run-panel][data-run="${syncItems.run.id}"]`).waitFor();
  const second = await gateway.graphql(start, { id: integrations[0].id });
  assert.deepEqual(second.syncItems.userErrors, [{ code: 'SYNC_LOCKED' }]);
  await me.page.locator('[data-testid=sync-button][data-disabled]').waitFor();
  await me.page.locator(`[data-testid=run-row][data-run="${before}"]`).getByTestId('show-run').click();
  await me.t('lock-notice').waitFor();
  assert.match(await me.t('lock-countdown').innerText(), /^[0-5]:\d\d$/);
  assert.equal(await me.t('lock-notice').getByTestId('sync-progress').count(), 1);
  await screenshot(me.page, 'lock-held');
  await me.t('lock-notice').waitFor({ state: 'detached' });
  await me.page.locator('[data-testid=sync-button]:not([data-disabled])').waitFor();
});

test('a run can be cancelled', async () => {
  await gateway.control({ command: 'latency', milliseconds: 1500 });
  await openSync(me, gateway);
  const before = await me.t('run-panel').getAttribute('data-run');
  await me.t('sync-button').click();
  await me.page.locator(`[data-testid=run-panel]:not([data-run="${before}"])`).waitFor();
  await me.t('cancel-sync').click();
  assert.equal(await runEnded(me), 'CANCELLED');
  await gateway.control({ command: 'latency', milliseconds: 0 });
});

test('items are searched, ordered and paged by cursor', async () => {
  await me.page.goto(`${gateway.origin}/console/items`);
  await me.t('items-table').waitFor();
  const names = () => me.t('item-row').evaluateAll((rows) => rows.map((row) => row.dataset.item));
  const first = await names();
  assert.equal(first.length, 25);
  await me.t('next-page').click();
  await me.page.waitForFunction(
    (id) => document.querySelector('[data-testid=item-row]')?.dataset.item !== id,
    first[0],
  );
  const second = await names();
  assert.equal(second.filter((id) => first.includes(id)).length, 0);
  await me.t('previous-page').click();
  await me.page.waitForFunction(
    (id) => document.querySelector('[data-testid=item-row]')?.dataset.item === id,
    first[0],
  );
  assert.deepEqual(await names(), first);
  await me.t('count-button').click();
  assert.match(await me.t('total-count').innerText(), /of [\d,]+ in all/);
  await me.t('items-search').fill('no such item at all');
  await me.t('empty-state').waitFor();
  await me.t('clear-filters').first().click();
  await me.t('items-table').waitFor();
});

test('items chosen on two pages are imported as products', async () => {
  await me.t('item-row-checkbox').nth(0).check();
  await me.t('item-row-checkbox').nth(1).check();
  const first = await me.t('item-row').first().getAttribute('data-item');
  await me.t('next-page').click();
  await me.page.waitForFunction((id) => document.querySelector('[data-testid=item-row]')?.dataset.item !== id, first);
  await me.t('item-row-checkbox').nth(0).check();
  assert.match(await me.t('selected-count').innerText(), /3 items selected/);
  await me.t('import-button').click();
  await me.t('confirm-import').click();
  await me.t('import-summary').waitFor();
  assert.equal(await me.t('import-summary').getAttribute('data-created'), '3');
  await screenshot(me.page, 'import-result');
  await me.t('close-import-results').click();
});

test('a product with the same SKU is offered for linking instead of being doubled', async () => {
  await me.page.goto(`${gateway.origin}/console/items?linked=no`);
  await me.t('items-table').waitFor();
  const { items } = await gateway.graphql(
    '{ items(filter: { linked: false, active: true }, first: 100) { nodes { name sku } } }',
  );
  const { name, sku } = items.nodes.find((item) => item.sku);
  await gateway.graphql(
    'mutation($sku: String!) { createProduct(input: { name: "Made by hand", sku: $sku }) { userErrors { message } } }',
    { sku },
  );
  await me.t('items-search').fill(sku);
  await me.page.waitForURL(/search=/);
  const row = me.t('item-row').filter({ hasText: name }).filter({ hasText: sku }).first();
  await row.getByTestId('item-row-checkbox').check();
  await me.t('import-button').click();
  await me.t('confirm-import').click();
  await me.page.locator('[data-testid=import-result-row][data-status=CONFLICT]').waitFor();
  await me.t('link-existing').click();
  await me.page.getByText('Linked to Made by hand').waitFor();
  await me.t('close-import-results').click();
});

test('everything that matches a filter is imported, and what has a product already is skipped with a reason', async () => {
  await me.page.goto(`${gateway.origin}/console/items?linked=yes`);
  await me.t('items-table').waitFor();
  await me.t('import-matching-button').click();
  assert.match(await me.t('matching-count').innerText(), /4 items match/);
  await me.t('confirm-import').click();
  await me.t('import-summary').waitFor();
  const rows = await me.t('import-result-row').evaluateAll((all) => all.map((row) => row.dataset.status));
  assert.deepEqual(rows, ['SKIPPED', 'SKIPPED', 'SKIPPED', 'SKIPPED']);
  await me.t('close-import-results').click();
});

test('products are created, edited, linked, unlinked, and show their movements', async () => {
  await me.page.goto(`${gateway.origin}/console/products`);
  await me.t('create-product').click();
  await me.t('product-name').fill('Test crate');
  await me.t('product-unit').fill('pcs');
  await me.t('save-product').click();
  const row = me.t('product-row').filter({ hasText: 'Test crate' });
  await row.waitFor();
  assert.equal(await row.getAttribute('data-cost-status'), 'MISSING');
  assert.match(await row.innerText(), /unknown/);

  await row.getByTestId('product-actions').click();
  await me.t('product-edit').click();
  await me.t('product-name').fill('Test crate, large');
  await me.t('save-product').click();
  const renamed = me.t('product-row').filter({ hasText: 'Test crate, large' });
  await renamed.waitFor();

  await renamed.getByTestId('product-actions').click();
  await me.t('product-link').click();
  await me.t('link-item').first().click();
  await me.t('confirm-link').click();
  await me.t('confirm-link').waitFor({ state: 'detached' });
  await me.page.locator('[data-testid=product-row]', { hasText: 'not linked' }).waitFor({ state: 'detached' });

  const linked = await gateway.graphql(
    '{ products(filter: { linked: true }, first: 100) { nodes { id name onHand } } }',
  );
  const stocked = linked.products.nodes.find((product) => Number(product.onHand) !== 0);
  await me.page.goto(`${gateway.origin}/console/products?open=${stocked.id}`);
  await me.t('movement-row').first().waitFor();
  assert.equal(await me.t('movement-row').first().getAttribute('data-kind'), 'OPENING');
  await screenshot(me.page, 'product-movements');
});

test('the sync log lists the calls, filters them and shows what was sent and came back', async () => {
  await me.page.goto(`${gateway.origin}/console/log`);
  await me.t('log-table').waitFor();
  assert.ok((await me.t('log-row').count()) > 5);
  await me.t('log-open').first().click();
  await me.t('log-response').waitFor();
  assert.match(await me.t('log-http-status').innerText(), /\d{3}|no answer/);
  assert.equal(/bearer\s+[a-z0-9]/i.test(await me.t('log-drawer').innerText()), false);
  await me.page.keyboard.press('Escape');
  await me.t('log-filter-status').fill('599');
  await me.t('empty-state').waitFor();
});

test('an expired connection says so, and reconnecting mends it', async () => {
  await gateway.control({ command: 'revoke-consent' });
  await gateway.control({ command: 'expire-access-tokens' });
  assert.equal(await syncToEnd(me, gateway), 'FAILED');
  await me.t('run-error').waitFor();
  await screenshot(me.page, 'run-failed');
  await me.page.goto(`${gateway.origin}/console/integrations`);
  await me.page.locator('[data-testid=health-state][data-state=EXPIRED]').waitFor();
  await screenshot(me.page, 'connection-expired');
  await me.t('reconnect-button').first().click();
  await me.page.getByRole('button', { name: 'Agree' }).click();
  await me.t('connect-succeeded').waitFor();
  await me.page.locator('[data-testid=health-state][data-state=HEALTHY]').waitFor();
});

test('a builder sees items and products and is offered nothing that the role may not do', async (context) => {
  const token = gateway.tokens.builder;
  if (!token) return context.skip('this gateway prints no builder token');
  const builder = await openPage(browser);
  await builder.page.goto(`${gateway.origin}/console/#token=${token}`);
  await builder.t('products-table').waitFor();
  assert.equal(await builder.t('nav-log').count(), 0);
  assert.equal(await builder.t('nav-sync').count(), 0);
  await builder.t('nav-items').click();
  await builder.t('items-table').waitFor();
  assert.equal(await builder.t('item-row-checkbox').count(), 0);
  await screenshot(builder.page, 'builder');
  await builder.context.close();
});

test('the pages fit a narrow window', async () => {
  await me.page.setViewportSize({ width: 380, height: 800 });
  for (const path of ['integrations', 'sync', 'items', 'products', 'log']) {
    await me.page.goto(`${gateway.origin}/console/${path}`);
    await me.page.waitForLoadState('networkidle');
    const [page, window] = await me.page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
    assert.ok(page <= window, `${path} is ${page} wide in a window of ${window}`);
    await screenshot(me.page, `narrow-${path}`);
  }
  await me.page.setViewportSize({ width: 1280, height: 860 });
});

test('disconnecting asks first and keeps the data', async () => {
  await me.page.goto(`${gateway.origin}/console/integrations`);
  await me.t('disconnect-button').click();
  await me.t('confirm-disconnect').click();
  await me.page.locator('[data-testid=integration-card][data-status=DISCONNECTED]').waitFor();
  const { items } = await gateway.graphql('{ items(first: 1) { totalCount } }');
  assert.ok(items.totalCount > 1000);
});

test('everything came from the gateway, and no page met an error', () => {
  assertOffline(me, gateway);
  assert.deepEqual(me.errors, []);
});

test('signing out forgets the token', async () => {
  await me.t('viewer-menu').click();
  await me.t('sign-out').click();
  await me.t('token-input').waitFor();
  assert.equal(await me.page.evaluate(() => sessionStorage.getItem('stockbridge.token')), null);
});
