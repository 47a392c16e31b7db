/** Sales in the console: read from the books with progress, explained to the lots, mended, recorded by hand, taken back. */
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { openBooks } from './books.mjs';
import { launch, openPage, screenshot } from './browser.mjs';
import { startGateway } from './gateway.mjs';
import { ago, ITEMS, sellInTheBooks, stockTheShop } from './shop.mjs';
import { assertOffline, connect, countShown, runEnded, signIn, syncToEnd } from './steps.mjs';

let gateway;
let browser;
let me;
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
  if (me) await screenshot(me.page, `sales-${context.name.replaceAll(/[^a-z0-9]+/gi, '-').toLowerCase()}`);
});

const go = (path) => me.page.goto(`${gateway.origin}/console/${path}`);
const textOf = async (locator) => (await locator.innerText()).replaceAll(/\s+/g, ' ').trim();
const row = (number) => me.page.locator(`[data-testid=sale-row][data-number="${number}"]`);
const issue = (number) => me.page.locator(`[data-testid=issue-row][data-number="${number}"]`);
const numbersOf = (id) =>
  me.page.locator(`[data-testid=${id}]`).evaluateAll((rows) => rows.map((each) => each.dataset.number));

/** Starts a sales sync in the console and waits until the run that it made has ended. */
async function syncSales() {
  const panel = me.t('run-panel');
  const before = (await panel.count()) > 0 ? await panel.getAttribute('data-run') : null;
  await me.t('sync-sales').click();
  await me.page.locator(`[data-testid=run-panel]:not([data-run="${before}"])`).waitFor();
  return runEnded(me);
}

async function pick(id, text) {
  await me.t(id).click();
  await me.t(id).fill(text);
  await me.page.getByRole('option', { name: text }).first().click();
}

test('without lots the page says so and begins to keep them', async () => {
  await go('sales');
  await me.t('needs-lots').waitFor();
  await me.page.getByText('No lots: sales have nothing to take their goods from').waitFor();
  await me.t('enable-receiving').click();
  await me.page.getByText('No sales yet: set the first day').waitFor();
});

test('the first day is set with one click, then sales are to be synced', async () => {
  await stockTheShop(gateway);
  books = await openBooks(gateway);
  written = await sellInTheBooks(books);
  await me.t('channel-first-day').fill(ago(60));
  await me.t('make-channel').click();
  await me.page.getByText('No sales yet: sync sales first').waitFor();
});

test('before the first sync there are no issues, and the page says why', async () => {
  await me.t('tab-issues').click();
  await me.page.getByText('No issues, because no sales were synced yet').waitFor();
  await me.t('tab-sales').click();
});

test('a sales sync says what it did and what it passed over', async () => {
  assert.equal(await syncSales(), 'SUCCEEDED_WITH_ISSUES');
  assert.equal(await countShown(me, 'created'), 8);
  assert.equal(await countShown(me, 'voided'), 0);
  // One of work, four without a product.
  assert.equal(await countShown(me, 'linesSkipped'), 5);
  assert.equal(await countShown(me, 'shortages'), 2);
  await me.t('sales-skipped').waitFor();
  await me.t('sales-table').waitFor();
  assert.deepEqual(await numbersOf('sale-row'), ['1008', '1007', '1006', '1005', '1004', '1003', '1002', '1001']);
  assert.equal(await me.t('open-issues').getAttribute('data-count'), '4');
});

test('an unchanged sale is known the next time', async () => {
  assert.match(await syncSales(), /^SUCCEEDED/);
  assert.equal(await countShown(me, 'created'), 0);
  assert.equal(await countShown(me, 'updated'), 0);
});

test('a sales sync shows where it is and can be stopped', async () => {
  await gateway.control({ command: 'latency', milliseconds: 700 });
  await me.page.getByRole('button', { name: 'More ways to sync sales' }).click();
  await me.t('sync-sales-full').click();
  await me.t('cancel-sync').waitFor();
  await me.t('sync-progress').waitFor();
  await me.t('cancel-sync').click();
  await me.page.locator('[data-testid=run-panel][data-state=CANCELLED]').waitFor();
  await gateway.control({ command: 'latency', milliseconds: 0 });
});

test('the list tells revenue, cost and margin, and what is short or not known', async () => {
  await go('sales');
  await row('1001').waitFor();
  const shown = async (number) => textOf(row(number));
  assert.match(await shown('1001'), /Evergreen Inn Counts \$4,000\.00 \$2,880\.00 \$1,120\.00 28\.00 %$/);
  assert.match(await shown('1003'), /Counts short \$320\.00 \$90\.00 estimated \$230\.00 71\.88 %$/);
  assert.match(await shown('1004'), /short \$275\.00 unknown unknown — ?none: No cost is known/);
  // Nothing of it is processed: it has no figures yet, not figures of zero.
  assert.match(await shown('1006'), /1 line waits – – – –$/);
  assert.match(await shown('1005'), /1 line waits \$180\.00 \$70\.00 \$110\.00 61\.11 %$/);
});

