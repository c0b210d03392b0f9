// What leaves the page: tables, commands.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parse } from 'csv-parse/sync';
import { choose, open, ready, staged, told } from './site.mjs';

const binary =
  process.env.EDGEWISE_BINARY ?? fileURLToPath(new URL('../../build/native/bin/edgewise', import.meta.url));
const [browser, site] = await staged();

const opened = async (fragment) => {
  const here = await open(browser, `${site.url}#v=1${fragment}`, {
    acceptDownloads: true,
    permissions: ['clipboard-read', 'clipboard-write']
  });
  await ready(here.page);
  return here;
};
const saved = async (page, label) => {
  await page.locator('.menu summary').click();
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: label, exact: true }).click()
  ]);
  await page.keyboard.press('Escape');
  return parse(readFileSync(await file.path()), { columns: true });
};
const copied = async (page, label) => (await told(page, label))[0];

test('every row of a table names what it is of; a summary has a row for each configuration', async () => {
  const { page, seen, close } = await opened(
    '&m=llama-3.2-3b&d=jetson-orin-nano-8gb&q=Q4_K_M&prompt=64&generate=32'
  );
  await page.getByRole('button', { name: 'Pin to compare' }).click();
  await choose(page, 'Quantization', 'Q8_0');
  const rows = await saved(page, 'CSV, every term');
  for (const row of rows) {
    assert.equal(row.model, 'llama-3.2-3b');
    assert.equal(row.prompt, '64');
    assert.ok(row.device && row.quant && row.runtime && row.term && 'power_mode' in row);
  }
  const term = (id) => Number(rows.find((r) => r.term === id).value);
  const [first] = await saved(page, 'CSV, one row each');
  assert.ok(Math.abs(Number(first.ttft_ms) - 1000 * term('ttft_s')) < 1e-6 * Number(first.ttft_ms));
  assert.ok(Math.abs(Number(first.model_load_mem_mb) - term('model_load_B') / 2 ** 20) < 1e-3);
  assert.ok(
    Math.abs(Number(first.kv_payload_ratio) - Number(first.kv_pkv_final_mb) / Number(first.peak_mem_mb)) <
      1e-9
  );
  assert.ok(Math.abs(Number(first.tokens_s) - term('decode_tok_s')) < 1e-9);
  for (const name of ['tpot_ms', 'total_latency_ms']) assert.ok(Number(first[name]) > 0, name);
  assert.deepEqual(seen.errors, []);
  await close();
});

test('a copied command prints the numbers of the page', { skip: !existsSync(binary) }, async () => {
  for (const fragment of [
    '&m=llama-3.2-1b&d=raspberry-pi-5-8gb&q=Q4_0&prompt=100&depth=50&batch=2&kv=q8_0&threads=2&context=4096&taken=0.5',
    '&m=qwen3-30b-a3b&d=rtx-4090&prompt=777&battery=50&price=0.3&requests=10',
    `&m=llama-3.2-3b&d=raspberry-pi-5-8gb&known=${encodeURIComponent('decode=9 llama-3.2-1b Q4_K_M')}`
  ]) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    const { page, close } = await opened(fragment);
    // oxlint-disable-next-line no-await-in-loop
    const rows = await saved(page, 'CSV, every term');
    // oxlint-disable-next-line no-await-in-loop
    const line = await copied(page, 'Copy as command');
    const run = spawnSync('sh', ['-c', `${line.replace(/^edgewise/, '"$0"')} --format json`, binary], {
      encoding: 'utf8',
      maxBuffer: 1 << 26
    });
    assert.equal(run.status, 0, `${line}\n${run.stderr}`);
    const { terms } = JSON.parse(run.stdout);
    // The host is fetched by the page only where something stays with it.
    for (const { term, value } of rows.filter((row) => !row.term.startsWith('host_')))
      assert.equal(value === '' ? null : Number(value), terms[term].value, `${term}: ${line}`);
    // oxlint-disable-next-line no-await-in-loop
    await close();
  }
});

