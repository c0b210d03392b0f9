import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { launch, open, ready, root, serve } from './site.mjs';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
let browser, site;
before(async () => {
  [browser, site] = await Promise.all([launch(), serve()]);
});
after(async () => {
  await browser.close();
  await site.close();
});

async function check(page, where) {
  await page.evaluate(axe); // not a script element: the policy forbids those
  const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
  assert.deepEqual(
    violations.map(
      (v) =>
        `${where}: ${v.id}: ${v.nodes
          .slice(0, 3)
          .map((n) => n.target.join(' '))
          .join(', ')}`
    ),
    []
  );
}

for (const colorScheme of ['light', 'dark'])
  for (const width of [1280, 390])
    test(`no accessibility violation, ${colorScheme}, ${width} px`, async () => {
      const { page, close } = await open(
        browser,
        `${site.url}#v=1&m=qwen3-4b&m.1=llama-3.2-1b&m.2=qwen3-30b-a3b`,
        { colorScheme, viewport: { width, height: 844 } }
      );
      await ready(page);
      for (const summary of await page.locator('details.more > summary').all()) await summary.click();
      await check(page, 'calculator');
      await page.getByRole('combobox', { name: 'Device', exact: true }).press('ArrowDown');
      await check(page, 'open list');
      await page.keyboard.press('Escape');
      await page.locator('.big').nth(2).click();
      await check(page, 'derivation');
      await page.keyboard.press('Escape');
      await page.getByRole('link', { name: 'Compare' }).click();
      await page.waitForSelector('.compare tbody tr');
      await check(page, 'compare');
      await page.getByRole('link', { name: 'Explore' }).click();
      await page.getByRole('textbox', { name: 'Speed of at least', exact: true }).fill('');
      await page.getByRole('textbox', { name: 'Speed of at least', exact: true }).press('Enter');
      await page.waitForSelector('.found tbody tr');
      await check(page, 'explore');
      await page.getByRole('link', { name: 'Method' }).click();
      await page.waitForSelector('.term');
      await check(page, 'method');
      await close();
    });

test('nothing scrolls sideways at 320 px', async () => {
  const { page, close } = await open(browser, `${site.url}#v=1&d=jetson-agx-orin-64gb&m.1=llama-3.2-1b`, {
    viewport: { width: 320, height: 640 }
  });
  await ready(page);
  const overflow = () => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  for (const summary of await page.locator('details > summary').all())
    if (await summary.isVisible()) await summary.click();
  assert.equal(await overflow(), 0);
  await page.locator('.big').first().scrollIntoViewIfNeeded();
  await page.locator('.big').first().click();
  await page.locator('dialog.why[open]').waitFor();
  assert.equal(await overflow(), 0);
  await page.keyboard.press('Escape');
  for (const view of ['Explore', 'Method']) {
    await page.getByRole('button', { name: view }).click();
    await page.waitForSelector(view === 'Explore' ? '.panel [role=status]' : '.term');
    await page.waitForTimeout(300);
    assert.equal(await overflow(), 0, view);
  }
  await close();
});

test('targets are large enough to hit', async () => {
  const { page, close } = await open(browser, site.url, { viewport: { width: 390, height: 844 } });
  await ready(page);
  const small = await page.evaluate(() =>
    [...document.querySelectorAll('button, select, input, summary')]
      .filter((e) => e.checkVisibility() && !e.closest('.vh') && !e.classList.contains('vh'))
      .map((e) => [e.getBoundingClientRect(), e.textContent.slice(0, 30)])
      .filter(([r]) => r.width > 0 && (r.height < 23.5 || r.width < 23.5))
      .map(([, t]) => t)
  );
  assert.deepEqual(small, []);
  await close();
});

