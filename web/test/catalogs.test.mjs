// Catalogs of devices, and what the site names.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { catalog, elsewhere, entry, sum, text } from './elsewhere.mjs';
import { choose, hash, open, ready, sentence, serve, staged } from './site.mjs';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const [browser, site, host] = await staged(elsewhere({ '/board.json': text }));

const link = (address, rest = '') => `${site.url}#v=1${rest}&device=${encodeURIComponent(address)}`;
const origin = (page) => page.locator('.origin');
const clean = (seen) => assert.deepEqual(seen.errors, []);

test('a catalog: its devices are listed, fetched when chosen, and checked against their sums', async () => {
  host.files['/c/catalog.json'] = catalog(
    entry(),
    entry({ id: 'other', name: 'Changed Board', url: './boards/changed.json' })
  );
  host.files['/c/boards/my-board.json'] = text;
  host.files['/c/boards/changed.json'] = text.replace('My Board', 'My Bored');
  const { page, seen, close } = await open(browser, site.url);
  await ready(page);
  await page.getByText('Your own model or device').click();
  await page.getByText('Catalogs of devices').click();
  const box = page.getByRole('textbox', { name: 'Address of a catalog' });
  await box.fill('nonsense');
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  assert.match(await box.evaluate((b) => b.validationMessage), /begins with https:/);
  await box.fill(`${host.url}c/catalog.json`);
  await box.press('Enter');
  await page.getByText('lists 2 devices.').waitFor();
  assert.equal(
    host.requested.filter((r) => r.path.startsWith('/c/boards')).length,
    0,
    'nothing is fetched before it is chosen'
  );
  await page.getByRole('combobox', { name: 'Device', exact: true }).fill('board');
  await page.getByRole('option', { name: 'My Board' }).waitFor();
  assert.equal(
    await page
      .locator('[role=listbox]:not([hidden]) [role=group]', { hasText: 'My Board' })
      .getAttribute('aria-label'),
    `Catalog of ${host.host}`
  );
  await page.evaluate(axe);
  assert.deepEqual(
    (await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }))).violations.map(
      (v) => v.id
    ),
    []
  );
  await choose(page, 'Device', 'My Board');
  assert.match(await sentence(page), /My Board/);
  assert.equal(
    await hash(page),
    `#v=1&device=http://${host.host}/c/boards/my-board.json%23sha256%3D${sum(text)}`
  );
  await choose(page, 'Device', 'Changed Board');
  await page.locator('.alert.origin').waitFor();
  assert.match(await page.locator('.alert.origin').innerText(), /not the one that was meant/);
  await page.getByRole('button', { name: 'Remove', exact: true }).click();
  await ready(page);

  // Refreshed, it lists what it lists now.
  host.files['/c/catalog.json'] = catalog(entry());
  await page.getByRole('button', { name: /^Refresh/ }).click();
  await page.getByText('lists one device.').waitFor();
  await page.getByRole('combobox', { name: 'Device', exact: true }).fill('Changed');
  await page.getByText('Nothing matches').waitFor();
  await page.keyboard.press('Escape');

  // It is remembered, and a link to one of its devices needs no catalog.
  await page.reload();
  await ready(page);
  await page.waitForFunction(() => document.querySelector('edgewise-app').catalogs[0]?.state === 'loaded');
  await choose(page, 'Device', 'My Board');
  await page.waitForURL(/my-board\.json/);
  const address = page.url();
  const stranger = await open(browser, address);
  await ready(stranger.page);
  assert.match(await sentence(stranger.page), /My Board/);
  await stranger.close();
  await page.getByText('Your own model or device').click();
  await page.getByRole('button', { name: /^Remove http/ }).click();
  await page.reload();
  await ready(page);
  assert.deepEqual(await page.evaluate(() => document.querySelector('edgewise-app').catalogs), []);
  assert.match(await sentence(page), /My Board/);
  clean(seen);
  await close();
});

