// Compares what `edgewise measure --gpu` and `fit` predict of llama.cpp's Vulkan backend with that backend itself, on Mesa's
// rasterizer in software and models of random weights. `./dev test-engine vulkan` runs it; README.md says how to read it.
//
// Both programs run with one working thread and a clock of processor time (cpu_clock.c), so that a machine that does other
// things as well says nearly the same as a quiet one; the best of a few runs counts.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ending, fetch_source, median, runner, say } from './common.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const build = process.env.EDGEWISE_BUILD ?? path.join(root, 'build/native');
const folder = process.env.EDGEWISE_ENGINE ?? path.join(root, 'build/engine-vulkan');
const edgewise = path.join(build, 'bin/edgewise');
const writeGguf = path.join(build, 'tests/edgewise_engine_gguf');
const at = (...names) => path.join(folder, ...names);

const cases = [
  'smollm2-135m Q8_0', 'smollm2-360m Q8_0', 'smollm2-360m Q4_0',
  'qwen2.5-0.5b Q4_0', 'qwen2.5-0.5b Q8_0', 'qwen2.5-0.5b Q4_K_M', 'qwen2.5-0.5b Q6_K', 'qwen2.5-0.5b F16',
  'llama-3.2-1b Q4_0', 'llama-3.2-1b Q4_K_M', 'llama-3.2-1b Q8_0'
];
const limit = 0.15, budget_s = 90, prompt = 128, generate = 4, repeats = 2;

const die = ending('test-engine vulkan'), run = runner(die);
const signed = (x) => `${x >= 0 ? '+' : ''}${(100 * x).toFixed(0)} %`;

// ---- the engine ----

/** What Debian 12's Vulkan headers and glslc are too old for. None of it is used on a device without matrix units. */
function patch() {
  const backend = at('llama.cpp/ggml/src/ggml-vulkan');
  const edit = (file, change) => {
    const text = fs.readFileSync(path.join(backend, file), 'utf8');
    if (!text.includes('EDGEWISE_PATCHED')) fs.writeFileSync(path.join(backend, file), `// EDGEWISE_PATCHED\n${change(text)}`);
  };
  const guarded = (text) => text.replace(/^.*fa_decode_ph[12].*$/gm, '#if defined(GGML_VULKAN_COOPMAT_GLSLC_SUPPORT)\n$&\n#endif');
  edit('vulkan-shaders/vulkan-shaders-gen.cpp', guarded);
  edit('ggml-vulkan.cpp', (text) =>
    guarded(text).replace(/ {4}std::vector<vk::LayerSettingEXT> settings = \{[^]*?, &layer_setting_info\);\n/, (found) =>
      `#ifdef VK_EXT_layer_settings\n${found}#else\n    vk::InstanceCreateInfo instance_create_info(vk::InstanceCreateFlags{}, &app_info, layers, extensions);\n#endif\n`));
}

function build_engine() {
  const bench = at('build/bin/llama-bench');
  if (fs.existsSync(bench)) return bench;
  fetch_source(folder);
  patch();
  say("building llama-bench with Vulkan (half an hour on two cores, once)");
  const flags = os.arch() === 'x64' ? '-mno-amx-tile -mno-amx-int8 -mno-amx-bf16' : '';
  run('cmake', ['-S', 'llama.cpp', '-B', 'build', '-G', 'Ninja', '-DCMAKE_BUILD_TYPE=Release', '-DBUILD_SHARED_LIBS=OFF', '-DLLAMA_CURL=OFF', '-DLLAMA_OPENSSL=OFF', '-DGGML_VULKAN=ON',
    '-DGGML_NATIVE=ON', '-DCMAKE_C_COMPILER_LAUNCHER=ccache', '-DCMAKE_CXX_COMPILER_LAUNCHER=ccache', `-DCMAKE_C_FLAGS=${flags}`, `-DCMAKE_CXX_FLAGS=${flags}`], { cwd: folder });
  run('cmake', ['--build', 'build', '--target', 'llama-bench', '-j', os.availableParallelism()], { cwd: folder });
  return bench;
}

