// Two runs of an engine correct microbenchmarks that miss it: the engine is another board, whose kernels are faster by a factor in
// every format, and a little more or less in each. What `fit` makes of two models must hold for the others.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const edgewise = process.env.EDGEWISE ?? join(root, 'build/native/bin/edgewise');
const folder = mkdtempSync(join(tmpdir(), 'edgewise-anchor-'));
after(() => rmSync(folder, { recursive: true, force: true }));
function run(...args) {
  const { status, stdout, stderr } = spawnSync(edgewise, args, { encoding: 'utf8', cwd: folder });
  assert.equal(status, 0, `${args.join(' ')}: ${stderr}`);
  return stdout;
}

const formats = ['F16', 'Q8_0', 'Q4_0', 'Q4_K', 'Q6_K'], streamed = { F16: 4e9, Q8_0: 7.5e9 };
/** A board of four cores; `prefill` and `decode` are factors by format. */
function measurement(prefill, decode, memory) {
  const row = (test, value, format, working_set_B) => ({ test, ...(format && { format }), cores: 'fast', threads: 4, ...(working_set_B && { working_set_B }), samples: [value, value, value] });
  const rows = [row('read', 12e9, '', 256e6), row('fma', 150e9), row('int8', 600e9), row('clock', 2.4e9), row('between_products', 30e-6), row('attention', 30e9), row('attention_streamed', 12e9), row('attention_many', 60e9)];
  formats.forEach((f, i) => rows.push(row('dot', 20e9 * decode[i], f, 5e5), row('dot_many', 60e9 * prefill[i], f, 5e5), row('dot_streamed', (streamed[f] ?? 11e9) * memory, f, 256e6)));
  return { type: 'measurement', format_version: 1, tool: 'test', date: '2026-01-31', rows, power: [],
    machine: { board: 'Example Board', class: 'sbc', cpu: { clusters: [{ microarchitecture: 'Cortex-A76', cores: 4, threads: 4, max_hz: 2.4e9, isa: ['neon', 'fp16', 'dotprod'] }] }, memory: { size_B: 8.2e9, type: 'LPDDR4X' } } };
}
const models = [['llama-3.2-1b', 'Q4_K_M'], ['qwen2.5-0.5b', 'Q8_0'], ['llama-3.2-1b', 'Q4_0'], ['llama-3.2-1b', 'F16'], ['qwen3-1.7b', 'Q6_K'], ['smollm2-360m', 'Q4_0'], ['qwen3-0.6b', 'Q4_K_M'], ['gemma-3-1b', 'Q4_K_M']];
const loads = [{ prompt: 512, generate: 0, depth: 0, metric: 'prefill_tok_s' }, { prompt: 0, generate: 32, depth: 0, metric: 'decode_tok_s' }, { prompt: 0, generate: 32, depth: 2048, metric: 'decode_tok_s' }];
const columns = ['id', 'source', 'url', 'trust', 'device', 'runtime', 'model', 'quant', 'batch', 'threads', 'prompt', 'generate', 'depth', 'metric', 'value', 'unit'];
const table = (rows) => [columns, ...rows.map((row) => columns.map((name) => row[name] ?? ''))].map((line) => `${line.join(',')}\n`).join('');
const question = ([model, quant], load, more) => ({ trust: 'A', runtime: 'llama.cpp-cpu', model, quant, batch: 1, threads: 4, unit: 'tok/s', ...load, ...more });
/** What a board's preset says of every model and load. */
const asked = (board) => models.map(([model, quant]) => loads.map(({ prompt, generate, depth, metric }) => {
  const answer = JSON.parse(run('estimate', '--device', board, '--model', model, '--quant', quant, '--runtime', 'llama.cpp-cpu', '--threads', '4', '--prompt', String(prompt), '--generate', String(generate || 1), '--depth', String(depth), '--format', 'json'));
  const found = [];
  const walk = (node, key) => {
    if (key === metric) found.push(typeof node === 'number' ? node : node.value);
    else if (node && typeof node === 'object') for (const [name, child] of Object.entries(node)) walk(child, name);
  };
  walk(answer);
  assert.ok(found[0] > 0, metric);
  return found[0];
}));

for (const [name, prefill, decode, memory] of [['half as fast again in prefill', 1.5, 1.2, 1.1], ['a little slower', 0.85, 0.9, 0.95], ['twice as fast in prefill', 1.9, 1.3, 1.15]])
  test(`an engine that is ${name}`, () => {
    const apart = [1.02, 0.98, 1.01, 1, 0.99], one = formats.map(() => 1);
    writeFileSync(join(folder, 'mine.json'), JSON.stringify(measurement(one, one, 1)));
    writeFileSync(join(folder, 'engine.json'), JSON.stringify(measurement(apart.map((x) => x * prefill), apart.map((x) => x * decode), memory)));
    run('fit', 'engine.json', '--output', 'engine-board.json', '--peak-bandwidth', '17.1');
    const truth = asked('./engine-board.json');
    writeFileSync(join(folder, 'rows.csv'), table([0, 1].flatMap((i) => loads.map((load, k) => question(models[i], load, { id: `m${i}${k}`, value: truth[i][k] })))));
    run('fit', 'mine.json', 'rows.csv', '--output', 'my-board.json', '--peak-bandwidth', '17.1', '--accept-outlier');
    const mine = asked('./my-board.json');
    for (const metric of ['prefill_tok_s', 'decode_tok_s']) {
      const errors = models.slice(2).flatMap((_, i) => loads.map((load, k) => (load.metric === metric ? Math.abs(mine[i + 2][k] / truth[i + 2][k] - 1) : NaN))).filter((x) => x >= 0).sort((a, b) => a - b);
      const middle = errors.length >> 1, median = errors.length % 2 ? errors[middle] : (errors[middle - 1] + errors[middle]) / 2;
      assert.ok(median <= 0.03 && errors.at(-1) <= 0.1, `${metric}: ${errors.map((x) => (100 * x).toFixed(1))}`);
    }
  });
