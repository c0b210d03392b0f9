// Questions about the shipped presets, drawn at random: both halves of the npm package answer, or refuse, with the bytes that the
// native build gives. Numbers that were measured are taken in by iterations through exp and log, whose last bit differs from one C
// library to another: answers with `known` are the same to a hundred-millionth. (The golden answers are of presets and questions that stay.)
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { drawn } from './draw.mjs';
import { native, root } from './native.mjs';

const edgewise = native('question');
after(() => edgewise.end());
const { presets } = await import(join(root, 'build/wasm/package/presets.mjs'));
const halves = await Promise.all(['index', 'estimate'].map(async (half) => {
  const { load, EdgewiseError } = await import(join(root, `build/wasm/package/${half}.node.mjs`));
  return { half, EdgewiseError, engine: await load({ presets }) };
}));
const catalog = halves[0].engine.catalog();

// ---- questions ----

const rarely = (arbitrary, weight = 4) => fc.oneof({ weight, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });
const id = (list) => fc.constantFrom(...list.map((x) => x.id));
/** Numbers of a field: those that people ask about, and any that it may be, and what it may not. */
function amount({ field, min, max, whole }) {
  const usual = { prompt: 4096, generate: 1024, depth: 8192, context: 32768, batch: 16, images: 3, threads: 16, gpu_layers: 80, cpu_moe: 48, devices: 4, parallel: 8, micro_batch: 2048 }[field];
  const any = whole ? fc.integer({ min, max: Math.min(max, 2 ** 31 - 1) }) : fc.double({ min, max, noNaN: true });
  const mild = usual ? fc.integer({ min, max: usual }) : any;
  return fc.oneof({ weight: 40, arbitrary: mild }, { weight: 2, arbitrary: any }, { weight: 1, arbitrary: fc.constantFrom(min, max, -1, 0.5, 1e9) });
}
const numbers = Object.fromEntries(catalog.limits.map((limit) => [limit.field, rarely(amount(limit), ['prompt', 'generate'].includes(limit.field) ? 1 : 60)]));
/** A device with a runtime of its own, or another, or none named. */
const place = fc.constantFrom(...catalog.devices).chain((device) => fc.record({
  device: fc.constant(device.id),
  power_mode: rarely(fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...device.power_modes.map((m) => m.id), '') }, { weight: 1, arbitrary: fc.constant('nonsense') }), 6),
  session: rarely(fc.constantFrom('headless', 'desktop'), 8),
  runtime: rarely(fc.oneof({ weight: 20, arbitrary: fc.constantFrom(...device.runtimes) }, { weight: 1, arbitrary: id([...catalog.runtimes, ...catalog.launchers]) }), 2),
}));
const question = fc.tuple(place, fc.record({
  model: fc.oneof({ weight: 30, arbitrary: id(catalog.models) }, { weight: 1, arbitrary: fc.string({ maxLength: 12 }) }),
  quant: rarely(fc.oneof({ weight: 4, arbitrary: fc.constantFrom('Q4_K_M', 'Q8_0', 'Q4_0', 'F16') }, { weight: 1, arbitrary: id(catalog.quantizations) }), 2),
  kv_quant: rarely(fc.oneof(fc.constantFrom('q8_0', 'F16', 'k:q8_0,v:q4_0', 'nonsense'), fc.constantFrom(...catalog.runtimes.flatMap((r) => r.kv_formats))), 5),
  flash_attention: rarely(fc.boolean(), 6),
  host: rarely(id(catalog.devices), 15),
  draft_model: rarely(id(catalog.models), 12),
  task: rarely(fc.constantFrom('code', 'math', 'translation', 'nonsense'), 15),
  mtp: rarely(fc.boolean(), 15),
  power_scope: rarely(fc.constantFrom('rail', 'soc', 'module', 'gpu', 'wall', 'nonsense'), 12),
  known: rarely(fc.float({ min: Math.fround(0.1), max: 100, noNaN: true }).map((x) => [`decode=${x.toFixed(2)} llama-3.2-1b Q4_K_M`]), 12),
  set: rarely(fc.integer({ min: 1, max: 500 }).map((x) => [`memory.peak_bandwidth_gb_s=${x}`]), 12),
  ...numbers,
})).map((parts) => JSON.parse(JSON.stringify(Object.assign({}, ...parts))));

function answered({ engine, EdgewiseError }, query) {
  try {
    return { value: engine.estimate(query) };
  } catch (error) {
    if (!(error instanceof EdgewiseError)) throw error;
    return { errors: error.errors };
  }
}

/** What iterations make of the last bit of exp and log: 1e-11 was seen. */
const tolerance = 1e-8;
function close(a, b, path = '') {
  if (typeof a === 'number' && typeof b === 'number') return assert.ok(Math.abs(a - b) <= tolerance * Math.max(Math.abs(a), Math.abs(b)), `${path}: ${a} and ${b}`);
  if (a === null || b === null || typeof a !== 'object' || typeof b !== 'object') return assert.equal(a, b, path);
  assert.deepEqual(Object.keys(a), Object.keys(b), path);
  for (const key of Object.keys(a)) close(a[key], b[key], `${path}.${key}`);
}

const counts = { value: 0, errors: 0 };
test('random questions are answered by WebAssembly as natively', async () => {
  await fc.assert(fc.asyncProperty(question, async (query) => {
    const expected = await edgewise.ask(Buffer.from(JSON.stringify(query)));
    for (const half of halves) {
      const given = answered(half, query);
      if (query.known) close(given, expected);
      else assert.equal(JSON.stringify(given), JSON.stringify(expected), half.half);
    }
    ++counts[Object.keys(expected)[0]];
  }), drawn(2000));
  process.stdout.write(`# ${counts.value} answered, ${counts.errors} refused\n`);
});
test('neither answers nor refusals are rare', () => assert.ok(Math.min(counts.value, counts.errors) > 0.2 * (counts.value + counts.errors), JSON.stringify(counts)));
