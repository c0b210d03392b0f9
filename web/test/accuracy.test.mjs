// How accurate the predictions are, as the page shows it.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { test } from 'node:test';
import { drawn, open, ready, root, staged } from './site.mjs';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const data = JSON.parse(readFileSync(join(root, 'presets/accuracy.json')));
const shown = async (page) => {
  await page.waitForSelector('ew-plot .marks.s0');
  await drawn(page);
};
const percent = (x) => (x >= 0.0995 ? `${Math.round(100 * x)}%` : `${(100 * x).toFixed(1)}%`);
const [browser, site] = await staged();

test('the link of the view opens it, and its numbers are those of the report', async () => {
  const { page, seen, close } = await open(browser, `${site.url}#v=1&view=accuracy`);
  await shown(page);
  assert.equal(await page.locator('main h1').innerText(), 'Accuracy');
  for (const [row, kind] of [
    ['Decode', 'decode'],
    ['Prefill', 'prefill']
  ]) {
    const cells = await page
      .locator('[aria-labelledby=accuracy-kinds] tr', {
        has: page.locator(`th[scope=row]:text-is("${row}")`)
      })
      .locator('td')
      .allInnerTexts();
    for (const [i, situation] of ['calibrated', 'unseen'].entries())
      assert.equal(
        cells[i],
        `${percent(data.kinds[kind][situation][1])} · ${percent(data.kinds[kind][situation][2])}`
      );
  }
  assert.equal(await page.locator('[aria-labelledby=accuracy-class] tbody tr').count(), data.byClass.length);
  await page.getByRole('button', { name: 'Show more' }).click();
  assert.equal(
    await page.locator('[aria-labelledby=accuracy-runtime] tbody tr').count(),
    data.byRuntime.length
  );
  assert.deepEqual(seen.errors, []);
  assert.deepEqual(await page.evaluate(() => window.violations), []);
  await close();
});

test('nothing of it is loaded before it is asked for', async () => {
  const { page, seen, close } = await open(browser, site.url);
  await ready(page);
  assert.deepEqual(
    seen.requests.filter((u) => /accuracy/.test(u)),
    []
  );
  await page.getByRole('link', { name: 'Accuracy' }).click();
  await shown(page);
  await close();
});

test('the chart: two situations, two speeds, one device, and what a mark is', async () => {
  const { page, seen, close } = await open(browser, `${site.url}#v=1&view=accuracy`);
  await shown(page);
  const chart = page.locator('[aria-labelledby=accuracy-chart]');
  const marks = (side) =>
    chart
      .locator('ew-plot svg[role=img]')
      .nth(side)
      .locator('[class^=mark]')
      .evaluateAll((paths) =>
        paths.map((p) => p.getAttribute('d').match(/M/g)?.length ?? 0).reduce((a, b) => a + b, 0)
      );
  const points = (kind, column) => data.points.filter((p) => p[3] === kind && p[column] > 0).length;
  assert.equal(await marks(0), points(0, 1));
  assert.equal(await marks(1), points(0, 2));
  assert.match(
    await chart.locator('ew-plot svg[role=img] desc').first().textContent(),
    new RegExp(`Each of ${points(0, 1).toLocaleString('en')} points`)
  );
  await chart.getByRole('radio', { name: 'Prefill' }).check();
  assert.equal(await marks(1), points(1, 2));
  await chart.getByRole('checkbox').check();
  const pi = data.devices.indexOf('raspberry-pi-5-8gb');
  assert.equal(await marks(1), data.points.filter((p) => p[3] === 1 && p[2] > 0 && p[5] === pi).length);
  // A mark: the page scrolls to the chart, and the pointer finds the nearest one.
  await chart.getByRole('radio', { name: 'Decode' }).check();
  const svg = chart.locator('ew-plot svg[role=img]').first();
  await svg.scrollIntoViewIfNeeded();
  const [x, y] = await svg.evaluate((s) => {
    const [, a, b] = /M([\d.]+) ([\d.]+)/.exec(s.querySelector('.marks.s0').getAttribute('d'));
    const m = new DOMPoint(+a, +b).matrixTransform(s.getScreenCTM());
    return [m.x, m.y];
  });
  await page.mouse.move(x, y);
  const reading = chart.locator('.reading');
  await page.waitForFunction(() => /measured/.test(document.querySelector('.reading').textContent));
  assert.match(
    await reading.innerText(),
    /Raspberry Pi 5 8GB.*measured [\d.]+, predicted [\d.]+ tok\/s, .* too (fast|slow)/
  );
  await reading.getByRole('button').click();
  await ready(page);
  assert.equal(
    await page.getByRole('combobox', { name: 'Device', exact: true }).inputValue(),
    'Raspberry Pi 5 8GB'
  );
  assert.deepEqual(seen.errors, []);
  await close();
});

