// Compares what `edgewise measure` and `fit` predict with what the real llama.cpp does on this machine, on models of
// random weights. `./dev test-engine` runs it; README.md says what it found and how to read it.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ending, fetch_source, median, runner, say } from './common.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const build = process.env.EDGEWISE_BUILD ?? path.join(root, 'build/native');
const folder = process.env.EDGEWISE_ENGINE ?? path.join(root, 'build/engine');
const edgewise = path.join(build, 'bin/edgewise');
const likwid = process.env.LIKWID_BENCH ?? 'likwid-bench';
const writeGguf = path.join(build, 'tests/edgewise_engine_gguf');
const at = (...names) => path.join(folder, ...names);

// One machine stands for several: llama.cpp built for an older processor, and the companion's kernels of the same
// instructions. AMX is left out: virtual machines often show it and crash in it, and no edge device has it.
const instructionSets = {
  x64: [
    { variant: 'sse42', kernels: 'sse42', flags: ['sse4_2'] },
    { variant: 'haswell', kernels: 'avx2', flags: ['avx2', 'fma', 'f16c', 'bmi2'] },
    { variant: 'alderlake', kernels: 'avx_vnni', flags: ['avx2', 'avx_vnni'] },
    { variant: 'skylakex', kernels: 'avx512', flags: ['avx512f', 'avx512bw', 'avx512dq', 'avx512vl', 'avx512cd'] },
    { variant: 'cascadelake', kernels: 'avx512_vnni', flags: ['avx512bw', 'avx512_vnni'] },
    { variant: 'zen4', kernels: 'avx512_vnni', flags: ['avx512_vnni', 'avx512vbmi', 'avx512_bf16'] },
  ],
  arm64: [{ variant: 'native', kernels: '', flags: [] }],
}[os.arch()];
const formats = ['Q4_0', 'Q8_0', 'Q4_K_M', 'Q6_K', 'F16'];
// Two of shapes that nobody publishes, and one whose rows are no whole blocks of 256, so that formats fall back.
const models = ['llama-narrow', 'llama-wide', 'qwen2.5-0.5b'];
const cases = models.flatMap((model) => formats.map((format) => `${model} ${format}`));
// The two that a board owner would run and import: of published models, and none of the cases.
const anchors = ['smollm2-360m Q8_0', 'llama-3.2-1b Q4_K_M'];
const limits = {
  alone: { median: 0.08, worst: 0.2 },
  anchored: { median: 0.03, worst: 0.1 },
  memory: 0.01, bandwidth: 0.03, repeated: 0.05,
};
const workloads = [
  { kind: 'prefill', prompt: 128, generate: 0, arguments: ['-p', 128, '-n', 0], repeats: 3 },
  { kind: 'decode', prompt: 0, generate: 16, arguments: ['-p', 0, '-n', 16], repeats: 5 },
];
const memory_depth = 2048;

const die = ending('test-engine'), run = runner(die);

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

/** Bytes per second that so many cores together read from memory, as likwid-bench finds it in a fraction of a second. */
function memory_rate(iterations, threads) {
  const kernel = os.arch() === 'x64' ? 'load_avx' : 'load';
  const printed = run(likwid, ['-t', kernel, '-w', `S0:256MB:${threads}`, '-i', iterations]);
  return Number(/MByte\/s:\s+([\d.]+)/.exec(printed)[1]) * 1e6;
}

/** Runs `job` again until nothing else used the machine meanwhile; with `near`, until the memory also gave that rate
 * before and after. */
async function quietly(what, job, near, threads = 1) {
  const attempts = Number(process.env.EDGEWISE_ENGINE_ATTEMPTS ?? 20);
  for (let i = 0; ; ++i) {
    const before = near && memory_rate(20, threads), begin = [Date.now(), machine_s(), own_s()];
    const result = await job();
    const others = machine_s() - begin[1] - (own_s() - begin[2]), share = others / (((Date.now() - begin[0]) / 1000) * os.availableParallelism());
    const after = near && memory_rate(20, threads), steady = !near || [before, after].every((rate) => Math.abs(Math.log(rate / near)) < 0.15);
    if (share < 0.05 && steady) return result;
    const why = share < 0.05 ? `memory gave ${(before / 1e9).toFixed(1)} and ${(after / 1e9).toFixed(1)} GB/s around it instead of ${(near / 1e9).toFixed(1)}` : `other programs used ${percent(share)} of the machine`;
    if (i + 1 === attempts) die(`${what}: ${why}, and ${attempts} attempts were no better: this machine is not quiet enough to compare anything`);
    say(`  ${what}: ${why}, again`);
  }
}

