// What is done with an answer: by keyboard, compared, exported, explored.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { choose, hash, number, open, ready, settled, staged, told } from './site.mjs';

const [browser, site] = await staged();

const clean = (seen) => assert.deepEqual(seen.errors, []);

test('by keyboard alone', async () => {
  const { page, seen, close } = await open(browser, site.url);
  await ready(page);
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement.className), 'skip');
  // Five views, the language, the theme, then the first chooser.
  for (let i = 0; i < 8; ++i) await page.keyboard.press('Tab');
  const focused = () =>
    page.evaluate(() => document.activeElement.getAttribute('role') ?? document.activeElement.tagName);
  assert.equal(await focused(), 'combobox');
  await page.keyboard.press('ArrowDown');
  assert.equal(await page.evaluate(() => document.activeElement.getAttribute('aria-expanded')), 'true');
  await page.keyboard.press('Escape');
  assert.equal(await page.evaluate(() => document.activeElement.getAttribute('aria-expanded')), 'false');
  await page.keyboard.press('Control+A');
  await page.keyboard.type('smollm2 360');
  const active = await page.evaluate(
    () => document.getElementById(document.activeElement.getAttribute('aria-activedescendant'))?.textContent
  );
  assert.match(active, /SmolLM2-360M/);
  await page.keyboard.press('Enter');
  await settled(page);
  assert.match(await page.locator('.sentence').innerText(), /SmolLM2-360M/);
  // On to the first big number, open its derivation, look at an input of it, come back.
  for (
    let i = 0;
    i < 40 && !(await page.evaluate(() => document.activeElement.classList.contains('big')));
    ++i
  )
    await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await page.waitForSelector('dialog.why[open]');
  assert.match(await page.locator('dialog.why h2').innerText(), /Memory/);
  await page.locator('dialog.why .inputs-list button').first().press('Enter');
  await page
    .locator('dialog.why h2')
    .filter({ hasNotText: /^Memory$/ })
    .waitFor();
  await page.keyboard.press('Escape');
  assert.ok(await page.evaluate(() => document.activeElement.classList.contains('big')));
  // The answer was announced once things were quiet.
  await page.waitForTimeout(900);
  assert.match(await page.locator('#live').innerText(), /SmolLM2-360M/);
  clean(seen);
  await close();
});

test('pinned choices are compared, the best is marked', async () => {
  const { page, seen, close } = await open(browser, site.url);
  await ready(page);
  await page.getByRole('button', { name: 'Pin to compare' }).click();
  await choose(page, 'Model', 'Qwen3-4B');
  const view = (name) => page.getByRole('link', { name }).click();
  await view('Compare');
  await page.waitForSelector('.compare thead th');
  assert.equal(await page.locator('.compare thead th').count(), 2);
  const memory = page.locator('.compare tbody tr', { hasText: 'Memory' }).first();
  assert.match(await memory.locator('td').nth(1).innerText(), /best/);
  // The same on the same board is a tie in price: none is the best.
  assert.doesNotMatch(await page.locator('.compare tbody tr', { hasText: 'Price' }).innerText(), /best/);
  await view('Calculator');
  for (const model of [
    'Qwen3-1.7B',
    'SmolLM2-360M',
    'Qwen3-0.6B',
    'Qwen3-8B',
    'Gemma-3 1B',
    'SmolLM2-1.7B',
    'Llama-3.2-3B'
  ]) {
    await page.getByRole('button', { name: 'Pin to compare' }).click();
    await choose(page, 'Model', model);
  }
  assert.equal(await page.getByRole('button', { name: '8 are pinned' }).isDisabled(), true);
  await view('Compare');
  await page.locator('.compare thead th').nth(7).waitFor();
  assert.equal(await page.locator('.compare thead th').count(), 8);
  await page.locator('table.bars tr').nth(7).waitFor();
  assert.equal(await page.locator('table.bars').first().locator('tr').count(), 8);
  await page.getByRole('button', { name: /^Remove A, Llama/ }).click();
  await page.getByRole('button', { name: 'Remove all' }).click();
  await page.getByText('One choice is shown so far.').waitFor();
  await page.goBack();
  await page.waitForSelector('.bigs');
  clean(seen);
  await close();
});

test('a printed answer says what it is of, and the link that asks it again', async () => {
  const { page, close } = await open(browser, `${site.url}#v=1&m=qwen3-4b&prompt=1000`);
  await ready(page);
  const printed = page.locator('.printed');
  assert.ok(!(await printed.isVisible()));
  await page.emulateMedia({ media: 'print' });
  assert.match(
    await printed.innerText(),
    /^Qwen3-4B, Q4_K_M · Raspberry Pi 5 8GB · llama\.cpp, CPU\nhttp\S+#v=1&m=qwen3-4b&prompt=1000/
  );
  await close();
});

