/** Exports in the console: accounts are chosen, an entry is seen with everything in its way, then posted once and proved. */
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { launch, openPage, screenshot } from './browser.mjs';
import { startGateway } from './gateway.mjs';
import { assertOffline, connect, signIn, syncToEnd } from './steps.mjs';

let gateway;
let browser;
let me;
let integration;
let made;
let part;
let glue;
let build;

before(async () => {
  gateway = await startGateway({ items: 20 });
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
  if (me) await screenshot(me.page, `exports-${context.name.replaceAll(/[^a-z0-9]+/gi, '-').toLowerCase()}`);
});

const ask = (...asked) => gateway.graphql(...asked);
const go = (path) => me.page.goto(`${gateway.origin}/console/${path}`);

/** Two linked products, one that is not, stock of the components, a bill of materials and a build. */
async function seed() {
  const { integrations, items } = await ask(
    '{ integrations { id } items(filter: { types: [INVENTORY], active: true }, first: 5) { nodes { id } } }',
  );
  integration = integrations[0].id;
  const { importItems } = await ask(
    'mutation($ids: [ID!]) { importItems(input: { itemIds: $ids }) { results { product { id name } } } }',
    { ids: items.nodes.slice(0, 2).map(({ id }) => id) },
  );
  [made, part] = importItems.results.map(({ product }) => product);
  const created = await ask('mutation { createProduct(input: { name: "Glue", unit: "g" }) { product { id } } }');
  glue = created.createProduct.product.id;
  await ask('mutation { enableReceiving { lotsMade } }');
  await receive();
  await ask('mutation($input: SaveBomInput!) { saveBom(input: $input) { bom { id } } }', {
    input: {
      productId: made.id,
      lines: [
        { kind: 'COMPONENT', productId: part.id, quantity: '2' },
        { kind: 'COMPONENT', productId: glue, quantity: '0.5' },
      ],
    },
  });
  const { executeBuild } = await ask(
    'mutation($id: ID!) { executeBuild(input: { productId: $id, quantity: 10 }) { build { id number } } }',
    { id: made.id },
  );
  build = executeBuild.build;
}

async function receive() {
  const { saveSupplier } = await ask(
    'mutation { saveSupplier(input: { name: "Acme Metals", code: "ACM" }) { supplier { id } } }',
  );
  const { saveReceipt } = await ask(
    'mutation($input: SaveReceiptInput!) { saveReceipt(input: $input) { receipt { id } userErrors { message } } }',
    {
      input: {
        supplierId: saveSupplier.supplier.id,
        lines: [
          { productId: part.id, quantity: '100', unitCost: '2.5' },
          { productId: glue, quantity: '1000', unitCost: '0.04' },
        ],
      },
    },
  );
  await ask('mutation($id: ID!) { confirmReceipt(input: { receiptId: $id }) { receipt { id } } }', {
    id: saveReceipt.receipt.id,
  });
}

const problems = async () =>
  (await me.t('plan-problem').evaluateAll((nodes) => nodes.map((node) => node.dataset.code))).sort();

/** Chooses the first account of a select that can be chosen and fits the text. */
async function choose(role, text) {
  await me.t(`account-${role}`).click();
  await me.t(`account-${role}`).fill(text);
  await me.page.locator('[role=option]:not([data-combobox-disabled]):visible', { hasText: text }).first().click();
}

test('a build page says that it is not in the books yet, and leads to its entry', async () => {
  await go(`builds/${build.id}`);
  await me.t('document-exports').waitFor();
  await me.t('see-plan').click();
  await me.t('export-plan').waitFor();
});

test('everything that stands in the way is shown at once, each with its way out', async () => {
  await me.t('plan-problems').waitFor();
  assert.deepEqual(await problems(), ['ACCOUNT_NOT_CONFIGURED', 'PRODUCT_NOT_LINKED']);
  const unlinked = me.page.locator('[data-testid=plan-problem][data-code=PRODUCT_NOT_LINKED]');
  assert.match(await unlinked.innerText(), /Glue/);
  assert.equal(await me.t('export-document').getAttribute('aria-disabled'), 'true');
});

