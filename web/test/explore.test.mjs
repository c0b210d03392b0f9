// Explore in Chromium: the plot, chips, the link and the way back, CSV, cards on a phone, keyboard, accessibility.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import axe from 'axe-core';
import { parse } from 'csv-parse/sync';
import { drawn, field, hash, open, ready, staged } from './site.mjs';

const [browser, site] = await staged();

const clean = (seen) => assert.deepEqual(seen.errors, []);
const explore = async (rest = '', options = {}) => {
  const opened = await open(browser, `${site.url}#v=1&view=explore${rest}`, options);
  await opened.page.waitForSelector('.found tbody tr, .blame');
  return opened;
};
const found = (page) => page.evaluate(() => document.querySelector('ew-explore').rows);
/** Waits until the worker has answered what is asked now. */
const searched = async (page) => {
  await drawn(page);
  await page.waitForFunction(() => {
    const view = document.querySelector('ew-explore');
    return view && !view.searching && view.found;
  });
  await drawn(page);
};
const fill = async (page, label, value) => {
  await field(page, label).fill(value);
  await field(page, label).press('Enter');
  await searched(page);
};

test('models for a device, devices for a model, quantizations of both; a name opens the calculator, back returns', async () => {
  const { page, seen, close } = await explore();
  await fill(page, 'Speed of at least', '');
  assert.ok((await found(page)).length > 100);
  await page.getByRole('button', { name: /^Memory, GiB/ }).click();
  await page.locator('th[aria-sort=ascending]', { hasText: 'Memory' }).waitFor();
  const memory = await page.locator('.found tbody tr td:nth-child(6)').allInnerTexts();
  const sorted = memory.map((x) => parseFloat(x));
  assert.deepEqual(
    sorted,
    sorted.slice().sort((a, b) => a - b)
  );
  // Points stand in line.
  assert.equal(new Set(memory.map((x) => x.split(/\s/)[0].split('.')[1]?.length)).size, 1);
  await fill(page, 'Memory up to', '1');
  for (const r of await found(page)) assert.ok(r.memory_B <= 1024 ** 3);

  await page.getByRole('radio', { name: 'Devices that run' }).check();
  await searched(page);
  await page.waitForFunction(() => document.querySelector('.found thead th')?.textContent.includes('Device'));
  const name = page.locator('.found tbody tr').first().locator('button[title]');
  const device = (await name.innerText()).trim();
  await name.click();
  await ready(page);
  await page.waitForFunction((d) => document.querySelector('.sentence')?.textContent.includes(d), device);
  await page.goBack();
  await page.waitForSelector('.found tbody tr');
  await page.getByRole('radio', { name: 'Devices that run', checked: true }).waitFor();
  await page.goForward();
  await page.waitForSelector('.sentence');
  await page.goBack();

  await page.waitForSelector('.found tbody tr');
  await searched(page);
  await page.getByRole('radio', { name: 'Quantizations of' }).check();
  await searched(page);
  const quants = await found(page);
  assert.ok(quants.length > 3);
  assert.equal(new Set(quants.map((r) => `${r.model} ${r.device}`)).size, 1);
  assert.equal(new Set(quants.map((r) => r.quant)).size, quants.length);
  clean(seen);
  await close();
});

test('what energies and prices are of stands with them', async () => {
  const { page, seen, close } = await explore('&m=llama-3.1-8b&find=device');
  const ends = (label) => page.locator(`.found td[data-label^="${label}"] .ends`).allInnerTexts();
  const energies = await ends('Energy');
  assert.ok(energies.length > 10);
  for (const text of energies) assert.match(text, /(one rail|chip|board|card|wall)$/);
  // A card costs nothing but itself; what is whole says nothing.
  const rows = (await found(page)).filter((r) => r.price_usd !== null);
  for (const [device, card] of [
    ['rtx-4090-24gb', true],
    ['raspberry-pi-5-16gb', false]
  ])
    assert.equal(rows.find((r) => r.device === device).host_centric, card, device);
  const prices = await ends('Price');
  assert.ok(prices.length > 0 && prices.every((text) => text === 'card alone'));
  clean(seen);
  await close();
});

