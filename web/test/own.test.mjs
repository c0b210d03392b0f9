// Models and devices of the user's own: dropped, pasted, in a link.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { board, elsewhere, paste, text } from './elsewhere.mjs';
import { hash, number, open, ready, sentence, settled, staged } from './site.mjs';

const [browser, site, host] = await staged(elsewhere({ '/board.json': text }));

const link = (address, rest = '') => `${site.url}#v=1${rest}&device=${encodeURIComponent(address)}`;
const clean = (seen) => assert.deepEqual(seen.errors, []);

const bare = (changes = {}) => ({
  type: 'device',
  format_version: 1,
  id: 'my-board',
  name: 'My Board',
  kind: 'soc-integrated',
  class: 'sbc',
  memory: { capacity_gib: 4, peak_bandwidth_gb_s: 20 },
  cpu: { clusters: [{ microarchitecture: 'Cortex-A76', cores: 4, clock_ghz: 2 }] },
  ...changes
});
const drop = (page, name, text) =>
  page.evaluate(
    ([fileName, content]) => {
      const data = new DataTransfer();
      data.items.add(new File([content], fileName));
      for (const type of ['dragenter', 'dragover', 'drop'])
        dispatchEvent(new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true }));
    },
    [name, text]
  );

test('a dropped preset is used; a broken one says what is wrong; what is unknown reads unknown', async () => {
  const { page, seen, close } = await open(browser, site.url);
  await ready(page);
  await drop(page, 'board.json', JSON.stringify(bare()));
  await page.waitForFunction(() => document.querySelector('.sentence')?.textContent.includes('My Board'));
  // It states no power: energy is unknown, with the field that would make it known, and never 0.
  const energy = page.locator('.big[data-term=energy_per_token_J]');
  assert.match(await energy.innerText(), /unknown/);
  assert.match(await energy.innerText(), /needs the idle power of the device/);
  assert.doesNotMatch(await energy.locator('.value').innerText(), /\d/);
  await energy.click();
  assert.match(
    await page.locator('dialog.why').innerText(),
    /would be known with:[\s\S]*device\.power\.idle_w/
  );
  await page.keyboard.press('Escape');
  const link = await page.evaluate(() => document.querySelector('edgewise-app').link());
  const again = await open(browser, link);
  await ready(again.page);
  assert.match(await again.page.locator('.sentence').innerText(), /My Board/);
  await again.close();

  await drop(page, 'broken.json', JSON.stringify(bare({ memory: { capacity_gib: -1 }, kind: 'toaster' })));
  const alert = page.getByRole('alert');
  await alert.waitFor();
  assert.match(await alert.innerText(), /broken\.json/);
  assert.match(await alert.innerText(), /memory\.capacity_gib/);
  assert.match(await alert.innerText(), /kind/);
  assert.match(await page.locator('.sentence').innerText(), /My Board/);
  await drop(page, 'noise.json', 'not json');
  await page.waitForFunction(() =>
    document.querySelector('[role=alert]')?.textContent.includes('noise.json')
  );
  assert.match(await alert.innerText(), /not valid JSON/);
  await page.getByRole('button', { name: 'Dismiss' }).click();

  clean(seen);
  await close();
});

/** What reads the files of others: the whole engine. */
const wholeEngine = /edgewise-engine.*\.wasm$/;
const since = (n) => site.requested.slice(n).filter((path) => wholeEngine.test(path));

test('a Hugging Face config.json is a model; what reads it is fetched then, and not before', async () => {
  const begin = site.requested.length;
  const { page, seen, close } = await open(browser, site.url);
  await ready(page);
  await page.waitForTimeout(300);
  assert.deepEqual(since(begin), []);
  await drop(
    page,
    'config.json',
    JSON.stringify({
      _name_or_path: 'someone/My-Llama',
      architectures: ['LlamaForCausalLM'],
      model_type: 'llama',
      hidden_size: 1024,
      intermediate_size: 4096,
      num_hidden_layers: 8,
      num_attention_heads: 16,
      num_key_value_heads: 4,
      vocab_size: 32000,
      tie_word_embeddings: false,
      max_position_embeddings: 4096,
      rms_norm_eps: 1e-5,
      torch_dtype: 'bfloat16'
    })
  );
  await page.waitForFunction(
    () => document.querySelector('.sentence')?.textContent.startsWith('My-Llama'),
    null,
    { timeout: 5000 }
  );
  assert.match(await number(page, 'memory_B'), /MiB/);
  assert.equal(since(begin).length, 1);
  // The link brings it as a preset, and Explore has it.
  const again = await open(browser, await page.evaluate(() => document.querySelector('edgewise-app').link()));
  await ready(again.page);
  assert.match(await sentence(again.page), /^My-Llama/);
  await again.page.getByRole('link', { name: 'Explore' }).click();
  await again.page.waitForFunction(() =>
    document.querySelector('ew-explore')?.rows.some((row) => row.model === 'My-Llama')
  );
  clean(again.seen);
  await again.close();
  clean(seen);
  await close();
});

test('the header of a .gguf file is a model, which a link can bring', async () => {
  const { page, seen, close } = await open(browser, site.url);
  await ready(page);
  await page.locator('.files > summary').click();
  await page
    .locator('input[type=file]')
    .setInputFiles(fileURLToPath(new URL('../../tests/fuzz/seed.gguf', import.meta.url)));
  await page.waitForFunction(() => document.querySelector('.sentence')?.textContent.startsWith('seed'));
  const again = await open(browser, await page.evaluate(() => document.querySelector('edgewise-app').link()));
  await ready(again.page);
  assert.equal(await sentence(again.page), await sentence(page));
  clean(again.seen);
  await again.close();
  clean(seen);
  await close();
});

