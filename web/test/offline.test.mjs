// Without a network, and from one build of the page to the next.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { choose, launch, number, open, ready, root, serve } from './site.mjs';

let browser;
before(async () => {
  browser = await launch();
});
after(() => browser?.close());

const sites = [];
async function serving(pages) {
  const site = await serve(pages);
  sites.push(site);
  return site;
}
after(() => Promise.all(sites.map((site) => site.close())));

const allowed = { serviceWorkers: 'allow' };
/** Waits until what the page works out is true. */
async function until(page, work, given) {
  for (const end = Date.now() + 60000; Date.now() < end; await page.waitForTimeout(100))
    if (await page.evaluate(work, given)) return;
  assert.fail(`never: ${work}`);
}
/** The page once the browser keeps all of it, and answers from what it keeps. */
async function kept(url) {
  const opened = await open(browser, url, allowed);
  await ready(opened.page);
  await until(
    opened.page,
    async () => (await navigator.serviceWorker.getRegistration())?.active?.state === 'activated'
  );
  await opened.page.reload();
  await ready(opened.page);
  assert.ok(await opened.page.evaluate(() => !!navigator.serviceWorker.controller));
  return opened;
}

test('every view by its link, any model and device, without a network', async () => {
  const site = await serving();
  const { page, seen, close } = await kept(site.url);
  await site.close();
  await page.context().setOffline(true);
  await page.reload();
  await ready(page);
  await choose(page, 'Model', 'Qwen3-8B');
  await choose(page, 'Device', 'rtx 4090');
  await ready(page);
  assert.match(await page.locator('.sentence').innerText(), /Qwen3-8B .* RTX 4090/);
  assert.ok(parseFloat(await number(page, 'decode_tok_s')) > 50);
  for (const [view, shown] of [
    ['explore', '.found tbody tr'],
    ['compare', '.compare tbody tr'],
    ['accuracy', '.accuracy svg, .accuracy table'],
    ['method', '.term']
  ]) {
    await page.goto(`${site.url}?from=elsewhere#v=1&m=qwen3-4b&m.1=llama-3.2-1b&view=${view}`);
    await page.waitForSelector(shown);
  }
  await page.goto(`${site.url}embed.html#v=1&m=qwen3-4b&d=raspberry-pi-5-8gb&q=Q8_0`);
  await page.locator('article').waitFor();
  assert.deepEqual(
    seen.errors.filter((e) => !/ERR_(INTERNET_DISCONNECTED|FAILED)/.test(e)),
    []
  );
  await close();
});

test('a newer build waits, is said, is taken when asked for, and the older one is gone', async () => {
  const pages = {};
  const site = await serving(pages);
  const { page, close } = await kept(site.url);
  const revision = async () => (await page.evaluate(() => document.querySelector('footer').innerText)).trim();
  const was = await revision();
  const cached = () =>
    page.evaluate(async () => {
      const all = await Promise.all(
        (await caches.keys()).map(async (name) => (await (await caches.open(name)).keys()).map((r) => r.url))
      );
      return all.flat();
    });
  const before = await cached();
  assert.ok(before.length > 30);
  assert.ok(!before.some((url) => url.includes('/presets/models/')));
  // The next build: one file of it is another, so its worker is.
  const text = (name) => readFileSync(join(root, name), 'utf8');
  pages['/presets/start.json'] = text('presets/start.json').replace(
    /"revision":"[^"]*"/,
    '"revision":"newer000"'
  );
  pages['/presets/index.json'] = text('presets/index.json').replace(
    /"revision":"[^"]*"/,
    '"revision":"newer000"'
  );
  const revised = (source, name) =>
    source.replace(new RegExp(`(url:"?[\`"]${name}[\`"],revision:[\`"])[0-9a-f]+`), '$10000000000000000');
  pages['/sw.js'] = revised(revised(text('sw.js'), 'presets/start.json'), 'presets/index.json');
  assert.notEqual(pages['/sw.js'], text('sw.js'));
  await page.reload();
  await ready(page);
  assert.equal(await revision(), was, 'what was kept is what is shown');
  const note = page.locator('.newer');
  await note.waitFor({ timeout: 60000 });
  assert.equal(await revision(), was, 'nothing changes by itself');
  await note.getByRole('button', { name: 'Reload' }).click();
  await page.waitForFunction(() => document.querySelector('footer')?.innerText.includes('newer000'));
  await until(
    page,
    async (n) => {
      const all = await Promise.all(
        (await caches.keys()).map(async (name) => (await (await caches.open(name)).keys()).length)
      );
      return all.reduce((a, b) => a + b, 0) <= n;
    },
    before.length + 1
  );
  assert.equal(await note.count(), 0);
  await close();
  await site.close();
});

test('a site may say that it is not to be kept; what was kept is given up', async () => {
  const pages = {};
  const site = await serving(pages);
  const { page, close } = await kept(site.url);
  pages['/site.json'] = JSON.stringify({ offline: false });
  await page.reload();
  await ready(page);
  await until(page, async () => !(await navigator.serviceWorker.getRegistration()));
  await close();
  await site.close();
});

test('it can be installed: a manifest, with icons that are there', async () => {
  const manifest = JSON.parse(readFileSync(join(root, 'manifest.webmanifest'), 'utf8'));
  const page = readFileSync(join(root, 'index.html'), 'utf8');
  assert.match(page, /<link rel="manifest" href="\.\/manifest\.webmanifest"/);
  for (const { src, sizes, type } of manifest.icons) {
    const bytes = readFileSync(join(root, src));
    if (type !== 'image/png') continue;
    // Width and height of the header of a PNG file.
    assert.equal(`${bytes.readUInt32BE(16)}x${bytes.readUInt32BE(20)}`, sizes);
  }
  assert.ok(manifest.icons.some(({ purpose }) => purpose === 'maskable'));
});