test('chips, bounds, axes and the plot are in the link, which opens the same', async () => {
  const { page, seen, close } = await explore('&m=llama-3.1-8b&find=device');
  await page.getByRole('button', { name: 'Single-board computers' }).click();
  await searched(page);
  await page.getByRole('button', { name: 'Raspberry Pi', exact: true }).click();
  await searched(page);
  let rows = await found(page);
  assert.ok(rows.length > 0);
  for (const r of rows) assert.deepEqual([r.class, r.vendor], ['sbc', 'Raspberry Pi']);
  await page.locator('#explore-against').selectOption('energy');
  await page.getByRole('button', { name: 'memory', exact: true }).click();
  await searched(page);
  await page.getByRole('checkbox', { name: 'Frontier only' }).check();
  await page.getByRole('button', { name: /^Price, USD/ }).click();
  const address = await hash(page);
  for (const part of [
    'find=device',
    'class=sbc',
    'vendor=Raspberry%20Pi',
    'against=energy',
    'axes=speed,memory,energy',
    'sort=price_usd',
    'front=1'
  ])
    assert.ok(address.includes(part), `${address} has ${part}`);
  rows = await page.locator('.found tbody tr').allInnerTexts();

  const again = await open(browser, `${site.url}#${address}`);
  await again.page.waitForSelector('.found tbody tr');
  assert.deepEqual(await again.page.locator('.found tbody tr').allInnerTexts(), rows);
  assert.equal(await again.page.locator('.chip[aria-pressed=true]').count(), 5);
  assert.equal(await again.page.locator('#explore-against').inputValue(), 'energy');
  clean(seen);
  clean(again.seen);
  await close();
  await again.close();
});

test('the plot names each mark by pointer and arrow keys, and opens it; no row of the frontier is dominated', async () => {
  const { page, seen, close } = await explore('&d=rtx-3060-12gb');
  const rows = await found(page);
  const front = rows.filter((r) => r.pareto);
  assert.ok(front.length > 2);
  for (const r of front)
    assert.ok(
      !rows.some(
        (o) =>
          o.decode_tok_s >= r.decode_tok_s &&
          o.parameters >= r.parameters &&
          (o.decode_tok_s > r.decode_tok_s || o.parameters > r.parameters)
      )
    );
  assert.ok((await page.locator('ew-plot .whisker').count()) > 2);
  assert.ok(await page.locator('ew-plot .marks.hollow').count());
  assert.match(await page.locator('ew-plot svg desc').textContent(), /decode speed on a logarithmic axis/);
  const slider = page.locator('ew-explore ew-plot [role=slider]');
  await slider.focus();
  await page.keyboard.press('End');
  const said = await slider.getAttribute('aria-valuetext');
  assert.match(said, /tok\/s \([\d.]+.*\), .*(Estimated|Measured|Fitted)/);
  assert.ok((await page.locator('ew-explore .readout').innerText()).includes(said));
  const model = said.split(',')[0];
  await page.keyboard.press('Enter');
  await page.waitForFunction((m) => document.querySelector('.sentence')?.textContent.includes(m), model);
  await page.goBack();
  await page.waitForSelector('.found tbody tr');
  // By the pointer: at the ring of that mark.
  await slider.focus();
  await page.keyboard.press('Home');
  const box = await page.locator('ew-explore .ring').boundingBox();
  const first = (await slider.getAttribute('aria-valuetext')).split(',')[0];
  await page.keyboard.press('Escape');
  await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
  await page.waitForFunction((m) => document.querySelector('.sentence')?.textContent.includes(m), first);
  clean(seen);
  await close();
});

test('quality is a score on one scale that is chosen, a bound, and unknown where nobody published it', async () => {
  const { page, seen, close } = await explore('&d=rtx-3060-12gb&against=quality');
  const rows = await found(page);
  const scale = await page.evaluate(() => document.querySelector('ew-explore').found.scale);
  assert.ok(scale.models >= 10);
  const scored = new Set(rows.filter((r) => r.quality !== null).map((r) => r.model));
  assert.ok(scored.size > 3 && scored.size <= scale.models);
  assert.match(await page.locator('ew-explore').innerText(), /combinations lack a value of the frontier/);
  await page.locator('details.more > summary').click();
  await fill(page, 'Quality of at least', '60');
  const good = await found(page);
  assert.ok(good.length > 0 && good.every((r) => r.quality >= 60));
  assert.match(
    await page.locator('ew-explore').innerText(),
    /Left out, since nobody knows the value: [\d,]+ by “Quality of at least”/
  );
  await page.locator('#explore-benchmark').selectOption({ index: 1 });
  await searched(page);
  assert.match(await hash(page), /bench=.+/);
  clean(seen);
  await close();
});

