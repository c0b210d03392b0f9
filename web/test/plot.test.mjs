// The scales of charts, and a chart in the page: crosshair by pointer and keys, width, tables.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { compile } from './compile.mjs';
import { launch, open, reach, ready, serve } from './site.mjs';

let scale, browser, site;
before(async () => {
  [scale, browser, site] = await Promise.all([compile('ui/plot/scale'), launch(), serve()]);
});
after(async () => {
  await browser?.close();
  await site?.close();
});

test('ticks are round, inside and not too many', () => {
  assert.deepEqual(scale.linear(0, 10.6).ticks(4), [0, 5, 10]);
  assert.deepEqual(scale.linear(-0.3, 0.3).ticks(3), [-0.2, 0, 0.2]);
  assert.deepEqual(scale.linear(5, 5).ticks(4), [5]);
  assert.deepEqual(scale.log(512, 131072).ticks(9), [1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5]);
  assert.deepEqual(scale.log(512, 131072).ticks(4), [1e3, 1e4, 1e5]);
  assert.deepEqual(scale.log(1e-3, 1e9).ticks(4), [1, 1e4, 1e8]);
  for (const make of [scale.linear, scale.log])
    for (const [from, to] of [
      [0.001, 0.002],
      [1, 3],
      [7, 9],
      [12, 140000],
      [1e-6, 1e15]
    ])
      for (const n of [2, 3, 5, 8]) {
        const ticks = make(from, to).ticks(n);
        assert.ok(ticks.length >= 1 && ticks.length <= n + 2, `${make.name} ${from} ${to} ${n}: ${ticks}`);
        assert.ok(
          ticks.every((t, i) => t >= from * 0.999 && t <= to * 1.001 && (i === 0 || t > ticks[i - 1])),
          `${ticks}`
        );
      }
});

test('scales map their ends to 0 and 1', () => {
  for (const s of [scale.linear(2, 32), scale.log(2, 32)]) {
    assert.equal(s.share(2), 0);
    assert.equal(s.share(32), 1);
  }
  assert.equal(scale.log(2, 32).share(8), 0.5);
  assert.equal(scale.logAround([NaN, 0, -1]), undefined);
  assert.equal(scale.fromZero([NaN]).to, 1);
});

test('a chart: one stop of the tab key, arrow keys and the pointer say what is there', async () => {
  const { page, seen, close } = await open(browser, site.url);
  await ready(page);
  const chart = page.locator('[aria-labelledby=context-title] ew-plot').first();
  const cursor = chart.getByRole('slider');
  // What is far below comes where a reader comes to it.
  await reach(page, '#context, #context-title');
  await cursor.focus();
  const text = () => cursor.getAttribute('aria-valuetext');
  await page.keyboard.press('ArrowRight');
  const first = await text();
  assert.match(first, /^640 tokens: [\d.]+\stok\/s$/);
  await page.keyboard.press('End');
  const last = await text();
  assert.match(last, /^131,072 tokens: [\d.]+\stok\/s$/);
  assert.equal(await chart.locator('.readout').innerText(), last);
  await page.keyboard.press('ArrowLeft');
  assert.notEqual(await text(), last);
  const box = await cursor.boundingBox();
  await page.mouse.move(box.x + box.width - 15, box.y + box.height / 2);
  assert.equal(await text(), last);
  assert.equal(await chart.locator('.ring').count(), 1);
  await page.keyboard.press('Escape');
  assert.equal(await chart.locator('.ring').count(), 0);
  assert.deepEqual(seen.errors, []);
  await close();
});

test('a chart is drawn as wide as its place: its text keeps its size', async () => {
  const { page, close } = await open(browser, site.url, { viewport: { width: 320, height: 700 } });
  await ready(page);
  const sizes = () =>
    page.locator('[aria-labelledby=context-title] ew-plot svg').evaluateAll((all) =>
      all.map((s) => ({
        scale: s.getScreenCTM().a,
        width: s.clientWidth,
        right: s.getBoundingClientRect().right,
        overlap: [...s.querySelectorAll('text[text-anchor=middle]')]
          .map((t) => t.getBoundingClientRect())
          .some((b, i, list) => i > 0 && b.left < list[i - 1].right)
      }))
    );
  for (const width of [320, 768, 1440]) {
    await page.setViewportSize({ width, height: 700 });
    await page.waitForTimeout(100);
    for (const s of await sizes()) {
      assert.ok(Math.abs(s.scale - 1) < 0.02, `${width}: ${s.scale}`);
      assert.ok(s.width <= width && s.right <= width && !s.overlap);
    }
  }
  await close();
});

test('no chart writes what is not a number, whatever is asked', async () => {
  const { page, seen, close } = await open(browser, site.url);
  const asked = [
    'm=qwen3-4b&c=200000&kv=q8_0',
    'm=qwen3-4b&c=200000',
    'm=qwen3-4b&c=1000000000',
    'm=qwen3-4b&generate=1000000',
    'm=qwen3-32b&d=raspberry-pi-5-8gb',
    'm=qwen3-4b&batch=512',
    'd=nowhere&m=nothing',
    'm=qwen3-4b&prompt=1&generate=1'
  ];
  for (const q of asked) {
    await page.goto(`${site.url}#v=1&${q}`);
    await page.reload();
    await page.waitForSelector('#answer[aria-busy=false]', { state: 'attached' });
    for (const panel of await page.locator('ew-seen').all())
      await panel.scrollIntoViewIfNeeded().catch(() => undefined);
    await page.waitForSelector('#context-title', { timeout: 5000 }).catch(() => undefined);
    const wrong = await page.$$eval('svg *', (all) =>
      all.flatMap((e) =>
        [...e.attributes]
          .filter((x) => /NaN|Infinity|undefined/.test(x.value))
          .map((x) => `${e.tagName} ${x.name}=${x.value}`)
      )
    );
    assert.deepEqual(wrong, [], q);
  }
  assert.deepEqual(
    seen.errors.filter((e) => /<\w+> attribute/.test(e)),
    []
  );
  await close();
});

test('what scrolls is reached by keyboard and has a name', async () => {
  const { page, close } = await open(browser, site.url, { viewport: { width: 320, height: 700 } });
  await ready(page);
  await page.waitForSelector('.phase .scroll');
  const unreached = await page.$$eval('.scroll', (all) =>
    all.filter((e) => e.tabIndex !== 0 || !e.getAttribute('aria-label')).map((e) => e.outerHTML.slice(0, 80))
  );
  assert.deepEqual(unreached, []);
  await close();
});
