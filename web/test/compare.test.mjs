// Compare: what one sends as a link and the other changes there.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { hash, open, ready, staged } from './site.mjs';

const [browser, site] = await staged();

const heads = (page) => page.locator('.compare thead th .name').allInnerTexts();
/** The comparison of a link, once its choices are there. */
async function compared(link, options) {
  const opened = await open(browser, `${site.url}#v=1&view=compare${link}`, options);
  const of = new Set(link.match(/\.\d/g)).size;
  await opened.page.locator('.compare thead th').nth(of).waitFor();
  return opened;
}
/** Chooses in the dialog of one choice. */
async function change(page, name, label, text) {
  await page.getByRole('button', { name }).click();
  const box = page.getByRole('dialog').getByRole('combobox', { name: label });
  await box.fill(text);
  await box.press('Enter');
  await page.getByRole('dialog').getByRole('button', { name: 'Done' }).click();
  await page.getByRole('dialog').waitFor({ state: 'hidden' });
}

test('one choice is changed where the link is opened; the others stay, and the address is the new comparison', async () => {
  const { page, seen, close } = await compared('&m.1=qwen3-4b&m.2=llama-3.1-8b');
  const before_ = await heads(page);
  assert.deepEqual(before_, ['ALlama-3.2-1B', 'BQwen3-4B', 'CLlama-3.1-8B']);
  const memory = page.locator('.compare tbody tr', { hasText: 'Memory' }).locator('td');
  const [, , other] = await memory.allInnerTexts();
  await change(page, 'Change B, Qwen3-4B, Raspberry Pi 5 8GB', 'Model', 'Qwen3-0.6B');
  await page.locator('.compare thead', { hasText: 'BQwen3-0.6B' }).waitFor();
  assert.equal((await memory.allInnerTexts())[2], other);
  assert.equal(await hash(page), '#v=1&m.1=qwen3-0.6b&m.2=llama-3.1-8b&view=compare');
  await change(page, /^Change A, /, 'Device', 'Raspberry Pi 4 4GB');
  await page.locator('.compare thead th').first().getByText('Raspberry Pi 4').waitFor();
  assert.match(await hash(page), /^#v=1&d=raspberry-pi-4/);
  assert.deepEqual(seen.errors, []);
  await close();
});

test('choices are added, duplicated beside the original and removed', async () => {
  const { page, seen, close } = await compared('&m.1=qwen3-4b&m.2=llama-3.1-8b');
  await page.getByRole('button', { name: /^Duplicate B, / }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('heading', { name: 'Choice C' }).waitFor();
  const quant = dialog.getByRole('combobox', { name: 'Quantization' });
  await quant.fill('Q8_0');
  await quant.press('Enter');
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'hidden' });
  await page.locator('.compare thead td').nth(4).getByText('Q8_0').waitFor();
  assert.deepEqual(await heads(page), ['ALlama-3.2-1B', 'BQwen3-4B', 'CQwen3-4B', 'DLlama-3.1-8B']);
  await page.getByRole('button', { name: /^Remove D, / }).click();
  await page.getByRole('button', { name: 'Add a choice' }).click();
  await dialog.waitFor();
  await page.keyboard.press('Escape');
  // The present one is a pinned one now, and every one stands where it stood.
  assert.deepEqual(await heads(page), ['ALlama-3.2-1B', 'BQwen3-4B', 'CQwen3-4B', 'DLlama-3.2-1B']);
  assert.equal(
    await hash(page),
    '#v=1&m.1=llama-3.2-1b&r.1=llama.cpp-cpu&q.1=Q4_K_M&m.2=qwen3-4b&m.3=qwen3-4b&q.3=Q8_0&m.4=llama-3.2-1b&r.4=llama.cpp-cpu&q.4=Q4_K_M&view=compare'
  );
  assert.deepEqual(seen.errors, []);
  await close();
});

test('none is called best that is no more apart from another than either is sure', async () => {
  const { page, close } = await compared('&q=Q4_K_M&m.1=llama-3.2-1b&q.1=Q4_K_S&m.2=llama-3.2-1b&q.2=F16');
  const best = (label) =>
    page.locator('.compare tbody tr', { hasText: label }).first().locator('td').filter({ hasText: 'best' });
  const speed = await page
    .locator('.compare tbody tr', { hasText: 'Decode speed' })
    .locator('td')
    .allInnerTexts();
  assert.notEqual(speed[0].split('\n')[0], speed[1].split('\n')[0]);
  assert.equal(await best('Decode speed').count(), 0);
  await page.getByRole('button', { name: /^Remove B, / }).click();
  await best('Decode speed').waitFor();
  await close();
});