test('other calculators by kind of device, misses by situation', async () => {
  const { page, close } = await open(browser, `${site.url}#v=1&view=accuracy`);
  await shown(page);
  const peers = page.locator('[aria-labelledby=accuracy-peers]');
  const first = () => peers.locator('tbody tr').first().locator('td').allInnerTexts();
  for (const [label, id] of [
    ['All', 'all'],
    ['Macs', 'mac']
  ]) {
    await peers.getByRole('radio', { name: label, exact: true }).check();
    const [theirs, unseen] = data.peers[0].groups[id];
    assert.deepEqual(
      (await first()).slice(0, 2),
      [theirs, unseen].map((s) => `${percent(s[1])} · ${percent(s[2])}`)
    );
  }
  const misses = page.locator('[aria-labelledby=accuracy-worst]');
  for (const label of ['Calibrated', 'Unseen']) {
    await misses.getByRole('radio', { name: label, exact: true }).check();
    assert.equal(await misses.locator('tbody tr').count(), 15);
    assert.match(await misses.locator('tbody tr').first().innerText(), /× too (fast|slow)/);
  }
  await close();
});

const withAccuracy = async (page, change) => {
  const body = structuredClone(data);
  for (const kind of Object.values(body.kinds))
    for (const k of ['row', 'study', 'class', 'noise']) delete kind[k];
  change(body.kinds);
  await page.route('**/accuracy.json', (route) => route.fulfill({ json: body }));
  await page.getByRole('link', { name: 'Accuracy' }).click();
  await shown(page);
  return page.locator('[aria-labelledby=accuracy-left-out]');
};

test('how much was left out, and the floor: each is shown where the report has it', async () => {
  const { page, close } = await open(browser, site.url);
  await ready(page);
  const panel = await withAccuracy(page, ({ decode, prefill }) => {
    decode.study = [1234, 0.111, 0.444, 0.815];
    decode.noise = { configurations: 321, median: 0.127, p90: 0.71 };
    prefill.class = [7, 0.3, 0.9, 0.5];
  });
  const row = async (name) =>
    (
      await panel
        .locator('tr', { has: page.locator(`th:text-is("${name}")`) })
        .locator('td')
        .allInnerTexts()
    ).map((text) => text.replace(/\s+/g, ' ').trim());
  assert.deepEqual(await panel.locator('thead th').allInnerTexts(), [
    'What',
    'Model left out',
    'Study left out',
    'Board left out',
    'Class left out',
    'Between two studies'
  ]);
  const decode = await row('Decode');
  const [n, median, most, share] = data.kinds.decode.calibrated;
  assert.equal(
    decode[0],
    `${percent(median)} · ${percent(most)} ${percent(share)} in range · ${n.toLocaleString('en')}`
  );
  assert.deepEqual(
    [decode[1], decode[3], decode[4]],
    ['11% · 44% 82% in range · 1,234', '–', '13% · 71% 321']
  );
  // The share of few is not told.
  assert.equal((await row('Prefill'))[3], '30% · 90% 7');
  assert.equal(await panel.locator('dt').count(), 5);
  await close();
});

test('a report of two situations has no table of what was left out', async () => {
  const { page, close } = await open(browser, site.url);
  await ready(page);
  assert.equal(await (await withAccuracy(page, () => undefined)).count(), 0);
  await close();
});

test('if the data cannot be had, the page says so and can try again', async () => {
  const { page, close } = await open(browser, site.url);
  await ready(page);
  await page.route('**/accuracy.json', (route) => route.fulfill({ status: 404, body: '' }));
  await page.getByRole('link', { name: 'Accuracy' }).click();
  await page.waitForSelector('main .alert');
  await page.unroute('**/accuracy.json');
  await page.getByRole('button', { name: 'Try again' }).click();
  await shown(page);
  await close();
});

for (const colorScheme of ['light', 'dark'])
  for (const width of [1280, 320])
    test(`no accessibility violation and nothing scrolls sideways, ${colorScheme}, ${width} px`, async () => {
      const { page, close } = await open(browser, `${site.url}#v=1&view=accuracy`, {
        colorScheme,
        viewport: { width, height: 844 }
      });
      await shown(page);
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), 0);
      await page.evaluate(axe);
      const { violations } = await page.evaluate(() =>
        window.axe.run(document, { resultTypes: ['violations'] })
      );
      assert.deepEqual(
        violations.map(
          (v) =>
            `${v.id}: ${v.nodes
              .slice(0, 3)
              .map((n) => n.target.join(' '))
              .join(', ')}`
        ),
        []
      );
      const small = await page.evaluate(() =>
        [...document.querySelectorAll('main button')]
          .filter((e) => e.checkVisibility())
          .map((e) => [e.getBoundingClientRect(), e.textContent.slice(0, 30)])
          .filter(([r]) => r.height < 23.5 || r.width < 23.5)
          .map(([, t]) => t)
      );
      assert.deepEqual(small, []);
      await close();
    });
