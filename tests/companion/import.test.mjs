// `edgewise import` as a process: every format that people have, where the model was in each row, and what the other commands
// make of such rows.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { counted } from '../counted.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const edgewise = process.env.EDGEWISE ?? path.join(root, 'build/native/bin/edgewise');
const data = (name) => path.join(root, 'tests/data/import', name);
const folder = mkdtempSync(path.join(os.tmpdir(), 'edgewise-import-'));
after(() => rmSync(folder, { recursive: true }));

const run = (...args) => spawnSync(edgewise, args, { encoding: 'utf8', cwd: folder, maxBuffer: 1 << 28 });
const file = (name, content) => (writeFileSync(path.join(folder, name), content), path.join(folder, name));

/** Rows of CSV text as objects; fields may be quoted. */
function csv(text) {
  const lines = text.trimEnd().split('\n').map((line) => [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map((m) => m[1] ?? m[2] ?? ''));
  return lines.slice(1).map((cells) => Object.fromEntries(lines[0].map((key, i) => [key, cells[i]])));
}
function rowsOf(...args) {
  const r = run('import', ...args);
  assert.equal(r.status, 0, `${args}: ${r.stderr}`);
  return csv(r.stdout);
}
const short = (r) => `${r.runtime} ${r.model} ${r.quant} ${r.batch}x${r.prompt}+${r.generate}@${r.depth} ${r.metric}=${r.value}${r.placement ? ` [${r.placement}]` : ''}`;

const bench = ['llama.cpp-cuda llama-3.2-1b Q4_K_M 1x512+0@0 prefill_tok_s=8000.5', 'llama.cpp-cuda llama-3.2-1b Q4_K_M 1x0+128@2048 decode_tok_s=150.25'];
const llama2 = ['llama.cpp-metal llama-2-7b Q4_0 1x512+0@0 prefill_tok_s=170.5', 'llama.cpp-metal llama-2-7b Q4_0 1x0+128@0 decode_tok_s=21.25'];
const cases = [
  ['llama-bench.json', ['--device', 'rtx-4060-8gb'], bench], ['llama-bench.jsonl', [], bench], ['llama-bench.csv', [], bench], ['llama-bench.sql', [], bench],
  ['llama-bench.md', [], ['llama.cpp-cuda gemma-3-4b Q4_0 1x512+0@0 prefill_tok_s=4043.89', 'llama.cpp-cuda gemma-3-4b Q4_0 1x0+32@8192 decode_tok_s=88.5',
    'llama.cpp-cuda gemma-3-4b Q4_0 1x300+100@0 throughput_tok_s=25 [gpu_layers=20]']],
  ['llama-bench-2023.csv', [], llama2], ['llama-bench-2023.md', [], llama2],
  ['batched-bench.jsonl', ['--model', 'qwen3-4b', '--runtime', 'llama.cpp-cuda', '--quant', 'q8_0'], ['llama.cpp-cuda qwen3-4b Q8_0 1x256+0@0 prefill_tok_s=1024',
    'llama.cpp-cuda qwen3-4b Q8_0 1x256+64@0 decode_tok_s=32', 'llama.cpp-cuda qwen3-4b Q8_0 4x256+0@0 prefill_tok_s=1024', 'llama.cpp-cuda qwen3-4b Q8_0 4x256+64@0 decode_tok_s=128']],
  ['batched-bench.txt', ['--runtime', 'llama.cpp-vulkan'], ['llama.cpp-vulkan llama-3.2-1b Q4_0 1x256+0@0 prefill_tok_s=1024', 'llama.cpp-vulkan llama-3.2-1b Q4_0 4x256+64@0 decode_tok_s=128',
    'llama.cpp-vulkan llama-3.2-1b Q4_0 1x256+0@0 prefill_tok_s=1024']],
  ['server.jsonl', ['--runtime', 'llama.cpp-cpu'], ['llama.cpp-cpu llama-3.2-1b Q4_0 1x200+0@100 prefill_tok_s=500', 'llama.cpp-cpu llama-3.2-1b Q4_0 1x200+50@100 decode_tok_s=25',
    'llama.cpp-cpu llama-3.2-1b Q4_0 1x100+0@0 prefill_tok_s=1000']],
  ['llama-cli.log', [], ['llama.cpp-cuda qwen3-4b Q8_0 1x100+0@0 prefill_tok_s=250 [gpu_layers=20]', 'llama.cpp-cuda qwen3-4b Q8_0 1x100+100@0 decode_tok_s=20 [gpu_layers=20]']],
  ['llama-print-timings.txt', ['--model', 'llama-2-7b', '--quant', 'Q4_0', '--runtime', 'llama.cpp-cpu'], ['llama.cpp-cpu llama-2-7b Q4_0 1x20+0@0 prefill_tok_s=40', 'llama.cpp-cpu llama-2-7b Q4_0 1x20+400@0 decode_tok_s=20']],
  // Ollama has no other runtime for this board than the CPU's.
  ['ollama.json', ['--device', 'raspberry-pi-5-8gb'], ['llama.cpp-cpu gemma-3-4b  1x100+0@0 prefill_tok_s=50', 'llama.cpp-cpu gemma-3-4b  1x100+50@0 decode_tok_s=10']],
  ['ollama-stream.jsonl', ['--runtime', 'llama.cpp-cuda'], ['llama.cpp-cuda llama-3.2-1b Q8_0 1x+50@0 decode_tok_s=10']],
  ['ollama-array.json', ['--runtime', 'llama.cpp-cuda', '--quant', 'Q4_K_M'], [100, 50, 100, 60].map((n, i) => i % 2 ? `llama.cpp-cuda qwen3-0.6b Q4_K_M 1x100+${n}@0 decode_tok_s=${n / 5}` : 'llama.cpp-cuda qwen3-0.6b Q4_K_M 1x100+0@0 prefill_tok_s=50')],
  ['ollama-verbose.txt', ['--runtime', 'llama.cpp-cuda', '--model', 'qwen3-4b', '--quant', 'Q4_0'], [121, 242].flatMap((n) => ['llama.cpp-cuda qwen3-4b Q4_0 1x26+0@0 prefill_tok_s=200', `llama.cpp-cuda qwen3-4b Q4_0 1x26+${n}@0 decode_tok_s=${n / 60.5}`])],
  ['mlx-generate.txt', ['--model', 'qwen3-4b'], ['mlx qwen3-4b  1x13+0@0 prefill_tok_s=150.5', 'mlx qwen3-4b  1x13+100@0 decode_tok_s=45.25', 'mlx qwen3-4b  1x13+100@113 peak_mem_mib=1000.4']],
  ['mlx-benchmark.txt', ['--model', 'qwen3-4b'], ['mlx qwen3-4b  1x512+0@0 prefill_tok_s=1501', 'mlx qwen3-4b  1x512+128@0 decode_tok_s=90.5', 'mlx qwen3-4b  1x512+128@640 peak_mem_mib=1049',
    'mlx qwen3-4b  4x512+0@0 prefill_tok_s=1600', 'mlx qwen3-4b  4x512+128@0 decode_tok_s=300', 'mlx qwen3-4b  4x512+128@640 peak_mem_mib=1430.5']],
  ['rkllm.log', [], ['rkllm qwen3-0.6b rkllm-w8a8 1x16+0@0 prefill_tok_s=100', 'rkllm qwen3-0.6b rkllm-w8a8 1x16+100@0 decode_tok_s=20', 'rkllm qwen3-0.6b rkllm-w8a8 1x16+100@116 peak_mem_mib=512']],
  ['rkllm-demo.txt', ['--model', 'qwen3-0.6b', '--quant', 'w8a8'], ['rkllm qwen3-0.6b rkllm-w8a8 1x16+0@0 prefill_tok_s=100', 'rkllm qwen3-0.6b rkllm-w8a8 1x16+100@0 decode_tok_s=20']],
  ['rkllm-benchmark.md', [], [['qwen3-0.6b', 200, 32, 800], ['qwen3-1.7b', 400, 16, 1700]].flatMap(([model, ttft, decode, memory]) => [`rkllm ${model} rkllm-w8a8 1x128+64@0 ttft_ms=${ttft}`,
    `rkllm ${model} rkllm-w8a8 1x128+64@0 decode_tok_s=${decode}`, `rkllm ${model} rkllm-w8a8 1x128+64@192 peak_mem_mib=${memory}`])],
  ['flm-bench.txt', ['--device', 'ryzen-ai-5-340-32gb', '--quant', 'int4-xdna'], [[1024, 1250, 800, 60], [32768, 1175.5, 26500, 26.25]].flatMap(([n, prefill, ttft, decode]) => [`fastflowlm-xdna llama-3.2-1b int4-xdna 1x${n}+0@0 prefill_tok_s=${prefill}`,
    `fastflowlm-xdna llama-3.2-1b int4-xdna 1x${n}+0@0 ttft_ms=${ttft}`, `fastflowlm-xdna llama-3.2-1b int4-xdna 1x0+@${n} decode_tok_s=${decode}`])],
  ['flm-verbose.txt', ['--prompt', '64'], ['fastflowlm-xdna qwen3-0.6b  1x64+0@0 prefill_tok_s=120.5', 'fastflowlm-xdna qwen3-0.6b  1x64+300@0 decode_tok_s=66.25']],
  ['vllm-serve.json', ['--device', 'rtx-4090-24gb', '--quant', 'bf16'], ['vllm-cuda qwen3-4b bf16 8x1024+128@0 throughput_tok_s=256 [devices=2]', 'vllm-cuda qwen3-4b bf16 8x1024+128@0 tpot_ms=30 [devices=2]']],
  ['vllm-latency.json', ['--runtime', 'vllm-cuda', '--model', 'qwen3-4b', '--quant', 'bf16', '--batch', '8', '--prompt', '32', '--generate', '128'], ['vllm-cuda qwen3-4b bf16 8x32+128@0 throughput_tok_s=512']],
  ['vllm-throughput.json', ['--runtime', 'vllm-cuda', '--model', 'qwen3-4b', '--quant', 'bf16', '--batch', '100', '--generate', '128'], ['vllm-cuda qwen3-4b bf16 100x512+128@0 throughput_tok_s=1280']],
  ['localscore.json', [], ['llama.cpp-cuda llama-3.2-1b Q4_K_M 1x1024+0@0 prefill_tok_s=5000', 'llama.cpp-cuda llama-3.2-1b Q4_K_M 1x1024+16@0 decode_tok_s=150', 'llama.cpp-cuda llama-3.2-1b Q4_K_M 1x1024+16@0 ttft_ms=210']],
];

test('a name that no preset has is refused with what is near, and nothing is written', () => {
  for (const [options, said] of [
    [['--device', 'rtx-4060-9gb'], /device: "rtx-4060-9gb" is no known device; did you mean .*rtx-4060-8gb/], [['--device', 'rpi5'], /device: "rpi5" may be any of several/],
    [['--model', 'llama-3.2-1x'], /model: "llama-3\.2-1x" is no known model; did you mean .*llama-3\.2-1b/], [['--quant', 'Q4_K_X'], /quant: "Q4_K_X" is no known quant; did you mean .*Q4_K_M/],
    [['--runtime', 'llama.cpp-cudo'], /runtime: "llama\.cpp-cudo" is no known runtime; did you mean .*llama\.cpp-cuda/], [['--runtime', 'ollama'], /runtime: starts runtimes/],
    [['--device', 'jetson-orin-nano-8gb', '--power-mode', '16w'], /power_mode: "16w" is no power mode of jetson-orin-nano-8gb; it has .*15w/],
  ]) {
    const r = run('import', data('llama-bench.json'), ...options, '--output', 'unnamed.csv');
    assert.equal(r.status, 2, r.stderr);
    assert.match(r.stderr, said);
    assert.ok(!existsSync(path.join(folder, 'unnamed.csv')));
  }
  const onJetson = file('jetson.json', readFileSync(data('llama-bench.json'), 'utf8').replaceAll('NVIDIA GeForce RTX 4060', 'Orin'));
  const [row] = rowsOf(onJetson, '--device', 'Jetson Orin Nano 8GB', '--power-mode', '15W', '--runtime', 'llama.cpp, CUDA', '--model', 'llama3.2:1b', '--quant', 'q8-0');
  assert.deepEqual([row.device, row.power_mode, row.runtime, row.model, row.quant], ['jetson-orin-nano-8gb', '15w', 'llama.cpp-cuda', 'llama-3.2-1b', 'Q8_0']);
});

for (const [name, args, expected] of cases)
  test(`${name}`, () => {
    const rows = rowsOf(data(name), ...args);
    assert.deepEqual(rows.map(short), expected);
    for (const row of rows) assert.doesNotMatch(Object.values(row).join(), /someone|secret/);
  });

test('which GPUs ran it, and on what: as llama-bench chose them among those that it saw', () => {
  const rtx = 'NVIDIA GeForce RTX 4060', amd = 'AMD Radeon RX 7900 XTX', other = 'NVIDIA GeForce RTX 3090';
  const records = readFileSync(data('llama-bench.jsonl'), 'utf8').split('\n').filter((line) => line.startsWith('{')).map((line) => JSON.parse(line));
  for (const [change, runtime, placement, ran] of [
    [{ gpu_info: rtx }, 'llama.cpp-cuda', ''],
    [{ gpu_info: other }, 'llama.cpp-cuda', '', /it ran on "NVIDIA GeForce RTX 3090" \(rtx-3090-24gb\), not on rtx-4060-8gb/],
    [{ gpu_info: amd }, 'llama.cpp-rocm', '', /rx-7900-xtx-24gb/],
    [{ gpu_info: `${other}, ${rtx}`, split_mode: 'none', main_gpu: 1 }, 'llama.cpp-cuda', ''],
    [{ gpu_info: `${other}, ${rtx}`, tensor_split: '0.00/1.00' }, 'llama.cpp-cuda', ''],
    [{ gpu_info: `${other}, ${rtx}`, devices: 'CUDA1' }, 'llama.cpp-cuda', ''],
    [{ gpu_info: `${other}, ${rtx}, ${rtx}`, devices: 'CUDA1/CUDA2' }, 'llama.cpp-cuda', 'devices=2'],
    [{ gpu_info: `${other}, ${rtx}, ${rtx}`, devices: 'CUDA1/CUDA2', split_mode: 'none', main_gpu: 1 }, 'llama.cpp-cuda', ''],
    [{ gpu_info: `${rtx}, ${rtx}, ${rtx}, ${rtx}`, backends: 'CUDA,Vulkan' }, 'llama.cpp-cuda', 'devices=2'],
    [{ gpu_info: `${rtx}, AMD Radeon 780M`, backends: 'CUDA,Vulkan', devices: 'CUDA0' }, 'llama.cpp-cuda', ''],
    [{ gpu_info: other, backends: 'CUDA,RPC', devices: 'RPC0' }, 'llama.cpp-cuda', 'rpc=1'],
    [{ gpu_info: rtx, devices: 'none', cpu_info: 'AMD Ryzen 9 7950X 16-Core Processor' }, 'llama.cpp-cpu', '', /it ran on "AMD Ryzen 9 7950X 16-Core Processor" \(ryzen-9-7950x-64gb\)/]
  ]) {
    const name = file('gpus.jsonl', records.map((record) => JSON.stringify({ ...record, ...change })).join('\n'));
    const { status, stdout, stderr } = run('import', name, '--device', 'rtx-4060-8gb');
    const what = JSON.stringify(change);
    assert.equal(status, ran ? 2 : 0, `${what}: ${stderr}`);
    for (const row of csv(stdout)) assert.deepEqual([row.runtime, row.placement], [runtime, placement], what);
    if (ran) assert.match(stderr, ran, what);
    else assert.doesNotMatch(stderr, /ran on/, what);
    const known = run('estimate', '--device', 'rtx-4060-8gb', '--model', 'llama-3.2-1b', '--known-from', name);
    // Neither another device's nor several's nor another runtime's speed corrects this one's.
    assert.equal(known.status, ran || placement ? 2 : 0, `${what}: ${known.stderr}`);
  }
  const unheard = file('webgpu.jsonl', records.map((record) => JSON.stringify({ ...record, gpu_info: rtx, backends: 'WebGPU' })).join('\n'));
  const known = run('estimate', '--device', 'rtx-4060-8gb', '--model', 'llama-3.2-1b', '--known-from', unheard);
  assert.equal(known.status, 2, known.stderr);
  assert.match(known.stderr, /runtime "llama\.cpp-webgpu" has no preset/);
});

test('a log and a table above which the cards stand say what ran it', () => {
  const log = readFileSync(data('llama-cli.log'), 'utf8'), table = readFileSync(data('llama-bench.md'), 'utf8');
  const card = 'NVIDIA GeForce RTX 4060';
  const vulkan = table.replace(/^ggml_cuda_init.*\n.*\n/, 'ggml_vulkan: Found 1 Vulkan devices:\nggml_vulkan: 0 = AMD Radeon RX 7900 XTX (RADV NAVI31) (radv) | uma: 0 | fp16: 1\n').replaceAll('CUDA  ', 'Vulkan');
  for (const [name, text, ran] of [
    ['log', log], ['table', table],
    ['other.log', log.replace(card, 'AMD Radeon RX 7900 XTX (RADV NAVI31)').replace('CUDA0', 'Vulkan0'), /it ran on "AMD Radeon RX 7900 XTX \(RADV NAVI31\)" \(rx-7900-xtx-24gb\)/],
    ['other.md', table.replace(card, 'NVIDIA GeForce RTX 3090'), /it ran on "NVIDIA GeForce RTX 3090" \(rtx-3090-24gb\)/],
    ['vulkan.md', vulkan, /it ran on "AMD Radeon RX 7900 XTX \(RADV NAVI31\) \(radv\)"/],
    ['both.md', table.replace(/( {2}Device) 0(.*\n)/, `$1 0$2$1 1: NVIDIA GeForce RTX 3090, compute capability 8.6\n`), /it ran on "NVIDIA GeForce RTX 3090" \(rtx-3090-24gb\) too: no speed of rtx-4060-8gb alone/],
    // No preset is called so, but it is not the card either.
    ...['NVIDIA GeForce RTX 4090 D', 'NVIDIA A30', 'Tesla V100-SXM2-16GB', 'NVIDIA GeForce GTX 1650', 'NVIDIA GeForce RTX 9999 (x (y))', 'NVIDIA GeForce RTX 4070 (open'].map((other, i) => [`unknown-${i}.log`, log.replace(card, other), /not on rtx-4060-8gb/]),
    // Two runs in one file: what is said of the second is not of the first.
    ['first.log', log.replace(card, 'NVIDIA GeForce RTX 3090') + log, /rtx-3090-24gb/], ['second.log', log + log.replace(card, 'NVIDIA GeForce RTX 3090'), /rtx-3090-24gb/]
  ]) {
    const { status, stdout, stderr } = run('import', file(name, text), '--device', 'rtx-4060-8gb');
    assert.equal(status, ran ? 2 : 0, `${name}: ${stderr}`);
    if (ran) assert.match(stderr, ran, name);
    else assert.doesNotMatch(stderr, /ran on/, name);
    assert.equal(stdout === '', Boolean(ran), name);
  }
  // llama.cpp computes on the card alone where there is one.
  const integrated = vulkan.replace('Found 1', 'Found 2').replace('ggml_vulkan: 0 =', 'ggml_vulkan: 0 = AMD Radeon Graphics (RADV RAPHAEL_MENDOCINO) (radv) | uma: 1 | fp16: 1\nggml_vulkan: 1 =');
  const beside = run('import', file('beside.md', integrated), '--device', 'rx-7900-xtx-24gb'), alone = run('import', file('alone.md', vulkan), '--device', 'rx-7900-xtx-24gb');
  assert.deepEqual([beside.status, beside.stderr, beside.stdout], [0, alone.stderr, alone.stdout]);
  assert.match(run('import', file('two.md', integrated.replace('uma: 1', 'uma: 0')), '--device', 'rx-7900-xtx-24gb').stdout, /devices=2/);
  // A second run in the file has a list of its own.
  const again = run('import', file('again.md', vulkan + vulkan), '--device', 'rx-7900-xtx-24gb');
  assert.deepEqual([again.status, /devices=2/.test(again.stdout)], [0, false]);
  // Whatever a quotation or a container puts before the lines.
  for (const before of ['> ', 'llama-1  | ', '2025-01-01T00:00:00Z '])
    assert.match(run('import', file('prefixed.md', table.replace(card, 'NVIDIA GeForce RTX 3090').replace(/^(ggml| +Device)/gm, `${before}$1`)), '--device', 'rtx-4060-8gb').stderr, /it ran on "NVIDIA GeForce RTX 3090"/, before);
  const quoted = run('import', file('quoted.md', table.replace(/^/gm, '> ')), '--device', 'rtx-4060-8gb');
  assert.equal(quoted.stdout, run('import', file('plain.md', table), '--device', 'rtx-4060-8gb').stdout);
  const two = file('cards.md', table.replace(/( {2}Device) 0(.*\n)/, '$1 0$2$1 1: NVIDIA GeForce RTX 3090, compute capability 8.6\n'));
  assert.match(run('import', two).stderr, /it ran on "NVIDIA GeForce RTX 4060" \(rtx-4060-8gb\) and "NVIDIA GeForce RTX 3090" \(rtx-3090-24gb\): no speed of one device alone/);
  const same = file('same.md', table.replace(/( {2}Device) 0(.*\n)/, '$1 0$2$1 1$2'));
  assert.match(run('estimate', '--model', 'llama-3.1-8b', '--device', 'rtx-4060-8gb', '--known-from', same).stderr, /on the device alone: its model ran with "devices=2"/);
  assert.match(run('import', file('unsure.log', log.replace(card, 'AMD Radeon Graphics')), '--device', 'rtx-4060-8gb').stderr, /whether that is rtx-4060-8gb is not known/);
  assert.match(run('import', data('llama-cli.log')).stderr, /it ran on "NVIDIA GeForce RTX 4060" \(rtx-4060-8gb\); --device says so in every row/);
});

test('the rows that import wrote are known as well as what they came of', () => {
  const rows = path.join(folder, 'rows.csv');
  assert.equal(run('import', data('llama-bench.json'), '--device', 'rtx-4060-8gb', '--output', rows).status, 0);
  const estimate = (known, device = 'rtx-4060-8gb') => run('estimate', '--device', device, '--model', 'llama-3.2-1b', '--format', 'json', '--known-from', known);
  const [of_rows, of_printed] = [estimate(rows), estimate(data('llama-bench.json'))];
  assert.equal(of_rows.status, 0, of_rows.stderr);
  assert.deepEqual(JSON.parse(of_rows.stdout), JSON.parse(of_printed.stdout));
  const other = estimate(rows, 'rtx-3090-24gb');
  assert.equal(other.status, 2);
  assert.match(other.stderr, /has rows of "rtx-4060-8gb", not of rtx-3090-24gb/);
  const text = readFileSync(rows, 'utf8');
  for (const [what, broken, message] of [
    ['no number', text.replace(/,8000\.5,/, ',fast,'), /row 1\.value: is no number/], ['no model', text.replaceAll('llama-3.2-1b', ''), /no speed of a model/],
    ['no metric', text.replace('prefill_tok_s', 'x'), /row 1\.metric: is no metric/], ['another unit', text.replace('tok/s', 'ms'), /row 1\.unit: must be tok\/s/],
    ['a second statement', text.replace('llama-3.2-1b', '"llama-3.2-1b;decode=3 qwen3-4b"'), /row 1\.model: is no one word/], ['a break', text.replace('llama-3.2-1b', '"llama-3.2-1b\ndecode=3"'), /row 1\.model/],
    ['an option', text.replace(',f16,', ',"f16 batch=9",'), /row 1\.kv_quant/], ['an option of a number', text.replace(',512,', ',"512 depth=9",'), /row 1\.prompt: is no number/],
    ['a mode that it has not', text.replaceAll('rtx-4060-8gb,', 'rtx-4060-8gb,15w'), /power mode "15w"/], ['no column of values', text.replace(',value,', ',worth,'), /value: is no column/], ['a column twice', text.replace(',batch,', ',value,'), /value/],
    ['a short row', text + 'x,y\n', /line \d+/]
  ]) {
    assert.notEqual(broken, text, what);
    const { status, stderr } = estimate(file('broken.csv', broken));
    assert.equal(status, 2, `${what}: ${stderr}`);
    assert.match(stderr, message, what);
  }
});

test('the version of a Markdown table stands below it; the cache is what its columns say', () => {
  for (const row of rowsOf(data('llama-bench.md'))) assert.deepEqual([row.runtime_version, row.kv_quant, row.flash_attention, row.model_size_gib], ['b7100', 'q8_0', '1', '2.35']);
  assert.deepEqual(rowsOf(data('llama-bench-2023.csv')).map((r) => r.kv_quant), ['f16', 'f32']);
});

test('UTF-16 from PowerShell, byte order marks, CR LF and CR alone change nothing', () => {
  const utf16 = (text) => Buffer.from(text, 'utf16le');
  for (const name of ['llama-bench.json', 'llama-bench.csv', 'llama-bench.md', 'llama-bench.sql', 'llama-bench.jsonl', 'ollama-verbose.txt', 'rkllm.log']) {
    const text = readFileSync(data(name), 'utf8');
    const options = name.startsWith('ollama') ? ['--runtime', 'llama.cpp-cpu', '--model', 'qwen3-4b'] : [];
    const expected = rowsOf(data(name), ...options);
    const bigEndian = Buffer.concat([Buffer.from([0xfe, 0xff]), utf16(text).swap16()]);
    for (const [how, bytes] of Object.entries({ bom: '\ufeff' + text, crlf: text.replaceAll('\n', '\r\n'), cr: text.replaceAll('\n', '\r'), le: utf16('\ufeff' + text.replaceAll('\n', '\r\n')), be: bigEndian, bare: utf16(text) }))
      assert.deepEqual(rowsOf(file(`${how}-${name}`, bytes), ...options), expected, `${how} ${name}`);
  }
});

test('the own tools of NPUs say facts of the device, in words, and no row', () => {
  for (const [name, ...facts] of [
    ['hailo-benchmark.txt', 'frames a second of the chip alone: 1329 1/s', 'with transfers: 1325 1/s', 'latency of a frame: 2.94 ms', 'power of the chip while streaming: 3.13 W', 'not how fast a language model decodes'],
    ['hailo-run.txt', 'frames a second: 310 1/s', 'latency of a frame: 6.50 ms', 'data sent to the chip: 3042 Mbit/s', 'mean power of the chip: 3.00 W', 'No row was made'],
    ['xrt-validate.txt', 'device: NPU Strix', 'gemm: 51.3 TOPS, INT8', 'latency: 84.5 us a command', 'throughput: did not pass', 'not what an engine reaches of them'], ['xrt-examine.txt', 'it times nothing'],
  ]) {
    const { status, stdout, stderr } = run('import', data(name));
    assert.equal(status, 0, stderr);
    assert.deepEqual(csv(stdout), []);
    for (const fact of facts) assert.ok(stderr.includes(fact), `${fact} is not in ${stderr}`);
    assert.doesNotMatch(stderr + stdout, /someone|0000:/);
  }
  for (const [name, text] of [['cut.txt', 'FPS     (hw_only)                 = '], ['cut2.txt', 'Validate Device           : [1]\nTest 1 [1]     : gemm\n    Details               : TOPS: x']])
    assert.equal(run('import', file(name, text)).status, 2, name);
  assert.match(run('import', data('flm-verbose.txt')).stderr, /give --prompt/);
  assert.equal(run('import', file('turn.txt', 'Verbose:\n  Total tokens:        364 (1.11%)\n')).status, 2);
  assert.equal(run('import', data('flm-verbose.txt'), '--prompt', '364').status, 2);
});

const record = JSON.parse(readFileSync(data('llama-bench.jsonl'), 'utf8').split('\n')[1]);
const prefill = { ...record, n_prompt: 512, n_gen: 0 };
const decode = { ...record, n_prompt: 0, n_gen: 128 };
const placed = (changes, ...args) => rowsOf(file('placed.json', JSON.stringify([{ ...prefill, ...changes }, { ...decode, ...changes }])), ...args).map((r) => r.placement);

test('every row says where the model was', () => {
  const twoCards = 'NVIDIA GeForce RTX 3090/NVIDIA GeForce RTX 3060';
  for (const [changes, expected] of [
    [{}, ''], [{ n_gpu_layers: 17 }, ''], [{ n_gpu_layers: -1 }, ''], [{ n_gpu_layers: 16 }, 'gpu_layers=16'], [{ n_gpu_layers: 1 }, 'gpu_layers=1'], [{ fit_target: 1024 }, 'gpu_layers=auto'],
    [{ n_cpu_moe: 10 }, 'cpu_moe=10'], [{ tensor_buft_overrides: 'ffn_.*_exps=CPU;blk\\.1\\.=CPU' }, 'overrides=2'], [{ tensor_buft_overrides: 'blk\\.1\\.=CUDA0' }, ''], [{ tensor_buft_overrides: 'x=CUDA_Host' }, 'overrides=1'],
    [{ gpu_info: twoCards }, 'devices=2'], [{ gpu_info: 'NVIDIA GeForce RTX 3090, NVIDIA GeForce RTX 3090, NVIDIA GeForce RTX 3090' }, 'devices=3'], [{ gpu_info: twoCards, split_mode: 'none' }, ''],
    [{ gpu_info: twoCards, devices: 'CUDA0' }, ''], [{ gpu_info: twoCards, devices: 'CUDA0/CUDA1' }, 'devices=2'], [{ gpu_info: twoCards, tensor_split: '1.00' }, ''], [{ tensor_split: '3.00/1.00' }, 'devices=2'],
    [{ gpu_info: 'AMD Radeon RX 6700/6750 XT', backends: 'Vulkan' }, ''], [{ backends: 'CUDA,RPC' }, 'rpc=1'], [{ backends: 'CUDA,RPC', devices: 'CUDA0/RPC0' }, 'devices=2;rpc=1'], [{ backends: 'CUDA,RPC', devices: 'CUDA0' }, ''],
    [{ no_kv_offload: true }, 'kv=host'], [{ embeddings: true }, 'embeddings=1'], [{ n_gpu_layers: 20, model_type: 'qwen3moe 30B.A3B Q4_K - Medium', model_filename: 'Qwen3-30B-A3B-Q4_K_M.gguf', n_cpu_moe: 3, no_kv_offload: true }, 'gpu_layers=20;cpu_moe=3;kv=host'],
    [{ backends: 'CPU', gpu_info: '', n_cpu_moe: 4 }, ''], [{ backends: 'BLAS', gpu_info: '' }, ''], [{ backends: 'CUDA,Vulkan', gpu_info: 'NVIDIA GeForce RTX 4060, NVIDIA GeForce RTX 4060' }, ''],
  ]) assert.deepEqual(placed(changes), [expected, expected], JSON.stringify(changes));
});

test('before each layer had its own cache, keys and values were two layers more', () => {
  const old = readFileSync(data('llama-bench-2023.csv'), 'utf8');
  const layers = (n) => rowsOf(file('old.csv', old.replaceAll('"99"', `"${n}"`))).map((r) => r.placement);
  assert.deepEqual([35, 34, 33, 10].map((n) => layers(n)[0]), ['', 'gpu_layers=34', 'gpu_layers=33', 'gpu_layers=10']);
});

test('without layers on the card the card still helps with prompts: only decoding is the CPU alone', () => {
  assert.deepEqual(placed({ n_gpu_layers: 0 }), ['gpu_layers=0', '']);
  assert.deepEqual(placed({ n_gpu_layers: 0, no_op_offload: 1 }), ['', '']);
  assert.deepEqual(placed({ n_gpu_layers: 0, devices: 'none' }), ['', '']);
  assert.deepEqual(rowsOf(path.join(folder, 'placed.json')).map((r) => r.runtime), ['llama.cpp-cpu', 'llama.cpp-cpu']);
});

test('--placement says it where the file does not, or knows it better', () => {
  assert.deepEqual(placed({}, '--placement', 'gpu_layers=12;kv=host'), ['gpu_layers=12;kv=host', 'gpu_layers=12;kv=host']);
  assert.deepEqual(placed({ gpu_info: 'Intel A, Intel B' }, '--placement', 'alone'), ['', '']);
  const r = run('import', data('llama-bench.json'), '--placement', 'half');
  assert.equal(r.status, 2);
  assert.match(r.stderr, /half/);
});

test('the backend decides the runtime', () => {
  const runtime = (changes) => rowsOf(file('runtime.json', JSON.stringify({ ...prefill, ...changes })))[0].runtime;
  assert.equal(runtime({ backends: 'ROCm', gpu_info: 'AMD Radeon RX 7900 XTX' }), 'llama.cpp-rocm');
  assert.equal(runtime({ backends: 'CUDA', gpu_info: 'AMD Radeon RX 7900 XTX' }), 'llama.cpp-rocm');
  assert.equal(runtime({ backends: 'Metal,BLAS', gpu_info: 'Apple M2' }), 'llama.cpp-metal');
  assert.equal(runtime({ backends: 'CUDA,Vulkan', devices: 'Vulkan0' }), 'llama.cpp-vulkan');
  assert.equal(runtime({ backends: 'CANN', gpu_info: 'Ascend910' }), 'llama.cpp-cann');
});

test('what a description shares with other models is told apart by its parameters, or asked for', () => {
  const named = (type, params) => {
    const r = run('import', file('type.md', `| model | size | params | backend | threads | test | t/s |\n| --- | --- | --- | --- | --- | --- | --- |\n| ${type} | 4.00 GiB | ${params} | CPU | 4 | tg128 | 5.00 ± 0.01 |\n`));
    assert.equal(r.status, 0, r.stderr);
    return [csv(r.stdout)[0].model, r.stderr];
  };
  assert.equal(named('gemma3 12B Q4_K - Medium', '11.77 B')[0], 'gemma-3-12b');
  assert.equal(named('qwen3moe 30B.A3B Q4_K - Medium', '30.53 B')[0], 'qwen3-30b-a3b');
  assert.equal(named('llama 7B Q4_0', '6.74 B')[0], 'llama-2-7b');
  const [, asked] = named('llama 8B Q4_0', '8.03 B');
  assert.match(asked, /llama-3-8b.*llama-3\.1-8b.*--model/);
});

test('what a file lacks is named with the option that gives it', () => {
  for (const [name, args, ...lacking] of [
    ['batched-bench.jsonl', [], '--model', '--runtime'], ['server.jsonl', [], '--runtime'], ['llama-print-timings.txt', ['--runtime', 'llama.cpp-cpu'], '--model'],
    ['ollama-verbose.txt', ['--device', 'raspberry-pi-5-8gb'], '--model'], ['ollama.json', [], '--runtime'], ['mlx-generate.txt', [], '--model'], ['rkllm-demo.txt', [], '--model'],
    ['vllm-latency.json', ['--runtime', 'vllm-cuda', '--model', 'qwen3-4b'], '--batch', '--prompt', '--generate'], ['vllm-throughput.json', ['--runtime', 'vllm-cuda', '--model', 'qwen3-4b'], '--batch', '--generate'],
  ]) {
    const r = run('import', data(name), ...args, '--output', 'lacking.csv');
    assert.equal(r.status, 2, name);
    for (const option of lacking) assert.match(r.stderr, new RegExp(`give ${option}`), name);
    assert.ok(!existsSync(path.join(folder, 'lacking.csv')));
  }
  assert.match(run('import', data('ollama.json'), '--device', 'raspberry-pi-5-8gb').stderr, /quantization .* --quant/);
});

test('mlx_lm of 2024 printed no number of tokens: options say it', () => {
  const old = file('mlx-2024.txt', '==========\nPrompt: 150.500 tokens-per-sec\nGeneration: 45.250 tokens-per-sec\n');
  assert.match(run('import', old, '--model', 'qwen3-4b').stderr, /give --prompt/);
  assert.deepEqual(rowsOf(old, '--model', 'qwen3-4b', '--prompt', '13', '--generate', '100').map(short), ['mlx qwen3-4b  1x13+0@0 prefill_tok_s=150.5', 'mlx qwen3-4b  1x13+100@0 decode_tok_s=45.25']);
});

test('a table that was quoted, and bold numbers', () => {
  const md = readFileSync(data('llama-bench.md'), 'utf8');
  assert.deepEqual(rowsOf(file('quoted.md', md.replace(/^/gm, '> '))).map(short), rowsOf(data('llama-bench.md')).map(short));
});

test('speculative decoding and several platforms are not passed off as the device', () => {
  const r = run('import', file('draft.json', JSON.stringify({ timings: { prompt_n: 10, prompt_ms: 10, predicted_n: 100, predicted_ms: 1000, draft_n: 50, draft_n_accepted: 40 } })), '--runtime', 'llama.cpp-cpu', '--model', 'qwen3-4b', '--quant', 'Q4_0');
  assert.deepEqual(csv(r.stdout).map((x) => x.metric), ['prefill_tok_s']);
  assert.match(r.stderr, /draft model/);
  const table = readFileSync(data('rkllm-benchmark.md'), 'utf8');
  const two = run('import', file('two.md', table + table.replace('RK3588', 'RK3576')));
  assert.equal(two.status, 2);
  assert.match(two.stderr, /RK3576, RK3588/);
});

test('damaged and hostile files are errors that say where', () => {
  const json = readFileSync(data('llama-bench.json'), 'utf8'), jsonl = readFileSync(data('llama-bench.jsonl'), 'utf8');
  const table = readFileSync(data('llama-bench.csv'), 'utf8'), sql = readFileSync(data('llama-bench.sql'), 'utf8'), md = readFileSync(data('llama-bench.md'), 'utf8');
  for (const [what, content, message] of [
    ['json cut in a record', json.slice(0, json.lastIndexOf('"avg_ts"')), /line \d+: .*cut short/], ['json cut between records', json.slice(0, json.indexOf('llama_model_loader')), /line 4: .*cut short/],
    ['jsonl cut', jsonl.slice(0, -200), /line 3: .*cut short/], ['csv cut', table.slice(0, table.lastIndexOf('"CUDA"')), /line 4: has \d fields, the header has 39/], ['sql cut', sql.slice(0, -100), /line \d+: .*cut short/],
    ['a key twice', json.replace('"n_gen"', '"n_prompt"'), /n_prompt.* twice/], ['a column twice', table.replace('n_depth', 'n_gen'), /line 2: .*n_gen twice/], ['a title twice', md.replace('type_v', 'type_k'), /line 3: .*type_k twice/],
    ['a column twice in SQL', sql.replaceAll('n_depth', 'n_gen'), /n_gen twice/], ['NUL', json.replace('"layer"', '"la\0er"'), /NUL/], ['a wrong type', json.replace('8000.5,', '{},'), /avg_ts/], ['no number', table.replace('"8000.5"', '"fast"'), /avg_ts/],
    ['zero', json.replace('8000.5,', '0,'), /avg_ts/], ['negative', jsonl.replace('8000.5,', '-1,'), /line 2\.avg_ts/], ['huge', json.replace('8000.5,', '1e300,'), /avg_ts/], ['infinite', json.replace('8000.5,', '1e999,'), /8?1e999|avg_ts/],
    ['an escape', json.replace('"layer"', '"\\u001b[2J"'), /split_mode/], ['no count', '{"eval_count": "many", "eval_duration": 5}', /eval_count/], ['negative duration', '{"eval_count": 5, "eval_duration": -5}', /eval_duration/],
    ['a test nobody knows', md.replace('pp512', 'xx512'), /line 5\.test.*xx512/], ['odd UTF-16', Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('abc')]), /UTF-16/], ['nothing known', 'hello\nworld\n', /no output of llama\.cpp/],
    ['half a layer', JSON.stringify([{ ...prefill, n_gpu_layers: 16.5 }]), /n_gpu_layers: must be a whole number/], ['a flag for a count', JSON.stringify([{ ...prefill, n_ubatch: true }]), /n_ubatch: is no number/],
    ['a model that is a number', '{"model": 5, "done": true, "eval_count": 5, "eval_duration": 5}', /model: is no short text\n$/],
    ['deep', '{"a":'.repeat(1e5) + '1' + '}'.repeat(1e5), /64/], ['empty list', '[]', /no finished/], ['only a stream that goes on', '{"model":"a","done":false}', /no finished/],
  ]) {
    const r = run('import', file('bad', content), '--runtime', 'llama.cpp-cuda', '--model', 'qwen3-4b', '--output', 'never.csv');
    assert.equal(r.status, 2, `${what}: ${r.stderr}`);
    assert.match(r.stderr, message, what);
    counted('hostile files');
    assert.doesNotMatch(r.stderr, /\u001b/);
    assert.ok(!existsSync(path.join(folder, 'never.csv')), what);
  }
});

