// Headers of GGUF files, read by Edgewise and by the reader of the Hugging Face Hub: what both read is the same, and what one
// refuses the other refuses, but for the differences that are listed, each of which must be seen in the file.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { gguf, GGUFValueType } from '@huggingface/gguf';
import fc from 'fast-check';
import { ggufHeader, valueTypes } from '../support/gguf.mjs';
import { drawn, place } from './draw.mjs';
import { native } from './native.mjs';

const edgewise = native('gguf');
after(() => edgewise.end());

// ---- the other reader ----

/** It takes a file in pieces of two million bytes, and what lies behind the end of one as zeros. */
async function hub(bytes) {
  const fetch = async (_, { headers: { Range } }) => {
    if (!Range.startsWith('bytes=0-')) throw new RangeError('behind the end');
    return new Response(bytes, { headers: { 'content-range': `bytes 0-${bytes.length - 1}/${bytes.length}` } });
  };
  const read = await gguf('https://hub.example/model.gguf', { fetch, typedMetadata: true });
  if (read.tensorInfoByteRange[1] > bytes.length) throw new RangeError('behind the end');
  return read;
}
const text = (bytes) => new TextDecoder().decode(bytes);
const finite = (x) => (Number.isFinite(x) ? x : null);
const number = (x) => finite(Number(x));
const own = new Set(['version', 'tensor_count', 'kv_count']); // it writes them among the file's

/** As Edgewise keeps it: of an array the length, and up to 4096 numbers. */
function kept({ value, type, subType }) {
  const out = { number: null, text: '', numbers: [], length: 0 };
  if (type === GGUFValueType.STRING) return { ...out, text: value };
  if (type !== GGUFValueType.ARRAY) return { ...out, number: number(value) };
  return { ...out, length: value.length, numbers: subType === GGUFValueType.STRING || value.length > 4096 ? [] : value.map(number) };
}
const byName = (rows) => rows.sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0));
const theirs = ({ typedMetadata, tensorInfos }) => ({
  values: byName(Object.entries(typedMetadata).filter(([key]) => !own.has(key)).map(([key, value]) => [key, kept(value)])),
  tensors: byName(tensorInfos.map(({ name, shape, dtype }) => [name, { dims: [0, 1, 2, 3].map((i) => number(shape[i] ?? 1)), type: dtype }])),
});
const ours = ({ values, tensors }) => ({
  values: byName(values.map(({ key, text: bytes, ...value }) => [text(Buffer.from(key, 'hex')), { ...value, text: text(Buffer.from(bytes, 'hex')) }])),
  tensors: byName(tensors.map(({ name, ...tensor }) => [text(Buffer.from(name, 'hex')), tensor])),
});

// ---- known differences ----

const repeated = (names) => new Set(names).size < names.length;
/** Of the lists that Edgewise refuses, and of nested ones. */
const entries = ({ typedMetadata }) => Object.entries(typedMetadata).filter(([key]) => !own.has(key));
const blocks = { 2: 32, 3: 32, 6: 32, 7: 32, 8: 32, 9: 32, 20: 32, 39: 32, 40: 64, 42: 64, 41: 128 };
/** Weights of a block, of ggml's types; undefined: unknown to both ggml and ik_llama.cpp below 43. */
const blockOf = (type) => blocks[type] ?? ([0, 1, 24, 25, 26, 27, 28, 30].includes(type) ? 1 : [10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 21, 22, 23, 29, 34, 35].includes(type) ? 256 : undefined);

/** What Edgewise refuses and the other reads: [why, whether a file that was read so has it]. */
const stricter = [
  ['versions of before, and big-endian ones, which no engine of ours loads', (r) => r.metadata.version === 1 || !r.littleEndian],
  ['keys and tensors that stand twice, of which the other keeps the last', (r) => entries(r).length < Number(r.metadata.kv_count) || repeated(r.tensorInfos.map((t) => t.name))],
  ['arrays of arrays, which ggml refuses as well', (r) => entries(r).some(([, v]) => v.subType === GGUFValueType.ARRAY)],
  ['tensors without axes or with more than four, ggml\'s limit', (r) => r.tensorInfos.some((t) => t.n_dims < 1 || t.n_dims > 4)],
  ['axes of nothing, and of more than 1e9', (r) => r.tensorInfos.some((t) => t.shape.some((d) => d < 1n || d > 1000000000n))],
  ['tensors of more than 1e13 weights', (r) => r.tensorInfos.some((t) => t.shape.reduce((a, d) => a * Number(d), 1) > 1e13)],
  ['tensor types that no engine of ours has', (r) => r.tensorInfos.some((t) => blockOf(t.dtype) === undefined)],
  ['rows that are no whole blocks', (r) => r.tensorInfos.some((t) => Number(t.shape[0]) % blockOf(t.dtype) !== 0)],
  ['keys of more than 65535 bytes, and texts of more than a mebibyte', (r) => [...entries(r).flatMap(([k, v]) => [k, v.value]), ...r.tensorInfos.map((t) => t.name)].some((x) => typeof x === 'string' && x.length > 65535)],
];
/** The same the other way round: [why, whether its error says so]. */
const laxer = [
  ['an alignment that is none: Edgewise reads no data, and so no places of it', (message) => message.startsWith('general.alignment')],
];

