// Writes REPORT.md here and presets/accuracy.json for the page: how far predictions are from published measurements
// that they were not fitted to, and what other calculators answer for the same rows.
//   node tests/validation/report.mjs [FOLDER]     both files into FOLDER instead
// EDGEWISE names another binary. Takes half a minute: every board is fitted again without each of its models.
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { peers } from './peers.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const binary = process.env.EDGEWISE ?? join(root, 'build/native/bin/edgewise');
const measurements = 'presets/measurements/published.csv';
const edgewise = async (...args) => (await promisify(execFile)(binary, args, { cwd: root, encoding: 'utf8', maxBuffer: 1 << 28 })).stdout;

// --- reading ---

function csv(text) {
  const rows = [[]];
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/g)) {
    if (end === '' && quoted === undefined && plain === '' && rows.at(-1).length === 0) break;
    rows.at(-1).push(quoted?.replaceAll('""', '"') ?? plain);
    if (end !== ',') rows.push([]);
  }
  const [columns, ...body] = rows.filter((r) => r.length);
  return body.map((cells) => Object.fromEntries(columns.map((c, i) => [c, cells[i]])));
}
const presets = (folder) => new Map(readdirSync(join(root, 'presets', folder)).filter((f) => f.endsWith('.json')).sort()
  .map((f) => JSON.parse(readFileSync(join(root, 'presets', folder, f), 'utf8'))).map((p) => [p.id, p]));

const devices = presets('devices');
const models = presets('models');
const runtimes = presets('runtimes');
const published = csv(readFileSync(join(root, measurements), 'utf8'));
const byId = new Map(published.map((r) => [r.id, r]));
const recipes = new Map([...presets('quantizations').values()].filter((p) => p.type === 'quantizations').flatMap((p) => p.recipes.map((r) => [r.id, p.family])));

// --- statistics: as the tool has them, one vote per configuration, which is the median of its rows ---

function quantile(values, q) {
  const x = [...values].sort((a, b) => a - b);
  const at = q * (x.length - 1), below = Math.floor(at);
  return x.length === 0 ? null : below + 1 < x.length ? x[below] * (below + 1 - at) + x[below + 1] * (at - below) : x[below];
}
const median = (values) => quantile(values, 0.5);
const error = (predicted, measured) => Math.abs(predicted / measured - 1);
function grouped(list, key) {
  const out = new Map();
  for (const x of list) out.has(key(x)) ? out.get(key(x)).push(x) : out.set(key(x), [x]);
  return out;
}
/** Errors of rows with a prediction, per configuration. */
function errors(rows, predict) {
  const known = rows.map((r) => [r.configuration, predict(r), r.value]).filter(([, p]) => p > 0);
  return [...grouped(known, ([c]) => c).values()].map((of) => median(of.map(([, p, v]) => error(p, v))));
}
function summary(rows, predict) {
  const all = errors(rows, predict);
  return { n: all.length, median: median(all), p90: quantile(all, 0.9) };
}

// --- what the tool says ---

const folder = mkdtempSync(join(tmpdir(), 'edgewise-report-'));
let cross, crossByRuntime, memory, predicted;
const batchOne = (r) => (byId.get(r.id).batch || '1') === '1';
try {
  [cross, crossByRuntime] = (await Promise.all([edgewise('validate', '--cross', '--format', 'json', measurements), edgewise('validate', '--cross', '--by', 'runtime', '--format', 'json', measurements)])).map((t) => JSON.parse(t));
  memory = JSON.parse(await edgewise('validate', '--by', 'metric', '--format', 'json', measurements)).groups.filter((g) => g.kind === 'memory');
  predicted = new Map(csv(await edgewise('predict', measurements)).map((r) => [r.id, r]));
} catch (problem) {
  rmSync(folder, { recursive: true, force: true });
  throw problem;
}
const kindOf = { decode_tok_s: 'decode', tpot_ms: 'decode', prefill_tok_s: 'prefill', ttft_ms: 'prefill', throughput_tok_s: 'throughput', power_w: 'power', energy_j_per_token: 'energy' };
const rows = cross.rows.map((r) => ({ ...r, kind: kindOf[r.metric], class: devices.get(r.device).class }));
const ofKind = (kind) => rows.filter((r) => r.kind === kind);

const situations = ['calibrated', 'unseen'];
const kinds = ['decode', 'prefill', 'throughput', 'power', 'energy'];
const groupOf = (table, situation, kind, group) => table.find((g) => g.situation === situation && g.kind === kind && g.group === group);