test('a log of 100 MB is read in time that grows with it', () => {
  const noise = 'llama_model_loader: - kv  10: some.key u32 = 4 [x] {y} | z\n[\n{"level": "info", "msg": "a log line in JSON"},\n]\n';
  const log = Buffer.concat([Buffer.from(noise.repeat(Math.ceil(1e8 / noise.length))), readFileSync(data('llama-bench.json'))]);
  const begin = Date.now();
  const rows = rowsOf(file('large.log', log));
  rmSync(path.join(folder, 'large.log'));
  assert.deepEqual(rows.map(short), bench);
  assert.ok(Date.now() - begin < 120_000, `${Date.now() - begin} ms`);
});

const header = 'id,device,runtime,model,quant,prompt,generate,depth,metric,value,unit,placement';
const rowText = (id, value, placement, metric = 'decode_tok_s') => `${id},rtx-4060-8gb,llama.cpp-cuda,llama-3.2-1b,Q4_K_M,${metric === 'prefill_tok_s' ? '512,0' : '0,128'},0,${metric},${value},tok/s,${placement}`;
const predicted = () => Number(csv(run('predict', file('ask.csv', `${header}\n${rowText('a', '', '')}\n`)).stdout)[0].predicted);

test('predict answers a row for where its model was, or says why it cannot; validate counts it as excluded', () => {
  const measured = file('placed.csv', `${header}\n${rowText('a', 100, '')}\n${rowText('b', 10, 'gpu_layers=5')}\n${rowText('c', 10, 'nonsense')}\n`);
  const rows = csv(run('predict', measured).stdout);
  assert.deepEqual(rows.slice(0, 2).map((row) => row.status), ['ok', 'ok']);
  assert.ok(Number(rows[1].predicted) < Number(rows[0].predicted));
  assert.equal(rows[2].predicted, '');
  assert.match(rows[2].status, /^placement: "+nonsense"+ is none of/);
  const v = JSON.parse(run('validate', measured, '--format', 'json').stdout);
  assert.deepEqual([v.rows, v.excluded, v.not_predicted], [3, 2, 0]);
});

