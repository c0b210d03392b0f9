import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { add, empty, heard, pi, shifting, shown } from './cards.mjs';
import { launch, open, serve } from './site.mjs';

let browser, site, host;
/** Pages elsewhere, and further ones as tests write them. */
const pages = {};
before(async () => {
  [browser, site] = await Promise.all([launch(), serve()]);
  host = await serve(
    Object.assign(pages, {
      '/empty': empty(site),
      '/dark': empty(
        site,
        '<style>body { background: oklch(0.2 0.02 250); } body.day { background: #fff; }</style>'
      ),
      '/scheme': empty(site, '<style>:root { color-scheme: dark; }</style>'),
      '/chinese': empty(
        site,
        '',
        '<div lang="zh-CN"><edgewise-calculator id="card" model="llama-3.2-1b" device="raspberry-pi-5-8gb"></edgewise-calculator></div>'
      )
    })
  );
});
after(async () => {
  await browser.close();
  await site.close();
  await host.close();
});
const scheme = (page) => page.locator('#card article').evaluate((e) => getComputedStyle(e).colorScheme);

test('a card is as dark as the page around it', async () => {
  const { page, seen, close } = await open(browser, `${host.url}dark`, { colorScheme: 'light' });
  await add(page, pi);
  await page.locator('#card article').waitFor();
  assert.equal(await scheme(page), 'dark');
  const becomes = (wanted) =>
    page.waitForFunction(
      (s) =>
        getComputedStyle(document.getElementById('card').shadowRoot.querySelector('article')).colorScheme ===
        s,
      wanted
    );
  await page.evaluate(() => (document.body.className = 'day'));
  await becomes('light');
  await page.evaluate(() => document.getElementById('card').setAttribute('theme', 'dark'));
  await becomes('dark');
  await page.evaluate(() => document.getElementById('card').setAttribute('theme', 'auto'));
  await becomes('light');
  await page.evaluate(() => (document.documentElement.style.colorScheme = 'dark'));
  await becomes('dark');
  // Where the page leaves it open and paints nothing, the reader's choice holds.
  await page.evaluate(() => {
    document.documentElement.style.colorScheme = 'light dark';
    document.body.style.background = 'none';
  });
  await becomes('light');
  await page.emulateMedia({ colorScheme: 'dark' });
  await becomes('dark');
  assert.deepEqual(await page.evaluate(() => window.violations), []);
  assert.deepEqual(seen.errors, []);
  await close();
});

test('a light page stays light for a reader who prefers dark, and a dark scheme is followed', async () => {
  for (const [path, wanted] of [
    ['empty', 'light'],
    ['scheme', 'dark']
  ]) {
    const { page, close } = await open(browser, `${host.url}${path}`, {
      colorScheme: wanted === 'dark' ? 'light' : 'dark'
    });
    await add(page, pi);
    await page.locator('#card article').waitFor();
    assert.equal(await scheme(page), wanted);
    await close();
  }
});

test('a card speaks the language of what it is in', async () => {
  const { page, seen, close } = await open(browser, `${host.url}chinese`);
  await page.locator('#card article').waitFor();
  assert.match(await shown(page), /输入 512 个 token/);
  assert.match(await page.locator('#card a').getAttribute('href'), /&lang=zh/);
  assert.equal(await page.locator('#card article').getAttribute('lang'), 'zh-Hans');
  assert.deepEqual(seen.errors, []);
  await close();
});

test('ten cards fetch one engine', async () => {
  const { page, seen, close } = await open(browser, `${host.url}empty`);
  for (let i = 0; i < 10; ++i) await add(page, { ...pi, prompt: String(100 + i) }, `card${i}`);
  await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
  await heard(page, 10);
  assert.equal(
    seen.requests.filter((url) => url.includes('edgewise-answer') && url.endsWith('.wasm')).length,
    1
  );
  await close();
});

test('print starts cards that nobody came near', async () => {
  const { page, close } = await open(browser, `${host.url}empty`);
  await page.evaluate(() =>
    document.body.append(Object.assign(document.createElement('div'), { style: 'height: 5000px' }))
  );
  await add(page, pi);
  await page.waitForTimeout(500);
  assert.equal(await page.locator('#card article').count(), 0);
  await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
  await page.locator('#card article').waitFor();
  await close();
});

