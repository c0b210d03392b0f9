import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { choose, launch, number, open, ready, serve, settled } from './site.mjs';

let browser, site;
before(async () => {
  [browser, site] = await Promise.all([launch(), serve()]);
});
after(async () => {
  await browser.close();
  await site.close();
});

const links = JSON.parse(readFileSync(new URL('./links.json', import.meta.url)));
const field = (page, name) => page.getByRole('textbox', { name, exact: true });
const clean = (seen) => assert.deepEqual(seen.errors, []);
const hash = async (page) => {
  await page.waitForTimeout(550);
  return new URL(page.url()).hash;
};

test('the default answer appears, with nothing sent elsewhere and no policy broken', async () => {
  const { page, seen, close } = await open(browser, site.url);
  await ready(page);
  assert.match(await page.locator('.verdict h2').innerText(), /Yes/);
  assert.match(
    await page.locator('.sentence').innerText(),
    /Llama-3\.2-1B needs [\d.]+\sGiB of [\d.]+\sGiB usable on Raspberry Pi 5 8GB/
  );
  assert.match(await number(page, 'memory_B'), /^[\d.]+\sGiB$/);
  assert.equal(await page.locator('.big').count(), 4);
  await page.getByRole('button', { name: 'Explore' }).click();
  await page.waitForSelector('.found tbody tr');
  await page.getByRole('button', { name: 'Method' }).click();
  await page.waitForSelector('.term');
  assert.ok((await page.locator('.term').count()) > 50);
  assert.deepEqual(
    seen.requests.filter((u) => !u.startsWith(site.url) && !u.startsWith('blob:') && !u.startsWith('data:')),
    []
  );
  assert.deepEqual(await page.evaluate(() => window.violations), []);
  clean(seen);
  await close();
});

test('a fitted number says so, and who published what it was fitted to', async () => {
  const { page, seen, close } = await open(browser, site.url);
  await ready(page);
  const how = await page.locator('.big .how').allInnerTexts();
  assert.match(how[0], /computed/);
  assert.match(how[2], /fitted/);
  assert.deepEqual(
    seen.requests.filter((u) => /evidence/.test(u)),
    []
  );
  await page.getByText('By whom and when').click();
  await page.locator('.origins .sources a').first().waitFor();
  const rows = (await page.locator('.origins .sources li').allInnerTexts()).map((s) =>
    Number(/: (\d+) row/.exec(s)?.[1] ?? 0)
  );
  assert.ok(rows[0] > 1 && rows[0] >= rows[1]);
  // Another choice names others, without asking again.
  const before_ = await page.locator('.origins .sources').innerText();
  await choose(page, 'Device', 'orin nano super');
  await page.waitForFunction(
    (text) =>
      document.querySelector('.origins .sources') &&
      document.querySelector('.origins .sources').innerText !== text,
    before_
  );
  clean(seen);
  await close();
});

test('choices change the numbers', async () => {
  const { page, seen, close } = await open(browser, site.url);
  await ready(page);
  const small = await number(page, 'memory_B');
  await choose(page, 'Model', 'Qwen3-4B');
  const large = await number(page, 'memory_B');
  assert.notEqual(large, small);
  await page.getByLabel('Quantization', { exact: true }).selectOption('Q8_0');
  await settled(page);
  assert.ok(parseFloat(await number(page, 'memory_B')) > parseFloat(large));
  await field(page, 'Prompt').fill('8 Ki');
  await field(page, 'Prompt').press('Enter');
  await settled(page);
  assert.equal(await field(page, 'Prompt').inputValue(), '8,192');
  assert.ok(parseFloat(await number(page, 'memory_B')) > parseFloat(large));
  await choose(page, 'Device', 'orin nano super');
  assert.match(await page.locator('.sentence').innerText(), /Orin Nano Super/);
  assert.ok((await page.getByLabel('Power mode').locator('option').count()) > 1);
  await page.getByRole('button', { name: 'Reset' }).click();
  await settled(page);
  assert.equal(await number(page, 'memory_B'), small);
  clean(seen);
  await close();
});

test('numbers as people write them', async () => {
  const { page, close } = await open(browser, site.url);
  await ready(page);
  const box = field(page, 'Prompt');
  for (const [written, read] of [
    ['4k', '4,000'],
    ['4 Ki', '4,096'],
    ['1.5k', '1,500'],
    ['1,5k', '1,500'],
    ['4,096', '4,096'],
    ['1 000', '1,000']
  ]) {
    await box.fill(written);
    await box.press('Enter');
    assert.equal(await box.inputValue(), read, written);
  }
  await box.fill('many');
  await box.press('Enter');
  assert.equal(await box.getAttribute('aria-invalid'), 'true');
  await page.locator('summary', { hasText: 'More settings' }).click();
  const price = field(page, 'Electricity');
  await price.fill('0,30');
  await price.press('Enter');
  assert.equal(await price.inputValue(), '0.3');
  await close();
});