// --- rows that do not count ---

const used = new Set(rows.map((r) => r.id));
const reasons = new Map();
const count = (reason) => reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
for (const r of published) {
  if (used.has(r.id)) continue;
  if (r.exclude.startsWith('suspect')) count(/decode collapsed/.test(r.exclude) ? 'suspect: the file pages from storage' : 'suspect: about three times more or less than the only comparable row');
  else if (r.exclude) count(r.exclude);
  else if (/_mib$/.test(r.metric)) count('memory: compared as shipped, see By kind');
  else if (predicted.get(r.id).status !== 'ok') count(/prompt/.test(predicted.get(r.id).status) ? predicted.get(r.id).status : 'the format of the cache is not known');
  else count('larger than the memory of the device: it pages or is offloaded');
}
const excluded = [...reasons].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));

// --- memory: of a model on a card, some rows are the part that stays with the host ---

const hostPart = (r) => runtimes.get(r.runtime).processor !== 'cpu' && /^CPU\b|_Host|on CPU|CPU part|CPU_Mapped|only,|only;/.test(r.note);
const whole = new Map([...grouped([...predicted.values()].filter((r) => /_mib$/.test(r.metric) && !r.exclude && r.status === 'ok' && !hostPart(r)), (r) => r.metric)].map(([metric, of]) => [metric, summary(
  of.map((r) => ({ configuration: ['device', 'power_mode', 'runtime', 'model', 'quant', 'kv_quant', 'threads', 'batch'].map((c) => r[c]).join('|'), value: Number(r.value), predicted: Number(r.predicted) })), (r) => r.predicted)]));

// --- peers: decode of one sequence ---

const single = ofKind('decode').filter((r) => r.metric === 'decode_tok_s' && batchOne(r));
/** Weights and caches in bytes, by the tool's own arithmetic, which is what reading the file would give a peer. */
async function sizes() {
  const columns = ['id', 'model', 'metric', 'runtime', 'device', 'power_mode', 'quant', 'kv_quant', 'prompt', 'generate', 'depth'];
  const lines = single.flatMap((r) => {
    const m = byId.get(r.id);
    const context = Math.ceil(((Number(m.prompt) || 64) + (Number(m.generate) || 128) + (Number(m.depth) || 0)) / 256) * 256;
    return ['model_buffer_mib', 'kv_cache_mib'].map((metric) => [`${r.id}/${metric}`, r.model, metric, r.runtime, r.device, r.power_mode, r.quant, '', 0, 0, context]);
  });
  const path = join(folder, 'sizes.csv');
  writeFileSync(path, [columns, ...lines].map((l) => l.join(',')).join('\n') + '\n');
  return new Map(csv(await edgewise('predict', path)).map((r) => [r.id, Number(r.predicted) * 1024 ** 2]));
}
const bytes = await sizes();
rmSync(folder, { recursive: true, force: true });