test('exports: link, command, JSON, CSV, Markdown', async () => {
  const { page, seen, close } = await open(browser, `${site.url}#v=1&prompt=1000`, {
    permissions: ['clipboard-read', 'clipboard-write'],
    acceptDownloads: true
  });
  await ready(page);
  const copied = async (name) => (await told(page, name))[0];
  assert.match(await copied('Copy link'), /#v=1&prompt=1000&p=[0-9a-f]{8}$/);
  assert.equal(
    await copied('Copy as command'),
    'edgewise estimate --model llama-3.2-1b --device raspberry-pi-5-8gb --quant Q4_K_M --runtime llama.cpp-cpu --kv-quant F16 --prompt 1000 --generate 128'
  );
  const save = async (name) => {
    if (
      !(await page
        .locator('.menu')
        .getAttribute('open')
        .catch(() => null)) &&
      !(await page.locator('.menu > div').isVisible())
    )
      await page.locator('.menu summary').click();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name }).click()
    ]);
    return readFileSync(await download.path(), 'utf8');
  };
  const document = JSON.parse(await save('JSON, the whole result'));
  assert.equal(document.model.id, 'llama-3.2-1b');
  assert.ok(document.terms.memory_B.value > 1e9);
  const csv = (await save('CSV, every term')).split('\r\n');
  assert.equal(
    csv[0],
    'model,device,quant,runtime,power_mode,kv_quant,prompt,generate,depth,batch,threads,context,sure,configurations,power_scope,term,label,value,low,high,unit'
  );
  assert.ok(
    csv.some(
      (line) =>
        line.startsWith('llama-3.2-1b,raspberry-pi-5-8gb,Q4_K_M,') && line.includes(',memory_B,Memory,')
    )
  );
  // A row for an answer has its ranges, and what it rests on.
  const [names, row] = (await save('CSV, one row')).split('\r\n').map((line) => line.split(','));
  const of = (name) => row[names.indexOf(name)];
  assert.deepEqual([of('sure'), of('power_scope')], ['fitted', 'wall']);
  assert.ok(Number(of('configurations')) > 10);
  assert.ok(
    Number(of('tokens_s_low')) < Number(of('tokens_s')) &&
      Number(of('tokens_s')) < Number(of('tokens_s_high'))
  );
  const markdown = await copied('Markdown table');
  assert.match(markdown, /^\| Model \|[\s\S]*Energy per token, of the system[\s\S]*\| Llama-3\.2-1B \|/);
  assert.match(
    markdown,
    /tok\/s \([\d.]+ to [\d.]+[\s\S]*\n\n1,000 \+ 128 tokens\. [\s\S]* \[Edgewise\]\(http.*prompt=1000.*\)\n$/
  );
  clean(seen);
  await close();
});

test('one known number corrects the page, travels in the link, and can be taken back', async () => {
  const { page, seen, close } = await open(browser, `${site.url}#v=1&m=llama-3.2-3b`);
  await ready(page);
  const before = parseFloat(await number(page, 'decode_tok_s'));
  await page.locator('details.known > summary').click();
  await page.locator('#known-value').fill('3.4');
  await page.locator('#known-value').press('Enter');
  await settled(page);
  const corrected = parseFloat(await number(page, 'decode_tok_s'));
  assert.ok(corrected < before, `${corrected} < ${before}`);
  assert.match(await page.locator('.sure').innerText(), /Corrected by your number/);
  const address = await hash(page);
  assert.match(address, /known=decode%3D3\.4%20llama-3\.2-3b%20Q4_K_M$/);

  // What is impossible, or no number, is said where it was typed, and the answer stays.
  const value = page.locator('#known-value');
  for (const [typed, why] of [
    ['9000', /impossible/],
    ['0', /above 0/],
    ['abc', /not a number/]
  ]) {
    await value.fill(typed);
    await value.press('Enter');
    assert.match(await value.evaluate((box) => box.validationMessage), why, typed);
    assert.equal(await value.inputValue(), typed);
  }
  assert.equal(parseFloat(await number(page, 'decode_tok_s')), corrected);
  assert.equal(await hash(page), address);
  // Measured again, it takes the place of the former one.
  await value.fill('3.5');
  assert.equal(await value.evaluate((box) => box.validationMessage), '');
  await value.press('Enter');
  await settled(page);
  assert.equal(await page.locator('.numbers li').count(), 1);
  assert.match(await hash(page), /known=decode%3D3\.5%20/);

  // What Ollama prints, as it is.
  await page.locator('.known details.paste > summary').click();
  await page
    .locator('#known-paste')
    .fill(
      'prompt eval count:    20 token(s)\nprompt eval rate:     25.50 tokens/s\neval rate:            3.30 tokens/s'
    );
  await page.locator('.known details.paste button').click();
  await settled(page);
  assert.equal(await page.locator('.numbers li').count(), 3);

  // The same answer from the link; another device has no such number.
  const again = await open(browser, `${site.url}${address}`);
  await ready(again.page);
  assert.equal(parseFloat(await number(again.page, 'decode_tok_s')), corrected);
  await choose(again.page, 'Device', 'raspberry-pi-4-8gb');
  assert.doesNotMatch(await again.page.locator('.sure').innerText(), /Corrected/);
  assert.doesNotMatch(await hash(again.page), /known/);
  assert.deepEqual(again.seen.errors, []);
  await again.close();
  assert.deepEqual(seen.errors, []);
  await close();
});