test('the address holds the state and gives it back', async () => {
  const { page, seen, close } = await open(browser, site.url);
  await ready(page);
  await choose(page, 'Model', 'Qwen3-4B');
  await page.getByLabel('Quantization', { exact: true }).selectOption('Q8_0');
  await field(page, 'Prompt').fill('2k');
  await field(page, 'Prompt').press('Enter');
  await settled(page);
  assert.equal(await hash(page), '#v=1&m=qwen3-4b&q=Q8_0&prompt=2000');
  await page.getByRole('button', { name: 'Pin to compare' }).click();
  const address = new URL(
    await (async () => {
      await hash(page);
      return page.url();
    })()
  );
  const memory = await number(page, 'memory_B');
  const again = await open(browser, address.href);
  await ready(again.page);
  assert.equal(await number(again.page, 'memory_B'), memory);
  await again.page.waitForSelector('.compare th .name');
  assert.equal(
    await again.page.getByRole('combobox', { name: 'Model', exact: true }).inputValue(),
    'Qwen3-4B'
  );
  clean(seen);
  clean(again.seen);
  await again.close();
  await close();
});

test('links of every version are read', async () => {
  for (const { link, ...expected } of links) {
    const { page, close } = await open(browser, site.url + link);
    await ready(page);
    assert.equal(
      await page.getByRole('combobox', { name: 'Model', exact: true }).inputValue(),
      expected.model,
      link
    );
    assert.equal(
      await page.getByRole('combobox', { name: 'Device', exact: true }).inputValue(),
      expected.device,
      link
    );
    assert.equal(await field(page, 'Prompt').inputValue(), expected.prompt, link);
    assert.equal(await field(page, 'Generate').inputValue(), expected.generate, link);
    if (expected.quant)
      assert.equal(await page.getByLabel('Quantization', { exact: true }).inputValue(), expected.quant, link);
    if (expected.runtime)
      assert.equal(await page.getByLabel('Runtime', { exact: true }).inputValue(), expected.runtime, link);
    await close();
  }
});

test('an unknown version is refused politely, unknown keys are kept, unknown ids are said', async () => {
  const next = await open(browser, `${site.url}#v=99&m=qwen3-4b`);
  await ready(next.page);
  assert.match(await next.page.locator('main > .note').first().innerText(), /another version/);
  assert.equal(
    await next.page.getByRole('combobox', { name: 'Model', exact: true }).inputValue(),
    'Llama-3.2-1B'
  );
  await next.close();
  const more = await open(browser, `${site.url}#v=1&colour=blue&m=no-such-model`);
  await ready(more.page);
  const notes = (await more.page.locator('main > .note').allInnerTexts()).join(' ');
  assert.match(notes, /colour/);
  assert.match(notes, /no-such-model/);
  await field(more.page, 'Prompt').fill('100');
  await field(more.page, 'Prompt').press('Enter');
  assert.match(await hash(more.page), /prompt=100.*colour=blue/);
  await more.close();
});