test('of a model that the host shares nothing is said of how much more the device alone would hold', async () => {
  const { page, close } = await compared('&m=qwen3-30b-a3b&d=rtx-3060-12gb&m.1=qwen3-4b&d.1=rtx-3060-12gb');
  const row = page.locator('.compare tbody tr', { hasText: 'Most parallel requests' });
  assert.match(await row.locator('td').nth(0).innerText(), /unknown/i);
  assert.match(await row.locator('td').nth(1).innerText(), /^[1-9]/);
  await close();
});

test('the present choice can be taken out of it', async () => {
  const { page, close } = await compared('&m.1=qwen3-4b&m.2=llama-3.1-8b');
  await page.getByRole('button', { name: /^Remove A, Llama-3.2/ }).click();
  await page.locator('.compare thead th:nth-child(4)').waitFor({ state: 'detached' });
  assert.deepEqual(await heads(page), ['AQwen3-4B', 'BLlama-3.1-8B']);
  await close();
});

test('a row of Explore and a way out are compared with the present choice', async () => {
  const { page, seen, close } = await open(browser, `${site.url}#v=1&m=llama-3.1-8b`);
  await ready(page);
  await page
    .locator('.ways li')
    .first()
    .getByRole('button', { name: /to compare$/ })
    .click();
  await page.locator('nav .count').waitFor();
  await page.getByRole('link', { name: 'Explore' }).click();
  const row = page.locator('.found tbody tr').first();
  const name = await row.locator('th .plain').first().innerText();
  await row.getByRole('button', { name: `Pin ${name} to compare` }).click();
  await page.locator('nav .count', { hasText: '2' }).waitFor();
  await page.getByRole('link', { name: /^Compare/ }).click();
  await page.locator('.compare thead th').nth(2).waitFor();
  const shown = await heads(page);
  assert.equal(shown.length, 3);
  assert.equal(shown[0], 'ALlama-3.1-8B');
  assert.equal(shown[2], `C${name}`);
  assert.deepEqual(seen.errors, []);
  await close();
});

test('eight curves keep apart by letters; one that does not run to the end is cut off, and in the table', async () => {
  const models = [
    'qwen3-4b',
    'llama-3.1-8b',
    'qwen3-0.6b',
    'qwen3-32b',
    'gemma-3-1b',
    'smollm2-360m',
    'qwen3-8b'
  ];
  const link = models.map((m, i) => `&m.${i + 1}=${m}`).join('');
  const { page, seen, close } = await compared(link, { viewport: { width: 1440, height: 900 } });
  const panel = page.locator('[aria-labelledby=compare-curves]');
  await panel.locator('ew-plot text.strong').first().waitFor();
  const ends = await panel
    .locator('svg[role=img] text.strong')
    .evaluateAll((all) =>
      all.map((t) => ({ letter: t.textContent, box: t.getBoundingClientRect().toJSON() }))
    );
  const letters = ends.map((e) => e.letter).sort();
  // E does not run at all, so it has no curve.
  assert.deepEqual(letters, ['A', 'B', 'C', 'D', 'F', 'G', 'H']);
  for (const [i, a] of ends.entries())
    for (const b of ends.slice(i + 1))
      assert.ok(
        a.box.right <= b.box.left + 1 ||
          b.box.right <= a.box.left + 1 ||
          Math.abs(a.box.top - b.box.top) >= 10,
        `${a.letter} on ${b.letter}`
      );
  await panel.locator('details.table > summary').click();
  assert.match(await panel.locator('tbody tr').last().innerText(), /–/);
  const styles = await panel
    .locator('svg[role=img] .curve')
    .evaluateAll((all) =>
      all.map((c) => `${getComputedStyle(c).stroke} ${getComputedStyle(c).strokeDasharray}`)
    );
  assert.equal(new Set(styles.map((s) => s.split(') ')[1])).size, styles.length, 'dashes differ');
  assert.deepEqual(seen.errors, []);
  await close();
});

