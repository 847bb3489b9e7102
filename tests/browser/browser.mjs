// Chromium, and a watch over everything that a page may not do.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const SCREENSHOTS = fileURLToPath(new URL('../screenshots/', import.meta.url));
mkdirSync(SCREENSHOTS, { recursive: true });

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const AXE_RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22a', 'wcag22aa', 'best-practice'];

/** The widths of the two kinds of screens: a cheap phone and a desk. */
export const WIDTHS = { phone: { width: 360, height: 740 }, desk: { width: 1280, height: 900 } };

export function launchBrowser() {
  return chromium.launch({
    executablePath: process.env.MOTCUA_TEST_CHROMIUM ?? '/usr/bin/chromium',
    args: ['--disable-dev-shm-usage', '--disable-gpu'],
  });
}

/**
 * A page that keeps account: `faults` collects script errors, console errors, policy violations, failed requests and
 * requests to other hosts; `bytes` what came over the wire.
 */
export async function openPage(browser, origin, { viewport, script = true, dark = false } = {}) {
  const context = await browser.newContext({
    viewport,
    javaScriptEnabled: script,
    locale: 'vi-VN',
    colorScheme: dark ? 'dark' : 'light',
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  const watch = { faults: [], requests: [], bytes: 0 };
  page.on('pageerror', (error) => watch.faults.push(`script error: ${error.message}`));
  const visited = new Set();
  page.on('console', (message) => {
    // A page that answers 404 or 410 is told on the console too; that is for the tests to judge by its status.
    if (message.text().startsWith('Failed to load resource') && visited.has(message.location().url)) return;
    if (['error', 'warning'].includes(message.type())) watch.faults.push(`console: ${message.text()}`);
  });
  page.on('requestfailed', (request) => {
    // A page that is left takes the requests of its own with it.
    const reason = request.failure()?.errorText ?? '';
    if (reason !== 'net::ERR_ABORTED') watch.faults.push(`failed: ${request.url()} ${reason}`);
  });
  page.on('request', (request) => {
    watch.requests.push(request.url());
    if (request.isNavigationRequest()) visited.add(request.url());
    const url = new URL(request.url());
    if (url.protocol.startsWith('http') && url.origin !== origin) watch.faults.push(`foreign host: ${request.url()}`);
  });
  const wire = await context.newCDPSession(page);
  await wire.send('Network.enable');
  wire.on('Network.loadingFinished', ({ encodedDataLength }) => {
    watch.bytes += encodedDataLength;
  });
  return { page, watch, close: () => context.close() };
}

/** Fails where the page is wider than the screen. */
export async function assertNoSidewaysScroll(page) {
  const { wide, width, culprits } = await page.evaluate(() => {
    const width = document.documentElement.clientWidth;
    const culprits = [...document.body.querySelectorAll('*')]
      .filter((element) => {
        if (element.getBoundingClientRect().right <= width + 1) return false;
        // What lies in a box that scrolls by itself does not widen the page.
        for (let box = element.parentElement; box; box = box.parentElement) {
          if (['auto', 'scroll', 'hidden', 'clip'].includes(getComputedStyle(box).overflowX)) return false;
        }
        return true;
      })
      .slice(0, 3)
      .map((element) => element.outerHTML.slice(0, 120));
    return { wide: document.documentElement.scrollWidth, width, culprits };
  });
  assert.ok(wide <= width, `${page.url()} is ${wide} px wide on a screen of ${width}: ${culprits.join(' | ')}`);
}

/** Keeps a picture of the whole page in tests/screenshots. */
export function keepScreenshot(page, name) {
  return page.screenshot({ path: `${SCREENSHOTS}${name}.png`, fullPage: true });
}

/** What axe finds wrong on a page as it stands, by WCAG 2.2 AA and good practice. */
export async function findViolations(page) {
  await page.evaluate(AXE);
  return page.evaluate(async (tags) => {
    const { violations } = await globalThis.axe.run(document, { runOnly: { type: 'tag', values: tags } });
    return violations.map(({ id, help, nodes }) => ({
      id,
      help,
      nodes: nodes.slice(0, 3).map((node) => `${node.target.join(' ')}: ${node.failureSummary}`),
    }));
  }, AXE_RULES);
}
