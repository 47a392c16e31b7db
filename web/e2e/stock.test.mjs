/** Stock in the console, in the order people meet it: a receipt, a bill of materials, a build and where its cost comes from. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, afterEach, before, test } from 'node:test';
import { launch, openPage, screenshot } from './browser.mjs';
import { startGateway } from './gateway.mjs';
import { assertOffline, signIn } from './steps.mjs';

let gateway;
let browser;
let me;
let steel;
let bracket;

before(async () => {
  gateway = await startGateway();
  browser = await launch();
  me = await openPage(browser);
  await signIn(me, gateway);
  steel = await product('Steel plate', 'STL', 'RAW_MATERIAL', 'kg');
  bracket = await product('Bracket', 'BRK', 'FINISHED_GOOD', 'pcs');
});

after(async () => {
  await browser?.close();
  await gateway?.stop();
});

afterEach(async (context) => {
  if (me) await screenshot(me.page, `stock-${context.name.replaceAll(/[^a-z0-9]+/gi, '-').toLowerCase()}`);
});

async function product(name, sku, type, unit) {
  const mutation = 'mutation($input: CreateProductInput!) { createProduct(input: $input) { product { id } } }';
  return (await gateway.graphql(mutation, { input: { name, sku, type, unit } })).createProduct.product.id;
}

const go = (path) => me.page.goto(`${gateway.origin}/console/${path}`);

async function pick(testId, text) {
  await me.t(testId).fill(text);
  await me.page.getByRole('option', { name: text }).click();
}

/** Quantity and value on hand, as the API tells them. */
async function onHand(id) {
  const query = 'query($id: ID!) { node(id: $id) { ... on Product { onHand value { amount } } } }';
  const { node } = await gateway.graphql(query, { id });
  return [node.onHand, node.value.amount];
}

/** The exact digits behind the shown values, as millionths. */
async function millionths(locator) {
  const titles = await locator.evaluateAll((nodes) => nodes.map((node) => node.getAttribute('title')));
  return titles.map((title) => {
    const [whole, fraction = ''] = title.split(' ')[0].split('.');
    assert.ok(fraction.length <= 6, title);
    return BigInt(whole + fraction.padEnd(6, '0'));
  });
}

/** What an opened node shows, and what the nodes directly in it show. */
async function levels(node) {
  const [whole] = await millionths(node.locator(':scope > div [data-testid=tree-value] [title]'));
  const parts = await millionths(node.locator(':scope > ul > li > div [data-testid=tree-value] [title]'));
  return { whole, parts };
}

test('before lots are kept the pages say so, and begin it with one click', async () => {
  await go('receipts');
  await me.t('empty-state').waitFor();
  await me.t('enable-receiving').click();
  await me.t('receiving-off').waitFor({ state: 'detached' });
  const { stockSettings } = await gateway.graphql('{ stockSettings { receiving } }');
  assert.equal(stockSettings.receiving, true);
  await go(`products/${steel}`);
  await me.page.getByText('Confirm a receipt or record a build first').waitFor();
});

test('a receipt with freight is written, confirmed, and its lot carries both costs', async () => {
  await go('receipts/new');
  await me.t('new-supplier').click();
  await me.t('supplier-name').fill('Acme Metals');
  await me.t('supplier-code').fill('ACM');
  await me.t('save-supplier').click();
  await me.t('save-supplier').waitFor({ state: 'detached' });
  await pick('line-product', 'Steel plate');
  await me.t('line-quantity').fill('10');
  await me.t('line-price').fill('2.5');
  await me.t('add-landed-cost').click();
  await me.t('landed-amount').fill('5');
  assert.equal(await me.t('receipt-total').innerText(), '$30.00');
  await me.t('confirm-receipt').click();
  await me.page.locator('[data-testid=receipt-state][data-state=CONFIRMED]').waitFor();
  assert.match(await me.t('receipt-lot').innerText(), /^ACM-\d{8}$/);
  assert.deepEqual(await onHand(steel), ['10', '30']);
});

test('the product page shows the lot and the movement', async () => {
  await go(`products/${steel}`);
  const lot = me.t('lot-row');
  await lot.waitFor();
  assert.equal(await lot.count(), 1);
  assert.match(await lot.innerText(), /10 kg of 10[\s\S]*\$30\.00[\s\S]*\$3\.00/);
  assert.equal(await me.page.locator('[data-testid=ledger-row][data-kind=RECEIVE]').count(), 1);
});

test('a bill of materials with a component and work is put to use', async () => {
  await go(`products/${bracket}?tab=bom`);
  await me.t('write-bom').click();
  await pick('bom-component', 'Steel plate');
  await me.t('bom-quantity').fill('0.7');
  await me.t('add-cost').click();
  await me.t('bom-label').fill('Bending');
  await me.t('bom-cost-quantity').fill('0.25');
  await me.t('bom-rate').fill('32');
  await me.t('save-bom').click();
  await me.page.locator('[data-testid=bom-version][data-status=ACTIVE]').waitFor();
  assert.equal(await me.t('bom-shown-line').count(), 2);
});