test('a product is linked from there, and its problem is gone', async () => {
  await me.page.locator('[data-testid=plan-problem][data-code=PRODUCT_NOT_LINKED]').getByTestId('way-out').click();
  await me.t('link-item').first().waitFor();
  await me.t('link-item').filter({ hasText: 'Inventory' }).first().click();
  await me.t('confirm-link').click();
  await me.page.locator('[data-testid=plan-problem][data-code=PRODUCT_NOT_LINKED]').waitFor({ state: 'detached' });
  assert.deepEqual(await problems(), ['ACCOUNT_NOT_CONFIGURED']);
});

test('accounts are chosen from the chart; one that keeps stock says why it cannot be', async () => {
  await me.t('way-out').click();
  await me.t('double-counting').waitFor();
  await me.t('account-COGS').click();
  const closed = me.page.locator('[role=option][data-combobox-disabled]', { hasText: 'it keeps the stock of' });
  await closed.first().waitFor();
  await screenshot(me.page, 'exports-account-choice');
  await me.page.keyboard.press('Escape');
  await choose('COGS', 'Cost of Goods Sold');
  await me.t('save-export-settings').click();
  await me.page.getByText('Settings saved').waitFor();
  await me.page.reload();
  await me.page.waitForFunction(() =>
    document.querySelector('[data-testid=account-COGS]')?.value.includes('Cost of Goods Sold'),
  );
});

test('a ready entry shows quantities, and debits and credits that balance', async () => {
  await go(`exports/plan/${build.id}`);
  await me.t('plan-ready').waitFor();
  assert.equal(await me.t('plan-line').count(), 3);
  assert.equal(await me.t('plan-balance').getAttribute('data-even'), 'true');
  const [debit, credit] = [await me.t('plan-debit').innerText(), await me.t('plan-credit').innerText()];
  assert.equal(debit, credit);
  // 20 at 2.5 and 5 at 0.04 go out, and as much comes in.
  const quantities = await me.page.locator('[data-testid=plan-line] td:nth-child(3)').allInnerTexts();
  assert.deepEqual(quantities.map((text) => text.split(' ')[0]).sort(), ['+10', '-20', '-5'].sort());
});

test('what changed since somebody looked is not posted; the new entry is shown instead', async () => {
  const before = await me.t('export-document').getAttribute('data-hash');
  const { accounts } = await ask(
    'query($id: ID!) { accounts(integrationId: $id, filter: { active: true, classification: [EXPENSE] }, first: 50) { nodes { id name } } }',
    { id: integration },
  );
  const other = accounts.nodes.find(({ name }) => !name.includes('Cost of Goods Sold'));
  await ask(
    'mutation($input: UpdateIntegrationSettingsInput!) { updateIntegrationSettings(input: $input) { userErrors { message } } }',
    { input: { integrationId: integration, accounts: [{ role: 'COGS', accountId: other.id }] } },
  );
  await me.t('export-document').click();
  await me.t('plan-changed').waitFor();
  await me.page.locator(`[data-testid=export-document]:not([data-hash="${before}"])`).waitFor();
  await me.page.getByTestId('plan-entry').filter({ hasText: other.name }).waitFor();
  const { exports } = await ask('query($id: ID!) { exports(filter: { documentId: $id }) { nodes { state } } }', {
    id: build.id,
  });
  assert.ok(
    exports.nodes.every(({ state }) => state === 'PENDING'),
    JSON.stringify(exports.nodes),
  );
});

test('the entry is exported and in the books, with a link to it there', async () => {
  await me.t('export-document').click();
  await me.page.locator('[data-testid=document-export][data-state=SYNCED]').waitFor();
  const { exports } = await ask(
    'query($id: ID!) { exports(filter: { documentId: $id }) { nodes { state externalId externalUrl } } }',
    { id: build.id },
  );
  assert.equal(exports.nodes.length, 1);
  assert.ok(exports.nodes[0].externalId);
  // A link only where the accounting system has such a page; the sandbox may have none.
  assert.equal(await me.t('books-link').count(), exports.nodes[0].externalUrl ? 1 : 0);
  assert.equal(await me.t('export-sent').getByTestId('plan-line').count(), 3);
  assert.equal(await me.t('export-document').count(), 0);
});

test('the list shows it, filtered by state, and it compares equal with the books', async () => {
  await go('exports?state=SYNCED');
  const row = me.page.locator('[data-testid=export-row][data-state=SYNCED]');
  await row.waitFor();
  assert.equal(await row.count(), 1);
  await row.getByTestId('verify-export').click();
  await me.page.locator('[data-testid=export-compared][data-equal=true]').waitFor();
  await me.page.keyboard.press('Escape');
});

