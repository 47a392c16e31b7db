/** Reconciliation in the console: a day is reconciled, the classes add up, a true-up is seen and posted. */
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { launch, openPage, screenshot } from './browser.mjs';
import { startGateway } from './gateway.mjs';
import { assertOffline, connect, signIn, syncToEnd } from './steps.mjs';

let gateway;
let browser;
let me;
let integration;
let products;

before(async () => {
  gateway = await startGateway();
  browser = await launch();
  me = await openPage(browser);
  await signIn(me, gateway);
  await connect(me, gateway);
  await syncToEnd(me, gateway);
  await seed();
});

after(async () => {
  await browser?.close();
  await gateway?.stop();
});

afterEach(async (context) => {
  if (me) await screenshot(me.page, `reconcile-${context.name.replaceAll(/[^a-z0-9]+/gi, '-').toLowerCase()}`);
});

const ask = (...asked) => gateway.graphql(...asked);
const go = (path) => me.page.goto(`${gateway.origin}/console/${path}`);

/** All items but two are imported; one receipt is in the books at another cost, one waits. */
async function seed() {
  const { integrations, items } = await ask(
    '{ integrations { id } items(filter: { types: [INVENTORY], active: true }, first: 100) { nodes { id } } }',
  );
  integration = integrations[0].id;
  const { importItems } = await ask(
    'mutation($ids: [ID!]) { importItems(input: { itemIds: $ids }) { results { product { id name } } } }',
    { ids: items.nodes.slice(2).map(({ id }) => id) },
  );
  products = importItems.results.map(({ product }) => product);
  await ask('mutation { enableReceiving { lotsMade } }');
  const { accounts } = await ask(
    'query($id: ID!) { accounts(integrationId: $id, first: 250) { nodes { id number name } } }',
    { id: integration },
  );
  const choices = [
    ['COGS', '5000'],
    ['RECEIVING', '5100'],
  ].map(([role, number]) => ({ role, accountId: accounts.nodes.find((each) => each.number === number).id }));
  await ask(
    'mutation($input: UpdateIntegrationSettingsInput!) { updateIntegrationSettings(input: $input) { userErrors { message } } }',
    {
      input: { integrationId: integration, inventoryMode: 'SYNC', accounts: choices },
    },
  );
  const { saveSupplier } = await ask(
    'mutation { saveSupplier(input: { name: "Acme Metals", code: "ACM" }) { supplier { id } } }',
  );
  const posted = await receive(saveSupplier.supplier.id, products[0].id, '10', '300');
  await receive(saveSupplier.supplier.id, products[1].id, '4', '42.42');
  const { planExport } = await ask('mutation($id: ID!) { planExport(input: { documentId: $id }) { plan { hash } } }', {
    id: posted,
  });
  const { exportDocument } = await ask(
    'mutation($input: ExportDocumentInput!) { exportDocument(input: $input) { export { id } userErrors { message } } }',
    { input: { documentId: posted, planHash: planExport.plan.hash } },
  );
  await ended(exportDocument.export.id);
}

async function receive(supplierId, productId, quantity, unitCost) {
  const { saveReceipt } = await ask(
    'mutation($input: SaveReceiptInput!) { saveReceipt(input: $input) { receipt { id } userErrors { message } } }',
    { input: { supplierId, lines: [{ productId, quantity, unitCost }] } },
  );
  await ask('mutation($id: ID!) { confirmReceipt(input: { receiptId: $id }) { receipt { id } } }', {
    id: saveReceipt.receipt.id,
  });
  return saveReceipt.receipt.id;
}

async function ended(id) {
  for (;;) {
    const { export: row } = await ask('query($id: ID!) { export(id: $id) { state queued } }', { id });
    if (!row.queued && row.state !== 'SENDING') return assert.equal(row.state, 'SYNCED');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

test('a day is reconciled and the classes add up', async () => {
  await go('reconcile');
  await me.t('reconcile-button').click();
  await me.t('reconcile-result').waitFor();
  assert.equal(await me.t('reconcile-adds-up').getAttribute('data-even'), 'true');
  const shown = await me.page
    .locator('[data-testid=reconcile-class]')
    .evaluateAll((rows) => rows.map((row) => row.dataset.class));
  for (const expected of ['NOT_EXPORTED', 'UNLINKED', 'VALUE_PARITY']) assert.ok(shown.includes(expected), expected);
});

test('a class leads to its lines, and a line to its document', async () => {
  const row = me.page.locator('[data-testid=reconcile-class][data-class=NOT_EXPORTED]');
  await row.getByTestId('reconcile-class-lines').click();
  const line = me.page.locator('[data-testid=reconcile-line]');
  await me.page.getByText('Only: ').waitFor();
  // Lines of other classes go when the answer is there.
  await me.page
    .locator('[data-testid=reconcile-line]:not([data-class=NOT_EXPORTED])')
    .first()
    .waitFor({ state: 'detached' });
  assert.deepEqual(await line.evaluateAll((lines) => lines.map((each) => each.dataset.class)), ['NOT_EXPORTED']);
  assert.match(await line.first().getByRole('link').getAttribute('href'), /\/receipts\/rct_/);
});

test('products stand beside their items', async () => {
  await me.t('tab-items').click();
  await me.t('reconcile-items').waitFor();
  assert.ok((await me.page.locator('[data-testid=reconcile-item]').count()) > 10);
});

test('a true-up is seen, then posted once', async () => {
  await me.t('tab-true-up').click();
  await me.t('true-up-account').click();
  await me.page.getByRole('option', { name: /5000/ }).click();
  await me.t('true-up-plan').click();
  await me.t('true-up-entries').waitFor();
  await me.t('true-up-post').click();
  await me.t('true-up-posted').waitFor();
});

test('it is readable in the dark', async () => {
  await me.page.emulateMedia({ colorScheme: 'dark' });
  await go('reconcile');
  await me.t('reconcile-result').waitFor();
  await me.t('reconcile-lines').waitFor();
});

test('everything came from the gateway alone', () => {
  assertOffline(me, gateway);
  assert.deepEqual(me.errors, []);
});
