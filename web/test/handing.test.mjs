// What the page hands out for pages and documents of others: the code as it stands, in a page of another server.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import axe from 'axe-core';
import { number, open, ready, root, serve, staged } from './site.mjs';

const binary =
  process.env.EDGEWISE_BINARY ?? fileURLToPath(new URL('../../build/native/bin/edgewise', import.meta.url));
const pages = {};
const [browser, site, others] = await staged(serve(pages));

const asked =
  '#v=1&m=qwen3-0.6b&d=raspberry-pi-5-8gb&q=Q8_0&r=llama.cpp-cpu&n=300&d.1=raspberry-pi-4-8gb&m.1=qwen3-0.6b';
async function handing(fragment = asked, options = {}) {
  const here = await open(browser, `${site.url}${fragment}`, options);
  await ready(here.page);
  const speed = await number(here.page, 'decode_tok_s');
  await here.page.locator('.menu summary').click();
  await here.page.getByRole('button', { name: 'Embed code' }).click();
  const dialog = here.page.locator('dialog.handing');
  await dialog.waitFor();
  const code = async (form) => {
    await dialog.getByRole('radio', { name: form, exact: true }).check();
    return dialog.locator('code').innerText();
  };
  return { ...here, dialog, code, speed };
}
const elsewhere = async (code) => {
  pages['/other.html'] = `<!doctype html><html lang="en"><title>Other</title><body>${code}`;
  return open(browser, `${others.url}other.html`);
};

test('each form is code that gives the answer of the page, and its preview is what the code gives', async () => {
  const { dialog, code, speed, seen, close } = await handing();
  assert.match(speed, /\d/);
  for (const [form, element] of [
    ['Card', 'edgewise-calculator'],
    ['Badge', 'edgewise-calculator[view=badge]'],
    ['Card with its panels', 'edgewise-calculator[view=full]'],
    ['Table', 'edgewise-table'],
    ['Number in a sentence', 'edgewise-value']
  ]) {
    const text = await code(form);
    await dialog.locator(element).getByText(speed).first().waitFor();
    const other = await elsewhere(text);
    await other.page.locator(element).getByText(speed).first().waitFor();
    assert.deepEqual(other.seen.errors, [], form);
    await other.close();
  }
  assert.match(await code('Table'), /devices="raspberry-pi-5-8gb, raspberry-pi-4-8gb"/);
  await code('Chart');
  await dialog.locator('edgewise-calculator[view=chart] svg').first().waitFor();
  assert.deepEqual(seen.errors, []);
  await close();
});

test('a frame holds the answer and gets its height; no style, which some engines refuse', async () => {
  const { code, speed, close } = await handing();
  const text = await code('Frame');
  assert.doesNotMatch(text, /style=/);
  const other = await elsewhere(text);
  await other.page.frameLocator('iframe').getByText(speed).first().waitFor();
  await other.page.waitForFunction(() => document.querySelector('iframe').getAttribute('height') !== '320');
  await other.close();
  await close();
});

test('a release is named where it is to stay, and is there', async () => {
  const { dialog, code, speed, close } = await handing();
  await dialog.getByRole('checkbox').check();
  const text = await code('Card');
  const [, version] = text.match(/\/v\/([\d.]+)\/embed\.js/);
  assert.ok(existsSync(`${root}/v/${version}/embed.js`));
  const other = await elsewhere(text);
  const card = other.page.locator('edgewise-calculator');
  await card.getByText(speed).first().waitFor();
  const link = await card.locator('a[part=link]').getAttribute('href');
  assert.ok(new URL(link).pathname.endsWith(`/v/${version}/`), link);
  const { page } = await open(browser, link);
  await ready(page);
  assert.equal(await number(page, 'decode_tok_s'), speed);
  assert.ok(other.seen.requests.every((url) => !new URL(url).pathname.startsWith('/presets/')));
  await other.close();
  await close();
});

test('the commands draw the same answer', { skip: !existsSync(binary) }, async () => {
  const { code, speed, close } = await handing();
  const line = (await code('Text (Markdown)')).split(' ');
  assert.deepEqual(line.slice(0, 2), ['edgewise', 'render']);
  const { stdout, stderr, status } = spawnSync(binary, line.slice(1), { encoding: 'utf8' });
  assert.equal(status, 0, stderr);
  assert.ok(stdout.includes(speed), stdout);
  assert.match(await code('Picture (SVG)'), /--format svg --output edgewise\.svg$/);
  await close();
});

test('by keyboard, on a phone and for axe', async () => {
  const { page, dialog, code, close } = await handing(asked, {
    viewport: { width: 360, height: 740 },
    colorScheme: 'dark'
  });
  await dialog.getByRole('radio', { name: 'Card', exact: true }).focus();
  await page.keyboard.press('ArrowRight');
  assert.match(await dialog.locator('code').innerText(), /view="badge"/);
  assert.ok(await dialog.evaluate((d) => d.scrollWidth <= d.clientWidth));
  await code('Table');
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() => window.axe.run('dialog.handing'));
  assert.deepEqual(
    violations.map((v) => v.id),
    []
  );
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
  await close();
});
