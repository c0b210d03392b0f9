// Compares what `edgewise measure` and `fit` predict with what the real llama.cpp does on this machine, on models of
// random weights. `./dev test-engine` runs it; README.md says what it found and how to read it.
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const build = process.env.EDGEWISE_BUILD ?? path.join(root, 'build/native');
const folder = process.env.EDGEWISE_ENGINE ?? path.join(root, 'build/engine');
const edgewise = path.join(build, 'bin/edgewise');
const likwid = process.env.LIKWID_BENCH ?? 'likwid-bench';
const writeGguf = path.join(build, 'tests/edgewise_engine_gguf');
const at = (...names) => path.join(folder, ...names);

// The package carries llama.cpp's sources as a git bundle; this version's are those that the presets cite.
const enginePackage = 'node-llama-cpp@3.22.1';

// Anchors are the two runs that a board owner would import; errors with them are those of all the others.
const anchors = ['llama-3.2-1b Q4_K_M', 'qwen2.5-0.5b Q8_0'];
const cases = [
  ...anchors,
  'llama-3.2-1b Q4_0', 'llama-3.2-1b Q8_0', 'llama-3.2-1b Q6_K', 'llama-3.2-1b F16',
  'qwen2.5-0.5b Q4_0', 'qwen2.5-0.5b Q4_K_M',
  'smollm2-135m Q8_0', 'smollm2-135m F16', 'smollm2-360m Q4_0',
  'qwen3-0.6b Q4_K_M', 'qwen3-0.6b Q5_K_M', 'qwen3-0.6b Q8_0', 'qwen3-1.7b Q4_0', 'qwen3-1.7b Q4_K_M',
  'gemma-3-1b Q4_0', 'gemma-3-1b Q4_K_M', 'tinyllama-1.1b Q4_K_M', 'tinyllama-1.1b Q6_K',
];
const limits = {
  microbenchmarks: { decode: 0.12, prefill: 0.25 },
  anchored: { decode: 0.06, prefill: 0.12 },
  memory: 0.03, bandwidth: 0.05, repeated: 0.05, measure_s: 100,
};
const prompt = 512, generate = 32, depth = 2048;
const workloads = [
  { kind: 'prefill', prompt, generate: 0, depth: 0, arguments: ['-p', prompt, '-n', 0], repeats: 3 },
  { kind: 'decode', prompt: 0, generate, depth: 0, arguments: ['-p', 0, '-n', generate], repeats: 3 },
  { kind: 'decode', prompt: 0, generate, depth, arguments: ['-p', 0, '-n', generate, '-d', depth], repeats: 2 },
];

const say = (text) => process.stdout.write(`${text}\n`);
function die(text) {
  process.stderr.write(`test-engine: ${text}\n`);
  process.exit(1);
}

function run(command, args, options = {}) {
  const done = spawnSync(command, args.map(String), { encoding: 'utf8', maxBuffer: 1 << 28, ...options });
  if (done.status !== 0) die(`${command} ${args.join(' ')}: ${done.error?.message ?? (done.stderr || done.stdout).split('\n').slice(-20).join('\n')}`);
  return done.stdout;
}

const median = (values) => {
  const sorted = [...values].sort((a, b) => a - b), middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};
const percent = (x) => `${(100 * x).toFixed(1)} %`;

// ---- a quiet machine ----

/** CPU seconds that all processes of the machine used. */
function machine_s() {
  const [user, nice, system, , , irq, softirq, steal] = fs.readFileSync('/proc/stat', 'utf8').split('\n')[0].trim().split(/\s+/).slice(1).map(Number);
  return (user + nice + system + irq + softirq + steal) / 100;
}
/** CPU seconds of this process and of its children that have ended. */
function own_s() {
  const fields = fs.readFileSync('/proc/self/stat', 'utf8').split(') ')[1].split(' ').map(Number);
  return (fields[11] + fields[12] + fields[13] + fields[14]) / 100;
}