test('a build that needs more than there is shows what is short, and is refused with nothing changed', async () => {
  await go(`builds/new?product=${bracket}`);
  await me.t('build-quantity').fill('20');
  await me.t('preview-short').waitFor();
  assert.match(await me.t('preview-short').innerText(), /Steel plate: needs 14 kg, short of 4 kg/);
  await me.t('execute-build').click();
  await me.page.locator('[data-testid=problem] [data-code=INSUFFICIENT_STOCK]').waitFor();
  assert.deepEqual(await onHand(steel), ['10', '30']);
  assert.deepEqual(await onHand(bracket), ['0', '0']);
});

test('the preview of a build says what it takes, from which lot, at what cost', async () => {
  await me.t('build-quantity').fill('3');
  await me.t('preview-ready').waitFor();
  // What was refused before was about another quantity.
  assert.equal(await me.t('problem').count(), 0);
  await me.t('preview-lot').waitFor();
  assert.match(await me.t('preview-lot').innerText(), /2\.1 kg of ACM-\d{8}.*\$3\.00 each/);
  const values = await millionths(me.page.locator('[data-testid=preview-line] td:last-child [title]'));
  assert.deepEqual(values, [6_300_000n, 24_000_000n]);
});

test('the build is recorded, and its cost is explained down to price and freight, every level adding up', async () => {
  await me.t('execute-build').click();
  const root = me.t('cost-tree').locator(':scope > li');
  await root.waitFor();
  assert.deepEqual(await onHand(steel), ['7.9', '23.7']);
  assert.deepEqual(await onHand(bracket), ['3', '30.3']);
  await me.page.locator('[data-testid=tree-node][data-kind=FREIGHT]').waitFor();
  assert.deepEqual(await levels(root), { whole: 30_300_000n, parts: [6_300_000n, 24_000_000n] });
  const lot = me.page.locator('[data-testid=tree-node][data-kind=LOT]');
  assert.deepEqual(await levels(lot), { whole: 6_300_000n, parts: [5_250_000n, 1_050_000n] });
});

test('a lot is traced forward to the finished goods that hold it', async () => {
  await me.page.locator('[data-testid=tree-node][data-kind=LOT] a').first().click();
  await me.t('tab-forward').click();
  const build = me.page.locator('[data-testid=forward-tree] [data-testid=tree-node][data-kind=Build]');
  await build.waitFor();
  assert.match(await build.innerText(), /Build 1 of Bracket[\s\S]*2\.1 kg[\s\S]*3 pcs still there/);
  assert.match(await me.t('trace-sum').innerText(), /1 lot, 1 of them still in stock/);
});

test('a finished lot is traced back to what it was made of', async () => {
  await me.t('trace-lot').getByRole('link').nth(1).click();
  await me.t('tab-origin').click();
  const tree = me.t('origin-tree');
  await tree.waitFor();
  assert.match(await tree.innerText(), /of Bracket[\s\S]*Build 1 of Bracket[\s\S]*2\.1 kg[\s\S]*of Steel plate/);
  assert.equal(await me.t('trace-cut').count(), 0);
});

test('a receipt of which some was used cannot be voided, and the page says what to do', async () => {
  await go('receipts');
  await me.t('receipt-row').getByRole('link').click();
  await me.t('void-receipt').click();
  await me.t('confirm-end-receipt').click();
  await me.page.locator('[data-testid=problem] [data-code=LOT_CONSUMED]').waitFor();
  assert.deepEqual(await onHand(steel), ['7.9', '23.7']);
  await me.page.keyboard.press('Escape');
});

test('an adjustment with its reason is seen among the movements at once', async () => {
  await go(`products/${steel}`);
  await me.t('adjust-stock').click();
  await me.t('adjust-quantity').fill('-0.9');
  await me.t('save-adjustment').click();
  const row = me.page.locator('[data-testid=ledger-row][data-kind=STOCK_ADJUSTMENT]');
  await row.waitFor();
  assert.match(await row.innerText(), /Count correction/);
  assert.deepEqual(await onHand(steel), ['7', '21']);
});

/** Where the browser cannot write to a chosen file, it hands over what it kept. */
const withoutPicker = () => me.page.evaluate(() => (window.showSaveFilePicker = undefined));

test('lots and movements are saved as CSV with exact digits', async () => {
  await withoutPicker();
  const [download] = await Promise.all([me.page.waitForEvent('download'), me.t('export-movements').click()]);
  assert.equal(download.suggestedFilename(), 'steel-plate-movements.csv');
  const [head, ...rows] = (await readFile(await download.path(), 'utf8')).trim().split('\n');
  assert.equal(rows.length, 3);
  const first = Object.fromEntries(rows[0].split(',').map((cell, index) => [head.split(',')[index], cell]));
  const { kind, reason, quantity, value, on_hand_after, value_after, currency } = first;
  assert.deepEqual(
    { kind, reason, quantity, value, on_hand_after, value_after, currency },
    {
      kind: 'STOCK_ADJUSTMENT',
      reason: 'COUNT_CORRECTION',
      quantity: '-0.9',
      value: '-2.7',
      on_hand_after: '7',
      value_after: '21',
      currency: 'USD',
    },
  );
});

