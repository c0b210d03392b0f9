// Estimates per second in WebAssembly beside the native ones: node tests/bench/wasm.mjs NATIVE.json
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
// The engine itself: its package leaves the benchmark out.
const { default: createEngine } = await import(join(root, 'build/wasm/package/edgewise-engine.js'));
const engine = await createEngine({ wasmBinary: readFileSync(join(root, 'build/wasm/package/edgewise-engine.wasm')) });
const add = (file) => {
  const { errors } = JSON.parse(engine.addPreset(readFileSync(file, 'utf8')));
  if (errors) throw new Error(`${file}: ${errors[0].path} ${errors[0].message}`);
};
const presets = join(root, 'presets');
add(join(presets, 'device-classes.json'));
for (const folder of ['quantizations', 'runtimes', 'calibrations', 'models', 'devices'].map((f) => join(presets, f)))
  for (const file of readdirSync(folder).filter((f) => f.endsWith('.json'))) add(join(folder, file));

const native = JSON.parse(readFileSync(process.argv[2], 'utf8')).benchmarks;
const per_second = (query) => {
  const n = 100_000;
  engine.benchmark(JSON.stringify(query), n); // lets the engine's compiler finish
  let best = Infinity;
  for (let i = 0; i < 5; ++i) {
    const begin = performance.now();
    engine.benchmark(JSON.stringify(query), n);
    best = Math.min(best, performance.now() - begin);
  }
  return n / (best / 1000);
};

const columns = [14, 16, 16, 8];
const line = (...cells) => console.log(cells.map((c, i) => (i ? String(c).padStart(columns[i]) : String(c).padEnd(columns[i]))).join(''));
const group = (x) => Math.round(x).toString().replace(/\B(?=(\d{3})+$)/g, ' ');
console.log('estimates per second, one thread');
line('case', 'native', 'WebAssembly', 'ratio');
for (const { name, query } of JSON.parse(readFileSync(join(root, 'tests/bench/cases.json'), 'utf8'))) {
  const row = native.find((b) => b.name === name);
  if (!row || row.error_occurred) throw new Error(`no native result for ${name}: ${row?.error_message ?? 'missing'}`);
  const wasm = per_second(query);
  line(name, group(row.items_per_second), group(wasm), (row.items_per_second / wasm).toFixed(2));
}
