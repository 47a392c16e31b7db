/** One consent for several companies: agreed at the accounting system's own page, chosen in the console. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';
import { launch, openPage, screenshot } from './browser.mjs';
import { startGateway } from './gateway.mjs';
import { assertOffline, signIn, syncToEnd } from './steps.mjs';

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
let gateway;
let browser;
let me;
let provider;

before(async () => {
  gateway = await startGateway();
  browser = await launch();
  // axe is put into the page as text, which the pages' own rules rightly forbid.
  me = await openPage(browser, { bypassCSP: true });
  await signIn(me, gateway);
  const { providers } = await gateway.graphql('{ providers { id name configured capability { multipleCompanies } } }');
  provider = providers.find((each) => each.configured && each.capability.multipleCompanies);
  assert.ok(provider, 'no provider whose consent covers several companies');
});

after(async () => {
  await browser?.close();
  await gateway?.stop();
});

const card = (status) => me.page.locator(`[data-testid=integration-card][data-status=${status}]`);

/** To the consent page, every company ticked, back to the console. */
async function agreeForAll() {
  await me.page.goto(`${gateway.origin}/console/integrations`);
  await me.t(`connect-button-${provider.id}`).click();
  const boxes = me.page.getByRole('checkbox');
  await boxes.first().waitFor();
  const names = await me.page.locator('label:has(input[type=checkbox])').allInnerTexts();
  for (const box of await boxes.all()) await box.check();
  await screenshot(me.page, 'several-companies-consent');
  await me.page.getByRole('button', { name: /allow|agree/i }).click();
  await me.page.waitForURL(/\/console\/integrations/);
  return names;
}

test('every accounting system of the demo can be connected', async () => {
  await me.page.goto(`${gateway.origin}/console/integrations`);
  for (const sandbox of gateway.sandboxes) {
    await me.page.locator(`[data-testid=connect-button-${sandbox.provider}]:not([data-disabled])`).waitFor();
  }
  assert.ok(gateway.sandboxes.length >= 2, `${gateway.sandboxes.length} sandboxes`);
});

test('a consent for several companies waits for the choice, and says so', async () => {
  const offered = await agreeForAll();
  await card('PENDING').waitFor();
  const choices = await me.t('company-choice').allInnerTexts();
  assert.equal(choices.length, offered.length);
  for (const choice of choices)
    assert.ok(
      offered.some((label) => label.includes(choice)),
      `${choice} in ${offered}`,
    );
  assert.equal(await me.t('connect-succeeded').count(), 0, 'nothing is connected yet');
  assert.equal(await card('PENDING').getByTestId('settings-button').count(), 0);
  await screenshot(me.page, 'several-companies-pending');
  await me.page.evaluate(axe);
  const broken = await me.page.evaluate(async () => {
    const { violations } = await window.axe.run(document, { resultTypes: ['violations'] });
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(' ')).join(', ')}`);
  });
  assert.deepEqual(broken, []);
});

test('the chosen company is connected and can be synced', async () => {
  const name = (await me.t('company-choice').allInnerTexts())[0];
  await me.t('company-choice').first().click();
  await card('ACTIVE').waitFor();
  assert.equal((await card('ACTIVE').getByTestId('company-name').innerText()).trim(), name.trim());
  assert.equal(await card('PENDING').count(), 0);
  await me.t('connect-succeeded').waitFor();
  await screenshot(me.page, 'several-companies-chosen');
  assert.match(await syncToEnd(me, gateway), /^SUCCEEDED/);
});

test('another company of the same consent becomes a connection of its own', async () => {
  await agreeForAll();
  await card('PENDING').waitFor();
  await me.t('company-choice').nth(1).click();
  await me.page.waitForFunction(
    () => document.querySelectorAll('[data-testid=integration-card][data-status=ACTIVE]').length === 2,
  );
  const names = await card('ACTIVE').getByTestId('company-name').allInnerTexts();
  assert.equal(new Set(names).size, 2, names.join(', '));
  await screenshot(me.page, 'several-companies-two');
  assertOffline(me, gateway);
  assert.deepEqual(me.errors, []);
});
