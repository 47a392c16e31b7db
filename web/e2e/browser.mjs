/** Chromium as installed on the machine, and the pages of a test in it. */
import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { startProxy } from './proxy.mjs';

const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
const SCREENSHOTS = fileURLToPath(new URL('./screenshots/', import.meta.url));

/** `proxy`: one of `startProxy`. Without one the browser talks to the gateway directly, unless pages come from a folder. */
export async function launch({ proxy } = {}) {
  const between = proxy ?? (process.env.CONSOLE_DIST ? await startProxy() : null);
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: FLAGS,
    // Without this rule a browser goes around the proxy for addresses of its own machine.
    proxy: between ? { server: between.url, bypass: '<-loopback>' } : undefined,
  });
  if (between && !proxy) browser.once('disconnected', () => void between.stop());
  return browser;
}

/** A page that writes down every address it asked for and every error it met. */
export async function openPage(browser, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 860 }, ...options });
  context.setDefaultTimeout(20_000);
  const page = await context.newPage();
  const asked = new Set();
  const errors = [];
  context.on('request', (request) => asked.add(new URL(request.url()).origin));
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' && /content security policy|uncaught/i.test(message.text()))
      errors.push(message.text());
  });
  return { page, context, asked, errors, t: (id) => page.getByTestId(id) };
}

export async function screenshot(page, name) {
  await mkdir(SCREENSHOTS, { recursive: true });
  await page.screenshot({ path: `${SCREENSHOTS}${name}.png`, fullPage: true });
}

/**
 * From now on writes down every change of the progress bar, in `window.__progress`: done, sequence, percent and the
 * width on screen. Survives nothing but the page itself; call it again after a reload.
 */
export async function watchProgress(page) {
  await page.evaluate(() => {
    const seen = (window.__progress = []);
    const look = () => {
      const bar = document.querySelector('[data-testid=sync-progress]');
      if (!bar) return;
      const { done, sequence, percent } = bar.dataset;
      const now = { done: Number(done), sequence: Number(sequence), percent: percent === '' ? null : Number(percent) };
      if (JSON.stringify(seen.at(-1)) !== JSON.stringify(now)) seen.push(now);
    };
    new MutationObserver(look).observe(document.body, { subtree: true, childList: true, attributes: true });
    look();
  });
}

export const progressSeen = (page) => page.evaluate(() => window.__progress);

/** True if no value is below the one before it; values that are not there are passed over. */
export function neverFalls(values) {
  const known = values.filter((value) => value !== null);
  return known.every((value, index) => index === 0 || value >= known[index - 1]);
}