const vendors = [['nvidia', /GeForce|RTX|[AH]100|L40|GB10|GA10B|GM20B|Blackwell/], ['amd', /Radeon/], ['apple', /Apple/], ['intel', /Arc|Iris|UHD/]];
function question(r) {
  const device = devices.get(r.device), model = models.get(r.model), runtime = runtimes.get(r.runtime);
  const p = model.parameters, m = model.config, family = recipes.get(r.quant);
  const params = (p.counted_text ?? p.published ?? p.counted_total) / 1e9;
  const gpu = device.gpu ?? {};
  const tflops = gpu.matrix?.fp16_tflops ?? gpu.fp16_shader_tflops ?? gpu.fp32_tflops;
  const weights = bytes.get(`${r.id}/model_buffer_mib`);
  // The table of embeddings: in a file with a tied one it has the format of the output.
  const table = m.vocab_size * m.hidden_size, bits = /16$/.test(r.quant) ? 16 : /^Q8/.test(r.quant) ? 8.5 : 6.5625;
  return {
    name: `${gpu.name ?? ''} ${device.name}`, bandwidth: device.memory.peak_bandwidth_gb_s, gib: device.memory.capacity_gib, processor: runtime.processor,
    backend: r.runtime === 'mlx' ? 'mlx' : (/(cuda|metal|rocm|vulkan|sycl|opencl)$/.exec(r.runtime)?.[1] ?? (/tensorrt|transformers/.test(r.runtime) ? 'cuda' : '')),
    vendor: vendors.find(([, pattern]) => pattern.test(gpu.name ?? ''))?.[0], apple: device.class === 'mac', mobile: device.class === 'phone' || device.class === 'tablet',
    arm: device.cpu?.clusters?.some((c) => c.isa?.includes('neon')) ?? false, cores: device.cpu?.clusters?.reduce((sum, c) => sum + c.cores, 0),
    flops: runtime.processor === 'cpu' ? (device.cpu?.peak?.fp32_gflops ?? 0) * 1e9 : (tflops ?? 0) * 1e12,
    params, active: params - (model.counted_detail?.moe_idle ?? 0) / 1e9, moe: m.moe, config: m, hidden: m.hidden_size, layers: m.num_hidden_layers, tied: m.tie_word_embeddings,
    quant: r.quant, gguf: family === 'gguf' || family === 'unsloth-dynamic', weights, kv: bytes.get(`${r.id}/kv_cache_mib`),
    embedding: m.tie_word_embeddings ? (table * bits) / 8 : (table / (params * 1e9)) * weights
  };
}
const questions = new Map(single.map((r) => [r.id, question(r)]));
const answers = new Map(peers.map((peer) => [peer.id, new Map(single.map((r) => [r.id, peer.answer(questions.get(r.id))]))]));
// The same with one factor, chosen with all the measurements at hand: as good as that rule can be.
const rule = answers.get('bandwidth');
const factor = median([...grouped(single, (r) => r.configuration).values()].map((of) => median(of.map((r) => r.value / rule.get(r.id)))));
const scaled = { id: 'scaled', name: `Bandwidth ÷ file size × ${factor.toFixed(2)}, fitted to these rows`, url: '' };
answers.set('scaled', new Map([...rule].map(([id, v]) => [id, v * factor])));

const sides = [
  ['all', 'All devices', () => true],
  ['small', 'Small boards and phones', (r) => ['sbc', 'jetson', 'phone', 'npu-module'].includes(r.class)],
  ['mac', 'Macs', (r) => r.class === 'mac'],
  ['card', 'Graphics cards', (r) => r.class === 'dgpu']
];
const peerTable = [...peers, scaled].map((peer) => ({
  id: peer.id, name: peer.name, url: peer.url,
  groups: Object.fromEntries(sides.map(([id, , belongs]) => {
    const of = single.filter((r) => belongs(r) && r.unseen > 0 && answers.get(peer.id).get(r.id) > 0);
    const calibrated = of.filter((r) => r.calibrated > 0);
    return [id, {
      ...summary(of, (r) => answers.get(peer.id).get(r.id)), unseen: summary(of, (r) => r.unseen),
      onCalibrated: summary(calibrated, (r) => answers.get(peer.id).get(r.id)), calibrated: summary(calibrated, (r) => r.calibrated)
    }];
  }))
}));
const own = Object.fromEntries(sides.map(([id, , belongs]) => [id, Object.fromEntries(situations.map((s) => [s, summary(single.filter(belongs), (r) => r[s])]))]));

// --- one point per configuration: its median row ---

const three = (x) => (x > 0 ? Number(x.toPrecision(3)) : 0);
/** Times as rates, so that more is faster. */
function rates(r) {
  const prompt = Number(byId.get(r.id).prompt);
  const turn = r.metric === 'ttft_ms' ? (ms) => (1000 * prompt) / ms : r.metric === 'tpot_ms' ? (ms) => 1000 / ms : (x) => x;
  return { value: turn(r.value), calibrated: r.calibrated > 0 ? turn(r.calibrated) : null, unseen: r.unseen > 0 ? turn(r.unseen) : null };
}
const points = ['decode', 'prefill'].flatMap((kind) => [...grouped(ofKind(kind), (r) => r.configuration).values()].map((of) => {
  const by = of.some((r) => r.calibrated > 0) ? 'calibrated' : 'unseen';
  const sorted = of.filter((r) => r[by] > 0).sort((a, b) => error(a[by], a.value) - error(b[by], b.value) || (a.id < b.id ? -1 : 1));
  const r = sorted[(sorted.length - 1) >> 1];
  return r && { row: r, kind, ...rates(r) };
})).filter(Boolean);
/** The furthest off, as a factor either way. */
const worst = Object.fromEntries(situations.map((s) => [s, points.filter((p) => p[s] > 0).map((p) => ({ ...p, value: three(p.value), [s]: three(p[s]) })).map((p) => ({ ...p, factor: Math.max(p[s] / p.value, p.value / p[s]) }))
  .sort((a, b) => b.factor - a.factor || (a.row.id < b.row.id ? -1 : 1)).slice(0, 15)]));