test('nothing is best of what does not run or was asked otherwise; labels stay in sight', async () => {
  const { page, close } = await compared('&m.1=qwen3-32b&m.2=qwen3-4b&prompt.2=1024', {
    viewport: { width: 390, height: 844 }
  });
  const row = (label) => page.locator('.compare tbody tr', { hasText: label }).first();
  assert.doesNotMatch(await row('First token').innerText(), /best/);
  assert.match(await row('Largest context').innerText(), /best/);
  const label = page.locator('.compare tbody th').first();
  const left = () => label.evaluate((e) => Math.round(e.getBoundingClientRect().left));
  const at = await left();
  await page.locator('.compare .scroll').evaluate((e) => e.scrollTo({ left: 200 }));
  assert.equal(await left(), at);
  await close();
});

test('powers and energies say what they are of', async () => {
  const { page, close } = await compared(
    '&m.1=llama-3.2-1b&d.1=jetson-orin-nano-super-8gb&m.2=llama-3.2-1b&d.2=rtx-4090-24gb'
  );
  const row = page.locator('.compare tbody tr', { hasText: 'Energy per token' }).first();
  const [pi, jetson, card] = await row.locator('td').allInnerTexts();
  assert.match(pi, /of the system/);
  assert.match(jetson, /of the board/);
  assert.match(card, /of the card/);
  assert.doesNotMatch(`${pi}${jetson}${card}`, /best/);
  await close();
});

test('CSV has a row of each choice', async () => {
  const { page, close } = await compared('&m.1=qwen3-4b&d.1=jetson-orin-nano-8gb', { acceptDownloads: true });
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'CSV' }).click()
  ]);
  const [head, ...rows] = readFileSync(await download.path(), 'utf8')
    .trim()
    .split('\r\n');
  assert.match(head, /^model,device,power_mode,runtime,quant,/);
  assert.deepEqual(
    rows.map((r) => r.split(',').slice(0, 2)),
    [
      ['llama-3.2-1b', 'raspberry-pi-5-8gb'],
      ['qwen3-4b', 'jetson-orin-nano-8gb']
    ]
  );
  await close();
});

for (const width of [390, 1440])
  test(`the names of the choices stay in sight while a long table scrolls: ${width} px`, async () => {
    const { page, close } = await compared('&m.1=qwen3-4b&m.2=llama-3.1-8b', {
      viewport: { width, height: 480 }
    });
    const names = page.locator('.compare thead .name');
    const box = page.locator('.compare .scroll');
    await page.locator('.compare tbody tr').last().scrollIntoViewIfNeeded();
    const [at, around] = [await names.first().boundingBox(), await box.boundingBox()];
    assert.ok(at.y >= around.y && at.y < around.y + 24, JSON.stringify([at, around]));
    // Nothing of the table shines through, and its label stays beside a number.
    const top = ([x, y]) => document.elementFromPoint(x, y)?.closest('thead') !== null;
    assert.ok(await page.evaluate(top, [at.x + 4, at.y + 4]));
    await box.evaluate((e) => (e.scrollLeft = 200));
    const label = await page.locator('.compare tbody th').last().boundingBox();
    assert.ok(Math.abs(label.x - around.x) < 2);
    await close();
  });

test('of a device with power modes each choice and each bar says which; so does Explore', async () => {
  const { page, seen, close } = await compared(
    '&m=qwen3-8b&d=rtx-3090-24gb&mode=220w&m.1=qwen3-8b&d.1=rtx-3090-24gb'
  );
  assert.match(await page.locator('.compare table').innerText(), /220 W limit[^]*Full clocks/);
  const bars = page.locator('[aria-labelledby="compare-bars"]');
  await bars.scrollIntoViewIfNeeded();
  await bars.getByText('Full clocks').first().waitFor();
  assert.doesNotMatch(await page.locator('main').innerText(), /220w/);
  await page.getByRole('link', { name: 'Explore' }).click();
  await page.getByText('Power mode: 220 W limit.').waitFor();
  const [saved] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'CSV of these' }).click()
  ]);
  const [head, row] = readFileSync(await saved.path(), 'utf8').split('\r\n');
  assert.match(head, /,power_mode$/);
  assert.match(row, /,220w$/);
  assert.deepEqual(seen.errors, []);
  await close();
});