test('filters stand in the address and are kept by a reload', async () => {
  await me.t('sales-filter-only').click();
  await me.page.getByRole('option', { name: 'sold short' }).click();
  await row('1001').waitFor({ state: 'detached' });
  assert.deepEqual(await numbersOf('sale-row'), ['1004', '1003']);
  await me.page.reload();
  await row('1003').waitFor();
  assert.deepEqual(await numbersOf('sale-row'), ['1004', '1003']);
  await me.t('clear-filters').click();
  await row('1001').waitFor();
  await me.t('sales-filter-search').fill('1002');
  await row('1001').waitFor({ state: 'detached' });
  assert.deepEqual(await numbersOf('sale-row'), ['1002']);
});

test('a sale shows its lines with the discount spread over them, and shipping apart', async () => {
  await row('1002').getByRole('link').click();
  await me.t('sale-lines').waitFor();
  // 90 of 900 off: 720 earn 648, of the work 180 earn 162.
  assert.equal(await textOf(me.t('sale-revenue')), '$648.00');
  assert.equal(await textOf(me.t('sale-cost')), '$280.00');
  assert.equal(await textOf(me.t('sale-margin')), '$368.00');
  assert.equal(await textOf(me.t('sale-percent')), '56.79 %');
  await me.page.getByText('Shipping, not in revenue').waitFor();
  const states = await me.page
    .locator('[data-testid=sale-line]')
    .evaluateAll((lines) => lines.map((line) => line.dataset.state));
  assert.deepEqual(states.slice(0, 2), ['PROCESSED', 'NOT_STOCK']);
});

test('a line opens to its lots, and the tree adds up to its cost', async () => {
  await go('sales?search=1001');
  await row('1001').getByRole('link').click();
  await me.t('explain-line').click();
  await me.t('line-lots').waitFor();
  const lots = await me.page.locator('[data-testid=line-lot]').allInnerTexts();
  assert.deepEqual(
    lots.map((lot) => lot.replaceAll(/\s+/g, ' ').replace(/^Lot \S+ /, '')),
    ['12 pcs $140.00 $1,680.00', '8 pcs $150.00 $1,200.00'],
  );
  assert.match(await textOf(me.t('cost-tree')), /\$2,880\.00/);
});