test('fit sets such rows aside, says how many and why, and the others alone decide', () => {
  const value = predicted() * 1.1;
  const alone = file('alone.csv', `${header}\n${rowText('a', value, '')}\n`);
  const mixed = file('mixed.csv', `${header}\n${rowText('a', value, '')}\n${rowText('b', value / 6, 'gpu_layers=5')}\n${rowText('c', value / 7, 'gpu_layers=5')}\n${rowText('d', value * 2, 'devices=2')}\n`);
  const fits = [alone, mixed].map((rows) => run('fit', rows, '--device', 'rtx-4060-8gb', '--output', 'my-card.json'));
  const parameters = JSON.stringify(JSON.parse(readFileSync(path.join(folder, 'my-card.json'))).calibrations);
  assert.equal(fits[1].status, 0, fits[1].stderr);
  assert.match(fits[1].stdout, /2 engine row\(s\) ignored: not the device alone \(gpu_layers=5\)/);
  assert.match(fits[1].stdout, /1 engine row\(s\) ignored: not the device alone \(devices=2\)/);
  run('fit', alone, '--device', 'rtx-4060-8gb', '--output', 'my-card.json');
  assert.equal(JSON.stringify(JSON.parse(readFileSync(path.join(folder, 'my-card.json'))).calibrations), parameters);

  const none = run('fit', file('none.csv', `${header}\n${rowText('b', value, 'kv=host')}\n`), '--device', 'rtx-4060-8gb', '--output', 'no-card.json');
  assert.equal(none.status, 2);
  assert.match(none.stderr, /not the device alone/);
  // A model larger than the card's memory, whatever the row says or leaves out.
  const large = run('fit', file('large.csv', `${header}\n${rowText('b', value, '').replace('llama-3.2-1b', 'qwen3-30b-a3b')}\n`), '--device', 'rtx-4060-8gb', '--output', 'no-card.json');
  assert.equal(large.status, 2);
  assert.match(large.stderr, /more memory than the device has/);
  assert.ok(!existsSync(path.join(folder, 'no-card.json')));
});