test('a catalog that is none says which field is wrong; the page goes on', async () => {
  const bad = {
    '[]': /type/,
    '{"type":"catalog","schema":2,"presets":[]}': /schema/,
    '{"type":"catalog","schema":1,"presets":{}}': /presets/,
    'not json': /not valid JSON/,
    [catalog(entry({ sha256: 'abc' }))]: /presets\[0\]\.sha256/,
    [catalog(entry({ url: 'javascript:alert(1)' }))]: /presets\[0\]\.url/,
    [catalog(entry(), entry())]: /presets\[1\]\.url/,
    [catalog(entry({ name: 7 }))]: /presets\[0\]\.name/,
    [catalog(entry({ runtimes: 'all' }))]: /presets\[0\]\.runtimes/,
    [catalog(null)]: /presets\[0\]/
  };
  const { page, seen, close } = await open(browser, site.url);
  await ready(page);
  await page.getByText('Your own model or device').click();
  await page.getByText('Catalogs of devices').click();
  let n = 0;
  for (const [body, words] of Object.entries(bad)) {
    host.files[`/bad${++n}.json`] = body;
    await page.getByRole('textbox', { name: 'Address of a catalog' }).fill(`${host.url}bad${n}.json`);
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    const item = page.locator('.catalogs li.failed', { hasText: `bad${n}.json` });
    await item.waitFor();
    assert.match(await item.innerText(), words, body);
  }
  assert.match(await sentence(page), /Raspberry Pi 5/);
  clean(seen);
  await close();
});

test('site.json names catalogs and the device of a bare address', async () => {
  const mine = await serve({
    '/site.json': JSON.stringify({ device: '/my-board.json', catalogs: ['./catalog.json'] }),
    '/my-board.json': text,
    '/catalog.json': catalog(entry({ name: 'Listed Board', url: 'my-board.json' }))
  });
  const { page, seen, close } = await open(browser, mine.url);
  await ready(page);
  assert.match(await sentence(page), /My Board/);
  assert.match(await origin(page).innerText(), /Measured by its owner/);
  await choose(page, 'Model', 'Qwen3-4B');
  assert.equal(await hash(page), '#v=1&m=qwen3-4b&device=/my-board.json');
  await choose(page, 'Model', 'Llama-3.2-1B');
  await choose(page, 'Device', 'Raspberry Pi 5 8GB');
  assert.equal(await hash(page), '#v=1');
  await page.reload();
  await ready(page);
  assert.match(await sentence(page), /Raspberry Pi 5/);
  await page.waitForFunction(() => document.querySelector('edgewise-app').catalogs[0]?.state === 'loaded');
  await choose(page, 'Device', 'Listed Board');
  assert.match(await sentence(page), /My Board/);
  clean(seen);
  await close();
  await mine.close();

  const wrong = await serve({ '/site.json': JSON.stringify({ catalogs: 'all' }) });
  const other = await open(browser, wrong.url);
  await ready(other.page);
  assert.match(await other.page.locator('main > .note').innerText(), /site\.json: catalogs/);
  await other.close();
  await wrong.close();
});

test('explore searches for a device of another address', async () => {
  const { page, seen, close } = await open(browser, link(`${host.url}board.json`, '&view=explore'));
  await page.waitForSelector('.found tbody tr');
  await page.getByRole('radio', { name: 'Devices that run' }).check();
  await page.waitForFunction(() =>
    document.querySelector('ew-explore').rows.some((r) => r.device.endsWith('/board.json'))
  );
  clean(seen);
  await close();
});

test('a frame asks no other address', async () => {
  const { page, close } = await open(
    browser,
    `${site.url}embed.html#v=1&device=${encodeURIComponent(`${host.url}framed.json`)}`
  );
  await page.waitForFunction(() =>
    document.querySelector('edgewise-calculator').shadowRoot?.textContent.includes('There is no estimate')
  );
  assert.equal(host.requested.filter((r) => r.path === '/framed.json').length, 0);
  await close();
});
