// Ways out of a bad verdict: among everything that the site has.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { open, ready, settled, staged } from './site.mjs';

const [browser, site] = await staged();
const ways = (page) => page.locator('.ways button');

for (const question of [
  'm=qwen3-32b&d=raspberry-pi-5-8gb',
  'm=llama-3.1-8b&d=raspberry-pi-4-8gb',
  'm=gpt-oss-120b&d=rtx-3060-12gb'
])
  test(`${question}: another device or model, with what comes of it, and it does`, async () => {
    const { page, seen, close } = await open(browser, `${site.url}#v=1&${question}`);
    await ready(page);
    await page.mouse.click(5, 5);
    const device = page.locator('.ways button', { hasText: /\(\$\d/ });
    await device.first().waitFor();
    const said = await device.first().innerText();
    assert.match(said, /GiB, [\d.]+\stok\/s/);
    const speed = parseFloat(/([\d.,]+)\stok\/s/.exec(said)[1].replace(',', ''));
    await device.first().click();
    await settled(page);
    await page.waitForSelector('.verdict.runs_well');
    const now = parseFloat(
      (await page.locator('.big[data-term=decode_tok_s] .value').innerText()).replace(',', '')
    );
    assert.ok(Math.abs(now / speed - 1) < 0.06, `${said}: ${now}`);
    assert.equal(await ways(page).count(), 0, 'none where it runs well');
    await page.goBack();
    assert.deepEqual(seen.errors, []);
    await close();
  });

test('whoever takes a way out by keyboard is then at the answer', async () => {
  const { page, close } = await open(browser, `${site.url}#v=1&m=qwen3-32b&d=raspberry-pi-5-8gb`);
  await ready(page);
  await page.keyboard.press('Tab');
  const device = page.locator('.ways button', { hasText: /\(\$\d/ });
  await device.first().waitFor();
  await device.first().focus();
  await page.keyboard.press('Enter');
  await page.waitForSelector('.verdict.runs_well');
  await page.waitForFunction(() => document.activeElement?.id === 'verdict');
  await close();
});

test('whoever only looks is shown every way out after a while, and comes back from one', async () => {
  const address = `${site.url}#v=1&m=llama-3.1-8b&d=raspberry-pi-4-8gb`;
  const { page, seen, close } = await open(browser, address);
  await ready(page);
  const device = page.locator('.ways button', { hasText: /\(\$\d/ });
  await device.first().waitFor({ timeout: 20_000 });
  await device.first().click();
  await page.waitForSelector('.verdict.runs_well');
  await page.waitForFunction(() => !location.hash.includes('raspberry-pi-4'));
  await page.goBack();
  await page.waitForSelector('.verdict.runs_slowly');
  assert.equal(page.url(), address);
  assert.match(await page.locator('.sentence').innerText(), /Raspberry Pi 4/);
  await page.goForward();
  await page.waitForSelector('.verdict.runs_well');
  assert.deepEqual(seen.errors, []);
  await close();
});

test('the way to every device that runs the model is a link', async () => {
  const { page, close } = await open(browser, `${site.url}#v=1&m=qwen3-32b&d=raspberry-pi-5-8gb`);
  await ready(page);
  const link = page.getByRole('link', { name: 'Every device that runs it' });
  assert.match(await link.getAttribute('href'), /m=qwen3-32b.*view=explore/);
  await link.click();
  await page.waitForSelector('.found tbody tr');
  assert.ok(!(await page.locator('.found').innerText()).includes('Raspberry Pi 5 8GB'));
  assert.ok((await page.locator('.found tbody tr').count()) > 10);
  await close();
});