/** Bytes per second that all cores together read from memory, as likwid-bench finds it in a fraction of a second. */
function memory_rate(iterations) {
  const kernel = os.arch() === 'x64' ? 'load_avx' : 'load';
  const printed = run(likwid, ['-t', kernel, '-w', `S0:256MB:${os.availableParallelism()}`, '-i', iterations]);
  return Number(/MByte\/s:\s+([\d.]+)/.exec(printed)[1]) * 1e6;
}

/** Runs `job` again until nothing else used the machine meanwhile; with `near`, until the memory also gave that rate
 * before and after. */
async function quietly(what, job, near) {
  const attempts = Number(process.env.EDGEWISE_ENGINE_ATTEMPTS ?? 20);
  for (let i = 0; ; ++i) {
    const before = near && memory_rate(20), begin = [Date.now(), machine_s(), own_s()];
    const result = await job();
    const others = machine_s() - begin[1] - (own_s() - begin[2]), share = others / (((Date.now() - begin[0]) / 1000) * os.availableParallelism());
    const after = near && memory_rate(20), steady = !near || [before, after].every((rate) => Math.abs(Math.log(rate / near)) < 0.1);
    if (share < 0.05 && steady) return result;
    const why = share < 0.05 ? `memory gave ${(before / 1e9).toFixed(1)} and ${(after / 1e9).toFixed(1)} GB/s around it instead of ${(near / 1e9).toFixed(1)}` : `other programs used ${percent(share)} of the machine`;
    if (i + 1 === attempts) die(`${what}: ${why}, and ${attempts} attempts were no better: this machine is not quiet enough to compare anything`);
    say(`  ${what}: ${why}, again`);
  }
}

/** What the memory gives most of the time. On virtual machines it has rates a third apart, as the host moves the processors
 * from one chiplet to two and back. No look before or after tells the rate of a run between, but the usual one is likeliest. */
async function usual_rate() {
  const rates = [];
  for (let i = 0; i < 15; ++i) {
    rates.push(memory_rate(20));
    await new Promise((resolve) => setTimeout(resolve, 1500));
  }
  return median(rates);
}

// ---- the engine ----

function build_engine() {
  const bench = at('build/bin/llama-bench');
  if (fs.existsSync(bench)) return bench;
  fs.mkdirSync(folder, { recursive: true });
  if (!fs.existsSync(at('llama.cpp/CMakeLists.txt'))) {
    say(`fetching ${enginePackage}`);
    const [archive] = run('npm', ['pack', '--silent', enginePackage], { cwd: folder }).trim().split('\n').slice(-1);
    run('tar', ['-xzf', archive, 'package/llama/gitRelease.bundle'], { cwd: folder });
    fs.rmSync(at('llama.cpp'), { recursive: true, force: true });
    run('git', ['clone', '--quiet', 'package/llama/gitRelease.bundle', 'llama.cpp.part'], { cwd: folder });
    fs.renameSync(at('llama.cpp.part'), at('llama.cpp'));
    for (const spent of [archive, 'package']) fs.rmSync(at(spent), { recursive: true });
  }
  say('building llama-bench (minutes, once)');
  // AMX is left out: virtual machines often show it and crash in it, and no edge device has it.
  const flags = os.arch() === 'x64' ? '-mno-amx-tile -mno-amx-int8 -mno-amx-bf16' : '';
  run('cmake', ['-S', 'llama.cpp', '-B', 'build', '-G', 'Ninja', '-DCMAKE_BUILD_TYPE=Release', '-DBUILD_SHARED_LIBS=OFF', '-DLLAMA_CURL=OFF', '-DLLAMA_OPENSSL=OFF',
    '-DGGML_NATIVE=ON', '-DCMAKE_C_COMPILER_LAUNCHER=ccache', '-DCMAKE_CXX_COMPILER_LAUNCHER=ccache', `-DCMAKE_C_FLAGS=${flags}`, `-DCMAKE_CXX_FLAGS=${flags}`], { cwd: folder });
  run('cmake', ['--build', 'build', '--target', 'llama-bench', '-j', os.availableParallelism()], { cwd: folder });
  return bench;
}

