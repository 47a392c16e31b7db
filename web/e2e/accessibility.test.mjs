/** Every page and dialog, light and dark, by axe's rules: names, roles, contrast, focus. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';
import { launch, openPage } from './browser.mjs';
import { startGateway } from './gateway.mjs';
import { openBooks } from './books.mjs';
import { ago, sellInTheBooks, syncSales } from './shop.mjs';
import { connect, signIn, syncToEnd } from './steps.mjs';

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
let gateway;
let browser;

before(async () => {
  gateway = await startGateway({ items: 60 });
  browser = await launch();
  const me = await openPage(browser);
  await signIn(me, gateway);
  await connect(me, gateway);
  await syncToEnd(me, gateway);
  await gateway.graphql('mutation { importItems(input: { filter: { search: "a" } }) { created } }');
  await seedStock();
  await seedSales();
  await me.context.close();
});

after(async () => {
  await browser?.close();
  await gateway?.stop();
});

/** A lot, a bill of materials, a recorded build and a plan that is short, so that the pages of stock have something to show. */
async function seedStock() {
  await gateway.graphql('mutation { enableReceiving { lotsMade } }');
  const { products } = await gateway.graphql('{ products(first: 2) { nodes { id } } }');
  const [{ id: part }, { id: whole }] = products.nodes;
  const supplier = await gateway.graphql(
    'mutation { saveSupplier(input: { name: "Axe Metals", code: "AXE" }) { supplier { id } } }',
  );
  const { saveReceipt } = await gateway.graphql(
    'mutation($input: SaveReceiptInput!) { saveReceipt(input: $input) { receipt { id } } }',
    {
      input: {
        supplierId: supplier.saveSupplier.supplier.id,
        lines: [{ productId: part, quantity: '1000', unitCost: '2.5' }],
        costs: [{ kind: 'FREIGHT', label: 'Truck', basis: 'VALUE', amount: '5' }],
      },
    },
  );
  const receipt = saveReceipt.receipt.id;
  await gateway.graphql('mutation($id: ID!) { confirmReceipt(input: { receiptId: $id }) { receipt { id } } }', {
    id: receipt,
  });
  await gateway.graphql('mutation($input: SaveBomInput!) { saveBom(input: $input) { bom { id } } }', {
    input: {
      productId: whole,
      lines: [
        { kind: 'COMPONENT', productId: part, quantity: '1' },
        { kind: 'LABOUR', label: 'Bending', quantity: '0.25', rate: '32' },
      ],
    },
  });
  const { executeBuild } = await gateway.graphql(
    'mutation($id: ID!) { executeBuild(input: { productId: $id, quantity: 2 }) { build { id lot { id } } } }',
    { id: whole },
  );
  const { planBuild } = await gateway.graphql(
    'mutation($id: ID!) { planBuild(input: { productId: $id, quantity: 100000 }) { build { id } } }',
    { id: whole },
  );
  const { build } = executeBuild;
  const { integrations } = await gateway.graphql('{ integrations { id } }');
  PLACES.push(
    { path: 'exports', ready: 'exports-table' },
    { path: 'exports', ready: 'confirm-export-all', press: ['export-all'] },
    { path: `exports/plan/${build.id}`, ready: 'plan-problems' },
    { path: `exports/settings/${integrations[0].id}`, ready: 'double-counting' },
    { path: 'receipts', ready: 'receipts-table' },
    { path: 'receipts/new', ready: 'receipt-editor' },
    { path: `receipts/${receipt}`, ready: 'save-correction', press: ['correct-line'] },
    { path: 'suppliers', ready: 'save-supplier', press: ['edit-supplier'] },
    { path: `products/${part}`, ready: 'ledger-table' },
    { path: `products/${part}`, ready: 'save-adjustment', press: ['adjust-stock'] },
    { path: `products/${whole}?tab=bom`, ready: 'bom-editor', press: ['new-version'] },
    { path: `products/${part}?tab=used`, ready: 'where-used' },
    { path: `lots/${build.lot.id}`, ready: 'cost-tree' },
    { path: `lots/${build.lot.id}`, ready: 'forward-tree', press: ['tab-forward'] },
    { path: `lots/${build.lot.id}`, ready: 'origin-tree', press: ['tab-origin'] },
    { path: `products/${part}?asOf=2020-01-31&knownAt=2020-02-01T00:00:00Z`, ready: 'past-banner' },
    { path: 'files?tab=products', ready: 'file-columns' },
    { path: 'files?tab=boms', ready: 'file-columns' },
    { path: 'files?tab=export', ready: 'export-all-lots' },
    { path: 'builds', ready: 'builds-table' },
    { path: `builds/${build.id}`, ready: 'build-lines', press: ['tab-lines'] },
    { path: `builds/${planBuild.build.id}`, ready: 'preview-short' },
    { path: `builds/new?product=${whole}`, ready: 'preview-ready' },
  );
}