/** Fails where the two do not agree; else what happened. */
async function compare(bytes) {
  const [mine, read] = await Promise.all([edgewise.ask(bytes), hub(bytes).catch((error) => ({ error }))]);
  if (!read.error && mine.value) {
    const values = ours(mine.value);
    // The other reads them as text, and keeps one of those that are then the same.
    if (repeated([...values.values, ...values.tensors].map(([name]) => name))) return 'names that only bytes tell apart that are no UTF-8';
    assert.deepEqual(values, theirs(read));
    return 'read';
  }
  if (read.error && !mine.value) return 'refused';
  const why = read.error ? laxer.find(([, says]) => says(read.error.message)) : stricter.find(([, holds]) => holds(read));
  assert.ok(why, read.error ? `the other alone refuses: ${read.error.message}` : `Edgewise alone refuses: ${JSON.stringify(mine.errors)}`);
  return why[0];
}

// ---- headers ----

const whole = (bits) => fc.bigInt({ min: 0n, max: 2n ** BigInt(bits) - 1n });
const signed = (bits) => fc.bigInt({ min: -(2n ** BigInt(bits - 1)), max: 2n ** BigInt(bits - 1) - 1n });
const small = (arbitrary) => arbitrary.map(Number);
const scalars = {
  u8: small(whole(8)), i8: small(signed(8)), u16: small(whole(16)), i16: small(signed(16)), u32: small(whole(32)), i32: small(signed(32)),
  f32: fc.float(), bool: fc.integer({ min: 0, max: 1 }), u64: whole(64), i64: signed(64), f64: fc.double(),
  string: fc.oneof(fc.string({ unit: 'binary', maxLength: 40 }), fc.string({ maxLength: 40 })),
};
const scalar = fc.constantFrom(...Object.keys(scalars)).chain((type) => scalars[type].map((value) => ({ type, value })));
const array = fc.constantFrom(...Object.keys(scalars)).chain((type) =>
  fc.array(scalars[type], { maxLength: 20, size: 'max' }).map((values) => ({ type: 'array', value: { type, values } })));
const name = fc.oneof(fc.string({ minLength: 1, maxLength: 30 }), fc.constantFrom('general.architecture', 'llama.block_count', 'tokenizer.ggml.tokens', 'blk.0.attn_q.weight'))
  .filter((x) => !own.has(x) && x !== '__proto__' && x !== 'general.alignment');
const ggmlTypes = [...Array(43).keys()].filter((type) => blockOf(type));
const tensor = fc.record({
  name, type: fc.constantFrom(...ggmlTypes), offset: whole(64),
  dims: fc.tuple(fc.integer({ min: 1, max: 1000 }), fc.array(fc.integer({ min: 1, max: 200000 }), { maxLength: 1 }), fc.array(fc.integer({ min: 1, max: 8 }), { maxLength: 2 })),
}).map(({ dims: [row, second, rest], ...t }) => ({ ...t, dims: [row * blockOf(t.type), ...second, ...rest] }));
const parts = fc.record({
  version: fc.constantFrom(2, 3),
  metadata: fc.uniqueArray(fc.tuple(name, fc.oneof(scalar, array)), { selector: ([key]) => key, maxLength: 12 }).map((pairs) => pairs.map(([key, value]) => ({ key, ...value }))),
  tensors: fc.uniqueArray(tensor, { selector: (t) => t.name, maxLength: 8 }),
});

test('whole headers are read alike', async () => {
  await fc.assert(fc.asyncProperty(parts, async (header) => assert.equal(await compare(ggufHeader(header)), 'read')), drawn(500));
});