/** Output of llama-bench. */
function engine(bench, args) {
  return new Promise((resolve) => {
    const child = spawn(bench, args.map(String), { stdio: ['ignore', 'pipe', 'pipe'] });
    let out = '', log = '';
    child.stdout.on('data', (text) => (out += text));
    child.stderr.on('data', (text) => (log += text));
    child.on('close', (code) => (code === 0 ? resolve({ out, log }) : die(`llama-bench ${args.join(' ')}: ${log.slice(-2000)}`)));
  });
}

async function truth(bench, name) {
  const [model, quant] = name.split(' ');
  const file = at('models', `${model}-${quant}.gguf`), kept = at('truth', `${model}-${quant}.json`);
  if (process.env.EDGEWISE_ENGINE_KEEP && fs.existsSync(kept)) return JSON.parse(fs.readFileSync(kept));
  if (!fs.existsSync(file)) run(writeGguf, [model, quant, file]);
  const rows = [];
  for (const w of workloads) {
    const common = ['-m', file, '-ngl', 0, '-r', w.repeats, '-o', 'json', ...w.arguments];
    const { out } = await quietly(`${name}, ${w.kind} at ${w.depth}`, () => engine(bench, common));
    const [row] = JSON.parse(out);
    rows.push({ ...row, avg_ts: median(row.samples_ts) });
  }
  // What it allocates, in its own words. Not what is resident: pages of buffers that a run does not touch are not, and
  // with mmap those of repacked weights stay until the system wants them back.
  const { log } = await engine(bench, ['-m', file, '-ngl', 0, '-r', 1, '-p', 0, '-n', 1, '-d', depth, '-lm', 'none', '-v']);
  const buffers = {};
  for (const [, what, mib] of log.matchAll(/(model|KV|compute|output) buffer size = +([\d.]+) MiB/g)) buffers[what] = (buffers[what] ?? 0) + Number(mib);
  if (!buffers.model || !buffers.KV || !buffers.compute) die(`llama-bench says not what it allocates for ${name}`);
  const result = { name, rows, buffers };
  fs.writeFileSync(`${kept}.part`, JSON.stringify(result));
  fs.renameSync(`${kept}.part`, kept);
  return result;
}

// ---- edgewise ----

async function measure(name, near) {
  const file = at(name);
  const seconds = await quietly('measure', async () => {
    const begin = Date.now();
    run(edgewise, ['measure', '--output', file, '--storage-folder', folder]);
    return (Date.now() - begin) / 1000;
  }, near);
  return { file, seconds, ...JSON.parse(fs.readFileSync(file)) };
}

function fit(measurement, id, imported) {
  const output = at(`${id}.json`);
  const text = run(edgewise, ['fit', measurement.file, ...imported, '--output', output, '--accept-noise']);
  run(edgewise, ['check', output]);
  return { output, text, parameters: JSON.parse(fs.readFileSync(output)).calibrations[0].parameters };
}

function estimate(preset, name, w) {
  const [model, quant] = name.split(' ');
  const { terms } = JSON.parse(run(edgewise, ['estimate', '--device', preset, '--model', model, '--quant', quant, '--runtime', 'llama.cpp-cpu', '--format', 'json',
    '--prompt', w.prompt, '--generate', w.generate, '--depth', w.depth]));
  const term = (id) => terms[id].value;
  return { prefill: term('prefill_tok_s'), decode: term('decode_tok_s'), memory_mib: (term('memory_B') - term('runtime_reserve_B')) / 1048576 };
}

/** Errors of one preset over all rows but those of `without`. */
function compare(preset, truths, without) {
  const errors = { decode: [], prefill: [] }, cells = new Map();
  for (const { name, rows } of truths) {
    cells.set(name, workloads.map((w, i) => {
      const error = estimate(preset, name, w)[w.kind] / rows[i].avg_ts - 1;
      if (!without.includes(name)) errors[w.kind].push(Math.abs(error));
      return error;
    }));
  }
  return { cells, decode: median(errors.decode), prefill: median(errors.prefill) };
}

// ---- the report ----

