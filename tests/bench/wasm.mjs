// How fast the engine is in WebAssembly, under node and in Chromium, beside the native results and beside what others
// publish: node tests/bench/wasm.mjs NATIVE.json
import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gguf } from '@huggingface/gguf';
import { GPUS, LOCAL_MODELS, gpuDevice, simulate } from 'fitllm';
import { launch, open, serve } from '../../web/test/site.mjs';
import { canirun, llmViewer } from './peers.mjs';
import { best_ms, rows, timed } from './timed.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const json = (path) => JSON.parse(readFileSync(path, 'utf8'));
const native = json(process.argv[2]).benchmarks;
const nativeOf = (name) => {
  const row = native.find((b) => b.name === name);
  if (!row || row.error_occurred) throw new Error(`no native result for ${name}: ${row?.error_message ?? 'missing'}`);
  return row;
};
const cases = json(join(root, 'tests/bench/cases.json'));
const operations = json(join(root, 'tests/bench/operations.json'));

const presets = (folder) => readdirSync(join(root, 'presets', folder)).filter((name) => name.endsWith('.json')).sort().map((name) => `presets/${folder}/${name}`);
const files = {
  sequence: ['presets/device-classes.json', ...['quantizations', 'runtimes', 'calibrations', 'models', 'devices'].flatMap(presets)],
  read: (path) => new Uint8Array(readFileSync(join(root, path)))
};
const folder = 'build/wasm/package/';
const { found: inNode, engine } = await timed({ cases, operations, root, folder, ...files });

// The same in Chromium, with a page of its own for what must find nothing compiled.
const browser = await launch();
const server = await serve({ '/blank': '' }, { at: root });
const site = await serve();
const inPage = async (url, run, argument) => {
  const { page, close } = await open(browser, url);
  const found = await page.evaluate(run, argument);
  await close();
  return found;
};
const inChromium = await inPage(
  `${server.url}blank`,
  async ({ cases, operations, sequence, folder }) => {
    const { timed } = await import('/tests/bench/timed.mjs');
    const read = async (path) => new Uint8Array(await (await fetch(`/${path}`)).arrayBuffer());
    return (await timed({ cases, operations, sequence, read, root: '/', folder })).found;
  },
  { cases, operations, sequence: files.sequence, folder }
);
/** The least of each of the times that `run` gives. */
const leasts = async (run, times = 5) => {
  const all = [];
  for (let i = 0; i < times; ++i) all.push(await run());
  return all[0].map((_, i) => Math.min(...all.map((one) => one[i])));
};
/** Of a new process, or page: the import of a module, and from then to an engine that answers; `ready`: of bytes that are there. */
const begun = {
  node: (module, wasm, ready) => {
    const [code, file] = [`${module}.node.mjs`, wasm].map((name) => JSON.stringify(join(root, folder, name)));
    const bytes = ready ? `(await import('node:fs')).readFileSync(${file})` : 'undefined';
    const program = `const begin = performance.now(); const { load } = await import(${code}); const there = performance.now(); const wasmBinary = ${bytes}; const ready = performance.now(); await load({ wasmBinary }); console.log(JSON.stringify([there - begin, performance.now() - ready]))`;
    return leasts(() => JSON.parse(execFileSync(process.execPath, ['--input-type=module', '-e', program], { encoding: 'utf8' })));
  },
  chromium: (module, wasm, ready) =>
    leasts(() =>
      inPage(
        `${server.url}blank`,
        async ([code, file]) => {
          const begin = performance.now();
          const { load } = await import(code);
          const there = performance.now();
          const wasmBinary = file ? await (await fetch(file)).arrayBuffer() : undefined;
          const ready = performance.now();
          await load({ wasmBinary });
          return [there - begin, performance.now() - ready];
        },
        [`/${folder}${module}.mjs`, ready ? `/${folder}${wasm}` : '']
      )
    )
};
/** From the request of the page to its first answer. */
const pageStart = () =>
  leasts(() =>
    inPage(site.url, async () => {
      while (!document.querySelector('#answer[aria-busy=false] .bigs')) await new Promise(requestAnimationFrame);
      return [performance.now()];
    })
  );

const table = (columns) => (...cells) =>
  console.log(cells.map((c, i) => (i ? String(c).padStart(columns[i]) : String(c).padEnd(columns[i]))).join(''));
const group = (x) => Math.round(x).toString().replace(/\B(?=(\d{3})+$)/g, ' ');
const ms = (x) => x.toPrecision(3);
const ratio = (x) => x.toFixed(2);

