// `fit` on measurements that no machine made, a few hundred of them, always the same: it ends, and what it writes passes the
// check.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { counted } from '../counted.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const edgewise = process.env.EDGEWISE ?? path.join(root, 'build/native/bin/edgewise');
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'edgewise-fuzz-'));
after(() => fs.rmSync(folder, { recursive: true, force: true }));

/** mulberry32: the same sequence every time. */
function random(seed) {
  let a = seed;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const formats = ['F16', 'Q8_0', 'Q4_0', 'Q4_K', 'Q6_K'];
function measurement() {
  const row = (test_, value, format = '', more = {}) => ({ test: test_, ...(format && { format }), cores: 'fast', threads: 4, samples: [value, value * 1.02, value * 0.98], ...more });
  const power = (phase, w) => ({ phase, source: 'meter', scope: 'wall', samples_w: [w, w * 1.01] });
  return {
    type: 'measurement', format_version: 1, tool: 'edgewise test', date: '2026-01-31', quick: false, budget_s: 90, elapsed_s: 91,
    machine: {
      board: 'Example Board', soc: 'Example', class: 'sbc', firmware_year: 2024,
      cpu: { clusters: [{ microarchitecture: 'Cortex-A76', cores: 4, threads: 4, max_hz: 2.4e9, isa: ['neon', 'fp16', 'dotprod'] }, { microarchitecture: 'Cortex-A55', cores: 4, threads: 4, max_hz: 1.8e9, isa: ['neon'] }], caches: [{ level: 2, size_B: 524288, instances: 4 }, { level: 3, size_B: 2097152, instances: 1 }] },
      memory: { size_B: 8.2e9, type: 'LPDDR4X', data_rate_mts: 4267 }, storage: [{ kind: 'sd', size_B: 1e10 }]
    },
    before: { governor: 'ondemand', load: 0.1, temperatures: [{ name: 'soc', celsius: 50 }] }, after: { throttled: '' }, warnings: ['one'],
    rows: [row('read', 12e9, '', { working_set_B: 256e6 }), row('fma', 150e9), row('int8', 600e9), row('fma', 20e9, '', { cores: 'Cortex-A55' }), row('clock', 2.4e9), row('barrier', 2e-6), row('storage', 9e7), row('between_products', 2e-5), row('attention', 2e10), row('attention_streamed', 8e9), row('attention_many', 5e10),
      ...formats.flatMap((f) => [row('dot', 20e9, f), row('dot_many', 40e9, f), row('dot_streamed', 5e9, f, { working_set_B: 256e6 })])],
    power: [power('idle', 3), power('decode', 8), power('prefill', 9)], engine_rows: []
  };
}

/** Every place of a document: [holder, key]. */
function places(at, out = []) {
  if (at && typeof at === 'object')
    for (const key of Object.keys(at)) {
      out.push([at, key]);
      places(at[key], out);
    }
  return out;
}

const numbers = [0, -1, 1e300, -1e300, 1e-300, 5e-324, 1, 2, 0.5, 1e9, 1e12, 1e18, 4096, 1e15, 2 ** 53, 1e-9, 3.5];
const words = ['', 'Cortex-A76', 'unknown', 'NaN', '../../etc/passwd', '\u001b[31m', 'ä\u202e', 'x'.repeat(3000), 'Q4_0', 'every', 'fast', 'gpu', 'sd', '2026-99-99', 'desktop', 'rail', '0', ' ', '"', '\n'];
const pick = (r, list) => list[Math.floor(r() * list.length)];

function mutate(m, r) {
  const all = places(m);
  const [holder, key] = pick(r, all);
  const value = holder[key];
  switch (Math.floor(r() * 9)) {
    case 0: if (Array.isArray(holder)) holder.splice(Number(key), 1); else delete holder[key]; break;
    case 1: holder[key] = pick(r, numbers); break;
    case 2: holder[key] = pick(r, words); break;
    case 3: holder[key] = pick(r, [null, true, false, [], {}, [[]], 'NaN', [null], [1e300], { a: 1 }]); break;
    case 4: if (typeof value === 'number') holder[key] = value * pick(r, [0.1, 0.5, 2, 10, 1e3, 1e6, 1e-6, -1]); else if (typeof value === 'string') holder[key] = pick(r, words); break;
    case 5: if (Array.isArray(holder)) for (let i = Math.floor(r() * 300); i > 0; i--) holder.push(structuredClone(value)); break;
    case 6: if (Array.isArray(value) && value.length) holder[key] = Array.from({ length: Math.floor(r() * 3000) }, () => pick(r, value)); break;
    // A whole kind of row is another number.
    case 7: { const t = pick(r, m.rows ?? [])?.test; const x = pick(r, numbers.filter((n) => n > 0)); if (Array.isArray(m.rows)) for (const row of m.rows) if (row && typeof row === 'object' && row.test === t) row.samples = [x, x, x]; break; }
    default: { const other = pick(r, all); holder[key] = structuredClone(other[0][other[1]]); }
  }
}

/** Runs `fit`; what it ended with. A run that does not end in time has a signal. */
const fit = (args) =>
  new Promise((resolve) => {
    const child = spawn(edgewise, ['fit', ...args], { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'], timeout: 120_000, killSignal: 'SIGKILL' });
    let stderr = '';
    child.stderr.on('data', (part) => (stderr += part));
    child.on('close', (status, signal) => resolve({ status, signal, stderr }));
  });
const checkAll = (names) => {
  for (let i = 0; i < names.length; i += 50) {
    const { status, stderr } = spawnSync(edgewise, ['check', ...names.slice(i, i + 50)], { encoding: 'utf8', cwd: folder });
    assert.equal(status, 0, stderr);
  }
};

const runs = Number(process.env.FUZZ_RUNS ?? 300);
test(`fit ends on any measurement, and check takes what it writes: ${runs} of them`, async () => {
  const written = [];
  const one = async (seed) => {
    const r = random(seed);
    const m = measurement();
    for (let n = 1 + Math.floor(r() * 4); n > 0; n--) mutate(m, r);
    const [input, output] = [`m-${seed}.json`, `fuzz-${seed}.json`];
    // What JSON has no number for is written as other programs would.
    const text = JSON.stringify(m).replace(/"NaN"/g, () => (r() < 0.5 ? 'NaN' : '1e999'));
    fs.writeFileSync(path.join(folder, input), text);
    const options = [['--peak-bandwidth', '17.1'], [], ['--accept-noise'], ['--accept-noise', '--class', 'laptop', '--peak-bandwidth', '1000'], ['--accept-noise', '--device', 'raspberry-pi-5-8gb'], ['--accept-noise', '--name', 'x']][seed % 6];
    const { status, signal, stderr } = await fit([input, '--output', output, ...options]);
    const shown = `seed ${seed}: ${status} ${signal} ${stderr.slice(0, 500)}`;
    assert.ok(signal === null && (status === 0 || status === 2), shown);
    assert.equal(fs.existsSync(path.join(folder, output)), status === 0, shown);
    counted('damaged measurements');
    if (status === 0) written.push(output);
    else assert.match(stderr, /^edgewise: \S/, shown);
  };
  let next = 0;
  await Promise.all(Array.from({ length: 2 }, async () => { while (next < runs) await one(next++); }));
  // Neither all refused nor all taken: the mutations reach the fit.
  assert.ok(written.length > runs / 10 && written.length < runs, `${written.length} of ${runs}`);
  checkAll(written);
});

test('fit ends on rows of an engine that no engine made', async () => {
  const header = 'runtime,model,quant,prompt,generate,depth,batch,threads,metric,value';
  const columns = [['llama.cpp-cuda', 'llama.cpp-cpu', 'vllm', 'none', ''], ['llama-3.2-1b', 'qwen3-4b', 'nobody', ''], ['Q4_K_M', 'Q8_0', 'F16', 'Q9', ''], ['0', '512', '1e300', '-1', 'NaN', ''], ['0', '128', '1e300', ''], ['0', '2048', '1e18', '-5', ''], ['1', '8', '1e9', '0', ''], ['', '1', '1e6'], ['decode_tok_s', 'prefill_tok_s', 'ttft_ms', 'power_w', 'none'], ['30', '0', '1e300', '5e-324', '-3', 'NaN', 'inf', '1e-9', '31', '29', '28']];
  const written = [];
  for (let seed = 0; seed < 60; seed++) {
    const r = random(1000 + seed);
    const usual = (list) => (r() < 0.75 ? list[0] : pick(r, list));
    const rows = Array.from({ length: 1 + Math.floor(r() * (seed % 10 === 0 ? 2000 : 12)) }, () => columns.map(usual).join(','));
    fs.writeFileSync(path.join(folder, `rows-${seed}.csv`), [header, ...rows, ''].join('\n'));
    const { status, signal, stderr } = await fit([`rows-${seed}.csv`, '--device', 'jetson-orin-nano-super-8gb', '--output', `rows-${seed}.json`, ...(seed % 2 ? ['--accept-outlier'] : [])]);
    assert.ok(signal === null && (status === 0 || status === 2), `seed ${seed}: ${status} ${signal} ${stderr.slice(0, 500)}`);
    counted('damaged measurements');
    if (status === 0) written.push(`rows-${seed}.json`);
  }
  assert.ok(written.length > 5, `${written.length}`);
  checkAll(written);
});
