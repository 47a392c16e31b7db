/** What people do, in one line each. */
import assert from 'node:assert/strict';

export async function signIn({ page, t }, gateway) {
  await page.goto(gateway.consoleUrl);
  await t('viewer-menu').waitFor();
}

/** From the integrations page through the sandbox's consent page and back. */
export async function connect({ page }, gateway, decision = 'Agree') {
  await page.goto(`${gateway.origin}/console/integrations`);
  await page.locator('[data-testid^=connect-button-]:not([data-disabled])').first().click();
  await page.getByRole('button', { name: decision }).click();
  await page.waitForURL(/\/console\/integrations/);
}

export async function openSync({ page, t }, gateway) {
  await page.goto(`${gateway.origin}/console/sync`);
  await t('sync-button').waitFor();
}

/** Waits until the shown run ended; answers its state. */
export async function runEnded({ page }, within = 60_000) {
  const panel = page.locator(
    '[data-testid=run-panel]:is([data-state^=SUCCEEDED],[data-state=FAILED],[data-state=CANCELLED])',
  );
  await panel.waitFor({ timeout: within });
  return panel.getAttribute('data-state');
}

export async function syncToEnd(me, gateway) {
  await openSync(me, gateway);
  const before = await me.page
    .getByTestId('run-panel')
    .getAttribute('data-run', { timeout: 1_000 })
    .catch(() => null);
  await me.t('sync-button').click();
  await me.page.locator(`[data-testid=run-panel]:not([data-run="${before}"])`).waitFor();
  return runEnded(me);
}

export async function countShown({ t }, name) {
  return Number(await t(`sync-counts-${name}`).getAttribute('data-value'));
}

/** The page was made of files from the gateway alone. */
export function assertOffline({ asked }, gateway) {
  const foreign = [...asked].filter(
    (origin) => origin.startsWith('http') && ![gateway.origin, ...gateway.sandboxOrigins].includes(origin),
  );
  assert.deepEqual(foreign, []);
}