test('every type of value is drawn', () => {
  const seen = new Set(fc.sample(parts, { seed: 1, numRuns: 500 }).flatMap(({ metadata }) => metadata.flatMap(({ type, value }) => (type === 'array' ? [type, `array of ${value.type}`] : [type]))));
  for (const type of valueTypes) assert.ok(seen.has(type), type);
  for (const type of Object.keys(scalars)) assert.ok(seen.has(`array of ${type}`), type);
});

// ---- damage ----

/** Each changes a copy, at places between 0 and 1 of its length. */
const flip = fc.record({ at: place, by: fc.integer({ min: 1, max: 255 }) })
  .map(({ at, by }) => (bytes) => { const out = Buffer.from(bytes); out[Math.floor(at * out.length)] ^= by; return out; });
const cut = place.map((at) => (bytes) => bytes.subarray(0, Math.floor(at * bytes.length)));
const grown = fc.record({ at: place, more: fc.uint8Array({ minLength: 1, maxLength: 16 }) })
  .map(({ at, more }) => (bytes) => { const i = Math.floor(at * bytes.length); return Buffer.concat([bytes.subarray(0, i), more, bytes.subarray(i)]); });
const lost = fc.record({ at: place, length: fc.integer({ min: 1, max: 16 }) })
  .map(({ at, length }) => (bytes) => { const i = Math.floor(at * bytes.length); return Buffer.concat([bytes.subarray(0, i), bytes.subarray(i + length)]); });
/** A number of the header, most of which are lengths, becomes large. */
const long = fc.record({ at: place, value: fc.constantFrom(0n, 5n, 255n, 65536n, 2n ** 20n + 1n, 2n ** 31n, 2n ** 32n, 2n ** 63n, 2n ** 64n - 1n) })
  .map(({ at, value }) => (bytes) => { const out = Buffer.from(bytes), i = Math.floor(at * (out.length - 7)); out.writeBigUInt64LE(value, i); return out; });
const damages = fc.oneof(fc.array(flip, { minLength: 1, maxLength: 2 }), fc.array(fc.oneof(flip, cut, grown, lost, long), { minLength: 1, maxLength: 3 }));
const damaged = fc.tuple(parts, damages).map(([header, steps]) => steps.reduce((bytes, step) => (bytes.length > 24 ? step(bytes) : bytes), ggufHeader(header)));

const happened = new Map();
test('damaged headers are read alike or refused, but for what is listed', async () => {
  await fc.assert(fc.asyncProperty(damaged, async (bytes) => {
    const what = await compare(bytes);
    happened.set(what, (happened.get(what) ?? 0) + 1);
  }), drawn(2000));
  process.stdout.write(`# ${JSON.stringify(Object.fromEntries(happened))}\n`);
  for (const what of ['read', 'refused']) assert.ok(happened.get(what) > 100, what);
});

test('any byte but 0 is true', async () => {
  for (const value of [0, 1, 2, 255]) assert.equal(await compare(one([{ key: 'a', type: 'bool', value }])), 'read');
});

// ---- what is listed stands here, so that each is a difference still ----

const one = (metadata, tensors = [], version = 3) => ggufHeader({ version, metadata, tensors });
const pair = { key: 'a', type: 'u32', value: 1 };
const weight = { name: 'w', dims: [32], type: 0, offset: 0 };
const samples = {
  0: [Buffer.concat([Buffer.from('GGUF'), Buffer.from([1, 0, 0, 0]), Buffer.alloc(8)])],
  1: [one([pair, { ...pair, value: 2 }]), one([], [weight, weight])],
  2: [one([{ key: 'a', type: 'array', value: { type: 'array', values: [{ type: 'u8', values: [1] }] } }])],
  3: [one([], [{ ...weight, dims: [1, 1, 1, 1, 1] }]), one([], [{ ...weight, dims: [] }])],
  4: [one([], [{ ...weight, dims: [32, 0] }]), one([], [{ ...weight, dims: [2000000000] }])],
  5: [one([], [{ ...weight, dims: [1000000000, 1000000] }])],
  6: [one([], [{ ...weight, type: 77 }])],
  7: [one([], [{ ...weight, type: 12, dims: [128] }])],
  8: [one([{ ...pair, key: 'k'.repeat(65536) }]), one([{ key: 'a', type: 'string', value: 'x'.repeat(2 ** 20 + 1) }])],
};
for (const [i, [why]] of stricter.entries())
  test(`only Edgewise refuses ${why}`, async () => {
    for (const bytes of samples[i]) assert.equal(await compare(bytes), why);
  });
test(`only the other refuses ${laxer[0][0]}`, async () => {
  assert.equal(await compare(one([{ key: 'general.alignment', type: 'u32', value: 0 }])), laxer[0][0]);
});