console.log('estimates per second, one thread; in brackets asked from JavaScript in one call');
let line = table([14, 12, 26, 26, 14]);
line('case', 'native', 'node', 'Chromium', 'times native');
for (const [i, { name }] of cases.entries()) {
  const { items_per_second } = nativeOf(name);
  const of = ({ alone, many }) => `${group(alone)} (${group(many)})`;
  const [node, chromium] = [inNode.cases[i], inChromium.cases[i]];
  line(name, group(items_per_second), of(node), of(chromium), `${ratio(items_per_second / node.alone)}, ${ratio(items_per_second / chromium.alone)}`);
}
console.log('\nmilliseconds');
line = table([54, 10, 10, 12, 14]);
line('operation', 'native', 'node', 'Chromium', 'times native');
for (const [i, { name }] of operations.entries()) {
  const { real_time } = nativeOf(name);
  const [node, chromium] = [inNode.operations[i], inChromium.operations[i]];
  line(name, ms(real_time), ms(node), ms(chromium), `${ratio(node / real_time)}, ${ratio(chromium / real_time)}`);
}
for (const [module, wasm, what] of [['index', 'edgewise-engine.wasm', 'engine'], ['answer', 'edgewise-answer.wasm', 'engine of one answer']]) {
  const of = async (ready) => [await begun.node(module, wasm, ready), await begun.chromium(module, wasm, ready)];
  const [node, chromium] = await of(false), [readyNode, readyChromium] = await of(true);
  line(`${what}: its modules imported`, '', ms(node[0]), ms(chromium[0]), '');
  line(`${what}: then loaded`, '', ms(node[1]), ms(chromium[1]), '');
  line(`${what}: of this, begun from its bytes`, '', ms(readyNode[1]), ms(readyChromium[1]), '');
}
const [first] = await pageStart();
line('page, from request to first answer', '', '', ms(first), '');
await Promise.all([browser, server, site].map((one) => one.close()));

console.log('\nothers, in the same run, on one thread of node');
line = table([58, 14, 12]);
line('', 'milliseconds', 'Edgewise');
const header = join(root, 'build/logs/bench.gguf'), bytes = readFileSync(header);
line('header of a GGUF, 128,256 words: @huggingface/gguf', ms(await best_ms(() => gguf(header, { allowLocalFile: true }))), ms(await best_ms(() => engine.modelPreset(bytes, 'bench'))));
// Prepared questions there, prepared columns here: one model on one card at other contexts.
const asked = { model: 'llama-3.1-8b', device: 'rtx-4090-24gb', quant: 'Q4_K_M', context: 8192 };
const context = (i) => 4096 + (i % 64);
const depth = Float64Array.from({ length: rows }, (_, i) => context(i));
const ours = await best_ms(() => engine.estimateMany(asked, { depth }));
const config = json(join(root, `presets/models/${asked.model}.json`)), card = json(join(root, `presets/devices/${asked.device}.json`));
const [theirModel, theirCard] = [LOCAL_MODELS[0], gpuDevice(GPUS.find((g) => g.name === 'RTX 4090'))];
const formulas = {
  'fitllm (memory alone)': (i) => simulate(theirModel, theirCard, context(i), { weightBpw: 4.8944, kvBits: 16 }),
  "canirun.ai's formula (decoding alone)": () => canirun(config.parameters.published, card),
  "LLM-Viewer's formulas (decoding alone)": (i) => llmViewer(config.config, card, context(i))
};
let sum = 0; // so that nothing is left out as unused
for (const [name, formula] of Object.entries(formulas))
  line(`100,000 questions: ${name}`, ms(await best_ms(() => { for (let i = 0; i < rows; ++i) sum += Number(formula(i)) || 0; })), ms(ours));
const { value, low, high } = engine.estimate({ ...asked, depth: context(0) }).terms.decode_tok_s;
console.log(`\ndecoding, ${config.name} with weights of about 4 bits on ${card.name}, ${context(0)} tokens before, tok/s`);
line = table([30, 28]);
line('Edgewise', `${value.toFixed(0)} (${low.toFixed(0)} to ${high.toFixed(0)})`);
line("canirun.ai's formula", canirun(config.parameters.published, card));
line("LLM-Viewer's formulas", llmViewer(config.config, card, context(0)).toFixed(0));
if (!Number.isFinite(sum)) throw new Error('a formula gave no number');