for (const width of [320, 480, 900])
  test(`nothing moves when the answer comes, ${width} px wide`, async () => {
    const { page, close } = await open(browser, `${host.url}empty`, { viewport: { width, height: 900 } });
    await add(page, pi);
    const moved = await shifting(page);
    await page.locator('#card article').waitFor();
    const shift = await moved();
    assert.ok(shift <= 0.05, String(shift));
    await close();
  });
test('an element that comes back is asked what its attributes say now', async () => {
  const { page, close } = await open(browser, `${host.url}empty`);
  await add(page, pi);
  await page.locator('#card article').waitFor();
  await page.evaluate(() => {
    const card = document.getElementById('card');
    card.remove();
    card.setAttribute('model', 'qwen3-0.6b');
    document.body.append(card);
  });
  await page.locator('#card article', { hasText: 'Qwen3-0.6B' }).waitFor();
  // What has no use is said; a flag is one without a value, too.
  await page.evaluate(() => {
    const card = document.getElementById('card');
    card.setAttribute('images', '2');
    card.setAttribute('flash-attention', '0');
  });
  await page.locator('#card footer', { hasText: 'no vision tower' }).waitFor();
  assert.match(await shown(page), /flash-attention 0/);
  await close();
});

test('a card follows the colours of what it stands in, and reads from left to right', async () => {
  const { page, close } = await open(browser, `${host.url}empty`);
  await page.evaluate(() => (document.documentElement.dir = 'rtl'));
  await add(page, pi);
  const card = page.locator('#card article');
  await card.waitFor();
  assert.equal(await card.evaluate((e) => getComputedStyle(e).direction), 'ltr');
  await page.evaluate(() => {
    const around = document.createElement('div');
    document.body.append(around);
    around.append(document.getElementById('card'));
    around.className = 'dark';
    around.style.background = '#111';
  });
  await page.locator('#card article[data-scheme=dark]').waitFor();
  await page.evaluate(() => (document.querySelector('div.dark').style.background = '#fff'));
  await page.locator('#card article[data-scheme=light]').waitFor();
  await close();
});

/** The style sheet that the guide hands out. */
const sheet = /```css\n([\s\S]*?)```/.exec(
  readFileSync(new URL('../guide/README.md', import.meta.url), 'utf8')
)[1];
for (const width of [360, 760])
  test(`under the style sheet of the guide nothing moves, whatever is shown, ${width} px wide`, async () => {
    const boards = 'raspberry-pi-5-8gb, jetson-orin-nano-8gb, rtx-4090-24gb';
    const one = (view) =>
      `<edgewise-calculator id="card" view="${view}" model="llama-3.2-1b" device="raspberry-pi-5-8gb"></edgewise-calculator>`;
    const elements = {
      ...Object.fromEntries(['card', 'full', 'chart', 'badge'].map((view) => [view, one(view)])),
      table: `<edgewise-table id="card" model="llama-3.2-1b" devices="${boards}"></edgewise-table>`
    };
    for (const [what, element] of Object.entries(elements)) {
      // The script comes after the page was seen.
      pages['/placed'] =
        `<!doctype html><title>Docs</title><meta name="viewport" content="width=device-width">
        <style>${sheet}</style><h1>Docs</h1>${element}<p>Below.</p><div style="height: 3000px"></div><script>
        window.shift = 0; new PerformanceObserver((list) => { for (const e of list.getEntries()) shift += e.value; }).observe({ type: 'layout-shift', buffered: true });
        requestAnimationFrame(() => setTimeout(() => document.head.append(Object.assign(document.createElement('script'), { type: 'module', src: '${site.url}embed.js' })), 100));</script>`;
      const { page, close } = await open(browser, `${host.url}placed`, { viewport: { width, height: 900 } });
      await page.locator('#card :is(article, [part=badge])').first().waitFor();
      await page.waitForTimeout(500);
      const shift = await page.evaluate(() => window.shift);
      assert.ok(shift <= 0.05, `${what}: ${shift}`);
      await close();
    }
  });
