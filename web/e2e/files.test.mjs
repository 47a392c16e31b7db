/** CSV files in the console: checked first, then imported, with what became of every row; and files that go out. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, afterEach, before, test } from 'node:test';
import { launch, openPage, screenshot } from './browser.mjs';
import { startGateway } from './gateway.mjs';
import { assertOffline, signIn } from './steps.mjs';

let gateway;
let browser;
let me;

before(async () => {
  gateway = await startGateway();
  browser = await launch();
  me = await openPage(browser);
  await me.page.addInitScript(() => (window.showSaveFilePicker = undefined));
  await signIn(me, gateway);
});

after(async () => {
  await browser?.close();
  await gateway?.stop();
});

afterEach(async (context) => {
  if (me) await screenshot(me.page, `files-${context.name.replaceAll(/[^a-z0-9]+/gi, '-').toLowerCase()}`);
});

const open = (tab) => me.page.goto(`${gateway.origin}/console/files?tab=${tab}`);
const choose = (text, name = 'file.csv') =>
  me.page.locator('input[type=file]').setInputFiles({ name, mimeType: 'text/csv', buffer: Buffer.from(text) });

/** What the page says the file did, or would do. */
async function outcome(dryRun) {
  const shown = me.page.locator(`[data-testid=import-outcome][data-dry-run=${dryRun}]`);
  await shown.waitFor();
  const { created, skipped, failed } = await shown.evaluate((node) => ({ ...node.dataset }));
  return { created: Number(created), skipped: Number(skipped), failed: Number(failed) };
}

async function skus() {
  const { products } = await gateway.graphql('{ products(first: 250) { nodes { sku } } }');
  return products.nodes.map(({ sku }) => sku).sort();
}

const PRODUCTS = [
  'SKU;Name;Type;Unit',
  'STL;Steel plate;raw material;kg',
  'BRK;Bracket;finished good;pcs',
  ';Nameless;component;pcs',
  'ODD;Odd one;gadget;pcs',
].join('\r\n');

test('the page says what a file has to be, and hands over a template that is one', async () => {
  await open('products');
  assert.match(await me.t('file-columns').innerText(), /sku \(required\)/);
  const [download] = await Promise.all([me.page.waitForEvent('download'), me.t('file-template').click()]);
  assert.equal(download.suggestedFilename(), 'products.csv');
  await choose(await readFile(await download.path()), 'products.csv');
  await me.t('check-file').click();
  assert.deepEqual(await outcome(true), { created: 2, skipped: 0, failed: 0 });
  assert.deepEqual(await skus(), []);
});

test('the check shows what each row would do, by its line, and changes nothing', async () => {
  await choose(PRODUCTS);
  await me.t('check-file').click();
  await me.page.locator('[data-testid=import-row][data-line="4"]').waitFor();
  assert.deepEqual(await outcome(true), { created: 2, skipped: 0, failed: 2 });
  const nameless = me.page.locator('[data-testid=import-row][data-line="4"][data-status=FAILED]');
  assert.match(await nameless.innerText(), /sku: is empty[\s\S]*Every row needs one/);
  const odd = me.page.locator('[data-testid=import-row][data-line="5"][data-status=FAILED]');
  assert.match(await odd.innerText(), /GADGET[\s\S]*RAW_MATERIAL, COMPONENT/);
  assert.deepEqual(await skus(), []);
});

test('the import makes what the check said, and the same file again makes nothing', async () => {
  await me.t('import-file').click();
  assert.deepEqual(await outcome(false), { created: 2, skipped: 0, failed: 2 });
  assert.deepEqual(await skus(), ['BRK', 'STL']);
  assert.equal(await me.t('import-file').count(), 0);
  await me.t('check-file').click();
  assert.deepEqual(await outcome(true), { created: 0, skipped: 2, failed: 2 });
  assert.equal(await me.t('import-file').getAttribute('aria-disabled'), 'true');
});

