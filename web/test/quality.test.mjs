import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { check, scrolled, shown, unfold, views } from './looks.mjs';
import { open, ready, root, staged } from './site.mjs';

const [browser, site] = await staged();

// Every pair of width, theme and language.
for (const [width, colorScheme, lang] of [
  [320, 'light', 'zh'],
  [320, 'dark', 'en'],
  [768, 'light', 'en'],
  [768, 'dark', 'zh'],
  [1440, 'light', 'zh'],
  [1440, 'dark', 'en']
])
  test(`no accessibility violation, nothing scrolls sideways: ${width} px, ${colorScheme}, ${lang}`, async () => {
    const link = `${site.url}#v=1&m=qwen3-4b&m.1=llama-3.2-1b&m.2=qwen3-30b-a3b&lang=${lang}`;
    const { page, seen, close } = await open(browser, link, {
      colorScheme,
      viewport: { width, height: 844 }
    });
    const fits = async (where) => {
      const wider = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.equal(wider, 0, `${where} is ${wider} px too wide`);
      await check(page, where);
    };
    await ready(page);
    await unfold(page);
    await scrolled(page);
    await unfold(page);
    await page.waitForTimeout(300);
    await fits('calculator');
    await page.locator('.choose [role=combobox]').last().press('ArrowDown');
    await fits('open list');
    await page.keyboard.press('Escape');
    await page.locator('.big').nth(2).click();
    await page.locator('dialog.why[open]').waitFor();
    await fits('derivation');
    await page.keyboard.press('Escape');
    for (const view of views) {
      await page.evaluate((to) => (location.hash = to), link.split('#')[1] + `&view=${view}`);
      await page.waitForSelector(shown[view]);
      await page.waitForTimeout(300);
      await fits(view);
    }
    await page.evaluate((to) => (location.hash = to), `v=1&m=qwen3-32b&d=raspberry-pi-5-8gb&lang=${lang}`);
    await page.waitForSelector('.verdict.does_not_run');
    await fits('does not run');
    assert.deepEqual(seen.errors, []);
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

for (const [view, link] of Object.entries({
  default: '',
  shared: '#v=1&m=qwen3-8b&d=jetson-orin-nano-8gb-super',
  explore: '#v=1&view=explore',
  compare: '#v=1&m=qwen3-4b&m.1=llama-3.2-1b&view=compare',
  method: '#v=1&view=method',
  accuracy: '#v=1&view=accuracy'
}))
  test(`the layout stays put while it is loaded and scrolled: ${view}`, async () => {
    for (const width of [1440, 390]) {
      const { page, close } = await open(browser, 'about:blank', { viewport: { width, height: 844 } });
      await page.addInitScript(() => {
        window.shifts = [];
        new PerformanceObserver((list) => {
          for (const e of list.getEntries())
            if (!e.hadRecentInput)
              window.shifts.push([
                e.value,
                ...e.sources.map(({ node }) => node?.className ?? node?.nodeName)
              ]);
        }).observe({ type: 'layout-shift', buffered: true });
      });
      // What is drawn piece by piece is scrolled through before all is there.
      if (view === 'accuracy' || view === 'method') {
        const devtools = await page.context().newCDPSession(page);
        await devtools.send('Emulation.setCPUThrottlingRate', { rate: 4 });
      }
      await page.goto(site.url + link);
      await page.waitForSelector(view in shown ? shown[view] : '#answer[aria-busy=false] .bigs');
      await page.waitForTimeout(500);
      for (let y = 0; y < 5000; y += 400) {
        await page.evaluate((to) => scrollTo(0, to), y);
        await page.waitForTimeout(60);
      }
      await page.waitForTimeout(500);
      const shifts = await page.evaluate(() => window.shifts);
      const sum = shifts.reduce((all, [x]) => all + x, 0);
      assert.ok(sum <= 0.02, `${width} px: ${sum}: ${JSON.stringify(shifts)}`);
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
  t.diagnostic(`${total} B in all, compressed`);
  assert.ok(sizes.some(([p]) => p.endsWith('.wasm')));
  assert.deepEqual(
    files.filter((p) => p.startsWith('/presets/')),
    ['/presets/start.json'],
    'presets of other choices are not loaded'
  );
  assert.ok(
    !sizes.some(([p]) => /edgewise-(engine|estimate)|inspect/.test(p)),
    'what reads files or explains is not loaded'
  );
  assert.ok(total <= 170_000, `${total}`);
  const budget = (match, kB) => {
    const n = sizes.filter(([p]) => match(p)).reduce((sum, [, s]) => sum + s, 0);
    assert.ok(n <= kB * 1000, `${match}: ${n}`);
  };
  budget((p) => p.endsWith('.html') || p.endsWith('.css'), 9);
  budget((p) => p.endsWith('.js'), 55);
  budget((p) => p.startsWith('/presets/'), 10);
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
