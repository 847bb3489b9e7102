// Every template and state: accessible, as wide as the screen, silent, light.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertNoSidewaysScroll, findViolations, keepScreenshot, launchBrowser, openPage, WIDTHS } from './browser.mjs';
import { findPages } from './pages.mjs';
import { startServer } from './server.mjs';

const FIRST_VIEW_BYTES = 32 * 1024;
const FIRST_VIEW_REQUESTS = 6;

let server;
let browser;
let pages;

before(async () => {
  server = await startServer();
  browser = await launchBrowser();
  pages = await findPages(server.origin);
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

for (const [screen, viewport] of Object.entries(WIDTHS)) {
  test(`every template on a ${screen} (${viewport.width} px): accessible, no sideways scroll, no errors`, async (t) => {
    for (const [name, path] of Object.entries(pages)) {
      await t.test(name, async () => {
        const { page, watch, close } = await openPage(browser, server.origin, { viewport });
        try {
          const reply = await page.goto(server.origin + path, { waitUntil: 'load' });
          // A place that has ended is gone, and its page says what became of it.
          const wanted = { missing: 404, 'place-commune-ended': 410 }[name] ?? 200;
          assert.equal(reply.status(), wanted, path);
          await keepScreenshot(page, `${name}-${viewport.width}`);
          await assertNoSidewaysScroll(page);
          const found = await findViolations(page);
          assert.deepEqual(found, [], `${path}\n${JSON.stringify(found, null, 1)}`);
          assert.deepEqual(watch.faults, [], path);
        } finally {
          await close();
        }
      });
    }
  });
}

test('in the dark the templates keep their contrast', async () => {
  for (const name of ['home', 'results', 'procedure', 'centre', 'places']) {
    const { page, close } = await openPage(browser, server.origin, { viewport: WIDTHS.phone, dark: true });
    await page.goto(server.origin + pages[name]);
    const found = await findViolations(page);
    assert.deepEqual(found, [], `${name}\n${JSON.stringify(found, null, 1)}`);
    await close();
  }
});

test(`the first view of a page weighs at most ${FIRST_VIEW_BYTES} bytes in ${FIRST_VIEW_REQUESTS} requests`, async (t) => {
  for (const name of ['home', 'results', 'procedure', 'centre', 'places', 'centres']) {
    const { page, watch, close } = await openPage(browser, server.origin, { viewport: WIDTHS.phone });
    await page.goto(server.origin + pages[name], { waitUntil: 'networkidle' });
    t.diagnostic(`${name}: ${watch.bytes} bytes, ${watch.requests.length} requests`);
    assert.ok(watch.bytes > 0 && watch.bytes <= FIRST_VIEW_BYTES, `${name} weighs ${watch.bytes} bytes`);
    assert.ok(watch.requests.length <= FIRST_VIEW_REQUESTS, `${name}: ${watch.requests.join(', ')}`);
    await close();
  }
});

test('the interactive API reference loads from the binary itself', async () => {
  const { page, watch, close } = await openPage(browser, server.origin, { viewport: WIDTHS.desk });
  const path = '/api/docs';
  const reply = await page.goto(server.origin + path, { waitUntil: 'networkidle' });
  assert.equal(reply.status(), 200);
  await page.getByText('/api/v1/procedures', { exact: true }).first().waitFor();
  assert.deepEqual(watch.faults, []);
  await keepScreenshot(page, 'api-reference-1280');
  await close();
});