test('the layout stays put while loading', async () => {
  for (const width of [1280, 390]) {
    const { page, close } = await open(browser, site.url, { viewport: { width, height: 844 } });
    await ready(page);
    await page.waitForTimeout(300);
    const shift = await page.evaluate(
      () =>
        new Promise((resolve) => {
          let sum = 0;
          new PerformanceObserver((list) => {
            for (const e of list.getEntries()) if (!e.hadRecentInput) sum += e.value;
          }).observe({ type: 'layout-shift', buffered: true });
          setTimeout(() => resolve(sum), 200);
        })
    );
    assert.ok(shift < 0.1, `${width} px: ${shift}`);
    await close();
  }
});

test('the theme is chosen, kept, and survives blocked storage', async () => {
  const { page, close } = await open(browser, site.url, { colorScheme: 'light' });
  await ready(page);
  await page.getByRole('button', { name: 'Switch to the dark theme' }).click();
  await page.reload();
  await ready(page);
  assert.equal(await page.evaluate(() => getComputedStyle(document.documentElement).colorScheme), 'dark');
  await close();
  const blocked = await browser.newContext();
  const other = await blocked.newPage();
  const errors = [];
  other.on('pageerror', (e) => errors.push(String(e)));
  await other.addInitScript(() =>
    Object.defineProperty(window, 'localStorage', {
      get() {
        throw new DOMException('blocked', 'SecurityError');
      }
    })
  );
  await other.goto(site.url);
  await ready(other);
  await other.locator('.top .icon[aria-label]').click();
  assert.deepEqual(errors, []);
  await blocked.close();
});

test('many changes in a row do not break the page where the address may not be written', async () => {
  const { page, seen, close } = await open(browser, site.url);
  await ready(page);
  await page.evaluate(() => {
    history.replaceState = () => {
      throw new DOMException('too often', 'SecurityError');
    };
  });
  const box = page.getByRole('textbox', { name: 'Prompt', exact: true });
  for (let i = 0; i < 8; ++i) await box.press('ArrowUp');
  await page.waitForTimeout(600);
  assert.equal(await box.inputValue(), '131,072');
  assert.deepEqual(seen.errors, []);
  await close();
});

test('the first load is small', async (t) => {
  const { page, close } = await open(browser, site.url);
  const before_ = site.requested.length;
  await page.reload();
  await ready(page);
  await page.waitForTimeout(200);
  const files = [...new Set(site.requested.slice(before_))]
    .map((p) => (p === '/' ? '/index.html' : p))
    .filter((p) => existsSync(join(root, p)));
  const size = (p) => gzipSync(readFileSync(join(root, p)), { level: 9 }).length;
  const sizes = files.map((p) => [p, size(p)]);
  const total = sizes.reduce((sum, [, n]) => sum + n, 0);
  for (const [p, n] of sizes) t.diagnostic(`${(n / 1000).toFixed(1)} kB ${p}`);
  t.diagnostic(`${(total / 1000).toFixed(1)} kB in all, compressed`);
  assert.ok(sizes.some(([p]) => p.endsWith('.wasm')) && sizes.some(([p]) => p.includes('/models/')));
  assert.ok(!sizes.some(([p]) => p.includes('everything')), 'presets of other choices are not loaded');
  assert.ok(
    !sizes.some(([p]) => /edgewise-(engine|estimate)|inspect/.test(p)),
    'what reads files or explains is not loaded'
  );
  assert.ok(total <= 200_000, `${total}`);
  const budget = (match, kB) => {
    const n = sizes.filter(([p]) => match(p)).reduce((sum, [, s]) => sum + s, 0);
    assert.ok(n <= kB * 1000, `${match}: ${n}`);
  };
  budget((p) => p.endsWith('.html') || p.endsWith('.css'), 10);
  budget((p) => p.endsWith('.js'), 62);
  budget((p) => p.endsWith('.wasm'), 95);
  budget((p) => p.startsWith('/presets/'), 40);
  await close();
});

test('no preset was left out', () => {
  const log = JSON.parse(readFileSync(join(root, 'presets/index.json'))).rejected ?? [];
  assert.deepEqual(log, []);
});

test('the page says something without scripts', async () => {
  const { page, close } = await open(browser, site.url, { javaScriptEnabled: false });
  assert.match(await page.locator('.sentence').innerText(), /GiB/);
  await close();
});
