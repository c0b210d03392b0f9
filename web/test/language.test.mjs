// The page in Chinese, as somebody reads it who reads no English: every view, the dialog, warnings and errors.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { open, ready, staged } from './site.mjs';

const [browser, site] = await staged();

/** Three English words in a row, small but for the first: names of models, devices and modes are written otherwise. */
const english = (page) =>
  page.evaluate(() => {
    const shown = (node) =>
      node.parentElement?.checkVisibility() &&
      !node.parentElement.closest('[lang=en], code, option, .sources, .origins, main a');
    const walker = document.createTreeWalker(document.querySelector('edgewise-app'), NodeFilter.SHOW_TEXT);
    const found = [];
    while (walker.nextNode())
      if (shown(walker.currentNode) && /\b[A-Za-z]?[a-z]+ [a-z]+ [a-z]+\b/.test(walker.currentNode.data))
        found.push(walker.currentNode.data.trim().slice(0, 120));
    return found;
  });

for (const [name, link, there] of [
  ['the calculator', '', '.bigs'],
  [
    'a model that is slow, with its ways out',
    '&m=llama-3.1-8b&d=raspberry-pi-5-8gb&prompt=4096',
    '.ways button'
  ],
  ['images, and a context beyond the model', '&m=qwen3-4b&c=200000&kv=q8_0', '#answer .note'],
  ['a question that cannot be', '&prompt=0&generate=0', '.alert'],
  ['Explore', '&view=explore', '.found tbody tr, .found'],
  ['Compare', '&view=compare&m.1=qwen3-4b', 'main'],
  ['Method', '&view=method', '.term'],
  ['Accuracy', '&view=accuracy', 'main table']
])
  for (const width of [320, 1280])
    test(`no English sentence is left: ${name}, ${width} px`, async () => {
      const { page, close } = await open(browser, `${site.url}#v=1&lang=zh${link}`, {
        viewport: { width, height: 900 }
      });
      await page.waitForSelector(there);
      await page.waitForFunction(() => document.documentElement.lang === 'zh-Hans');
      assert.deepEqual(await english(page), []);
      assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= width);
      await close();
    });