test('where the browser can, a file is streamed into the one that was chosen', async () => {
  await me.page.evaluate(() => {
    window.showSaveFilePicker = async ({ suggestedName }) => {
      const folder = await navigator.storage.getDirectory();
      return folder.getFileHandle(suggestedName, { create: true });
    };
  });
  await me.t('export-lots').click();
  await me.page.getByText('steel-plate-lots.csv is saved.').waitFor();
  const text = await me.page.evaluate(async () => {
    const folder = await navigator.storage.getDirectory();
    return (await (await folder.getFileHandle('steel-plate-lots.csv')).getFile()).text();
  });
  const rows = text.trim().split('\n');
  assert.match(rows[0], /^lot_id,number,/);
  assert.equal(rows.length, 2);
  assert.match(rows[1], /,ACM-\d{8},.*,Steel plate,/);
});

test('a past moment is shown with what was known then, and says so', async () => {
  const { stockMovements } = await gateway.graphql(
    'query($id: ID!) { stockMovements(filter: { productId: $id }, first: 1) { nodes { recordedAt } } }',
    { id: steel },
  );
  // The adjustment is the latest movement; a second before it, it was not known.
  const before = new Date(Date.parse(stockMovements.nodes[0].recordedAt) - 1).toISOString();
  await go(`products/${steel}?knownAt=${before}`);
  await me.t('past-banner').waitFor();
  assert.match(await me.t('past-banner').innerText(), /as it was known on/);
  assert.match(await me.t('on-hand-then').innerText(), /^7\.9 kg/);
  const later = me.page.locator('[data-testid=ledger-row][data-later]');
  await later.first().waitFor();
  assert.equal(await later.count(), 1);
  assert.equal(await later.getAttribute('data-kind'), 'STOCK_ADJUSTMENT');
  await screenshot(me.page, 'stock-known-then');
  await me.t('lot-open').first().click();
  await me.page.waitForURL(/\/lots\//);
  await go(`${new URL(me.page.url()).pathname.replace('/console/', '')}?knownAt=${before}`);
  assert.match(await me.t('lot-left').innerText(), /^7\.9 kg/);
  await me.t('back-to-now').click();
  await me.t('past-banner').waitFor({ state: 'detached' });
  await me.page.locator('[data-testid=lot-left]', { hasText: /^7 kg/ }).waitFor();
});

test('a business day before anything happened shows nothing on hand', async () => {
  await go(`products/${steel}`);
  await me.t('as-of').fill('2020-01-31');
  await me.t('past-banner').waitFor();
  assert.match(me.page.url(), /asOf=2020-01-31/);
  await me.page.locator('[data-testid=on-hand-then]', { hasText: /^0/ }).waitFor();
});

test('with review a build waits, and a rejection brings part of its components back', async () => {
  await go('builds');
  await me.t('stock-settings').click();
  await me.t('settings-qa').check();
  await me.t('save-stock-settings').click();
  await me.t('save-stock-settings').waitFor({ state: 'detached' });
  await go(`builds/new?product=${bracket}`);
  await me.t('preview-ready').waitFor();
  await me.t('execute-build').click();
  await me.t('reject-build').click();
  await me.t('recovery-PARTIAL').check();
  await me.t('recovered-quantity').fill('0.5');
  await me.t('confirm-reject').click();
  await me.page.locator('[data-testid=build-state][data-state=REJECTED]').waitFor();
  assert.deepEqual(await onHand(steel), ['6.8', '20.4']);
  assert.deepEqual(await onHand(bracket), ['3', '30.3']);
});

test('a planned build is recorded, approved and reversed', async () => {
  await go(`builds/new?product=${bracket}`);
  await me.t('preview-ready').waitFor();
  await me.t('plan-build').click();
  await me.page.locator('[data-testid=build-state][data-state=PLANNED]').waitFor();
  assert.deepEqual(await onHand(steel), ['6.8', '20.4']);
  await me.t('execute-build').click();
  await me.t('approve-build').click();
  await me.t('confirm-approve').click();
  await me.page.locator('[data-testid=build-state][data-state=APPROVED]').waitFor();
  assert.deepEqual(await onHand(bracket), ['4', '40.4']);
  await me.t('reverse-build').click();
  await me.t('confirm-reverse').click();
  await me.page.locator('[data-testid=build-state][data-state=REVERSED]').waitFor();
  assert.deepEqual(await onHand(bracket), ['3', '30.3']);
  assert.deepEqual(await onHand(steel), ['6.8', '20.4']);
});

test('a receipt line is corrected, and the correction is listed', async () => {
  await go('receipts');
  await me.t('receipt-row').getByRole('link').click();
  await me.t('correct-line').click();
  await me.t('correct-price').fill('3');
  await me.t('save-correction').click();
  await me.t('correction').waitFor();
  assert.equal(await me.t('correction').count(), 1);
});

test('every page came from the gateway alone and none met an error', () => {
  assertOffline(me, gateway);
  assert.deepEqual(me.errors, []);
});