test('a refusal is shown with the accounting system’s reason, and goes out after a retry', async () => {
  const { receipts } = await ask('{ receipts { nodes { id } } }');
  await go(`exports/settings/${integration}`);
  await choose('RECEIVING', 'Cost of Goods Sold');
  await me.t('save-export-settings').click();
  await me.page.getByText('Settings saved').waitFor();
  await gateway.control({
    command: 'fail',
    operation: 'create InventoryAdjustment',
    times: 1,
    fault: { kind: 'fault', code: 6000, status: 400 },
  });
  await go(`exports/plan/${receipts.nodes[0].id}`);
  await me.t('export-document').click();
  await me.page.locator('[data-testid=document-export][data-state=FAILED]').waitFor();
  await me.t('export-reason').waitFor();
  await go('exports?state=FAILED');
  await me.t('retry-export').waitFor();
  await screenshot(me.page, 'exports-refused');
  await me.t('retry-export').click();
  await me.t('empty-state').waitFor();
  await go('exports');
  await me.page.locator('[data-testid=export-row][data-state=SYNCED]').nth(1).waitFor();
});

test('what somebody deleted in the accounting system is seen, and posted again', async () => {
  const { exports, integrations } = await ask(
    'query($id: ID!) { exports(filter: { documentId: $id }) { nodes { externalId } } integrations { company { externalId } } }',
    { id: build.id },
  );
  const realm = integrations[0].company.externalId;
  const id = exports.nodes[0].externalId;
  await gateway.control({ command: 'remove', realm, entity: 'InventoryAdjustment', id });
  await go(`builds/${build.id}`);
  await me.t('verify-export').click();
  const dialog = me.page.locator('[data-testid=export-compared][data-equal=false]');
  await dialog.waitFor();
  assert.match(await me.t('export-difference').innerText(), /State\s+In the books\s+Deleted/);
  await screenshot(me.page, 'exports-drift-deleted');
  await me.page.keyboard.press('Escape');
  await go('exports?changed=yes');
  await me.t('drift-notice').waitFor();
  assert.equal(await me.t('export-row').count(), 1);
  await screenshot(me.page, 'exports-drift-list');
  await me.t('see-drift').click();
  await me.t('repost-export').click();
  await me.t('empty-state').waitFor();
  await go(`builds/${build.id}`);
  await me.page.locator('[data-testid=document-export][data-state=SYNCED]').waitFor();
  const after = await ask('query($id: ID!) { exports(filter: { documentId: $id }) { nodes { externalId } } }', {
    id: build.id,
  });
  assert.equal(after.exports.nodes.length, 1);
  assert.notEqual(after.exports.nodes[0].externalId, id);
});

test('what somebody edited there can be agreed to, or taken back by its opposite', async () => {
  const { receipts, integrations } = await ask('{ receipts { nodes { id } } integrations { company { externalId } } }');
  const { exports } = await ask('query($id: ID!) { exports(filter: { documentId: $id }) { nodes { externalId } } }', {
    id: receipts.nodes[0].id,
  });
  await gateway.control({
    command: 'edit',
    realm: integrations[0].company.externalId,
    entity: 'InventoryAdjustment',
    id: exports.nodes[0].externalId,
    set: { TxnDate: '2026-01-31' },
  });
  await go(`receipts/${receipts.nodes[0].id}`);
  await me.t('verify-export').click();
  await me.page.locator('[data-testid=export-difference][data-what=date]').waitFor();
  await screenshot(me.page, 'exports-drift-edited');
  await me.t('reverse-export').click();
  await me.t('export-plan').waitFor();
  await screenshot(me.page, 'exports-drift-opposite');
  await go(`receipts/${receipts.nodes[0].id}`);
  await me.t('see-drift').click();
  await me.t('accept-drift').click();
  await me.page.locator('[data-testid=drift-notice][data-state=ACCEPTED]').waitFor();
});