const board = (changes = {}) => ({
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
  await drop(page, 'board.json', JSON.stringify(board()));
  await page.waitForFunction(() => document.querySelector('.sentence')?.textContent.includes('My Board'));
  // It states no power: energy is unknown, with the field that would make it known, and never 0.
  const energy = page.locator('.big[data-term=energy_per_token_J]');
  assert.match(await energy.innerText(), /unknown/);
  assert.match(await energy.innerText(), /device\.power/);
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

  await drop(page, 'broken.json', JSON.stringify(board({ memory: { capacity_gib: -1 }, kind: 'toaster' })));
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

test('a Hugging Face config.json is a model', async () => {
  const { page, seen, close } = await open(browser, site.url);
  await ready(page);
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
  clean(seen);
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

test('a choice that cannot be computed says so', async () => {
  const { page, close } = await open(browser, `${site.url}#v=1&c=16`);
  await page.waitForSelector('#answer [role=alert]');
  assert.match(await page.locator('#answer [role=alert]').innerText(), /context/);
  await page.locator('summary', { hasText: 'More settings' }).click();
  assert.equal(await field(page, 'Allocated context').getAttribute('aria-invalid'), 'true');
  await close();
});

test('by keyboard alone', async () => {
  const { page, seen, close } = await open(browser, site.url);
  await ready(page);
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement.className), 'skip');
  for (let i = 0; i < 6; ++i) await page.keyboard.press('Tab');
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
  assert.doesNotMatch(await page.locator('dialog.why h2').innerText(), /^Memory$/);
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
  assert.equal(await page.locator('.compare thead th').count(), 2);
  const memory = page.locator('.compare tbody tr', { hasText: 'Memory' }).first();
  assert.match(await memory.locator('td').nth(1).innerText(), /best/);
  for (const model of ['Qwen3-1.7B', 'SmolLM2-360M', 'Qwen3-0.6B']) {
    await page.getByRole('button', { name: 'Pin to compare' }).click();
    await choose(page, 'Model', model);
  }
  assert.equal(await page.getByRole('button', { name: 'Four are pinned' }).isDisabled(), true);
  assert.equal(await page.locator('.compare thead th').count(), 4);
  await page.getByRole('button', { name: /^Remove Llama/ }).click();
  await page.getByRole('button', { name: 'Remove all' }).click();
  assert.equal(await page.locator('.compare').count(), 0);
  clean(seen);
  await close();
});

test('exports: link, command, JSON, CSV, Markdown', async () => {
  const { page, seen, close } = await open(browser, `${site.url}#v=1&prompt=1000`, {
    permissions: ['clipboard-read', 'clipboard-write'],
    acceptDownloads: true
  });
  await ready(page);
  const clipboard = () => page.evaluate(() => navigator.clipboard.readText());
  await page.getByRole('button', { name: 'Copy link' }).click();
  await page.waitForSelector('.toast:not([hidden])');
  assert.match(await clipboard(), /#v=1&prompt=1000&p=[0-9a-f]{8}$/);
  await page.getByRole('button', { name: 'Copy as command' }).click();
  assert.equal(
    await clipboard(),
    'edgewise estimate --model llama-3.2-1b --device raspberry-pi-5-8gb --runtime llama.cpp-cpu --quant Q4_K_M --kv-quant F16 --prompt 1000 --generate 128'
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
  assert.equal(csv[0], 'term,label,value,low,high,unit');
  assert.ok(csv.some((line) => line.startsWith('memory_B,Memory,')));
  await page.getByRole('button', { name: 'Markdown table' }).click();
  assert.match(await clipboard(), /^\| Model \|[\s\S]*\| Llama-3\.2-1B \|/);
  clean(seen);
  await close();
});

test('explore: models for a device, devices for a model', async () => {
  const { page, seen, close } = await open(browser, `${site.url}#v=1&view=explore`);
  await page.waitForSelector('.panel [role=status]');
  await field(page, 'Speed of at least').fill('');
  await field(page, 'Speed of at least').press('Enter');
  await page.waitForSelector('.found tbody tr');
  const rows = page.locator('.found tbody tr');
  assert.ok((await rows.count()) > 20);
  const memory = () => page.locator('.found tbody tr td:nth-child(6)').allInnerTexts();
  await page.getByRole('button', { name: /^Memory, GiB/ }).click();
  const sorted = (await memory()).map(Number);
  assert.deepEqual(
    sorted,
    sorted.slice().sort((a, b) => a - b)
  );
  await field(page, 'Memory up to').fill('1');
  await field(page, 'Memory up to').press('Enter');
  await page.waitForFunction(() =>
    [...document.querySelectorAll('.found tbody tr td:nth-child(6)')].every(
      (td) => Number(td.textContent) <= 1
    )
  );
  await page.getByRole('radio', { name: 'Devices that run' }).check();
  await page.waitForFunction(() => document.querySelector('.found thead th')?.textContent.includes('Device'));
  await page.waitForFunction(() => document.querySelectorAll('.found tbody tr').length > 20);
  const name = await rows.nth(0).locator('button').innerText();
  await rows.nth(0).locator('button').click();
  await ready(page);
  await page.waitForFunction(
    (device) => document.querySelector('.sentence')?.textContent.includes(device),
    name
  );
  clean(seen);
  await close();
});

test('what does not fit says what happens instead', async () => {
  const { page, close } = await open(browser, `${site.url}#v=1&m=qwen3-30b-a3b`);
  await ready(page);
  assert.match(await page.locator('.verdict h2').innerText(), /does not fit/);
  assert.match(
    await page.locator('[aria-labelledby=memory-title] .note').innerText(),
    /What happens instead/
  );
  assert.match(await page.locator('.big[data-term=decode_tok_s]').innerText(), /if memory sufficed|unknown/);
  await close();
});

test('where it does not fit, the sentence and the panel below say the same', async () => {
  for (const [device, words] of [
    ['radxa-aicore-ax-m1-8gb', /\d+ of \d+ layers fit/], // an accelerator on M.2, which has a host
    ['rtx-3060-12gb', /\d+ of \d+ layers fit/],
    ['raspberry-pi-5-8gb', /about [\d.]+\s\w+/]
  ]) {
    const { page, close } = await open(browser, `${site.url}#v=1&m=llama-3.1-70b&d=${device}`);
    await ready(page);
    const hero = words.exec(await page.locator('.sentence').innerText())?.[0];
    const panel = words.exec(await page.locator('[aria-labelledby=memory-title] .note').innerText())?.[0];
    assert.ok(hero, device);
    assert.equal(hero, panel, device);
    await close();
  }
});

test('the engine missing is said, and can be tried again', async () => {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.route('**/*.wasm', (route) => route.abort());
  await page.goto(site.url);
  await page.getByRole('alert').waitFor();
  await page.unroute('**/*.wasm');
  await page.getByRole('button', { name: 'Try again' }).click();
  await ready(page);
  await context.close();
});
