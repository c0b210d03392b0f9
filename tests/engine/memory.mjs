// Compares the memory that Edgewise predicts with the buffers that llama.cpp itself plans, model preset by model preset.
// `./dev test-engine memory [WORD..]` runs it; README.md says how. Nothing is measured: the machine may be busy.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { native, root } from '../differential/native.mjs';
import { ggufHeader } from '../support/gguf.mjs';
import { build_here, ending, runner, say } from './common.mjs';
import { absent_of, architecture_of, metadata_of } from './metadata.mjs';

const folder = process.env.EDGEWISE_ENGINE ?? path.join(root, 'build/engine');
const at = (...names) => path.join(folder, ...names);
const die = ending('test-engine, memory'), run = runner(die);

// Any computer whose processor has what the engine is built for: memory is asked about, not speed.
const device = 'intel-core-i9-13900k-64gb';
/** Formats, and llama.cpp's numbers of them (include/llama.h, enum llama_ftype). */
const formats = { F16: 1, Q4_K_M: 15 };
/** All logits of a pass are kept, as llama-bench and the library by itself have it. */
const cases = [
  { context: 4096, slots: 1, unified: 0 },
  { context: 32768, slots: 1, unified: 0 },
  { context: 16384, slots: 4, unified: 0 },
  { context: 16384, slots: 4, unified: 1 },
];
const limits = { weights: 0.01, cache: 0.01, compute: 0.15 };

/** The program of buffers.cpp, built once. */
function program() {
  const file = at('edgewise_engine_buffers'), source = path.join(root, 'tests/engine/buffers.cpp');
  if (fs.existsSync(file) && fs.statSync(file).mtimeMs > fs.statSync(source).mtimeMs) return file;
  build_here(folder, run, ['llama']);
  const libraries = ['src/libllama', 'ggml/src/libggml', 'ggml/src/libggml-cpu', 'ggml/src/libggml-base'].map((name) => at('server', `${name}.a`));
  run('c++', ['-std=c++20', '-O1', source, '-o', file, ...['include', 'ggml/include', 'src'].map((name) => `-I${at('llama.cpp', name)}`), ...libraries, '-fopenmp', '-ldl', '-pthread']);
  return file;
}

const presets = fs.readdirSync(path.join(root, 'presets/models')).map((file) => JSON.parse(fs.readFileSync(path.join(root, 'presets/models', file))));
const exceptions = JSON.parse(fs.readFileSync(path.join(root, 'tests/engine/memory-exceptions.json')));
const words = process.argv.slice(2);
/** Of each architecture the first preset, and those that are named; all of them where the word is "all". */
const asked = presets.filter((preset, i) => words.includes('all') || (words.length > 0 ? words.some((word) => preset.id.startsWith(word)) : presets.findIndex((other) => architecture_of(other) === architecture_of(preset)) === i));

/** What the engine plans, in bytes, of each case; or why it loads no such model. */
function planned(buffers, preset, format) {
  const metadata = at('memory', `${preset.id}.metadata.gguf`), file = at('memory', `${preset.id}.gguf`);
  fs.writeFileSync(metadata, ggufHeader({ metadata: metadata_of(preset) }));
  const input = cases.map(({ context, slots, unified }) => `${context} ${slots} ${unified} 0\n`).join('');
  const done = spawnSync(buffers, [metadata, file, formats[format], Number(preset.config.fused_qkv ?? false), absent_of(preset).join(';')], { input, encoding: 'utf8', timeout: 60_000 });
  for (const spent of [metadata, file]) fs.rmSync(spent, { force: true });
  // Of hybrid models with one cache for several slots llama.cpp may not come to an end: what it said before counts.
  const said = done.stdout.trim().split('\n').filter(Boolean);
  if (done.status !== 0 && said.length < cases.length - 1) return { refused: `${done.signal ?? ''} ${done.stderr}`.trim().split('\n').slice(-3).join(' | ') };
  return { rows: said.map((line) => JSON.parse(line)) };
}