/** Sales of every sort, most of them without a product, and one by hand that is short. */
async function seedSales() {
  const { integrations } = await gateway.graphql('{ integrations { id } }');
  const books = await openBooks(gateway);
  await sellInTheBooks(books);
  // Items with an "a" in their name are products already; this one is not.
  await books.sell({ number: '1009', date: ago(2), lines: [{ item: '25', quantity: 40, price: 0.35 }] });
  await gateway.graphql('mutation($input: CreateProductInput!) { createProduct(input: $input) { product { id } } }', {
    input: { name: 'Hall table', type: 'FINISHED_GOOD', unit: 'pcs' },
  });
  const { products } = await gateway.graphql('{ products(filter: { search: "Hall table" }) { nodes { id } } }');
  const { recordSale } = await gateway.graphql(
    'mutation($input: RecordSaleInput!) { recordSale(input: $input) { sale { id } userErrors { message } } }',
    { input: { reference: 'AXE-1', lines: [{ productId: products.nodes[0].id, quantity: '2', unitPrice: '80' }] } },
  );
  const sale = recordSale.sale.id;
  await syncSales(gateway, integrations[0].id, ago(60));
  PLACES.push(
    { path: 'sales', ready: 'sales-table' },
    { path: 'sales/issues', ready: 'issues-table' },
    { path: 'sales/issues', ready: 'confirm-fix-link', press: ['fix-link'] },
    { path: 'sales/channels', ready: 'channels-table' },
    { path: 'sales/new', ready: 'sale-editor' },
    { path: `sales/${sale}`, ready: 'line-cost', press: ['explain-line'] },
    { path: `sales/${sale}`, ready: 'confirm-void-sale', press: ['void-sale'] },
    { path: 'margins', ready: 'margins-table' },
    { path: 'margins?group=MONTH,CUSTOMER&cost=MISSING', ready: 'margins-table' },
    { path: 'margins?from=2020-01-01&to=2020-01-31', ready: 'empty-state' },
    { path: `margins/explain?from=${ago(60)}&to=${ago(0)}`, ready: 'explained-sales' },
    { path: `margins/explain?from=${ago(60)}&to=${ago(0)}`, ready: 'explained-lines', press: ['tab-explained-lines'] },
    { path: `margins/explain?from=${ago(60)}&to=${ago(0)}`, ready: 'margin-changes', press: ['tab-explained-changes'] },
    { path: 'exports/reverse', ready: 'no-export-runs' },
  );
}

/** Where to look: an address, and what to press until it is there. */
const PLACES = [
  { path: 'integrations', ready: 'settings-button' },
  { path: 'integrations', ready: 'save-settings', press: ['settings-button'] },
  { path: 'integrations', ready: 'confirm-disconnect', press: ['disconnect-button'] },
  { path: 'sync', ready: 'run-panel' },
  { path: 'items', ready: 'items-table' },
  { path: 'items', ready: 'matching-count', press: ['import-matching-button'] },
  { path: 'products', ready: 'products-table' },
  { path: 'products', ready: 'save-product', press: ['create-product'] },
  { path: 'products', ready: 'product-drawer', press: ['product-open'] },
  { path: 'log', ready: 'log-table' },
  { path: 'log', ready: 'log-response', press: ['log-open'] },
];

async function violations(page) {
  // Colours are judged where they rest, not while they fade in.
  await page.waitForTimeout(500);
  await page.evaluate(axe);
  return page.evaluate(async () => {
    const { violations: found } = await window.axe.run(document, { resultTypes: ['violations'] });
    return found.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(' ')).join(', ')}`);
  });
}

for (const colorScheme of ['light', 'dark']) {
  test(`no page breaks a rule of accessibility, ${colorScheme}`, async () => {
    // axe is put into the page as text, which the pages' own rules rightly forbid.
    const me = await openPage(browser, { bypassCSP: true, colorScheme });
    await me.page.goto(`${gateway.origin}/console/`);
    await me.t('token-input').waitFor();
    const found = { 'sign-in': await violations(me.page) };
    await signIn(me, gateway);
    for (const { path, ready, press = [] } of PLACES) {
      await me.page.goto(`${gateway.origin}/console/${path}`);
      for (const id of press) await me.t(id).first().click();
      await me.t(ready).first().waitFor({ state: 'attached' });
      found[`${path} ${press.join(' ')}`] = await violations(me.page);
    }
    const broken = Object.fromEntries(Object.entries(found).filter(([, rules]) => rules.length > 0));
    assert.deepEqual(broken, {});
    await me.context.close();
  });
}