test('a fit that moves the board more than twice from its class says so and asks', () => {
  for (const factor of [1 / 3, 1 / 6]) {
    const rows = file('far.csv', `${header}\n${rowText('a', predicted() * factor, '')}\n`);
    const refused = run('fit', rows, '--device', 'rtx-4060-8gb', '--output', 'far-card.json');
    assert.equal(refused.status, 2, refused.stdout);
    assert.match(refused.stderr, /llama-3\.2-1b Q4_K_M, .*decode_tok_s: is [\d.]+ tok\/s; its class has [\d.]+ tok\/s, .* to [\d.]+ tok\/s, a factor of \d/);
    assert.match(refused.stderr, /--accept-outlier/);
    assert.ok(!existsSync(path.join(folder, 'far-card.json')));
    const accepted = run('fit', rows, '--device', 'rtx-4060-8gb', '--output', 'far-card.json', '--accept-outlier');
    assert.equal(accepted.status, 0, accepted.stderr);
    assert.match(JSON.parse(readFileSync(path.join(folder, 'far-card.json'))).calibrations[0].note, /Accepted: .*factor/);
    rmSync(path.join(folder, 'far-card.json'));
  }
  assert.equal(run('fit', file('near.csv', `${header}\n${rowText('a', predicted() * 1.5, '')}\n`), '--device', 'rtx-4060-8gb', '--output', 'near-card.json').status, 0);
});

