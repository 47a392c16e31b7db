/** The accounting system as its own users see it: sales documents are written, edited, voided and deleted in its books. */
import assert from 'node:assert/strict';

/** The sandbox's one client; id and secret are in its README's words worth nothing elsewhere. */
const CLIENT = 'ABSandboxClientOfStockbridge00000000000000000000001';
const SECRET = 'sandbox-secret-of-no-worth-000000000001';
const BACK = 'http://localhost:9/back';
const REALM = '9341453920441001';

/** Signs in to the books of a company. */
export async function openBooks(gateway, realm = REALM) {
  const { origin } = new URL(gateway.sandboxes[0].url);
  // What people do there is not counted against what the gateway may ask.
  await gateway.control({ command: 'throttle', enabled: false });
  const token = await signIn(origin, realm);
  const call = async (method, path, body) => {
    const response = await fetch(`${origin}/v3/company/${realm}/${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, accept: 'application/json', 'content-type': 'application/json' },
      body: body && JSON.stringify(body),
    });
    const answer = await response.json();
    assert.ok(response.ok, JSON.stringify(answer));
    return answer;
  };
  const write = async (kind, body, operation = '') => {
    const answer = await call('POST', `${kind.toLowerCase()}${operation}`, body);
    return answer[kind];
  };
  return {
    /** Lines are `{ item, quantity, price }`, discount and shipping are of the whole document. */
    sell: ({ kind = 'Invoice', number, date, customer = '7', lines, discount, shipping, appliesTo }) =>
      write(kind, {
        DocNumber: number,
        TxnDate: date,
        CustomerRef: { value: customer },
        CurrencyRef: { value: 'USD' },
        LinkedTxn: appliesTo && [{ TxnId: appliesTo.Id, TxnType: 'Invoice' }],
        Line: linesOf(lines, discount, shipping),
      }),
    /** As if the company kept books in several currencies: nothing is reckoned again there. */
    inCurrency: (kind, record, currency, rate) =>
      gateway.control({
        command: 'edit',
        realm,
        entity: kind,
        id: record.Id,
        set: { CurrencyRef: { value: currency }, ExchangeRate: rate },
      }),
    edit: (kind, record, { lines }) => write(kind, { ...record, Line: linesOf(lines) }),
    void: (kind, record) => write(kind, { Id: record.Id, SyncToken: record.SyncToken }, '?operation=void'),
    remove: (kind, record) => write(kind, { Id: record.Id, SyncToken: record.SyncToken }, '?operation=delete'),
  };
}

function linesOf(lines, discount, shipping) {
  const sold = lines.map(({ item, quantity, price }) => ({
    DetailType: 'SalesItemLineDetail',
    Amount: Math.round(quantity * price * 100) / 100,
    SalesItemLineDetail: { ItemRef: { value: item }, Qty: quantity, UnitPrice: price },
  }));
  if (shipping) {
    sold.push({
      DetailType: 'SalesItemLineDetail',
      Amount: shipping,
      SalesItemLineDetail: { ItemRef: { value: 'SHIPPING_ITEM_ID' } },
    });
  }
  if (discount) {
    sold.push({ DetailType: 'DiscountLineDetail', Amount: discount, DiscountLineDetail: { PercentBased: false } });
  }
  return sold;
}

async function signIn(origin, realm) {
  const consent = await fetch(`${origin}/connect/oauth2`, {
    method: 'POST',
    redirect: 'manual',
    body: new URLSearchParams({
      client_id: CLIENT,
      redirect_uri: BACK,
      response_type: 'code',
      scope: 'com.intuit.quickbooks.accounting',
      state: 'books',
      realm,
      decision: 'agree',
    }),
  });
  const code = new URL(consent.headers.get('location') ?? 'http://none').searchParams.get('code');
  assert.ok(code, `consent answered ${consent.status}`);
  const answer = await fetch(`${origin}/oauth2/v1/tokens/bearer`, {
    method: 'POST',
    headers: {
      authorization: `Basic ${Buffer.from(`${CLIENT}:${SECRET}`).toString('base64')}`,
      accept: 'application/json',
    },
    body: new URLSearchParams({ grant_type: 'authorization_code', code, redirect_uri: BACK }),
  });
  const { access_token: token } = await answer.json();
  assert.ok(token, `the token endpoint answered ${answer.status}`);
  return token;
}
