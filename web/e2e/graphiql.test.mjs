/** GraphiQL works with nothing but the gateway: schema, a query, a subscription. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch, openPage, screenshot } from './browser.mjs';
import { startGateway } from './gateway.mjs';
import { assertOffline, connect, signIn } from './steps.mjs';

let gateway;
let browser;
let me;

before(async () => {
  gateway = await startGateway();
  browser = await launch();
  me = await openPage(browser);
});

after(async () => {
  await browser?.close();
  await gateway?.stop();
});

/** Runs one of the operations in the editor, as the menu of the run button offers them. */
async function execute(page, name) {
  await page.getByRole('button', { name: /execute query/i }).click();
  await page.getByRole('menuitem', { name }).click();
}

const answer = (page) => page.locator('.result-window, .graphiql-response').first();

test('it loads, keeps the token out of the address and has it in the headers editor', async () => {
  await me.page.goto(gateway.graphiqlUrl);
  await me.page.locator('.graphiql-query-editor .view-lines').getByText('query').first().waitFor();
  assert.equal(me.page.url().includes('token'), false);
  const headers = await me.page.locator('.graphiql-editor-tool').innerText();
  assert.match(headers.replaceAll('\u00a0', ' '), /"authorization": "Bearer ey/);
});

test('the starter query runs', async () => {
  await execute(me.page, 'Overview');
  await answer(me.page).getByText('"viewer"').waitFor();
  assert.equal(/"errors"/.test(await answer(me.page).innerText()), false);
  await screenshot(me.page, 'graphiql-query');
});

test('a subscription receives what happens', async () => {
  const other = await openPage(browser);
  await signIn(other, gateway);
  await connect(other, gateway);
  await execute(me.page, 'Activity');
  await me.page.getByRole('button', { name: /stop query/i }).waitFor();
  const { integrations } = await gateway.graphql('{ integrations { id } }');
  // The socket opens when the button is pressed: sync until an event came through.
  const start = 'mutation($id: ID!) { syncItems(input: { integrationId: $id }) { userErrors { code } } }';
  const arrived = answer(me.page).getByText('"syncActivity"').waitFor();
  let waiting = true;
  arrived.finally(() => (waiting = false)).catch(() => {});
  while (waiting) {
    await gateway.graphql(start, { id: integrations[0].id });
    await Promise.race([arrived, new Promise((resolve) => setTimeout(resolve, 500))]);
  }
  await arrived;
  await screenshot(me.page, 'graphiql-subscription');
  await other.context.close();
});

test('nothing was asked of another host', () => {
  assertOffline(me, gateway);
  assert.deepEqual(me.errors, []);
});