/** What presets are called, longest first, and what their ids are. */
const names = (() => {
  const out = new Set();
  const called = /^(id|name|vendor|family|chip|processor|architecture|licence)$/;
  const walk = (x, key) => {
    if (typeof x === 'string') {
      if (called.test(key) && /[A-Za-z]/.test(x)) out.add(x);
    } else if (x && typeof x === 'object')
      for (const [k, v] of Object.entries(x)) walk(v, Array.isArray(x) ? key : k);
  };
  for (const kind of ['models', 'devices', 'runtimes', 'quantizations']) {
    const folder = new URL(`../../presets/${kind}/`, import.meta.url);
    for (const file of readdirSync(folder))
      if (file.endsWith('.json')) walk(JSON.parse(readFileSync(new URL(file, folder), 'utf8')));
  }
  const apart = (name) =>
    new RegExp(`(?<![A-Za-z0-9])${name.replace(/[^\w ]/g, '\\$&')}(?![A-Za-z0-9])`, 'g');
  return [...out].sort((a, b) => b.length - a.length).map((name) => [name, apart(name)]);
})();
/** Units, formats, and what people who write Chinese call by their English names. */
const latin = new Set(
  `s ms µs ns min h J mJ W kW mW Wh kWh mWh B kB MB GB KiB MiB GiB TiB k M G T K Ki px bit USD tok t FLOP GFLOP TFLOP PFLOP MFLOP GOP TOP
  token Token tokens-per-second API BF CPU CSV CoT DDR FP GPU Gbit HTTP INT JSON KV LLM MAX Markdown MLA MMLU MoE NPU NVMe PNG PPL Q SD
  SSD SVG TDP TPOT TPS TTFT UFS USB V Mac eMMC id shot KL top p ID E A C n q Flash Attention Roofline
  ARC-C GSM HellaSwag HumanEval IFEval MMLU-Pro MMLU-Redux WinoGrande TruthfulQA
  Edgewise edgewise Hugging Face GitHub Ollama ollama llama llmfit whichllm canirun ai gguf-parser-go parser-go OpenVINO Vulkan nvidia-smi
  llama-bench WebGPU Wi-Fi safetensors gguf config json catalog owner name https decode run verbose device Mamba logits logit activations sqrt
  August xyz batch Jetson`.split(/\s+/)
);
const walked = {
  calculator: ['', '.bigs'],
  'slow, with ways out': ['&m=llama-3.1-8b&prompt=4096', '.ways button'],
  'does not run': ['&m=qwen3-32b', '.verdict.does_not_run'],
  edited: ['&set=memory.peak_bandwidth_gb_s%3D34;storage.kind%3Dnvme;power.idle_w%3D3', '.edited-device'],
  'eight at once': ['&batch=8&kv=q8_0&battery=50&price=0.3&life=3&requests=100', '.bigs'],
  images: ['&m=qwen3-vl-2b&images=2', '.bigs'],
  'a card with a host': ['&m=gpt-oss-120b&d=rtx-4090-24gb', '.bigs'],
  'power modes': ['&m=qwen3-4b&d=jetson-orin-nano-super-8gb', '.bigs'],
  'unknown numbers': ['&m=qwen3-4b&c=200000&kv=q8_0', '.big'],
  'what a link asks in vain': ['&m=xyz&batch=999999', '.note'],
  'a known number': ['&known=decode%3D9', '.bigs'],
  'nothing to read': ['&prompt=0', '.bigs'],
  'models that run': ['&view=explore', '.found tbody tr'],
  'devices that run': ['&view=explore&find=device', '.found tbody tr'],
  'nothing found': ['&view=explore&xspeed=100000', '.blame, .panel'],
  compared: ['&view=compare&m.1=qwen3-4b&m.2=qwen3-32b&d.2=jetson-orin-nano-8gb', '.compare tbody tr'],
  method: ['&view=method', '.term'],
  accuracy: ['&view=accuracy', 'main table']
};
/** Every text and every label, seen or not, with what is folded; names of sources and formulas are as they are. */
const said = (page) =>
  page.evaluate(async () => {
    const root = document.querySelector('edgewise-app');
    const wait = (ms) => new Promise((done) => setTimeout(done, ms));
    for (let round = 0; round < 2; ++round) {
      for (let y = 0; y < document.documentElement.scrollHeight; y += 700) {
        scrollTo(0, y);
        await wait(40);
      }
      for (const folded of root.querySelectorAll('details:not(.menu)')) folded.open = true;
      await wait(250);
    }
    const named = '[lang=en], code, .sources, .origins, .formula, #explore-benchmark, a[href^=http]';
    const out = [document.title];
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    while (walker.nextNode())
      if (!walker.currentNode.parentElement.closest(named)) out.push(walker.currentNode.data.trim());
    for (const e of root.querySelectorAll('*'))
      for (const label of ['aria-label', 'title', 'placeholder', 'aria-valuetext'])
        if (!e.closest(named) && e.hasAttribute(label)) out.push(e.getAttribute(label));
    return [...new Set(out)].filter((text) => /[A-Za-z]/.test(text));
  });