test('in self-managed mode the entry is a journal between two accounts, posted as it was seen', async () => {
  const { accounts } = await ask(
    'query($id: ID!) { accounts(integrationId: $id, filter: { active: true, classification: [EXPENSE] }, first: 50) { nodes { id name } } }',
    { id: integration },
  );
  const [debit, credit] = accounts.nodes;
  const changed = await ask(
    'mutation($input: UpdateIntegrationSettingsInput!) { updateIntegrationSettings(input: $input) { userErrors { message } } }',
    {
      input: {
        integrationId: integration,
        inventoryMode: 'SELF_MANAGED',
        accounts: [
          { role: 'BUILD_DEBIT', accountId: debit.id },
          { role: 'BUILD_CREDIT', accountId: credit.id },
        ],
      },
    },
  );
  assert.deepEqual(changed.updateIntegrationSettings.userErrors, []);
  const { executeBuild } = await ask(
    'mutation($id: ID!) { executeBuild(input: { productId: $id, quantity: 3 }) { build { id } } }',
    { id: made.id },
  );
  await go(`builds/${executeBuild.build.id}`);
  await me.page.locator('[data-testid=document-export][data-state=PENDING]').waitFor();
  await screenshot(me.page, 'exports-build-waits');
  await me.t('see-plan').click();
  await me.t('plan-ready').waitFor();
  const rows = await me.t('plan-entry').allInnerTexts();
  assert.equal(rows.length, 2);
  assert.ok(rows[0].includes(debit.name) && rows[1].includes(credit.name), rows.join());
  assert.equal(await me.t('plan-balance').getAttribute('data-even'), 'true');
  const amount = await me.t('plan-debit').innerText();
  await screenshot(me.page, 'exports-journal-ready');
  await me.t('export-document').click();
  await me.page.locator('[data-testid=document-export][data-state=SYNCED]').waitFor();
  assert.equal(await me.t('export-sent').getByTestId('plan-debit').innerText(), amount);
});

test('everything that waits is exported as one run, which says what became of each', async () => {
  await ask('mutation($id: ID!) { executeBuild(input: { productId: $id, quantity: 1 }) { build { id } } }', {
    id: made.id,
  });
  await go('exports');
  await me.t('export-all').click();
  await me.t('confirm-export-all').click();
  await me.page.locator('[data-testid=export-all-outcome][data-posted="2"][data-stuck="0"]').waitFor();
  await screenshot(me.page, 'exports-run-ended');
  await me.page.keyboard.press('Escape');
  // The build, and the opposite of the receipt, which goes the way the receipt went.
  await me.page.locator('[data-testid=export-row][data-state=PENDING]').waitFor({ state: 'detached' });
});

test('what a run posted is taken back after a look at it, and what cannot be says why', async () => {
  await go('exports');
  await me.t('to-reversal').click();
  assert.match(await me.t('plan-reversal').getAttribute('aria-description'), /Choose a run first/);
  await me.t('reversal-run-choice').click();
  await me.page.getByRole('option', { name: /2 documents posted/ }).click();
  await me.t('plan-reversal').click();
  await me.t('reversal-plan').waitFor();
  // The build can be taken back; the opposite of the receipt is an opposite already.
  assert.equal(await me.t('reversal-plan').getAttribute('data-ready'), '1');
  assert.equal(await me.page.locator('[data-testid=reversal-document]').count(), 1);
  assert.equal(await me.page.locator('[data-testid=reversal-stuck-document]').count(), 1);
  assert.equal(await me.t('plan-balance').getAttribute('data-even'), 'true');
  await screenshot(me.page, 'exports-reversal-planned');
  await me.t('reverse-posted').click();
  await me.t('confirm-reversal').click();
  await me.page.locator('[data-testid=export-all-outcome][data-posted="1"][data-stuck="0"]').waitFor();
});

test('days in which nothing is in the books have nothing to take back', async () => {
  await go('exports/reverse');
  await me.t('reversal-by').getByText('Some days').click();
  await me.t('reversal-from').fill('2020-01-01');
  await me.t('reversal-to').fill('2020-01-31');
  await me.t('plan-reversal').click();
  await me.t('problem').waitFor();
});

test('who may not export sees the entry’s state and why the button is closed', async () => {
  const builder = await openPage(browser);
  await builder.page.goto(`${gateway.origin}/console/#token=${gateway.tokens.builder}`);
  await builder.t('viewer-menu').waitFor();
  await builder.page.goto(`${gateway.origin}/console/exports`);
  await builder.t('exports-table').waitFor();
  assert.match(await builder.t('export-all').getAttribute('aria-description'), /may not export documents/);
  await builder.context.close();
});

test('every page came from the gateway alone and none met an error', () => {
  assertOffline(me, gateway);
  assert.deepEqual(me.errors, []);
});
