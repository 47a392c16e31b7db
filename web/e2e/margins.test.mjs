/** Margins in the console: figures by row and in all, charts, what is behind them down to the lots, and the file. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, afterEach, before, test } from 'node:test';
import { openBooks } from './books.mjs';
import { launch, openPage, screenshot } from './browser.mjs';
import { startGateway } from './gateway.mjs';
import { ago, sellInTheBooks, stockTheShop, syncSales } from './shop.mjs';
import { assertOffline, connect, signIn, syncToEnd } from './steps.mjs';

let gateway;
let browser;
let me;
let shop;
let books;
let written;

before(async () => {
  gateway = await startGateway();
  browser = await launch();
  me = await openPage(browser);
  await signIn(me, gateway);
  await connect(me, gateway);
  await syncToEnd(me, gateway);
});

after(async () => {
  await browser?.close();
  await gateway?.stop();
});

afterEach(async (context) => {
  if (me) await screenshot(me.page, `margins-${context.name.replaceAll(/[^a-z0-9]+/gi, '-').toLowerCase()}`);
});

const go = (path) => me.page.goto(`${gateway.origin}/console/${path}`);
const textOf = async (locator) => (await locator.innerText()).replaceAll(/\s+/g, ' ').trim();
const cell = (row, column) => textOf(row.locator(`[data-column=${column}]`));
const RANGE = () => `from=${ago(50)}&to=${ago(0)}`;

async function figuresOf(row) {
  const columns = ['revenue', 'cost', 'margin', 'percent'];
  return Promise.all(columns.map((column) => cell(row, column)));
}

const rowOf = (name) => me.page.locator(`[data-testid=margin-row][data-product="${name}"]`);

test('before any sale the page says that sales are synced first', async () => {
  await go('margins');
  await me.page.getByText('No sales yet: sync sales first').waitFor();
  await me.t('receiving-off').waitFor();
  await me.t('to-sales').waitFor();
});

test('totals tell revenue, cost and margin, what is assumed and what is not known apart', async () => {
  await gateway.graphql('mutation { enableReceiving { lotsMade } }');
  shop = await stockTheShop(gateway);
  books = await openBooks(gateway);
  written = await sellInTheBooks(books);
  assert.equal(await syncSales(gateway, shop.integration, ago(60)), 'SUCCEEDED_WITH_ISSUES');
  await go(`margins?${RANGE()}`);
  await me.t('margin-totals').waitFor();
  // 4,000 + 648 + 320 + 275 + 180; cost 2,880 + 4 × 70 + 90 + unknown + 70.
  assert.equal(await textOf(me.t('total-revenue')), '$5,423.00');
  assert.equal(await textOf(me.t('total-cost')), '$3,320.00 + unknown');
  assert.equal(await textOf(me.t('total-margin')), 'at most $2,103.00');
  assert.equal(await textOf(me.t('total-percent')), 'at most 38.78 %');
  assert.equal(await textOf(me.t('total-estimated')), '5.9 %');
  assert.equal(await textOf(me.t('total-missing')), '5.1 %');
});

test('rows by product are exact; a cost that is not known is neither zero nor a margin of 100 %', async () => {
  await me.t('margins-table').waitFor();
  assert.deepEqual(await figuresOf(rowOf('Oak Table')), ['$4,000.00', '$2,880.00', '$1,120.00', '28.00 %']);
  assert.deepEqual(await figuresOf(rowOf('Bench, 3-seat')), ['$828.00', '$350.00', '$478.00', '57.73 %']);
  assert.deepEqual(await figuresOf(rowOf('Cutting Board')), ['$320.00', '$90.00 estimated', '$230.00', '71.88 %']);
  const rocker = rowOf('Rocking Chair');
  const [revenue, cost, margin, percent] = await figuresOf(rocker);
  assert.deepEqual([revenue, cost, margin], ['$275.00', 'unknown', 'unknown']);
  assert.match(percent, /^— ?none: No cost is known/);
  assert.equal(await cell(rocker, 'missing'), '100.0 % 1 line');
  assert.equal(await cell(rowOf('Cutting Board'), 'short'), '4 pcs');
});

test('charts stand above the table, with a bar for each period and each product', async () => {
  await me.t('chart-time').locator('.recharts-bar-rectangle').first().waitFor();
  // Fifty-one days are shown week by week, also those in which nothing was sold.
  assert.ok(Number(await me.t('chart-time').getAttribute('data-bars')) >= 8);
  assert.equal(await me.t('chart-thing').getAttribute('data-bars'), '4');
});

test('what is wrong with a cost is told with its way out', async () => {
  const causes = me.page.locator('[data-testid=margin-cause]');
  await causes.first().waitFor();
  const told = await causes.evaluateAll((rows) => rows.map((row) => `${row.dataset.product} ${row.dataset.trouble}`));
  assert.deepEqual(told.sort(), ['Cutting Board ESTIMATED', 'Rocking Chair MISSING']);
  const rocker = me.page.locator('[data-testid=margin-cause][data-product="Rocking Chair"]');
  assert.match(await rocker.getByTestId('cause-build').getAttribute('href'), /\/builds\/new\?product=prd_/);
});

test('grouped by month and product the rows add up to the same totals', async () => {
  await me.t('group-period').getByText('Month', { exact: true }).click();
  await me.page.locator('[data-testid=margin-row][data-period]').first().waitFor();
  const total = me.t('margin-total-row');
  assert.deepEqual((await figuresOf(total)).slice(0, 2), ['$5,423.00', '$3,320.00 + unknown']);
  const revenues = await me.page
    .locator('[data-testid=margin-row] [data-column=revenue] [title]')
    .evaluateAll((cells) => cells.map((each) => each.title.split(' ')[0]));
  const cents = revenues.reduce((sum, text) => sum + BigInt(Number(text) * 100), 0n);
  assert.equal(cents, 542300n);
});

test('grouped by customer each row is a buyer, also after a reload', async () => {
  await go(`margins?${RANGE()}&group=CUSTOMER`);
  await me.page.locator('[data-testid=margin-row][data-customer]').first().waitFor();
  const customers = await me.page
    .locator('[data-testid=margin-row]')
    .evaluateAll((rows) => rows.map((row) => row.dataset.customer));
  assert.deepEqual(customers, ['Evergreen Inn', 'Bluebird Café', 'Point Reyes Lodge']);
});

test('a row leads to its sales, a line to its lots and to the price of each part', async () => {
  await go(`margins?${RANGE()}`);
  await rowOf('Bench, 3-seat').getByTestId('explain-row').click();
  await me.t('explained-sales').waitFor();
  const sales = await me.page
    .locator('[data-testid=explained-sale]')
    .evaluateAll((rows) => rows.map((row) => row.dataset.number));
  assert.deepEqual(sales, ['1002', '1005']);
  assert.match(await textOf(me.t('explained-subject')), /^Bench, 3-seat · /);
  await me.t('tab-explained-lines').click();
  await me.t('explain-line').first().click();
  await me.t('line-lot').waitFor();
  assert.match(await textOf(me.t('line-lot')), /4 pcs \$70\.00 \$280\.00$/);
  const tree = me.t('cost-tree');
  await tree.getByText('Joinery').waitFor();
  await tree.getByText('Coast Timber’s price').first().waitFor();
  await tree.getByText('Truck').first().waitFor();
});

test('goods that were not there say what they cost and what to do', async () => {
  await go(`margins?${RANGE()}`);
  await rowOf('Cutting Board').getByTestId('explain-row').click();
  await me.t('explained-causes').waitFor();
  await me.t('tab-explained-lines').click();
  await me.t('explain-line').first().click();
  await me.t('line-cost').waitFor();
  await me.page.getByText('were not in any lot when sold: these cost the average of then').waitFor();
  assert.match(await textOf(me.t('line-lot')), /6 pcs \$9\.00 \$54\.00$/);
});

test('a report is saved as a file with exact digits', async () => {
  await go(`margins?${RANGE()}`);
  await me.t('margins-table').waitFor();
  // The browser keeps the file itself where it cannot be streamed into one that was chosen.
  await me.page.evaluate(() => delete window.showSaveFilePicker);
  const [download] = await Promise.all([me.page.waitForEvent('download'), me.t('export-margins').click()]);
  const [head, ...rows] = (await readFile(await download.path(), 'utf8')).trim().split(/\r?\n/);
  assert.match(head, /^period,product_id,sku,product,customer,/);
  const columns = head.split(',');
  const table = rows.find((row) => row.includes('Oak Table')).split(',');
  const value = (name) => table[columns.indexOf(name)];
  assert.deepEqual(['quantity', 'revenue', 'cost', 'margin', 'margin_percent', 'cost_status'].map(value), [
    '20',
    '4000',
    '2880',
    '1120',
    '28',
    'COMPLETE',
  ]);
  assert.equal(rows.length, 4);
});

test('a file of a narrowed report has the rows that are shown, in their order', async () => {
  const saved = async (asked) => {
    await go(`margins?${RANGE()}${asked}`);
    await me.t('margins-table').waitFor();
    await me.page.evaluate(() => delete window.showSaveFilePicker);
    const [download] = await Promise.all([me.page.waitForEvent('download'), me.t('export-margins').click()]);
    const [, ...rows] = (await readFile(await download.path(), 'utf8')).trim().split(/\r?\n/);
    const shown = await me.page.locator('[data-testid=margin-row]').count();
    assert.equal(rows.length, shown);
    return rows.map((row) => row.split(',')[3]);
  };
  assert.deepEqual(await saved('&cost=MISSING'), ['Rocking Chair']);
  assert.equal((await saved('&order=QUANTITY&direction=ASC'))[0], 'Rocking Chair');
});

test('what an edit changed is told, and the report of before is still there', async () => {
  const then = new Date().toISOString();
  await books.edit('Invoice', written['1001'], { lines: [{ item: '11', quantity: 7, price: 200 }] });
  await syncSales(gateway, shop.integration);
  await go(`margins?${RANGE()}`);
  await rowOf('Oak Table').waitFor();
  assert.deepEqual(await figuresOf(rowOf('Oak Table')), ['$1,400.00', '$980.00', '$420.00', '30.00 %']);
  await rowOf('Oak Table').getByTestId('explain-row').click();
  await me.t('tab-explained-changes').click();
  await me.page.locator('[data-testid=margin-change][data-change=EDITED]').waitFor();
  // The field holds seconds, in the zone of the reader.
  const local = new Date(Date.parse(then) - new Date().getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
  await me.t('changes-since').fill(local);
  await me.t('margin-change').getByText('$4,000.00').waitFor();
  assert.match(await textOf(me.t('margin-change')), /\$4,000\.00 → \$1,400\.00 \$1,120\.00 → \$420\.00$/);
  await go(`margins?${RANGE()}&knownAt=${encodeURIComponent(then)}`);
  await me.t('past-banner').waitFor();
  assert.deepEqual(await figuresOf(rowOf('Oak Table')), ['$4,000.00', '$2,880.00', '$1,120.00', '28.00 %']);
});

test('days without a sale say when the latest was, and lead there', async () => {
  await go('margins?from=2020-01-01&to=2020-01-31');
  await me.page.getByText('Nothing was sold in these days').waitFor();
  await me.page.getByRole('button', { name: 'Show that month' }).click();
  await me.t('margins-table').waitFor();
});

/** Nothing is wider than the window; tables scroll in their frames. */
async function assertFits(path, ready) {
  await go(path);
  await me.t(ready).waitFor();
  const [page, window] = await me.page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
  assert.ok(page <= window, `${path} is ${page} wide in a window of ${window}`);
}

test('the pages fit a narrow window', async () => {
  await me.page.setViewportSize({ width: 380, height: 800 });
  await assertFits(`margins/explain?${RANGE()}`, 'explained-sales');
  await assertFits(`margins?${RANGE()}`, 'margins-table');
  await screenshot(me.page, 'margins-narrow');
  await me.page.setViewportSize({ width: 1280, height: 860 });
});

test('it is readable in the dark', async () => {
  await me.page.emulateMedia({ colorScheme: 'dark' });
  await go(`margins?${RANGE()}&group=PRODUCT`);
  await me.t('margins-table').waitFor();
  await me.t('chart-time').locator('.recharts-bar-rectangle').first().waitFor();
});

test('a builder is not offered margins', async () => {
  const other = await openPage(browser);
  await other.page.goto(`${gateway.origin}/console/#token=${gateway.tokens.builder}`);
  await other.t('viewer-menu').waitFor();
  assert.equal(await other.t('nav-margins').count(), 0);
  assert.equal(await other.t('nav-sales').count(), 0);
  await other.context.close();
});

test('everything came from the gateway alone', () => {
  assertOffline(me, gateway);
  assert.deepEqual(me.errors, []);
});