test('in no view and no state a word is left that is neither a name nor a unit', async () => {
  const { page, seen, close } = await open(browser, `${site.url}#v=1&lang=zh`);
  await ready(page);
  const left = {};
  for (const [state, [link, there]] of Object.entries(walked)) {
    await page.evaluate((to) => (location.hash = to), `v=1&lang=zh${link}`);
    await page.waitForSelector(there);
    for (const text of await said(page)) {
      // The revision of the presets may begin with letters.
      const rest = names
        .reduce((s, [name, apart]) => (s.includes(name) ? s.replace(apart, ' ') : s), text)
        .replace(/\b[0-9a-f]{8}\b/g, ' ');
      assert.doesNotMatch(rest, /\bNaN\b|undefined|\{\w+\}|。。|，，/, `${state}: ${text}`);
      for (const word of rest.match(
        /(?<![0-9A-Za-z])[A-Za-zµ][A-Za-z-]*[A-Za-z]|(?<![0-9A-Za-z])[A-Za-zµ]/g
      ) ?? [])
        // What has a line in it is the id of a term or of a field.
        if (!latin.has(word) && !new RegExp(`_${word}|${word}_|${word}[.=/]\\w|\\w[./]${word}`).test(rest))
          (left[word] ??= []).push(`${state}: ${text.slice(0, 90)}`);
    }
  }
  assert.deepEqual(Object.fromEntries(Object.entries(left).map(([word, [first]]) => [word, first])), {});
  assert.deepEqual(seen.errors, []);
  await close();
});

test('a derivation is in Chinese, and leads to its term in the glossary, which an address names', async () => {
  const { page, close } = await open(browser, `${site.url}#v=1&lang=zh`);
  await ready(page);
  await page.locator('.big[data-term=decode_tok_s]').click();
  await page.waitForSelector('dialog.why h2');
  assert.equal(await page.locator('dialog.why h2').innerText(), '解码速度');
  assert.deepEqual(await english(page), []);
  await page.getByRole('button', { name: '在术语表中查看' }).click();
  await page.waitForSelector('.term');
  assert.equal(await page.locator('.term').count(), 1);
  await page.waitForFunction(() => location.hash.includes('term=decode_tok_s'));
  const filter = page.getByRole('searchbox');
  await filter.fill('功耗');
  const count = page.locator('#glossary [role=status]');
  await page.waitForFunction(() => document.querySelectorAll('.term').length > 3);
  const [, n] = /(\d+) 个术语/.exec(await count.innerText());
  await page
    .locator('.term')
    .nth(Number(n) - 1)
    .waitFor(); // drawn piece by piece
  assert.equal(await page.locator('.term').count(), Number(n));
  await close();
});

test('the tokens that are read are those of images too', async () => {
  const { page, close } = await open(browser, `${site.url}#v=1&m=gemma-3-4b&prompt=512&images=1`);
  await ready(page);
  const text = await page.locator('.big[data-term=ttft_s] .sub').innerText();
  assert.ok(Number(/^([\d,]+) tokens/.exec(text)[1].replace(',', '')) > 512, text);
  await close();
});

test('without a prompt the first token is one of those that are written', async () => {
  const { page, close } = await open(browser, `${site.url}#v=1&lang=en&prompt=0&generate=64`);
  await ready(page);
  const first = page.locator('.big[data-term=ttft_s]');
  assert.match(await first.locator('.sub').innerText(), /^no prompt/);
  const step = page.locator('.big[data-term=decode_tok_s] .sub');
  const time = async (of) => /[\d.]+\s*m?s/.exec((await of.innerText()).replace(/\n/g, ' '))[0];
  assert.equal(parseInt(await time(first.locator('.value'))), parseInt(await time(step)));
  await page.locator('#time-title').scrollIntoViewIfNeeded();
  const told = await page.locator('section[aria-labelledby=time-title]').innerText();
  assert.doesNotMatch(told, /the prompt|unknown/i);
  await close();
});

test('a link says which presets its name may mean', async () => {
  const said = {
    'd=raspberry-pi-5': /may be any of several; did you mean .*raspberry-pi-5-8gb/,
    'm=llama-3.1-8bb': /is no known model; did you mean llama-3\.1-8b/
  };
  for (const [link, words] of Object.entries(said)) {
    const { page, close } = await open(browser, `${site.url}#v=1&lang=en&${link}`);
    await ready(page);
    assert.match(await page.locator('.note').innerText(), words);
    await close();
  }
});
