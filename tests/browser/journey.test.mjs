// A citizen's way through the pages, with and without script, on a phone and on a desk.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { assertNoSidewaysScroll, findViolations, keepScreenshot, launchBrowser, openPage, WIDTHS } from './browser.mjs';
import { startServer } from './server.mjs';

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

const WAYS = Object.entries(WIDTHS).flatMap(([screen, viewport]) => [true, false].map((script) => ({ screen, viewport, script })));

for (const { screen, viewport, script } of WAYS) {
  const how = `on a ${screen}, ${script ? 'with' : 'without'} script`;

  test(`from the home page to a centre's answer, ${how}`, async () => {
    const { page, watch, close } = await openPage(browser, server.origin, { viewport, script });
    await page.goto(`${server.origin}/vi`);
    await page.locator('input[type=search]').fill('dang ky khai sinh');
    await page.locator('input[type=search]').press('Enter');
    await page.waitForURL(/\/vi\/thu-tuc\?.*q=/);
    await assertNoSidewaysScroll(page);
    const first = page.locator('main ol').first().getByRole('link').first();
    assert.match(await first.innerText(), /khai sinh/i);
    assert.match(await page.getByRole('status').first().innerText(), /\d/, 'the number of hits is told');
    await first.click();
    await page.waitForURL(/\/vi\/thu-tuc\/[^?]+/);
    assert.match(await page.getByRole('heading', { level: 1 }).innerText(), /khai sinh/i);
    const main = page.getByRole('main');
    assert.match(await main.innerText(), /Mức độ [1-4]/, 'says how far online');
    assert.match(await main.innerText(), /NĐ 43\/2011/, 'and in whose words');
    assert.match(await page.locator('body').innerText(), /Dữ liệu mẫu/, 'says that the data are made up');
    await assertNoSidewaysScroll(page);
    const centre = main.locator('a[href*="/vi/trung-tam/"]').first();
    const name = (await centre.innerText()).trim();
    await centre.click();
    await page.waitForURL(/\/vi\/trung-tam\/[^?]+/);
    assert.ok((await page.getByRole('heading', { level: 1 }).innerText()).includes(name));
    assert.match(await page.getByRole('main').innerText(), /Mức độ [1-4]/);
    await assertNoSidewaysScroll(page);
    assert.deepEqual(watch.faults, []);
    await close();
  });

  test(`choosing a place by province, district and commune, ${how}`, async () => {
    const { page, watch, close } = await openPage(browser, server.origin, { viewport, script });
    await page.goto(`${server.origin}/vi`);
    await page.getByRole('navigation').getByRole('link', { name: 'Chọn nơi' }).click();
    await page.waitForURL(/\/vi\/noi/);
    const main = page.getByRole('main');
    for (const name of [/Tỉnh Hà Tĩnh/, /Thành phố Hà Tĩnh/, /Phường Trần Phú/]) {
      await main.getByRole('link', { name }).first().click();
      await page.waitForLoadState();
      assert.match(await page.getByRole('heading', { level: 1 }).innerText(), name);
      await assertNoSidewaysScroll(page);
    }
    // Today the ward is no more: its page says what became of it.
    await page.goto(`${server.origin}/vi/noi/18070?as_of=today`);
    assert.match(await main.innerText(), /Thành Sen/, 'the successor of the old phường Trần Phú is named');
    assert.deepEqual(watch.faults, []);
    await close();
  });

  test(`the date in view changes every answer, ${how}`, async () => {
    const { page, watch, close } = await openPage(browser, server.origin, { viewport, script });
    await page.goto(`${server.origin}/vi/noi/42`);
    const main = page.getByRole('main');
    assert.match(await page.locator('body').innerText(), /01\/03\/2021/, 'the date in view is told');
    assert.match(await main.innerText(), /Huyện Kỳ Anh/);
    await page.getByRole('link', { name: /hôm nay/ }).first().click();
    await page.waitForURL(/as_of=/);
    assert.doesNotMatch(await main.innerText(), /Huyện Kỳ Anh/, 'the districts have ended');
    assert.match(await main.innerText(), /Phường Thành Sen/);
    // And to any other day, by the form.
    await page.locator('summary', { hasText: 'Đổi ngày' }).first().click();
    await page.locator('input[name="as_of"]').fill('2025-06-30');
    await page.locator('form:has(input[name="as_of"])').getByRole('button').click();
    await page.waitForURL(/as_of=2025-06-30/);
    assert.match(await main.innerText(), /Huyện Kỳ Anh/);
    assert.deepEqual(watch.faults, []);
    await close();
  });
}

