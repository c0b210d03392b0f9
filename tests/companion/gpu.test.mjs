// GPUs by Vulkan as a process on Mesa's rasterizer in software: measured, fitted, checked and asked; what is missing is said
// in words. Numbers are not judged here: `./dev test-engine vulkan` does that.
import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const edgewise = process.env.EDGEWISE ?? join(root, 'build/native/bin/edgewise');
const folder = mkdtempSync(join(tmpdir(), 'edgewise-gpu-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const run = (args, env = {}) => spawnSync(edgewise, args, { encoding: 'utf8', cwd: folder, timeout: 300_000, env: { ...process.env, ...env } });
const started = (args, env = {}) =>
  new Promise((resolve) => execFile(edgewise, args, { cwd: folder, timeout: 300_000, env: { ...process.env, ...env } }, (error, stdout, stderr) => resolve({ status: error ? error.code : 0, stdout, stderr })));
const probe = (env) => JSON.parse(run(['probe', '--format', 'json'], env).stdout);
const json = (name) => JSON.parse(readFileSync(join(folder, name), 'utf8'));
const write = (name, value) => writeFileSync(join(folder, name), JSON.stringify(value));

const nowhere = { VK_ICD_FILENAMES: '/nowhere.json', VK_DRIVER_FILES: '/nowhere.json' };
const no_loader = { EDGEWISE_VULKAN_LIBRARY: '/nowhere/libvulkan.so.1' };
const software = probe().gpus.find((g) => g.type === 'cpu' && !g.unusable);
const skip = software ? false : `no rasterizer in software to measure (Debian: mesa-vulkan-drivers): ${probe().no_gpu ?? 'other GPUs only'}`;

test('probe lists what Vulkan offers, and says in words where it offers nothing', () => {
  assert.match(run(['probe']).stdout, /GPUs by Vulkan\n {2}\S/);
  for (const [env, words] of [[nowhere, /no Vulkan driver/], [no_loader, /no Vulkan loader: \/nowhere\/libvulkan\.so\.1/], [{ EDGEWISE_VULKAN_LIBRARY: 'libm.so.6' }, /has not its functions/]]) {
    const { gpus, no_gpu } = probe(env);
    if (/built without/.test(no_gpu)) continue;
    assert.deepEqual(gpus, []);
    assert.match(no_gpu, words);
    assert.match(run(['probe'], env).stdout, words);
  }
});

test('a GPU that is not there is refused before anything is measured', () => {
  for (const name of ['99', 'no-such-gpu']) {
    const { status, stdout, stderr } = run(['measure', '--output', 'x.json', '--budget', '5', '--gpu', name]);
    assert.equal(status, 2);
    assert.equal(stdout, '');
    assert.match(stderr, /^edgewise: --gpu: /m);
  }
});

test('a rasterizer in software is measured by name, fitted, checked and asked', { skip }, async () => {
  // At once: what is said does not depend on how quiet the machine is.
  const runs = await Promise.all([
    started(['measure', '--output', 'named.json', '--budget', '5', '--gpu', 'LLVMPIPE']),
    started(['measure', '--output', 'default.json', '--budget', '5']),
    started(['measure', '--output', 'nowhere.json', '--budget', '5'], nowhere),
    started(['measure', '--output', 'none.json', '--budget', '5', '--gpu', 'none'])
  ]);
  for (const { status, stderr } of runs) assert.equal(status, 0, stderr);
  const of_gpu = (name) => json(name).rows.filter((row) => row.test.startsWith('gpu'));
  assert.deepEqual(of_gpu('none.json'), []);
  for (const [name, words] of [['default.json', /the processor itself, in software: --gpu \d measures it/], ['nowhere.json', /no Vulkan driver/]]) {
    assert.equal(of_gpu(name).filter((row) => row.device !== undefined || name === 'nowhere.json').length, of_gpu(name).length);
    assert.ok(of_gpu(name).some((row) => words.test(row.skipped)), name);
  }

  const rows = of_gpu('named.json'), named = json('named.json');
  assert.ok(named.gpus.some((g) => g.name === software.name && g.type === 'cpu'));
  for (const row of rows) {
    assert.equal(row.device, software.name);
    assert.ok(named.tests[row.test], row.test);
    if (row.skipped) assert.match(row.skipped, /\w+ \w+/);
  }
  for (const name of ['gpu_read', 'gpu_copy', 'gpu_launch', 'gpu_submit', 'gpu_between_products', 'gpu_fma', 'gpu_attention', 'gpu_attention_many']) assert.ok(rows.some((row) => row.test === name && row.median > 0), name);
  for (const format of ['F16', 'Q8_0', 'Q4_0', 'Q5_0', 'Q4_K', 'Q5_K', 'Q6_K'])
    for (const name of ['gpu_dot', 'gpu_dot_streamed', 'gpu_dot_many']) assert.ok(rows.some((row) => row.test === name && row.format === format && row.median > 0), `${name} ${format}`);

  // The processor's rows may have met a busy machine: those of a board that is known take their place.
  const row = (name, format, value) => ({ test: name, ...(format && { format }), cores: 'fast', threads: 2, working_set_B: 256e6, samples: [value, value, value] });
  const quiet = [row('read', '', 12e9), row('fma', '', 150e9), row('int8', '', 600e9), row('clock', '', 2e9)];
  for (const format of ['F16', 'Q8_0', 'Q4_0', 'Q4_K', 'Q6_K']) quiet.push(row('dot', format, 20e9), row('dot_many', format, 40e9), row('dot_streamed', format, 5e9));
  const board = { ...named, rows: [...quiet, ...rows], power: [], warnings: [] };
  write('board.measurement.json', board);
  const fitted = run(['fit', 'board.measurement.json', '--output', 'board.json']);
  assert.equal(fitted.status, 0, fitted.stderr);
  assert.equal(run(['check', 'board.json']).status, 0);
  const preset = json('board.json');
  assert.equal(preset.gpu.name, software.name);
  assert.ok(preset.memory.measured.some((m) => m.agent === 'gpu' && m.kind === 'read'));
  assert.deepEqual(preset.calibrations.map((c) => c.runtime).sort(), ['llama.cpp-cpu', 'llama.cpp-vulkan']);
  const vulkan = preset.calibrations.find((c) => c.runtime === 'llama.cpp-vulkan'), cpu = preset.calibrations.find((c) => c.runtime === 'llama.cpp-cpu');
  assert.ok(vulkan.samples.every((s) => s.test.startsWith('gpu_')));
  assert.ok(cpu.samples.every((s) => !s.test.startsWith('gpu_')));

  const ask = (runtime) => JSON.parse(run(['estimate', '--device', 'board.json', '--model', 'smollm2-135m', '--quant', 'Q8_0', '--runtime', runtime, '--prompt', '128', '--generate', '16', '--format', 'json']).stdout).terms;
  const terms = ask('llama.cpp-vulkan');
  assert.ok(terms.decode_tok_s.value > 0 && terms.prefill_tok_s.value > 0);
  assert.notEqual(terms.decode_tok_s.value, ask('llama.cpp-cpu').decode_tok_s.value);
  // Twice the rates are about twice the speed of a large prompt: the preset follows what was measured.
  write('fast.measurement.json', { ...board, rows: board.rows.map((r) => (['gpu_dot_many', 'gpu_attention_many', 'gpu_dot_streamed', 'gpu_fma', 'gpu_fma16'].includes(r.test) && r.samples ? { ...r, samples: r.samples.map((x) => 2 * x) } : r)) });
  assert.equal(run(['fit', 'fast.measurement.json', '--output', 'fast.json']).status, 0);
  const fast = JSON.parse(run(['estimate', '--device', 'fast.json', '--model', 'smollm2-135m', '--quant', 'Q8_0', '--runtime', 'llama.cpp-vulkan', '--prompt', '512', '--generate', '1', '--format', 'json']).stdout).terms.prefill_tok_s.value;
  const slow = JSON.parse(run(['estimate', '--device', 'board.json', '--model', 'smollm2-135m', '--quant', 'Q8_0', '--runtime', 'llama.cpp-vulkan', '--prompt', '512', '--generate', '1', '--format', 'json']).stdout).terms.prefill_tok_s.value;
  assert.ok(fast / slow > 1.7 && fast / slow < 2.05, `${fast} of ${slow}`);

  // A card is described by its own preset, and has no processor.
  write('card.measurement.json', { ...board, gpus: board.gpus.map((g) => ({ ...g, type: 'discrete' })) });
  const beside = run(['fit', 'card.measurement.json', '--output', 'beside.json']);
  assert.equal(beside.status, 0, beside.stderr);
  assert.match(beside.stdout, /is a card with a memory of its own: `fit --device CARD/);
  assert.equal(json('beside.json').gpu, undefined);
  const card = run(['fit', 'card.measurement.json', '--device', 'rtx-3060-12gb', '--output', 'card.json']);
  assert.equal(card.status, 0, card.stderr);
  assert.equal(run(['check', 'card.json']).status, 0);
  assert.deepEqual(json('card.json').calibrations.filter((c) => c.origin === 'measured').map((c) => c.runtime), ['llama.cpp-vulkan']);

  const unknown_gpu = run(['fit', 'board.measurement.json', '--output', 'y.json', '--gpu', 'radeon']);
  assert.equal(unknown_gpu.status, 2);
  assert.match(unknown_gpu.stderr, /^edgewise: --gpu: .*part of no measured GPU's name/m);
});
