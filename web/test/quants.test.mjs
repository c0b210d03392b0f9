// The chooser of quantizations, the quality that they keep, and units of memory.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { choose, number, open, ready, settled, staged } from './site.mjs';

const [browser, site] = await staged();

const box = (page) => page.getByRole('combobox', { name: 'Quantization', exact: true });
const lines = (page) =>
  page.locator('#quant [role=option]').evaluateAll((all) =>
    all.map((o) => ({
      name: o.firstElementChild.innerText.trim(),
      cells: [...o.querySelectorAll('.cell')].map((c) => c.lastChild.textContent),
      said: o.textContent
    }))
  );
/** Opens the list and waits until it says what it knows. */
async function opened(page) {
  await box(page).click();
  await page.waitForFunction(() => {
    const cells = [...document.querySelectorAll('#quant .cell:last-child')];
    return cells.length > 0 && cells.every((c) => !c.textContent.includes('…'));
  });
  return lines(page);
}

test('each says bits, size, speed and what it keeps; the usual ones first; the choice is what it said', async () => {
  const { page, seen, close } = await open(browser, `${site.url}#v=1&m=llama-3.1-8b&d=rtx-3060-12gb`);
  await ready(page);
  const all = await opened(page);
  assert.deepEqual(await page.locator('#quant .combo-heads span').allInnerTexts(), [
    '',
    'bits',
    'GiB',
    'tok/s',
    'quality'
  ]);
  assert.deepEqual(await page.locator('#quant .combo-group').allInnerTexts(), ['Most used', 'All others']);
  const usual = await page.locator('#quant [role=group]').first().locator('[role=option]').count();
  assert.ok(usual >= 5 && usual <= 10 && all.length > usual);
  // The larger first, in each group.
  const bits = all.map(({ cells }) => Number(cells[0]));
  for (const part of [bits.slice(0, usual), bits.slice(usual)])
    assert.deepEqual(
      part,
      part.toSorted((a, b) => b - a)
    );
  const q4 = all.find(({ name }) => name.startsWith('Q4_K_M'));
  const q8 = all.find(({ name }) => name === 'Q8_0');
  assert.ok(Number(q4.cells[0]) > 4.5 && Number(q4.cells[0]) < 5.2, q4.cells[0]);
  assert.ok(Number(q8.cells[1]) > Number(q4.cells[1]));
  assert.match(q4.cells[3], /\d %$/);
  assert.match(q4.said, /Runs well.*bits.*GiB.*tok\/s.*quality/);
  const full = all.find(({ name }) => name === 'F32');
  assert.match(full.said, /Does not run|host/);
  // By the keyboard: what is chosen is at the cursor first.
  assert.match(await page.locator('#quant [role=option].active').innerText(), /^Q4_K_M/);
  await page.keyboard.press('ArrowUp');
  const chosen = await page
    .locator('#quant [role=option].active')
    .evaluate((o) => o.querySelectorAll('.cell')[2].lastChild.textContent);
  await page.keyboard.press('Enter');
  await settled(page);
  assert.equal(parseFloat(await number(page, 'decode_tok_s')), Number(chosen));
  assert.deepEqual(seen.errors, []);
  await close();
});

test('the answer says what the quantization keeps, from what, and scores; and that nobody knows', async () => {
  const { page, close } = await open(browser, `${site.url}#v=1&m=llama-3.1-8b&d=rtx-3060-12gb&q=Q4_K_M`);
  await ready(page);
  await page.getByRole('button', { name: 'What does Q4_K_M cost in quality?' }).click();
  const line = page.locator('p.quality');
  await page.waitForFunction(() => /keeps/.test(document.querySelector('p.quality')?.textContent ?? ''));
  assert.match(await line.innerText(), /^Q4_K_M keeps (about )?[\d.]+ % of the quality.*Unquantized: .*\d %/);
  await choose(page, 'Model', 'Llama-3.2-1B');
  await page.waitForFunction(() =>
    /Nobody published/.test(document.querySelector('p.quality')?.textContent ?? '')
  );
  await close();
});

test('memory in GiB or GB: everywhere, and remembered', async () => {
  const { page, close } = await open(browser, site.url);
  await ready(page);
  const memory = () => number(page, 'memory_B');
  const gib = parseFloat(await memory());
  await page.locator('.switch label', { hasText: /^GB$/ }).click();
  await page.waitForFunction(() => /GB/.test(document.querySelector('.big[data-term=memory_B]').textContent));
  assert.ok(Math.abs(parseFloat(await memory()) / gib - 1.0737) < 0.01);
  assert.doesNotMatch(await page.locator('#answer').innerText(), /[GM]iB(?!\s*GB)/);
  // Also what was listed before.
  const size = async () => Number((await opened(page)).find(({ name }) => name === 'Q8_0').cells[1]);
  const gb = await size();
  await page.keyboard.press('Escape');
  await page.locator('.switch label', { hasText: /^GiB$/ }).click();
  assert.ok(Math.abs(gb / (await size()) - 1.0737) < 0.01);
  await page.keyboard.press('Escape');
  await page.locator('.switch label', { hasText: /^GB$/ }).click();
  await page.getByRole('button', { name: '中文' }).click();
  await page.waitForFunction(() => /（默认）/.test(document.querySelector('#quant input').value));
  await page.getByRole('button', { name: 'English' }).click();
  await page.waitForFunction(() => /\(default\)/.test(document.querySelector('#quant input').value));
  await page.reload();
  await ready(page);
  assert.match(await memory(), /GB/);
  const all = await opened(page);
  assert.ok(all.length > 5);
  assert.ok((await page.locator('#quant .combo-heads').innerText()).includes('GB'));
  await close();
});