test('filters: the number shown is the number listed, each can be taken away, the query stays', async () => {
  const { page, watch, close } = await openPage(browser, server.origin, { viewport: WIDTHS.desk, script: false });
  await page.goto(`${server.origin}/vi/thu-tuc?q=ho%20tich`);
  const facets = page.locator('aside.facets');
  const choice = facets.getByRole('link').first();
  const promised = Number((await choice.locator('.count').innerText()).replaceAll('.', ''));
  await choice.click();
  await page.waitForLoadState();
  const told = (await page.getByRole('status').first().locator('strong').innerText()).match(/[\d.]+/)[0];
  assert.equal(Number(told.replaceAll('.', '')), promised);
  assert.match(page.url(), /q=ho/);
  const filtered = page.url();
  await page.reload();
  assert.equal(page.url(), filtered);
  await page.locator('a.chip').first().click();
  await page.waitForLoadState();
  assert.notEqual(page.url(), filtered);
  assert.match(page.url(), /q=ho/, 'the query stays');
  assert.deepEqual(watch.faults, []);
  await close();
});

test('the keyboard alone leads from the home page to the results', async () => {
  const { page, close } = await openPage(browser, server.origin, { viewport: WIDTHS.desk });
  await page.goto(`${server.origin}/vi`);
  await page.keyboard.press('Tab');
  const skip = page.locator(':focus');
  assert.equal(await skip.getAttribute('href'), '#main', 'the first stop skips to the content');
  await page.keyboard.press('Enter');
  for (let stops = 0; stops < 12; stops += 1) {
    await page.keyboard.press('Tab');
    if (await page.locator('input[type=search]:focus').count()) break;
  }
  await page.keyboard.type('kết hôn');
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/vi\/thu-tuc\?/);
  assert.match(await page.locator('main ol').first().innerText(), /kết hôn/i);
  await close();
});

for (const [screen, viewport] of Object.entries(WIDTHS)) {
  test(`completions while typing, by keyboard and by touch, on a ${screen}`, async () => {
    const { page, watch, close } = await openPage(browser, server.origin, { viewport, script: true });
    await page.goto(`${server.origin}/vi`);
    const box = page.getByRole('combobox');
    const list = page.getByRole('listbox');
    await box.pressSequentially('khai si');
    await list.waitFor();
    assert.equal(await box.getAttribute('aria-expanded'), 'true');
    // The list may still be that of fewer letters for a moment.
    await list.getByRole('option').first().filter({ hasText: /khai sinh/i }).waitFor();
    await assertNoSidewaysScroll(page);
    await box.press('ArrowDown');
    const chosen = await box.getAttribute('aria-activedescendant');
    assert.equal(await page.locator(`#${chosen}`).getAttribute('aria-selected'), 'true');
    // Seen is more than there: no box may cut the list off, and its words must stand out from it.
    assert.ok(await list.evaluate(isSeenToItsEnd), 'the list is covered or cut off');
    assert.deepEqual(await findViolations(page), []);
    await keepScreenshot(page, `suggestions-${viewport.width}`);
    await box.press('Escape');
    assert.equal(await list.isVisible(), false);
    assert.equal(await box.inputValue(), 'khai si', 'what was typed stays');

    await box.pressSequentially('nh');
    await list.waitFor();
    const option = list.getByRole('option').filter({ hasText: 'Thủ tục' }).first();
    await option.click();
    await page.waitForURL(/\/vi\/thu-tuc\/[^?]+/);
    assert.match(await page.getByRole('heading', { level: 1 }).innerText(), /khai sinh/i);
    assert.deepEqual(watch.faults, []);
    await close();
  });
}

test('what was put right is said and undone with one click', async () => {
  const { page, watch, close } = await openPage(browser, server.origin, { viewport: WIDTHS.phone, script: false });
  await page.goto(`${server.origin}/vi/thu-tuc?q=${encodeURIComponent('đăng ký khai xinh')}`);
  const main = page.getByRole('main');
  assert.match(await main.innerText(), /Đang tìm: “đăng ký khai sinh”/);
  await main.getByRole('link', { name: /Tìm đúng nguyên văn/ }).click();
  await page.waitForURL(/verbatim=true/);
  assert.match(await main.innerText(), /Đang tìm đúng nguyên văn/);
  assert.equal(await page.locator('input[type=search]').inputValue(), 'đăng ký khai xinh');
  assert.deepEqual(watch.faults, []);
  await close();
});

/** Whether the lowest part of an element that the window has room for is what one sees there. */
function isSeenToItsEnd(element) {
  const { x, width, bottom } = element.getBoundingClientRect();
  const seen = document.elementFromPoint(x + width / 2, Math.min(bottom, globalThis.innerHeight) - 4);
  return element.contains(seen);
}