/** The environment in which both programs work alike. */
function on_one_thread() {
  const clock = at('cpu_clock.so');
  run('cc', ['-O2', '-shared', '-fPIC', '-o', clock, path.join(root, 'tests/engine/cpu_clock.c')]);
  return { ...process.env, LD_PRELOAD: clock, LP_NUM_THREADS: '1', GGML_VK_VISIBLE_DEVICES: '0' };
}

function truth(bench, name, env) {
  const [model, quant] = name.split(' ');
  const file = at('models', `${model}-${quant}.gguf`), kept = at('truth', `${model}-${quant}.json`);
  let rows;
  if (process.env.EDGEWISE_ENGINE_KEEP && fs.existsSync(kept)) {
    rows = JSON.parse(fs.readFileSync(kept));
  } else {
    if (!fs.existsSync(file)) run(writeGguf, [model, quant, file]);
    rows = JSON.parse(run(bench, ['-m', file, '-ngl', 99, '-fa', 1, '-t', 1, '-p', prompt, '-n', generate, '-r', repeats, '-o', 'json'], { env }));
    fs.writeFileSync(kept, JSON.stringify(rows));
  }
  const of = (row) => ({ best: Math.max(...row.samples_ts), noise: Math.max(...row.samples_ts) / Math.min(...row.samples_ts) - 1 });
  return { name, prefill: of(rows.find((row) => row.n_prompt > 0)), decode: of(rows.find((row) => row.n_gen > 0)) };
}

// ---- edgewise ----

function estimate(preset, name) {
  const [model, quant] = name.split(' ');
  const ask = (tokens) => JSON.parse(run(edgewise, ['estimate', '--device', preset, '--model', model, '--quant', quant, '--runtime', 'llama.cpp-vulkan', '--format', 'json', '--prompt', tokens, '--generate', generate])).terms;
  return { prefill: ask(prompt).prefill_tok_s.value, decode: ask(0).decode_tok_s.value };
}

const bench = process.env.LLAMA_BENCH ?? build_engine();
for (const name of ['models', 'truth']) fs.mkdirSync(at(name), { recursive: true });
const words = process.argv.slice(2), chosen = words.length > 0 ? cases.filter((name) => words.some((word) => name.includes(word))) : cases;
const env = on_one_thread();

say('measuring');
run(edgewise, ['measure', '--output', at('measurement.json'), '--budget', budget_s, '--gpu', 'llvmpipe', '--storage-folder', folder], { env });
run(edgewise, ['fit', at('measurement.json'), '--output', at('lavapipe.json'), '--accept-noise']);
run(edgewise, ['check', at('lavapipe.json')]);

const errors = { prefill: [], decode: [] };
say(`${'model'.padEnd(24)}${'prefill'.padStart(10)}${'predicted'.padStart(12)}${'error'.padStart(8)}${'decode'.padStart(10)}${'predicted'.padStart(12)}${'error'.padStart(8)}  tok/s; noise`);
for (const name of chosen) {
  const real = truth(bench, name, env), predicted = estimate(at('lavapipe.json'), name);
  const cells = ['prefill', 'decode'].map((kind) => {
    const error = predicted[kind] / real[kind].best - 1;
    errors[kind].push(Math.abs(error));
    return `${real[kind].best.toFixed(2).padStart(10)}${predicted[kind].toFixed(2).padStart(12)}${signed(error).padStart(8)}`;
  });
  say(`${name.padEnd(24)}${cells.join('')}  ${signed(real.prefill.noise)}, ${signed(real.decode.noise)}`);
}
const all = median([...errors.prefill, ...errors.decode]);
say(`${all <= limit ? 'ok     ' : 'MISSED '} median error over decode and prefill: ${(100 * all).toFixed(1)} % (at most ${(100 * limit).toFixed(0)} %)`);
say(`        prefill alone ${(100 * median(errors.prefill)).toFixed(1)} %, decode alone ${(100 * median(errors.decode)).toFixed(1)} %`);
if (all > limit) die('the limit was missed');
