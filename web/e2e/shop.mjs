/** A workshop that sells: finished goods with lots of known cost, and invoices in its books. */
import assert from 'node:assert/strict';

/** A day so long ago, where the company is. */
export function ago(days) {
  const zone = { timeZone: 'America/Los_Angeles', year: 'numeric', month: '2-digit', day: '2-digit' };
  return new Intl.DateTimeFormat('en-CA', zone).format(new Date(Date.now() - days * 86_400_000));
}

/** Items of the sample company. */
export const ITEMS = {
  table: '11',
  coffee: '12',
  bench: '15',
  stool: '16',
  rocker: '17',
  board: '19',
  hook: '20',
  giftCard: '50',
  design: '53',
};

/**
 * Products of the items that are sold, in self-managed mode, and what brought them: tables in two lots, benches by a build,
 * fewer cutting boards than will be sold, no rocking chair at all.
 */
export async function stockTheShop(gateway) {
  const ask = (...asked) => gateway.graphql(...asked);
  const { integrations } = await ask('{ integrations { id } }');
  const [{ id: integration }] = integrations;
  await ask(
    'mutation($input: UpdateIntegrationSettingsInput!) { updateIntegrationSettings(input: $input) { userErrors { message } } }',
    {
      input: { integrationId: integration, inventoryMode: 'SELF_MANAGED' },
    },
  );
  const { items } = await ask('{ items(first: 250, filter: { active: true }) { nodes { id externalId name } } }');
  const itemOf = (externalId) => items.nodes.find((item) => item.externalId === externalId);
  const make = async (name, type, item) => {
    const { createProduct } = await ask(
      'mutation($input: CreateProductInput!) { createProduct(input: $input) { product { id name } userErrors { message } } }',
      { input: { name, type, unit: 'pcs' } },
    );
    assert.deepEqual(createProduct.userErrors, []);
    const { product } = createProduct;
    if (item) {
      const { linkProduct } = await ask(
        'mutation($input: LinkProductInput!) { linkProduct(input: $input) { userErrors { message } } }',
        { input: { productId: product.id, itemId: itemOf(item).id } },
      );
      assert.deepEqual(linkProduct.userErrors, []);
    }
    return product;
  };
  const products = {
    table: await make('Oak Table', 'FINISHED_GOOD', ITEMS.table),
    bench: await make('Bench, 3-seat', 'FINISHED_GOOD', ITEMS.bench),
    board: await make('Cutting Board', 'FINISHED_GOOD', ITEMS.board),
    rocker: await make('Rocking Chair', 'FINISHED_GOOD', ITEMS.rocker),
    coffee: await make('Walnut Coffee Table', 'FINISHED_GOOD'),
    oak: await make('Red Oak 4/4', 'RAW_MATERIAL'),
  };
  const { saveSupplier } = await ask(
    'mutation { saveSupplier(input: { name: "Coast Timber", code: "CTB" }) { supplier { id } } }',
  );
  const supplierId = saveSupplier.supplier.id;
  const receive = async (product, quantity, unitCost, receivedOn, costs) => {
    const { saveReceipt } = await ask(
      'mutation($input: SaveReceiptInput!) { saveReceipt(input: $input) { receipt { id } userErrors { message } } }',
      { input: { supplierId, receivedOn, lines: [{ productId: product.id, quantity, unitCost }], costs } },
    );
    const { confirmReceipt } = await ask(
      'mutation($id: ID!) { confirmReceipt(input: { receiptId: $id }) { userErrors { message } } }',
      { id: saveReceipt.receipt.id },
    );
    assert.deepEqual(confirmReceipt.userErrors, []);
  };
  await receive(products.table, '12', '140', ago(50));
  await receive(products.table, '8', '150', ago(45));
  await receive(products.board, '6', '9', ago(45));
  await receive(products.coffee, '5', '100', ago(45));
  await receive(products.oak, '100', '5', ago(55), [{ kind: 'FREIGHT', label: 'Truck', basis: 'VALUE', amount: '50' }]);
  await ask('mutation($input: SaveBomInput!) { saveBom(input: $input) { userErrors { message } } }', {
    input: {
      productId: products.bench.id,
      lines: [
        { kind: 'COMPONENT', productId: products.oak.id, quantity: '4' },
        { kind: 'LABOUR', label: 'Joinery', quantity: '1.5', rate: '32' },
      ],
    },
  });
  const { executeBuild } = await ask(
    'mutation($input: ExecuteBuildInput!) { executeBuild(input: $input) { build { number } userErrors { message } } }',
    { input: { productId: products.bench.id, quantity: '10', effectiveOn: ago(40) } },
  );
  assert.deepEqual(executeBuild.userErrors, []);
  return { integration, products, receive };
}

/** Invoices of every sort; the answer holds them by number. */
export async function sellInTheBooks(books) {
  const written = {};
  const sell = async (sale) => (written[sale.number] = await books.sell(sale));
  const { table, bench, board, rocker, stool, hook, coffee, giftCard, design } = ITEMS;
  await sell({ number: '1001', date: ago(35), customer: '7', lines: [{ item: table, quantity: 20, price: 200 }] });
  await sell({
    number: '1002',
    date: ago(30),
    customer: '2',
    lines: [
      { item: bench, quantity: 4, price: 180 },
      { item: design, quantity: 2, price: 90 },
    ],
    discount: 90,
    shipping: 25,
  });
  await sell({ number: '1003', date: ago(20), customer: '13', lines: [{ item: board, quantity: 10, price: 32 }] });
  await sell({ number: '1004', date: ago(6), customer: '7', lines: [{ item: rocker, quantity: 1, price: 275 }] });
  await sell({
    number: '1005',
    date: ago(5),
    customer: '13',
    lines: [
      { item: bench, quantity: 1, price: 180 },
      { item: coffee, quantity: 2, price: 245 },
    ],
  });
  await sell({ number: '1006', date: ago(4), customer: '2', lines: [{ item: hook, quantity: 10, price: 11.95 }] });
  await sell({ number: '1007', date: ago(3), customer: '12', lines: [{ item: giftCard, quantity: 1, price: 50 }] });
  await sell({ number: '1008', date: ago(2), customer: '12', lines: [{ item: stool, quantity: 3, price: 64 }] });
  return written;
}

/** Opens the channel over the API and syncs to the end. */
export async function syncSales(gateway, integration, from) {
  const ask = (...asked) => gateway.graphql(...asked);
  if (from) {
    const { saveSalesChannel } = await ask(
      'mutation($input: SaveSalesChannelInput!) { saveSalesChannel(input: $input) { userErrors { message } } }',
      { input: { integrationId: integration, initialDate: from } },
    );
    assert.deepEqual(saveSalesChannel.userErrors, []);
  }
  const { syncSales: started } = await ask(
    'mutation($id: ID!) { syncSales(input: { integrationId: $id }) { run { id } userErrors { message } } }',
    { id: integration },
  );
  assert.deepEqual(started.userErrors, []);
  for (;;) {
    const { node } = await ask('query($id: ID!) { node(id: $id) { ... on SyncRun { state } } }', {
      id: started.run.id,
    });
    if (!['QUEUED', 'RUNNING'].includes(node.state)) return node.state;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