test('where what reads files cannot be had, the page says so and goes on', async () => {
  const { page, close } = await open(browser, site.url);
  await ready(page);
  const alert = page.getByRole('alert');
  for (const [file, words] of [
    [wholeEngine, /pasted text/],
    [/inspector.*\.js$/, /could not be loaded/]
  ]) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    await page.context().route(file, (route) => route.abort());
    // oxlint-disable-next-line no-await-in-loop
    await paste(page, text);
    // oxlint-disable-next-line no-await-in-loop
    await alert.waitFor();
    // oxlint-disable-next-line no-await-in-loop
    assert.match(await alert.innerText(), words);
    // oxlint-disable-next-line no-await-in-loop
    await page.getByRole('button', { name: 'Dismiss' }).click();
  }
  assert.match(await sentence(page), /Raspberry Pi 5/);
  await page.context().unroute(wholeEngine);
  await page.context().unroute(/inspector.*\.js$/);
  await paste(page, text);
  await page.waitForFunction(() => document.querySelector('.sentence').textContent.includes('My Board'));
  await close();
});

test('a .gguf file that is cut short is refused with a reason', async () => {
  const { page, close } = await open(browser, site.url);
  await ready(page);
  await drop(page, 'cut.gguf', 'GGUF\u0003\0\0\0\u0005\0\0\0');
  await page.getByRole('alert').waitFor({ timeout: 5000 });
  assert.match(await page.getByRole('alert').innerText(), /cut\.gguf/);
  await close();
});

test('a preset never takes the place of one of the page', async () => {
  const same = JSON.stringify(
    board({
      id: 'raspberry-pi-5-8gb',
      name: 'Raspberry Pi 5 8GB',
      memory: { capacity_gib: 1, peak_bandwidth_gb_s: 1 }
    })
  );
  host.files['/same.json'] = same;
  const { page, seen, close } = await open(browser, link(`${host.url}same.json`));
  await ready(page);
  const small = await page.locator('[aria-labelledby=memory-title]').innerText();
  await page.evaluate(() => {
    location.hash = '#v=1';
  });
  await page.waitForFunction(() => !document.querySelector('.origin'));
  await settled(page);
  assert.notEqual(await page.locator('[aria-labelledby=memory-title]').innerText(), small);
  const speed = await number(page, 'decode_tok_s');
  // Pasted, it is the user's own beside the page's, and a link carries it as such.
  await paste(page, same);
  await page.waitForFunction(
    (s) => document.querySelector('.big[data-term=decode_tok_s] .value').innerText !== s,
    speed
  );
  assert.match(await hash(page), /d=raspberry-pi-5-8gb~own/);
  const own = await number(page, 'decode_tok_s');
  const again = await open(browser, await page.evaluate(() => document.querySelector('edgewise-app').link()));
  await ready(again.page);
  assert.equal(await number(again.page, 'decode_tok_s'), own);
  await again.close();
  await page.evaluate(() => {
    location.hash = '#v=1&d=raspberry-pi-5-8gb';
  });
  await page.waitForFunction(
    (s) => document.querySelector('.big[data-term=decode_tok_s] .value').innerText === s,
    speed
  );
  // Links of the time when it did replace it mean the preset that they bring.
  const old = await open(browser, `${site.url}#v=1&x=${Buffer.from(same).toString('base64url')}`);
  await ready(old.page);
  assert.equal(await number(old.page, 'decode_tok_s'), own);
  await old.close();
  // A link brings no tables.
  const tables = await open(
    browser,
    `${site.url}#v=1&x=${Buffer.from(readFileSync(new URL('../../presets/calibrations/intervals.json', import.meta.url))).toString('base64url')}`
  );
  await tables.page.getByRole('alert').waitFor();
  assert.match(await tables.page.getByRole('alert').innerText(), /model, device/);
  await tables.close();
  clean(seen);
  await close();
});

test('a config.json that is pasted is called as it calls itself', async () => {
  const { page, seen, close } = await open(browser, site.url);
  await ready(page);
  const config = readFileSync(new URL('../../tests/data/configs/qwen2.5-0.5b.json', import.meta.url), 'utf8');
  await paste(page, JSON.stringify({ ...JSON.parse(config), _name_or_path: 'acme/Robo-0.5B' }));
  await page.waitForFunction(() => document.querySelector('.sentence').textContent.startsWith('Robo-0.5B'));
  clean(seen);
  await close();
});

test('JSON is taken wherever it is pasted, but not out of a box', async () => {
  const { page, seen, close } = await open(browser, site.url);
  await ready(page);
  await paste(page, text, 'input[role=combobox]');
  await paste(page, 'just words');
  await page.waitForTimeout(300);
  assert.match(await sentence(page), /Raspberry Pi 5/);
  await paste(page, text);
  await page.waitForFunction(() => document.querySelector('.sentence').textContent.includes('My Board'));
  await paste(page, text.replace('"kind":"soc-integrated"', '"kind":"toaster"'));
  await page.getByRole('alert').waitFor();
  assert.match(await page.getByRole('alert').innerText(), /pasted text[\s\S]*kind/);
  assert.match(await sentence(page), /My Board/);
  clean(seen);
  await close();
});