test('opening stock with decimal commas becomes stock to the last digit', async () => {
  await open('opening-stock');
  await choose('sku;quantity;unit_cost\nSTL;1.250,5;2,75\nNIX;1;1\n');
  await me.t('check-file').click();
  assert.deepEqual(await outcome(true), { created: 1, skipped: 0, failed: 1 });
  await me.t('import-file').click();
  assert.deepEqual(await outcome(false), { created: 1, skipped: 0, failed: 1 });
  const { products } = await gateway.graphql(
    '{ products(filter: { search: "STL" }) { nodes { onHand value { amount } } } }',
  );
  assert.deepEqual(products.nodes, [{ onHand: '1250.5', value: { amount: '3438.875' } }]);
});

test('a bill of materials is taken in with its cost line', async () => {
  await open('boms');
  await choose('product_sku,component_sku,kind,quantity,label,rate\nBRK,STL,,0.7,,\nBRK,,labour,0.25,Bending,32\n');
  await me.t('check-file').click();
  assert.deepEqual(await outcome(true), { created: 2, skipped: 0, failed: 0 });
  await me.t('import-file').click();
  assert.deepEqual(await outcome(false), { created: 2, skipped: 0, failed: 0 });
  const { products } = await gateway.graphql(
    '{ products(filter: { search: "BRK" }) { nodes { activeBom { lines { kind } } } } }',
  );
  assert.deepEqual(products.nodes[0].activeBom.lines, [{ kind: 'COMPONENT' }, { kind: 'LABOUR' }]);
});

test('a file that is none is refused as a whole, with what helps', async () => {
  await open('products');
  await choose('nonsense\nmore of it\n');
  await me.t('check-file').click();
  await me.t('problem').waitFor();
  assert.match(await me.t('problem').innerText(), /names none of the columns[\s\S]*sku, name, type, unit/);
  assert.equal(await me.t('import-outcome').count(), 0);
});

test('a large file is sent with progress, and its rows are shown in part with their true number', async () => {
  const rows = Array.from(
    { length: 20_000 },
    (_, index) => `P-${index},Part ${index},${index % 2 ? 'component' : 'x'}`,
  );
  await choose(['sku,name,type', ...rows].join('\n'));
  await me.t('check-file').click();
  await me.t('file-progress').waitFor();
  assert.deepEqual(await outcome(true), { created: 10_000, skipped: 0, failed: 10_000 });
  assert.equal(await me.t('import-row').count(), 100);
  await me.t('more-rows').click();
  assert.equal(await me.t('import-row').count(), 200);
  await me.page.getByText('200 of 10,000 shown; only the first 1,000 of each kind are kept here.').waitFor();
});

test('who may not import sees why', async () => {
  const builder = await openPage(browser);
  await builder.page.goto(`${gateway.origin}/console/#token=${gateway.tokens.builder}`);
  await builder.t('viewer-menu').waitFor();
  await builder.page.goto(`${gateway.origin}/console/files?tab=products`);
  assert.match(await builder.t('check-file').getAttribute('aria-description'), /may not create and edit products/);
  await builder.context.close();
});

test('all lots and the movements of some days are saved', async () => {
  await open('export');
  const [lots] = await Promise.all([me.page.waitForEvent('download'), me.t('export-all-lots').click()]);
  assert.equal(lots.suggestedFilename(), 'lots.csv');
  const saved = async (download) => (await readFile(await download.path(), 'utf8')).trim().split('\n');
  const [all] = await Promise.all([me.page.waitForEvent('download'), me.t('export-all-movements').click()]);
  assert.equal((await saved(all)).length, 2);
  await me.t('export-to').fill('2020-01-31');
  const [none] = await Promise.all([me.page.waitForEvent('download'), me.t('export-all-movements').click()]);
  assert.equal((await saved(none)).length, 1);
});

test('every page came from the gateway alone and none met an error', () => {
  assertOffline(me, gateway);
  assert.deepEqual(me.errors, []);
});