async function predicted(preset, format, { context, slots, unified }) {
  const query = { device, model: preset.id, runtime: 'llama.cpp-cpu', quant: format, context, parallel: slots, kv_unified: unified };
  const { value, errors } = await edgewise.ask(Buffer.from(JSON.stringify(query)));
  if (errors) die(`${preset.id}: ${errors[0].path}: ${errors[0].message}`);
  const term = (id) => value.terms[id].value;
  return { weights: term('weights_B'), cache: term('kv_cache_B') + term('recurrent_state_B'), compute: term('compute_buffer_B') };
}

const buffers = program(), edgewise = native('question');
fs.mkdirSync(at('memory'), { recursive: true });
const header = ['architecture', 'preset', 'format', 'context', 'slots', 'unified', ...Object.keys(limits).flatMap((term) => [`${term}_planned_B`, `${term}_predicted_B`, `${term}_error`])];
const table = [], refused = [], without = [];
for (const preset of asked) {
  if (!architecture_of(preset)) {
    without.push(preset.id);
    continue;
  }
  for (const format of Object.keys(formats)) {
    const { rows, refused: why } = planned(buffers, preset, format);
    if (why) {
      refused.push({ preset: preset.id, format, why });
      continue;
    }
    // A format changes the weights alone.
    const used = format === 'F16' ? cases.slice(0, rows.length) : cases.slice(0, 1);
    for (const [i, one] of used.entries()) {
      const plan = { weights: rows[i].model, cache: rows[i].context, compute: rows[i].compute }, own = await predicted(preset, format, one);
      table.push({ architecture: architecture_of(preset), preset: preset.id, format, ...one, plan, own });
    }
  }
}
edgewise.end();

const error = (row, term) => (row.plan[term] === 0 ? (row.own[term] === 0 ? 0 : Infinity) : row.own[term] / row.plan[term] - 1);
fs.writeFileSync(at('memory.csv'), [header, ...table.map((row) => [row.architecture, row.preset, row.format, row.context, row.slots, row.unified,
  ...Object.keys(limits).flatMap((term) => [row.plan[term], row.own[term], error(row, term).toFixed(5)])])].map((line) => line.join(',')).join('\n') + '\n');

// ---- the report ----

const percent = (x) => `${x >= 0 ? '+' : ''}${(100 * x).toFixed(1)} %`;
let failed = 0;
const fail = (text) => {
  say(`MISSED  ${text}`);
  ++failed;
};
/** The exception that a row falls under: of its preset or architecture, of a term, in a format if it names one. */
const excepted = (row, term) => exceptions.find((x) => x.term === term && (x.presets?.includes(row.preset) || x.architectures?.includes(row.architecture)) && (x.format ?? row.format) === row.format);
const needed = new Set();
for (const term of Object.keys(limits)) {
  const errors = table.map((row) => Math.abs(error(row, term))).sort((a, b) => a - b);
  const within = errors.filter((x) => x <= limits[term]).length;
  say(`${term}: ${within} of ${errors.length} within ${100 * limits[term]} %, median ${percent(errors[errors.length >> 1])}, worst ${percent(errors.at(-1))}`);
  for (const row of table) {
    const miss = error(row, term), exception = excepted(row, term);
    if (Math.abs(miss) <= limits[term]) continue;
    const where = `${row.preset} (${row.architecture}) ${row.format}, context ${row.context}, ${row.slots} slots${row.unified ? ', unified' : ''}: ${term} ${row.own[term]} B, llama.cpp ${row.plan[term]} B, ${percent(miss)}`;
    if (!exception) fail(where);
    else if (miss < exception.from || miss > exception.to) fail(`${where}, and its exception says ${percent(exception.from)} to ${percent(exception.to)}`);
    else needed.add(exception);
  }
}
for (const { preset, format, why } of refused) {
  const exception = exceptions.find((x) => x.term === 'loads' && x.presets.includes(preset));
  if (exception) needed.add(exception);
  else fail(`${preset} ${format}: llama.cpp does not load it: ${why}`);
}
if (words.length === 0 || words.includes('all')) for (const exception of exceptions) if (!needed.has(exception)) fail(`an exception is not needed any more: ${exception.reason}`);
say(`${new Set(table.map((row) => row.preset)).size} presets of ${new Set(table.map((row) => row.architecture)).size} architectures, ${table.length} rows: ${at('memory.csv')}`);
if (without.length > 0) say(`llama.cpp has no architecture for ${without.join(', ')}`);
if (failed > 0) die(`${failed} limit(s) missed`);