/** What the memory gives most of the time. On virtual machines it has rates up to twice apart, as the host moves the
 * processors from one chiplet to two and back. No look before or after tells the rate of a run between, but the usual one is
 * likeliest. */
async function usual_rate(threads) {
  const rates = [];
  for (let i = 0; i < 9; ++i) {
    rates.push(memory_rate(20, threads));
    await new Promise((resolve) => setTimeout(resolve, 700));
  }
  return median(rates);
}

// ---- the engine ----

/** Builds llama-bench once, and its CPU part for each instruction set; returns those that this processor runs. */
function build_engine() {
  const has = os.arch() === 'x64' ? new Set(/^flags\s*:(.*)$/m.exec(fs.readFileSync('/proc/cpuinfo', 'utf8'))[1].trim().split(' ')) : new Set();
  const sets = instructionSets.filter((set) => set.flags.every((flag) => has.has(flag)));
  const bench = (set) => at('sets', set.variant, 'llama-bench');
  if (sets.every((set) => fs.existsSync(bench(set)))) return sets;
  fetch_source(folder);
  say('building llama-bench for each instruction set (a quarter of an hour, once)');
  const variants = os.arch() === 'x64';
  run('cmake', ['-S', 'llama.cpp', '-B', 'build', '-G', 'Ninja', '-DCMAKE_BUILD_TYPE=Release', '-DBUILD_SHARED_LIBS=ON', '-DLLAMA_CURL=OFF', '-DLLAMA_OPENSSL=OFF',
    ...(variants ? ['-DGGML_BACKEND_DL=ON', '-DGGML_NATIVE=OFF', '-DGGML_CPU_ALL_VARIANTS=ON'] : ['-DGGML_NATIVE=ON']),
    '-DCMAKE_C_COMPILER_LAUNCHER=ccache', '-DCMAKE_CXX_COMPILER_LAUNCHER=ccache'], { cwd: folder });
  run('cmake', ['--build', 'build', '-j', os.availableParallelism(), '--target', 'llama-bench', ...(variants ? sets.map((set) => `ggml-cpu-${set.variant}`) : [])], { cwd: folder });
  // The engine takes the best CPU part that it finds beside it: in each folder there is one.
  for (const set of sets) {
    fs.rmSync(at('sets', set.variant), { recursive: true, force: true });
    fs.mkdirSync(at('sets', set.variant), { recursive: true });
    for (const file of fs.readdirSync(at('build/bin'))) {
      const other = variants && file.startsWith('libggml-cpu-') && file !== `libggml-cpu-${set.variant}.so`;
      if (!other && file !== 'llama-bench') fs.cpSync(at('build/bin', file), at('sets', set.variant, file), { verbatimSymlinks: true });
    }
    fs.copyFileSync(at('build/bin/llama-bench'), bench(set));
  }
  return sets;
}

/** Runs on so many processors, the first ones. */
const pinned = (threads) => ['taskset', '-c', [...Array(threads).keys()].join(',')];

/** Output of llama-bench. */
function engine(machine, args) {
  const bench = at('sets', machine.set.variant, 'llama-bench');
  const [command, ...before] = [...pinned(machine.threads), bench, ...args.map(String), '-t', String(machine.threads), '-ngl', '0'];
  return new Promise((resolve) => {
    const child = spawn(command, before, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, LD_LIBRARY_PATH: path.dirname(bench) } });
    let out = '', log = '';
    child.stdout.on('data', (text) => (out += text));
    child.stderr.on('data', (text) => (log += text));
    child.on('close', (code) => (code === 0 ? resolve({ out, log }) : die(`llama-bench ${args.join(' ')}: ${log.slice(-2000)}`)));
  });
}

const file_of = (name) => at('models', `${name.replace(' ', '-')}.gguf`);
function write_model(name) {
  const [model, format] = name.split(' '), shape = path.join(root, 'tests/engine/shapes', `${model}.json`);
  if (!fs.existsSync(file_of(name))) run(writeGguf, [fs.existsSync(shape) ? shape : model, format, file_of(name)]);
}