test('the line that would test the estimate on the board, where its runtime has one', async () => {
  for (const [fragment, words, rows] of [
    [
      '&m=llama-3.2-1b&d=raspberry-pi-5-8gb&q=Q4_0&kv=q8_0&depth=50',
      'llama-bench -m Llama-3.2-1B-Q4_0.gguf -p 512 -n 128 -d 50,562 -dev none -ctk q8_0 -ctv q8_0 -fa on',
      'pp512 @ d50, tg128 @ d562'
    ],
    [
      '&m=llama-3.2-1b&d=rtx-4090&r=llama.cpp-cuda',
      'llama-bench -m Llama-3.2-1B-Q4_K_M.gguf -p 512 -n 128 -d 0,512 -ngl 99',
      'pp512, tg128 @ d512'
    ],
    [
      '&m=llama-3.2-1b&d=rtx-4090&r=llama.cpp-cuda&batch=4',
      'llama-batched-bench -m Llama-3.2-1B-Q4_K_M.gguf -c 2560 -npp 512 -ntg 128 -npl 4 -ngl 99'
    ],
    [
      '&m=llama-3.2-1b&d=raspberry-pi-5-8gb&r=ik-llama.cpp-cpu',
      'llama-bench -m Llama-3.2-1B-Q4_K_M.gguf -p 512 -n 0 -gp 512,128 -ngl 0'
    ],
    [
      '&m=qwen3-8b&d=rtx-4090&r=vllm-cuda&q=bf16&c=4096&kv=FP8',
      'vllm bench latency --model Qwen/Qwen3-8B --batch-size 1 --input-len 512 --output-len 128 --kv-cache-dtype fp8 --max-model-len 4096'
    ],
    [
      '&m=qwen3-8b&d=rtx-4090&r=vllm-cuda&q=fp8',
      'vllm bench latency --model Qwen/Qwen3-8B --batch-size 1 --input-len 512 --output-len 128 --quantization fp8'
    ],
    [
      '&m=qwen3-8b&d=rtx-4090&r=sglang-cuda&q=awq-int4-g128',
      'python -m sglang.bench_one_batch --model-path ./Qwen3-8B-awq-int4-g128 --batch-size 1 --input-len 512 --output-len 128'
    ],
    [
      '&m=gpt-oss-20b&d=apple-m4-24gb&r=mlx&q=mlx-mxfp4-q8',
      'mlx_lm.benchmark --model openai/gpt-oss-20b --batch-size 1 --prompt-tokens 512 --generation-tokens 128'
    ],
    // None is known: no word instead of a guess.
    ['&m=llama-3.2-1b&d=rtx-4090&r=tensorrt-llm-cuda', '', 'TensorRT-LLM'],
    ['&m=qwen3-8b&d=rtx-4090&r=vllm-cuda&depth=100', '', 'vLLM']
  ]) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    const { page, close } = await opened(fragment);
    // oxlint-disable-next-line no-await-in-loop
    const [line, said] = await told(page, 'Benchmark command for the board');
    assert.equal(line, words, fragment);
    assert.ok(said.includes(rows ?? 'Copied'), said);
    // oxlint-disable-next-line no-await-in-loop
    await close();
  }
});

test('answer and charts as pictures: SVG that stands by itself, PNG twice as fine', async () => {
  const { page, seen, close } = await opened('&m=llama-3.2-1b&d=raspberry-pi-5-8gb');
  await page.locator('.menu summary').click();
  await page.locator('.picture').first().waitFor();
  const rows = await page.locator('.picture > span').allInnerTexts();
  assert.ok(rows.length >= 4, rows.join());
  for (const i of [0, 1, rows.length - 1]) {
    const file = async (kind) => {
      const [got] = await Promise.all([
        page.waitForEvent('download'),
        page.locator('.picture').nth(i).getByRole('button', { name: kind }).click()
      ]);
      return readFileSync(await got.path());
    };
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    const [svg, png] = [(await file('SVG')).toString(), await file('PNG')];
    // The answer says what was asked and how sure it is, a bar what its parts are.
    assert.match(
      svg,
      i === 0 ? /the system[\s\S]*512 \+ 128 tokens\. Fitted from/ : /<text[^>]*>[^<]+ \d+ %</
    );
    // oxlint-disable-next-line no-await-in-loop
    const parsed = await page.evaluate((text) => {
      const { documentElement: root } = new DOMParser().parseFromString(text, 'image/svg+xml');
      const names = [...root.children].map((x) => x.tagName);
      const broken = [...root.querySelectorAll('[fill^="url("]')].filter(
        (x) => !root.querySelector(x.getAttribute('fill').slice(4, -1))
      );
      return [
        root.tagName,
        names.slice(0, 2),
        root.getAttribute('width'),
        root.getAttribute('height'),
        broken.length,
        /var\(--|class=/.test(text)
      ];
    }, svg);
    assert.deepEqual(
      [parsed[0], parsed[1], parsed[4], parsed[5]],
      ['svg', ['title', 'desc'], 0, false],
      svg.slice(0, 300)
    );
    assert.equal(png.subarray(1, 4).toString(), 'PNG');
    assert.deepEqual([png.readUInt32BE(16), png.readUInt32BE(20)], [2 * parsed[2], 2 * parsed[3]]);
  }
  assert.deepEqual(seen.errors, []);
  await close();
});