test('issues say why a line waits, each with its ways out', async () => {
  await me.page.goto(`${gateway.origin}/console/sales/issues`);
  await me.t('issues-table').waitFor();
  assert.deepEqual((await numbersOf('issue-row')).sort(), ['1005', '1006', '1007', '1008']);
  assert.match(await textOf(issue('1006')), /sells Wall Hook O'Malley, which is not linked to a product/);
});

test('an item is linked: its line is processed at once and the row goes', async () => {
  await issue('1005').getByTestId('fix-link').click();
  await pick('fix-link-product', 'Walnut Coffee Table');
  await me.t('confirm-fix-link').click();
  await me.t('fix-outcome').waitFor();
  assert.equal(await me.t('fix-became').getAttribute('data-became'), 'PROCESSED');
  assert.match(await textOf(me.t('fix-became')), /2 sold for \$490\.00, cost \$200\.00\.$/);
  await issue('1005').waitFor({ state: 'detached' });
});

test('an item is marked as not stock: its lines are passed over, now and later', async () => {
  await issue('1007').getByTestId('fix-not-stock').click();
  await issue('1007').waitFor({ state: 'detached' });
  assert.equal(await me.t('fix-became').getAttribute('data-became'), 'PASSED_OVER');
});

test('several items are imported at once, and what has no lot says so', async () => {
  await me.t('import-all-issues').click();
  await me.page.locator('[data-testid=fix-outcome][data-closed="2"]').waitFor();
  const became = await me.page
    .locator('[data-testid=fix-became]')
    .evaluateAll((rows) => rows.map((each) => each.dataset.became));
  assert.equal(became.length, 2);
  await me.page.getByText('No open issues').waitFor();
  await me.t('open-issues').waitFor({ state: 'detached' });
});

test('a sale is recorded by hand and labelled manual', async () => {
  await go('sales/new');
  await me.t('sale-editor').waitFor();
  assert.equal(await me.t('record-sale').getAttribute('aria-disabled'), 'true');
  await me.t('sale-customer').fill('Fair visitor');
  await me.t('sale-reference').fill('FAIR-1');
  await pick('sale-line-product', 'Bench');
  await me.t('sale-line-quantity').fill('2');
  await me.t('sale-line-price').fill('175.50');
  assert.equal(await textOf(me.t('sale-total')), '$351.00');
  await me.t('record-sale').click();
  await me.page.waitForURL(/\/sales\/sal/);
  await me.t('sale-lines').waitFor();
  assert.equal(await textOf(me.t('sale-revenue')), '$351.00');
  assert.equal(await textOf(me.t('sale-cost')), '$140.00');
  assert.equal(await me.page.locator('[data-source=MANUAL]').count(), 1);
});

test('a manual sale is voided with a reason, and its goods come back', async () => {
  await me.t('void-sale').click();
  await me.t('void-reason').fill('Entered twice');
  await me.t('confirm-void-sale').click();
  await me.t('sale-gone').waitFor();
  await me.page.getByText('Entered twice').waitFor();
  const { products } = await gateway.graphql('{ products(filter: { search: "Bench" }) { nodes { name onHand } } }');
  // Ten were built; four and one are sold.
  assert.deepEqual(products.nodes, [{ name: 'Bench, 3-seat', onHand: '5' }]);
});

test('what was edited or voided in the books follows, and every version is kept', async () => {
  await books.edit('Invoice', written['1001'], { lines: [{ item: ITEMS.table, quantity: 7, price: 200 }] });
  await books.void('Invoice', written['1002']);
  await go('sales');
  assert.match(await syncSales(), /^SUCCEEDED/);
  assert.equal(await countShown(me, 'updated'), 1);
  assert.equal(await countShown(me, 'voided'), 1);
  await me.page.locator('[data-testid=sale-row][data-number="1002"][data-status=VOIDED]').waitFor();
  await row('1001').getByRole('link').click();
  await me.t('sale-versions').waitFor();
  const versions = await me.page
    .locator('[data-testid=sale-version]')
    .evaluateAll((rows) => rows.map((each) => each.dataset.change));
  assert.deepEqual(versions, ['CREATED', 'EDITED']);
  assert.equal(await textOf(me.t('sale-revenue')), '$1,400.00');
  assert.equal(await textOf(me.t('sale-cost')), '$980.00');
});

test('a credit memo brings goods back, and a sale in another currency counts in the home currency', async () => {
  const of = (number, price, more) =>
    books.sell({ number, date: ago(1), lines: [{ item: ITEMS.table, quantity: 2, price }], ...more });
  await of('CM-1', 200, { kind: 'CreditMemo', appliesTo: written['1001'] });
  await books.inCurrency('Invoice', await of('1009', 160), 'EUR', 1.25);
  await go('sales');
  assert.match(await syncSales(), /^SUCCEEDED/);
  assert.equal(await countShown(me, 'created'), 2);
  await row('CM-1').getByRole('link').click();
  await me.t('sale-lines').waitFor();
  assert.equal(await textOf(me.t('sale-revenue')), '-$400.00');
  assert.equal(await textOf(me.t('sale-cost')), '-$280.00');
  await screenshot(me.page, 'sales-credit-memo');
  await go('sales?search=1009');
  await row('1009').getByRole('link').click();
  await me.page.getByText('EUR, at 1.25').waitFor();
  assert.equal(await textOf(me.t('sale-revenue')), '$400.00');
});

test('a channel is put to rest and taken up again; the manual one is always there', async () => {
  await go('sales/channels');
  const accounting = me.page.locator('[data-testid=channel-row][data-kind=ACCOUNTING]');
  await me.page.locator('[data-testid=channel-row][data-kind=MANUAL]').waitFor();
  await accounting.getByTestId('toggle-channel').click();
  await me.page.locator('[data-testid=channel-row][data-kind=ACCOUNTING][data-active=false]').waitFor();
  assert.match(await me.t('sync-sales').getAttribute('aria-description'), /is not active/);
  await accounting.getByTestId('toggle-channel').click();
  await me.page.locator('[data-testid=channel-row][data-kind=ACCOUNTING][data-active=true]').waitFor();
  assert.equal(await me.t('sync-sales').getAttribute('aria-disabled'), null);
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
  await assertFits('sales/issues', 'issues-state');
  await assertFits('sales/channels', 'channels-table');
  await assertFits('sales/new', 'sale-editor');
  await assertFits('sales', 'sales-table');
  await screenshot(me.page, 'sales-narrow');
  await me.page.setViewportSize({ width: 1280, height: 860 });
});

test('it is readable in the dark', async () => {
  await me.page.emulateMedia({ colorScheme: 'dark' });
  await go('sales');
  await me.t('sales-table').waitFor();
});

test('everything came from the gateway alone', () => {
  assertOffline(me, gateway);
  assert.deepEqual(me.errors, []);
});