/** Rows of llama-bench, one for each workload. */
async function truth(machine, name) {
  const kept = at('truth', `${machine.id}-${name.replace(' ', '-')}.json`);
  if (process.env.EDGEWISE_ENGINE_KEEP && fs.existsSync(kept)) return JSON.parse(fs.readFileSync(kept));
  const rows = [];
  for (const w of workloads) {
    const args = ['-m', file_of(name), '-r', w.repeats, '-o', 'json', ...w.arguments];
    const { out } = await quietly(`${machine.id}, ${name}, ${w.kind}`, () => engine(machine, args), w.kind === 'decode' && machine.usual, machine.threads);
    const [row] = JSON.parse(out);
    rows.push({ ...row, avg_ts: median(row.samples_ts) });
  }
  const result = { name, rows };
  fs.writeFileSync(`${kept}.part`, JSON.stringify(result));
  fs.renameSync(`${kept}.part`, kept);
  return result;
}

/** MiB that llama.cpp allocates, in its own words. Not what is resident: pages of buffers that a run does not touch are not, and
 * with mmap those of repacked weights stay until the system wants them back. */
async function allocated(machine, name) {
  const { log } = await engine(machine, ['-m', file_of(name), '-r', 1, '-p', 0, '-n', 1, '-d', memory_depth, '-lm', 'none', '-v']);
  const buffers = {};
  for (const [, what, mib] of log.matchAll(/(model|KV|compute|output) buffer size = +([\d.]+) MiB/g)) buffers[what] = (buffers[what] ?? 0) + Number(mib);
  if (!buffers.model || !buffers.KV || !buffers.compute) die(`llama-bench says not what it allocates for ${name}`);
  return Object.values(buffers).reduce((a, b) => a + b, 0);
}

// ---- edgewise ----

async function measure(machine, name) {
  const file = at(name);
  if (process.env.EDGEWISE_ENGINE_KEEP && fs.existsSync(file)) return { file, ...JSON.parse(fs.readFileSync(file)) };
  await quietly(`${machine.id}, measure`, async () => {
    const [command, ...args] = [...pinned(machine.threads), edgewise, 'measure', '--budget', '45', '--gpu', 'none', '--output', file, '--storage-folder', folder, ...(machine.set.kernels ? ['--kernels', machine.set.kernels] : [])];
    run(command, args);
  }, machine.usual, machine.threads);
  return { file, ...JSON.parse(fs.readFileSync(file)) };
}

function fit(measurement, id, imported) {
  const output = at(`${id}.json`);
  run(edgewise, ['fit', measurement.file, ...imported, '--output', output, '--accept-noise', '--accept-outlier']);
  run(edgewise, ['check', output]);
  return { output };
}

/** The file itself is asked about, as its owner would. */
function estimate(preset, name, workload) {
  const options = Object.entries(workload).flatMap(([key, value]) => [`--${key}`, value]);
  const { terms } = JSON.parse(run(edgewise, ['estimate', '--device', preset, '--model', file_of(name), '--runtime', 'llama.cpp-cpu', '--format', 'json', ...options]));
  const term = (id) => terms[id].value;
  return { prefill: term('prefill_tok_s'), decode: term('decode_tok_s'), memory_mib: (term('memory_B') - term('runtime_reserve_B')) / 1048576 };
}

/** Signed errors of one preset, of each row. */
const errors_of = (preset, { name, rows }) => workloads.map(({ kind, prompt, generate }, i) => estimate(preset, name, { prompt, generate })[kind] / rows[i].avg_ts - 1);

// ---- the report ----

const failures = [];
function judge(what, value, limit) {
  const met = value <= limit;
  say(`${met ? 'ok     ' : 'MISSED '} ${what}: ${percent(value)} (at most ${percent(limit)})`);
  if (!met) failures.push(what);
}
const signed = (x) => `${x >= 0 ? '+' : ''}${(100 * x).toFixed(0)}%`.padStart(5);