// --- REPORT.md ---

const percent = (x) => (x === null || x === undefined ? '–' : `${(100 * x).toFixed(x < 0.0995 ? 1 : 0)} %`);
const both = (s) => (s && (s.n ?? s.configurations) ? `${percent(s.median ?? s.median_error)} / ${percent(s.p90 ?? s.p90_error)}` : '–');
const table = (head, body) => [head, head.map((h, i) => (i && !/^(who|what|where|source|trust)$/.test(h) ? '--:' : '---')), ...body].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
const classNames = {
  sbc: 'Single-board computers', jetson: 'NVIDIA Jetson', phone: 'Phones', tablet: 'Tablets', 'npu-module': 'NPU modules', mac: 'Macs', laptop: 'Laptops', 'laptop-dgpu': 'Laptop GPUs',
  'mini-pc': 'Mini PCs', desktop: 'Desktops', handheld: 'Handhelds', dgpu: 'Graphics cards', 'dc-gpu': 'Data-centre GPUs', 'server-cpu': 'Servers', automotive: 'Automotive'
};
const memoryNames = { model_buffer_mib: 'Weights', kv_cache_mib: 'KV cache', compute_buffer_mib: 'Compute buffers', model_load_mem_mib: 'After loading', peak_mem_mib: 'Peak' };
const distinct = (by) => [...grouped(rows, by).keys()];
const name = (r) => `${models.get(r.model).name} ${r.quant} on ${devices.get(r.device).name}${r.power_mode ? ` (${r.power_mode})` : ''}, ${runtimes.get(r.runtime).name}`;
/** Who published it; the number of a thread stands in its address. */
const sourceOf = (r) => byId.get(r.id).source.replace(/ (issue|PR|discussion)s? #\d+.*$/, '').replace(/[[\]|]/g, ' ');
const link = (r) => { const { url } = byId.get(r.id); return /^https?:\/\//.test(url) ? `[${sourceOf(r)}](${url.replaceAll(' ', '%20')})` : sourceOf(r); };
const said = (p, s) => (p[s] > p.value ? `${(p[s] / p.value).toFixed(1)} × too fast` : `${(p.value / p[s]).toFixed(1)} × too slow`);

const classes = [...grouped(rows.filter((r) => r.kind === 'decode' || r.kind === 'prefill'), (r) => r.class)].map(([id, of]) => ({
  id, devices: new Set(of.map((r) => r.device)).size,
  ...Object.fromEntries(['decode', 'prefill'].map((k) => [k, Object.fromEntries(situations.map((s) => [s, summary(of.filter((r) => r.kind === k), (r) => r[s])]))]))
})).sort((a, b) => b.decode.unseen.n - a.decode.unseen.n || (a.id < b.id ? -1 : 1));
const byRuntime = distinct((r) => r.runtime).map((id) => ({
  id, ...Object.fromEntries(['decode', 'prefill'].map((k) => [k, Object.fromEntries(situations.map((s) => [s, groupOf(crossByRuntime.groups, s, k, id)]))]))
})).filter((r) => r.decode.unseen || r.prefill.unseen).sort((a, b) => (b.decode.unseen?.configurations ?? 0) - (a.decode.unseen?.configurations ?? 0) || (a.id < b.id ? -1 : 1));

const blind = new Map([...grouped(ofKind('decode'), (r) => r.configuration)].filter(([, of]) => of.every((r) => !(r.unseen > 0))));
const blindness = blind.size === 0 ? '' : `
${blind.size} decode configurations have no unseen prediction, because neither a datasheet nor another device says how fast their processor is:
${[...new Set([...blind.values()].map(([r]) => runtimes.get(r.runtime).name))].sort().join('; ')}.`;
const overall = (s, k) => groupOf(cross.groups, s, k, 'all');
const report = `<!-- Written by \`node tests/validation/report.mjs\`: do not edit. -->
# How accurate the predictions are

\`\`\`
./dev build && node tests/validation/report.mjs
\`\`\`

writes this file and \`presets/accuracy.json\`, which the page draws, from \`${measurements}\` and the presets.

## What is compared

${rows.length} published values of ${distinct((r) => r.device).length} devices, ${distinct((r) => r.runtime).length} runtimes and ${distinct((r) => r.model).length} models, from ${new Set(rows.map((r) => byId.get(r.id).source)).size} sources.
The shipped parameters are fitted to them, so each is predicted once more by a fit that has not seen it:

- **Calibrated**: the model is left out. The board is fitted to what was measured on it with *other* models, with the same runtime
  and in the same power mode. This is what to expect of a new model on a device with published measurements.
- **Unseen**: the device is left out, with all its runtimes and memory sizes. What remains is its datasheet and what is known of the
  runtime on other devices, of its class where there are any. This is what to expect on a device nobody measured.
- **As shipped**: nothing is left out. These errors say how well the fit can bend, not how well it predicts; no claim rests on them.

Calibrated needs another model on the same board, so it has fewer configurations: compare columns with their counts in mind.${blindness}

The error of a row is |predicted ÷ measured − 1|. A configuration is a device, power mode, runtime, model, quantization, cache format,
threads and batch; its error is the median over its rows (prompt lengths, depths, repetitions), and it has one vote. Tables give
the median and the 90th percentile over configurations. *Inside* is the share of measurements within the 80 % range that the
tool shows for that situation; the ranges come from these same held-out errors.

## By kind

${table(['what', 'configurations', 'calibrated, median / p90', 'inside', 'configurations', 'unseen, median / p90', 'inside', 'as shipped, median / p90'],
  kinds.map((k) => { const [c, u, s] = ['calibrated', 'unseen', 'shipped'].map((x) => overall(x, k)); return [k, c?.configurations ?? 0, both(c), percent(c?.coverage), u?.configurations ?? 0, both(u), percent(u?.coverage), both(s)]; }))}

Decode and prefill include times (to the first token, between tokens). Throughput contains both and is fitted to neither. Power and
energy hang on what the sensor of a study sees: a wall socket, a module, a single rail. What an unseen device's sensor sees is not
known, so all its power is compared with, for example, one rail.

Memory is arithmetic with nothing fitted to a device, so there is one situation. llama.cpp logs a buffer per backend, and some rows hold
only what stays with the host beside a card: an embedding table, a small scratch buffer. The last columns leave those rows out,
by their note. Sums that hold repacked copies are compared with the weights alone.

${table(['what', 'configurations', 'median / p90', 'inside', 'whole', 'median / p90'], memory.map((g) => [memoryNames[g.group], g.configurations, both(g), percent(g.coverage), whole.get(g.group).n, both(whole.get(g.group))]))}

## By device class

${table(['what', 'devices', 'configurations', 'decode calibrated', 'decode unseen', 'prefill calibrated', 'prefill unseen'],
  classes.map((c) => [classNames[c.id] ?? c.id, c.devices, c.decode.unseen.n, both(c.decode.calibrated), both(c.decode.unseen), both(c.prefill.calibrated), both(c.prefill.unseen)]))}

Median / 90th percentile; the configurations are those of decode, unseen. Of few configurations neither means much.

## By runtime

${table(['what', 'configurations', 'decode calibrated', 'inside', 'decode unseen', 'inside', 'prefill calibrated', 'prefill unseen'],
  byRuntime.map((r) => [runtimes.get(r.id).name, r.decode.unseen?.configurations ?? 0, both(r.decode.calibrated), percent(r.decode.calibrated?.coverage), both(r.decode.unseen), percent(r.decode.unseen?.coverage), both(r.prefill.calibrated), both(r.prefill.unseen)]))}

## Other calculators

Decode of one sequence, ${own.all.unseen.n} configurations. The formulas are those of the projects' source (\`peers.mjs\`), with the data of the presets: datasheet
bandwidth and arithmetic of the device, parameters, exact file size. Their own device tables differ in places: canirun.ai has 32 GB/s
for a Raspberry Pi 5, whose memory moves 17. Where a project has no answer (NPUs, formats it does not offer) the row does not count
for it, so each line has its own rows; Edgewise beside it is measured on exactly those, always by fits that have not seen
them.
None of these projects promises more than a rough guess, and MAX TPS is meant as an upper bound. An estimate that is too low is never
wrong by more than 100 %, so this error is kind to cautious formulas. Of experts, the rule of thumb counts the share that one token uses.

${sides.map(([id, title]) => `**${title}**: Edgewise, all ${own[id].unseen.n} configurations: unseen ${both(own[id].unseen)}; calibrated ${both(own[id].calibrated)} of ${own[id].calibrated.n}.

${table(['who', 'configurations', 'median / p90', 'Edgewise there, unseen', 'configurations', 'median / p90', 'Edgewise there, calibrated'],
    peerTable.map((p) => { const g = p.groups[id]; return [p.url ? `[${p.name}](${p.url})` : p.name, g.n, both(g), both(g.unseen), g.onCalibrated.n, both(g.onCalibrated), both(g.calibrated)]; }))}`).join('\n\n')}

## The worst misses

Decode and prefill configurations furthest from their measurement. Trust: A raw logs, B vendor tables, C crowd or second-hand.

${situations.map((s) => `**${s === 'calibrated' ? 'Calibrated' : 'Unseen'}**

${table(['who', 'what', 'measured', 'predicted', 'off by', 'trust', 'source'], worst[s].map((p) => [name(p.row), p.kind, String(p.value), String(p[s]), said(p, s), byId.get(p.row.id).trust, link(p.row)]))}`).join('\n\n')}

Rates in tokens a second. What we think the reasons are stands in \`DIARY.md\`.

## Rows that do not count

${published.length} rows are published; ${rows.length} are compared above, ${published.length - rows.length} are not:

${table(['what', 'rows'], excluded)}
`;

// --- accuracy.json ---

const round = (x) => (x === null || x === undefined ? null : Number(x.toFixed(4)));
const small = (s) => (s && (s.n ?? s.configurations) ? [s.n ?? s.configurations, round(s.median ?? s.median_error), round(s.p90 ?? s.p90_error), ...('coverage' in s ? [round(s.coverage)] : [])] : null);
const lists = { devices: [], models: [], quants: [], runtimes: [], modes: [] };
const index = (list, id) => { const at = lists[list].indexOf(id); return at < 0 ? lists[list].push(id) - 1 : at; };
const sideOf = (r) => { const at = sides.findIndex(([id, , belongs]) => id !== 'all' && belongs(r)); return at < 0 ? 0 : at; };
const place = (r) => [index('devices', r.device), index('models', r.model), index('quants', r.quant), index('runtimes', r.runtime), index('modes', r.power_mode)];
const page = {
  counts: { rows: rows.length, devices: distinct((r) => r.device).length, runtimes: distinct((r) => r.runtime).length, models: distinct((r) => r.model).length, excluded: published.length - rows.length },
  kinds: Object.fromEntries(kinds.map((k) => [k, Object.fromEntries(situations.map((s) => [s, small(overall(s, k))]))])),
  memory: Object.fromEntries(memory.map((g) => [g.group, small(whole.get(g.group))])),
  byRuntime: byRuntime.map((r) => [r.id, ...['decode', 'prefill'].flatMap((k) => situations.map((s) => small(r[k][s])))]),
  byClass: classes.map((c) => [c.id, ...['decode', 'prefill'].flatMap((k) => situations.map((s) => small(c[k][s])))]),
  own: Object.fromEntries(sides.map(([id]) => [id, Object.fromEntries(situations.map((s) => [s, small(own[id][s])]))])),
  peers: peerTable.map((p) => ({ id: p.id, name: p.name, url: p.url, factor: p.id === 'scaled' ? Number(factor.toFixed(2)) : undefined, groups: Object.fromEntries(sides.map(([id]) => [id, [small(p.groups[id]), small(p.groups[id].unseen), small(p.groups[id].onCalibrated), small(p.groups[id].calibrated)]])) })),
  worst: Object.fromEntries(situations.map((s) => [s, worst[s].map((p) => [p.kind === 'decode' ? 0 : 1, three(p.value), three(p[s]), byId.get(p.row.id).trust, sourceOf(p.row), byId.get(p.row.id).url, ...place(p.row)])])),
  points: points.map((p) => [three(p.value), three(p.calibrated), three(p.unseen), p.kind === 'decode' ? 0 : 1, sideOf(p.row), ...place(p.row)])
};
const accuracy = { generated: 'by tests/validation/report.mjs', ...page, ...lists };
const json = `{\n${Object.entries(accuracy).map(([key, value]) => `${JSON.stringify(key)}: ${Array.isArray(value) && Array.isArray(value[0]) ? `[\n${value.map((v) => JSON.stringify(v)).join(',\n')}\n]` : JSON.stringify(value)}`).join(',\n')}\n}\n`;

const to = process.argv[2];
writeFileSync(to ? join(to, 'REPORT.md') : join(root, 'tests/validation/REPORT.md'), report);
writeFileSync(to ? join(to, 'accuracy.json') : join(root, 'presets/accuracy.json'), json);