test('what finds nothing says which bound to loosen, and loosens it', async () => {
  const { page, seen, close } = await explore('&m=llama-3.1-8b&find=device&class=sbc&xspeed=1000');
  const blame = page.locator('.blame li', { hasText: 'Speed of at least' });
  assert.match(await blame.innerText(), /\d+ more, the nearest [\d.]+ tok\/s/);
  await blame.getByRole('button').click();
  await page.waitForSelector('.found tbody tr');
  assert.ok((await found(page)).every((r) => r.class === 'sbc'));
  assert.doesNotMatch(await hash(page), /xspeed=1000/);
  clean(seen);
  await close();
});

test('CSV holds what is shown, each row with its model and device, and starts no formula', async () => {
  const { page, seen, close } = await explore('&m=llama-3.2-1b&find=device&class=jetson');
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'CSV of these' }).click()
  ]);
  const text = readFileSync(await download.path(), 'utf8');
  assert.ok(text.endsWith('\r\n'));
  const table = parse(text, { columns: true, record_delimiter: '\r\n' });
  const rows = await found(page);
  assert.equal(table.length, rows.length);
  const shown = await page.locator('.found tbody th button[title]').allInnerTexts();
  table.slice(0, shown.length).forEach((r, i) => {
    assert.equal(r.device_name, shown[i].trim());
    assert.equal(r.model, 'llama-3.2-1b');
    assert.equal(r.class, 'jetson');
    const row = rows.find((x) => x.device === r.device);
    assert.equal(Number(r.decode_tok_s), row.decode_tok_s);
    assert.equal(r.price_usd, row.price_usd === null ? '' : String(row.price_usd));
  });
  assert.doesNotMatch(text, /(^|,)[=+@]/m);
  clean(seen);
  await close();
});

test('on a phone each row is a card with its numbers, and nothing overflows', async () => {
  const { page, seen, close } = await explore('&d=rtx-3060-12gb', { viewport: { width: 390, height: 844 } });
  const card = page.locator('.found tbody tr').first();
  const text = await card.innerText();
  for (const label of ['Decode, tok/s', 'First token, s', 'Memory, GiB', 'Energy, J', 'Kept'])
    assert.ok(text.includes(label) || (await card.locator(`[data-label="${label}"]`).isVisible()));
  const box = await card.boundingBox();
  assert.ok(box.width <= 390 && box.height > 80);
  assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= 390);
  clean(seen);
  await close();
});

test('axe finds nothing at 320 px and at 1440 px, in both themes', async () => {
  for (const width of [320, 1440])
    for (const colorScheme of ['light', 'dark']) {
      const { page, close } = await explore('&m=llama-3.1-8b&find=device&class=sbc', {
        viewport: { width, height: 900 },
        colorScheme
      });
      await page.evaluate(axe.source);
      const { violations } = await page.evaluate(() => globalThis.axe.run());
      assert.deepEqual(
        violations.map((v) => `${v.id}: ${v.nodes[0].html.slice(0, 200)}`),
        []
      );
      const beyond = await page.evaluate(
        () =>
          [...document.querySelectorAll('main *')].filter(
            (e) => e.getBoundingClientRect().right > innerWidth + 0.5 && !e.closest('.scroll')
          ).length
      );
      assert.equal(beyond, 0);
      await close();
    }
});

test('a worker that was prepared and is never asked is ended after a while', async () => {
  const { page, close } = await open(browser, 'about:blank');
  await page.clock.install();
  // The engine of the page is never there to ask it.
  await page.route('**/edgewise-answer*.wasm', () => undefined);
  await page.goto(`${site.url}#v=1&view=explore`);
  for (let tries = 0; tries < 100 && !page.workers().length; ++tries) await page.clock.runFor(100);
  assert.equal(page.workers().length, 1);
  await page.clock.runFor(50_000);
  assert.equal(page.workers().length, 1);
  const gone = page.workers()[0].waitForEvent('close');
  await page.clock.runFor(20_000);
  await gone;
  await close();
});