const sets = build_engine();
for (const name of ['models', 'truth']) fs.mkdirSync(at(name), { recursive: true });
const words = process.argv.slice(2);
const cores = os.availableParallelism();
const machines = sets
  .flatMap((set) => [...new Set([1, Math.min(2, cores)])].map((threads) => ({ set, threads, id: `${set.variant}-${threads}` })))
  .filter(({ id }) => words.length === 0 || words.some((word) => id.startsWith(word)));
if (machines.length === 0) die(`none of ${sets.map((set) => set.variant).join(', ')} begins with ${words.join(' or ')}`);
for (const name of [...anchors, ...cases]) write_model(name);

const usual = {};
const alone_errors = { prefill: [], decode: [] }, anchored_errors = { prefill: [], decode: [] };
say(`\n${'instructions, threads'.padEnd(22)}${'model'.padEnd(22)}${'prefill'.padStart(12)}${'decode'.padStart(24)}   tok/s; error alone; with two anchors`);
for (const machine of machines) {
  machine.usual = usual[machine.threads] ??= await usual_rate(machine.threads);
  const measurement = await measure(machine, `measurement-${machine.id}.json`);
  const truths = [];
  for (const name of cases) truths.push(await truth(machine, name));
  const imported = [];
  for (const name of anchors) {
    const json = at(`${machine.id}-${name.replace(' ', '-')}.llama-bench.json`), csv = json.replace('.json', '.csv');
    fs.writeFileSync(json, JSON.stringify((await truth(machine, name)).rows));
    run(edgewise, ['import', json, '--output', csv]);
    imported.push(csv);
  }
  const alone = fit(measurement, `alone-${machine.id}`, []), anchored = fit(measurement, `anchored-${machine.id}`, imported);
  for (const t of truths) {
    const bare = errors_of(alone.output, t), corrected = errors_of(anchored.output, t);
    workloads.forEach(({ kind }, i) => {
      alone_errors[kind].push(Math.abs(bare[i]));
      anchored_errors[kind].push(Math.abs(corrected[i]));
    });
    const cell = (i) => `${t.rows[i].avg_ts.toFixed(1).padStart(10)} ${signed(bare[i])} ${signed(corrected[i])}`;
    say(`${`${machine.set.variant}, ${machine.threads}`.padEnd(22)}${t.name.padEnd(22)}${workloads.map((_, i) => cell(i)).join('  ')}`);
  }
  machine.alone = alone;
  machine.measurement = measurement;
}

say('');
const last = machines.at(-1);
const memory = [];
for (const name of cases) {
  const real = await allocated(last, name), predicted = estimate(last.alone.output, name, { prompt: 0, generate: 1, depth: memory_depth }).memory_mib;
  say(`memory ${name.padEnd(24)} ${real.toFixed(1).padStart(8)} MiB, predicted ${predicted.toFixed(1).padStart(8)} (${signed(predicted / real - 1).trim()})`);
  memory.push(Math.abs(predicted / real - 1));
}

say('');
for (const kind of ['decode', 'prefill'])
  for (const [how, errors, limit] of [['microbenchmarks alone', alone_errors, limits.alone], ['two anchors', anchored_errors, limits.anchored]]) {
    judge(`${kind}, ${how}, median of ${errors[kind].length}`, median(errors[kind]), limit.median);
    judge(`${kind}, ${how}, worst`, Math.max(...errors[kind]), limit.worst);
  }
judge('memory, greatest error', Math.max(...memory), limits.memory);
const widest = last.measurement.rows.filter((row) => row.test === 'read' && row.cores === 'fast').reduce((a, b) => (b.threads * b.working_set_B > a.threads * a.working_set_B ? b : a));
const reference = await quietly('likwid-bench', async () => median([1, 2, 3].map(() => memory_rate(100, last.threads))), last.usual, last.threads);
judge('bandwidth against likwid-bench', Math.abs(widest.median / reference - 1), limits.bandwidth);
const again = fit(await measure(last, `measurement-again-${last.id}.json`), `again-${last.id}`, []);
const moved = cases.flatMap((name) => workloads.map(({ kind, prompt, generate }) => {
  const [one, other] = [last.alone, again].map(({ output }) => estimate(output, name, { prompt, generate })[kind]);
  return Math.abs(other / one - 1);
}));
judge('measured again, predictions that moved most', Math.max(...moved), limits.repeated);
if (failures.length > 0) die(`${failures.length} limit(s) missed`);
