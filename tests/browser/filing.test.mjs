// Where to file, and the map of levels: as a citizen on a phone and on a desk uses them.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertNoSidewaysScroll, findViolations, keepScreenshot, launchBrowser, openPage, WIDTHS } from './browser.mjs';
import { startServer } from './server.mjs';

const BIRTH = '/vi/thu-tuc/1.001193';
const PAGES = {
  'filing-ask-province': `${BIRTH}/noi-nop`,
  'filing-ask-commune': `${BIRTH}/noi-nop?unit=436`,
  'filing-ways': `${BIRTH}/noi-nop?unit=18070`,
  'filing-ways-today': `${BIRTH}/noi-nop?unit=18073&as_of=today`,
  'filing-former': `${BIRTH}/noi-nop?unit=18070&as_of=today`,
  'filing-map': `${BIRTH}/cac-noi?unit=42`,
  'filing-map-today': `${BIRTH}/cac-noi?unit=42&as_of=today&sort=level`,
  'filing-map-nation': `${BIRTH}/cac-noi`,
  'filing-centre': '/vi/trung-tam/c18073',
};

let server;
let browser;

before(async () => {
  server = await startServer();
  browser = await launchBrowser();
});

after(async () => {
  await browser?.close();
  await server?.stop();
});

for (const [screen, viewport] of Object.entries(WIDTHS)) {
  test(`pages on filing on a ${screen}: accessible, no sideways scroll, no errors`, async (t) => {
    for (const [name, path] of Object.entries(PAGES)) {
      await t.test(name, async () => {
        const { page, watch, close } = await openPage(browser, server.origin, { viewport });
        try {
          const reply = await page.goto(server.origin + path, { waitUntil: 'load' });
          assert.equal(reply.status(), 200, path);
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

  test(`from the procedure to the best way, place by place, on a ${screen} without script`, async () => {
    const { page, watch, close } = await openPage(browser, server.origin, { viewport, script: false });
    await page.goto(`${server.origin}${BIRTH}`);
    const main = page.getByRole('main');
    await main.getByRole('link', { name: 'Xem nơi nộp và cách nộp tốt nhất' }).first().click();
    await page.waitForURL(/noi-nop/);
    for (const name of ['Tỉnh Hà Tĩnh', 'Thành phố Hà Tĩnh', 'Phường Trần Phú']) {
      await main.getByRole('link', { name, exact: true }).click();
      await page.waitForLoadState();
      assert.match(page.url(), /noi-nop\?unit=/);
    }
    assert.match(await main.innerText(), /Cách nên dùng/);
    assert.match(await main.innerText(), /Nơi tiếp nhận theo địa bàn/);
    // Today the ward is no more: the page names what it is now, and leads there.
    await page.getByRole('link', { name: /hôm nay/ }).first().click();
    await page.waitForURL(/as_of=/);
    await main.getByRole('link', { name: /Thành Sen/ }).first().click();
    await page.waitForLoadState();
    assert.match(page.url(), /noi-nop/);
    assert.match(await main.innerText(), /NĐ 224\/2026/);
    assert.deepEqual(watch.faults, []);
    await close();
  });
}

test('in the dark the pages on filing keep their contrast', async () => {
  for (const name of ['filing-ways-today', 'filing-map']) {
    const { page, close } = await openPage(browser, server.origin, { viewport: WIDTHS.phone, dark: true });
    await page.goto(server.origin + PAGES[name]);
    const found = await findViolations(page);
    assert.deepEqual(found, [], `${name}\n${JSON.stringify(found, null, 1)}`);
    await close();
  }
});

test('every tile of the map says its level without colour and leads to the listing', async () => {
  const { page, close } = await openPage(browser, server.origin, { viewport: WIDTHS.phone });
  await page.goto(server.origin + PAGES['filing-map']);
  const tiles = page.locator('.tiles a');
  assert.equal(await tiles.count(), 216);
  for (const text of await tiles.allInnerTexts()) assert.match(text, /^(4|3|2|1|có|\?|–|×)/);
  const symbols = await page.locator('.legend .lv').allInnerTexts();
  assert.equal(new Set(symbols).size, symbols.length, `no two states share a letter: ${symbols.join(', ')}`);
  for (const line of await page.locator('.legend li').allInnerTexts()) assert.match(line, /\p{L}{3}/u, 'and each is explained');
  await tiles.first().click();
  await page.waitForURL(/centre=/);
  assert.match(await page.getByRole('main').innerText(), /Mức độ/);
  await close();
});
