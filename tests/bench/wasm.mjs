// How fast the engine is in WebAssembly under node, beside the native results and beside what others publish:
// node tests/bench/wasm.mjs NATIVE.json
import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gguf } from '@huggingface/gguf';
import { GPUS, LOCAL_MODELS, gpuDevice, simulate } from 'fitllm';

const root = fileURLToPath(new URL('../..', import.meta.url));
const json = (path) => JSON.parse(readFileSync(path, 'utf8'));
const native = json(process.argv[2]).benchmarks;
const nativeOf = (name) => {
  const row = native.find((b) => b.name === name);
  if (!row || row.error_occurred) throw new Error(`no native result for ${name}: ${row?.error_message ?? 'missing'}`);
  return row;
};

// The engine itself: its package leaves the benchmark out.
const folder = join(root, 'build/wasm/package');
const { default: createEngine } = await import(join(folder, 'edgewise-engine.js'));
const { source, start } = await import(join(folder, 'loading.mjs'));
const { whole } = await import(join(folder, 'engine.mjs'));
const wasmBinary = readFileSync(join(folder, 'edgewise-engine.wasm'));
const raw = await start(createEngine, (own) => own, {}, source({ wasmBinary }));
const engine = whole(raw);
const presets = join(root, 'presets');
const sequence = ['device-classes.json', ...['quantizations', 'runtimes', 'calibrations', 'models', 'devices'].flatMap((f) => readdirSync(join(presets, f)).filter((name) => name.endsWith('.json')).map((name) => join(f, name)))]
  .map((file) => `\x1e${readFileSync(join(presets, file), 'utf8')}`)
  .join('');
engine.addPresets(sequence);

/** The best of several, in milliseconds: what disturbs makes it slower, never faster. */
async function best_ms(run, at_least_ms = 300) {
  await run();
  let best = Infinity;
  for (const end = performance.now() + at_least_ms; performance.now() < end; ) {
    const begin = performance.now();
    await run();
    best = Math.min(best, performance.now() - begin);
  }
  return best;
}
const n = 100_000;
const per_second = async (run) => n / (await best_ms(run) / 1000);

const table = (columns) => (...cells) =>
  console.log(cells.map((c, i) => (i ? String(c).padStart(columns[i]) : String(c).padEnd(columns[i]))).join(''));
const group = (x) => Math.round(x).toString().replace(/\B(?=(\d{3})+$)/g, ' ');
const ms = (x) => x.toPrecision(3);

console.log('estimates per second, one thread');
let line = table([14, 16, 16, 16, 8]);
line('case', 'native', 'WebAssembly', 'estimateMany', 'ratio');
for (const { name, query } of json(join(root, 'tests/bench/cases.json'))) {
  const { items_per_second } = nativeOf(name);
  const wasm = await per_second(() => raw.benchmark(JSON.stringify(query), n));
  const prompt = Float64Array.from({ length: n }, (_, i) => 512 + (i % 64));
  const many = await per_second(() => {
    if (engine.estimateMany(query, { prompt }).status.some((x) => x !== 0)) throw new Error('not all of them are answered');
  });
  line(name, group(items_per_second), group(wasm), group(many), (items_per_second / wasm).toFixed(2));
}

const operations = {
  presets: () => () => engine.addPresets(sequence),
  meant: ({ text }) => () => engine.meant('model', text),
  estimate: ({ query }) => () => engine.estimate(query),
  explain: ({ query }) => () => engine.explain(query),
  whatIf: ({ query }) => () => engine.whatIf(query, 'decode_tok_s'),
  sweep: ({ query, axis, values }) => () => engine.sweep(query, axis, values),
  explore: ({ query, bounds }) => () => engine.explore(query, bounds),
  check: ({ file }) => { const text = readFileSync(join(root, file), 'utf8'); return () => engine.check(text); },
  modelPreset: ({ file }) => { const bytes = readFileSync(join(root, file)); return () => engine.modelPreset(bytes, 'bench'); }
};
console.log('\nmilliseconds');
line = table([34, 10, 14, 8]);
line('operation', 'native', 'WebAssembly', 'ratio');
for (const asked of json(join(root, 'tests/bench/operations.json'))) {
  const { real_time } = nativeOf(asked.name);
  const wasm = await best_ms(operations[asked.what](asked));
  line(asked.name, ms(real_time), ms(wasm), (wasm / real_time).toFixed(2));
}
// Each in a process of its own: what the first one compiled would serve the second.
const begun = () =>
  Number(execFileSync(process.execPath, ['--input-type=module', '-e', `const begin = performance.now(); const { load } = await import(${JSON.stringify(join(folder, "index.node.mjs"))}); await load(); console.log(performance.now() - begin)`], { encoding: 'utf8' }));
line('engine, from import to ready', '', ms(Math.min(...Array.from({ length: 5 }, begun))), '');

console.log('\nothers, in the same run, on one thread of node');
line = table([52, 14, 14]);
line('', 'milliseconds', 'Edgewise');
const header = join(root, 'build/logs/bench.gguf'), bytes = readFileSync(header);
line('header of a GGUF, 128,256 words: @huggingface/gguf', ms(await best_ms(() => gguf(header, { allowLocalFile: true }))), ms(await best_ms(() => engine.modelPreset(bytes, 'bench'))));
// Memory alone: it says nothing of speed. Prepared questions there, prepared columns here.
const model = LOCAL_MODELS[0], card = gpuDevice(GPUS.find((g) => g.name === 'RTX 4090'));
const theirs = await best_ms(() => { for (let i = 0; i < n; ++i) simulate(model, card, 4096 + (i % 64), { weightBpw: 4.8944, kvBits: 16 }); });
const prompt = Float64Array.from({ length: n }, (_, i) => 4096 + (i % 64));
const ours = await best_ms(() => engine.estimateMany({ model: 'llama-3.1-8b', device: 'rtx-4090-24gb' }, { prompt }));
line('100,000 questions: fitllm (memory), Edgewise (all)', ms(theirs), ms(ours));