test('fit-published leaves such rows out', () => {
  const published = (rows) => {
    const out = mkdtempSync(path.join(folder, 'published-'));
    const r = run('fit-published', file('published.csv', `${header}\n${rows.join('\n')}\n`), '--output', out);
    assert.equal(r.status, 0, r.stderr);
    return readFileSync(path.join(out, 'llama.cpp-cuda.json'), 'utf8');
  };
  const good = [rowText('a', 200, ''), rowText('b', 9000, '', 'prefill_tok_s')];
  assert.equal(published([...good, rowText('c', 20, 'gpu_layers=9'), rowText('d', 900, 'devices=2', 'prefill_tok_s')]), published(good));
});

test('check knows the column, and what may stand in it', () => {
  const published = 'id,source,url,trust,device,power_mode,runtime,runtime_version,model,quant,kv_quant,batch,threads,prompt,generate,depth,flash_attention,metric,value,unit,model_size_gib,note,placement,exclude';
  const inside = mkdtempSync(path.join(folder, 'presets-'));
  const check = (placement) => {
    spawnSync('mkdir', ['-p', path.join(inside, 'measurements')]);
    writeFileSync(path.join(inside, 'measurements/published.csv'), `${published}\nm1,s,u,A,,,,,,Q4_0,,1,4,0,128,0,,decode_tok_s,5,tok/s,,,${placement},\n`);
    return run('check', inside);
  };
  const good = check('gpu_layers=20;cpu_moe=10;devices=2;rpc=1;kv=host');
  assert.doesNotMatch(good.stderr + good.stdout, /placement/);
  assert.match(check('half').stderr + check('half').stdout, /m1\.placement.*half/);
});