const failures = [];
function judge(what, value, limit) {
  const met = value <= limit;
  say(`${met ? 'ok     ' : 'MISSED '} ${what}: ${percent(value)} (at most ${percent(limit)})`);
  if (!met) failures.push(what);
}

const bench = process.env.LLAMA_BENCH ?? build_engine();
for (const name of ['models', 'truth']) fs.mkdirSync(at(name), { recursive: true });
const chosen = process.argv.length > 2 ? cases.filter((name) => anchors.includes(name) || process.argv.slice(2).some((part) => name.includes(part))) : cases;

say('measuring');
const usual = await usual_rate();
const first = await measure('measurement.json', usual);
const read = first.rows.filter((row) => row.test === 'read' && row.cores === 'fast').reduce((a, b) => (b.threads * b.working_set_B > a.threads * a.working_set_B ? b : a));
const reference = await quietly('likwid-bench', async () => median([1, 2, 3].map(() => memory_rate(100))), usual);
const truths = [];
for (const name of chosen) {
  truths.push(await truth(bench, name));
  say(`  ${name}: ${truths.at(-1).rows.map((row) => row.avg_ts.toFixed(1)).join(', ')} tok/s`);
}
say('measuring again');
const second = await measure('measurement-again.json', usual);

const imported = anchors.map((name) => {
  const json = at(`${name.replace(' ', '-')}.llama-bench.json`), csv = json.replace('.json', '.csv');
  fs.writeFileSync(json, JSON.stringify(truths.find((t) => t.name === name).rows));
  run(edgewise, ['import', json, '--output', csv]);
  return csv;
});
const alone = fit(first, 'board-alone', []), again = fit(second, 'board-again', []), anchored = fit(first, 'board-anchored', imported);
const bare = compare(alone.output, truths, []), corrected = compare(anchored.output, truths, anchors);

const header = ['prefill', 'decode', `decode @ ${depth}`];
say(`\n${'model'.padEnd(28)}${header.map((h) => h.padStart(15)).join('')}  tok/s; error from microbenchmarks alone; with two anchors`);
for (const { name, rows } of truths) {
  const cell = (i) => `${rows[i].avg_ts.toFixed(1).padStart(8)} ${signed(bare.cells.get(name)[i])} ${signed(corrected.cells.get(name)[i])}`;
  say(`${name.padEnd(24)}${workloads.map((_, i) => cell(i)).join('  ')}${anchors.includes(name) ? '  anchor' : ''}`);
}
function signed(x) {
  return `${x >= 0 ? '+' : ''}${(100 * x).toFixed(0)}%`.padStart(5);
}

say('');
const memory = truths.map(({ name, buffers }) => {
  const real = Object.values(buffers).reduce((a, b) => a + b, 0);
  const predicted = estimate(alone.output, name, { prompt: 0, generate: 1, depth }).memory_mib;
  say(`memory ${name.padEnd(24)} ${real.toFixed(1).padStart(8)} MiB, predicted ${predicted.toFixed(1).padStart(8)} (${signed(predicted / real - 1).trim()})`);
  return Math.abs(predicted / real - 1);
});

say('');
judge('decode, microbenchmarks alone, median error', bare.decode, limits.microbenchmarks.decode);
judge('prefill, microbenchmarks alone, median error', bare.prefill, limits.microbenchmarks.prefill);
judge('decode, two anchors, median error elsewhere', corrected.decode, limits.anchored.decode);
judge('prefill, two anchors, median error elsewhere', corrected.prefill, limits.anchored.prefill);
judge('memory, greatest error', Math.max(...memory), limits.memory);
judge('bandwidth against likwid-bench', Math.abs(read.median / reference - 1), limits.bandwidth);
const drift = Object.entries(alone.parameters).filter(([, x]) => typeof x === 'number').map(([key, x]) => [key, Math.abs(again.parameters[key] / x - 1)]);
for (const [key, x] of drift) judge(`measured again: ${key}`, x, limits.repeated);
judge('time of a full measure, of 100 s', first.seconds / limits.measure_s, 1);
if (failures.length > 0) die(`${failures.length} limit(s) missed`);
