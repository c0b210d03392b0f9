// Texts, read as JSON by Edgewise and by JavaScript: both take them, with the same value, or both refuse them, but for the
// differences that are listed, each of which must be seen in the text.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import fc from 'fast-check';
import { drawn, place } from './draw.mjs';
import { native } from './native.mjs';

const edgewise = native('json');
after(() => edgewise.end());

const mostDeep = 64;
/** Levels of a value, that of a scalar none. */
const depth = (x) => (x === null || typeof x !== 'object' ? 0 : 1 + Object.values(x).reduce((most, y) => Math.max(most, depth(y)), 0));
const somewhere = (x, holds) => holds(x) || (x !== null && typeof x === 'object' && Object.entries(x).some(([key, y]) => holds(key) || somewhere(y, holds)));
/** Members of a text's objects, repeated ones too: what JavaScript says of each key that it reads. */
function members(text) {
  let count = 0;
  for (let at = 0, inside = false; at < text.length; ++at) {
    if (inside && text[at] === '\\') ++at;
    else if (text[at] === '"') inside = !inside;
    else if (!inside && text[at] === ':') ++count;
  }
  return count;
}
const kept = (x) => (x === null || typeof x !== 'object' ? 0 : (Array.isArray(x) ? 0 : Object.keys(x).length) + Object.values(x).reduce((sum, y) => sum + kept(y), 0));

/** What Edgewise refuses and JavaScript takes: [why, whether such a text has it]. */
const stricter = [
  ['a key that stands twice, of which JavaScript keeps the last', (value, text) => kept(value) < members(text)],
  ['more than 64 levels', (value) => depth(value) > mostDeep],
  ['numbers that no double holds, which JavaScript makes infinite', (value) => somewhere(value, (x) => x === Infinity || x === -Infinity)],
  ['halves of surrogate pairs, which are no characters', (value) => somewhere(value, (x) => typeof x === 'string' && !x.isWellFormed())],
];
/** The same the other way round. */
const laxer = [
  ['a byte order mark before the text (RFC 8259, 8.1: parsers may ignore it)', (text) => text.startsWith('\ufeff')],
];

/** Fails where the two do not agree; else what happened. `bytes` may be no UTF-8, which Edgewise must refuse. */
async function compare(bytes) {
  const mine = await edgewise.ask(bytes);
  let text;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    assert.ok(mine.errors, 'Edgewise takes bytes that are no UTF-8');
    return 'no UTF-8';
  }
  let read;
  try {
    read = { value: JSON.parse(text) };
  } catch (error) {
    read = { error };
  }
  if (!read.error && !mine.errors) {
    // Its writer says -0 as it is, and so does nobody else.
    assert.deepEqual(JSON.stringify(mine.value), JSON.stringify(read.value));
    return 'read';
  }
  if (read.error && mine.errors) return 'refused';
  const why = read.error ? laxer.find(([, holds]) => holds(text)) : stricter.find(([, holds]) => holds(read.value, text));
  assert.ok(why, read.error ? `JavaScript alone refuses: ${read.error.message}` : `Edgewise alone refuses: ${JSON.stringify(mine.errors)}`);
  return why[0];
}
const encode = (text) => Buffer.from(text, 'utf8'); // halves of surrogate pairs become U+FFFD

// ---- texts ----

/** The ways to write a number, right and wrong. */
const digits = fc.stringMatching(/^[0-9]{1,25}$/);
const numberText = fc.tuple(
  fc.constantFrom('', '', '', '-', '-', '+'), fc.oneof(digits, fc.constantFrom('0', '', '00', '1', '9007199254740993', '18446744073709551615', '18446744073709551616', '9223372036854775808')),
  fc.oneof(fc.constant(''), digits.map((d) => `.${d}`), fc.constantFrom('.', '.0')),
  fc.oneof(fc.constant(''), fc.tuple(fc.constantFrom('e', 'E'), fc.constantFrom('', '+', '-'), fc.oneof(fc.integer({ min: 0, max: 400 }).map(String), fc.constantFrom('', '00', '308', '309', '324', '99999'))).map((x) => x.join(''))),
).map((x) => x.join(''));
const character = fc.oneof(fc.string({ unit: 'binary', minLength: 1, maxLength: 3 }), fc.constantFrom('\\n', '\\u0041', '\\ud83d\\ude00', '\\ud800', '\\u00', '\\x', '\\/', '\\"', '\\', '\n', '\0', '\u2028', '\x7f', '\x1f', 'é', '\u{1f600}'));
const stringText = fc.array(character, { maxLength: 4 }).map((x) => `"${x.join('')}"`);
const word = fc.constantFrom('true', 'false', 'null', 'NaN', 'Infinity', 'undefined', 'True', '// c\n', '/* c */', "'a'", '{}', '[]');
const blank = fc.stringMatching(/^[ \t\n\r]{0,3}$/);
const { text: document } = fc.letrec((tie) => ({
  text: fc.oneof({ maxDepth: 4, depthSize: 'small' }, numberText, stringText, word, tie('list'), tie('object')),
  list: fc.tuple(fc.array(tie('text'), { maxLength: 4 }), blank, fc.constantFrom('', '', '', '', ',')).map(([items, b, end]) => `[${b}${items.join(`${b},`)}${end}]`),
  object: fc.tuple(fc.array(fc.tuple(fc.oneof(stringText, fc.constantFrom('"a"', '"b"', 'a')), tie('text')), { maxLength: 4 }), blank).map(([pairs, b]) => `{${pairs.map(([k, v]) => `${k}${b}:${v}`).join(',')}${b}}`),
}));
const written = fc.tuple(fc.jsonValue({ maxDepth: 5 }), fc.constantFrom(0, 1, '\t')).map(([value, indent]) => JSON.stringify(value, null, indent));

/** One place changes: a character of JSON comes in, some go, or a piece is said again. */
const edit = fc.oneof(
  fc.tuple(place, fc.constantFrom(...'{}[],:"\\0123456789-+.eE \t\n\r\0tfn/\ufeff\u00a0\v')).map(([at, c]) => (t) => { const i = Math.floor(at * (t.length + 1)); return t.slice(0, i) + c + t.slice(i); }),
  fc.tuple(place, fc.integer({ min: 1, max: 4 })).map(([at, n]) => (t) => { const i = Math.floor(at * t.length); return t.slice(0, i) + t.slice(i + n); }),
  fc.tuple(place, fc.integer({ min: 1, max: 20 })).map(([at, n]) => (t) => { const i = Math.floor(at * t.length); return t.slice(0, i + n) + t.slice(i); }),
);
const edited = (texts, least) => fc.tuple(texts, fc.array(edit, { minLength: least, maxLength: 3 })).map(([t, edits]) => edits.reduce((x, f) => f(x), t));

const happened = new Map();
const property = (bytes) => fc.asyncProperty(bytes, async (x) => {
  const what = await compare(x);
  happened.set(what, (happened.get(what) ?? 0) + 1);
});

test('what JavaScript writes is read alike', () => fc.assert(fc.asyncProperty(written, async (text) => assert.equal(await compare(encode(text)), 'read')), drawn(3000)));
test('what is nearly JSON is read alike or refused, but for what is listed', () => fc.assert(property(edited(document, 0).map(encode)), drawn(10000)));
test('so is JSON that was edited', () => fc.assert(property(edited(written, 1).map(encode)), drawn(10000)));
test('so are bytes', () => fc.assert(property(fc.tuple(written, fc.array(fc.tuple(place, fc.nat(255)), { minLength: 1, maxLength: 2 })).map(([text, changes]) => {
  const bytes = encode(text);
  for (const [at, byte] of changes) bytes[Math.floor(at * bytes.length)] = byte;
  return bytes;
})), drawn(5000)));
test('neither is rare', () => {
  for (const what of ['read', 'refused', 'no UTF-8']) assert.ok(happened.get(what) > 500, `${what}: ${happened.get(what)}`);
});

// ---- what is listed stands here, so that each is a difference still ----

const nested = (levels) => '['.repeat(levels) + ']'.repeat(levels);
const samples = [['{"a":1,"a":2}', '[{"a":{"b":1,"b":1}}]'], [nested(65)], ['1e309', '[-1e999]'], ['"\\ud800"', '{"\\udc00":1}']];
for (const [i, [why]] of stricter.entries())
  test(`only Edgewise refuses ${why}`, async () => {
    for (const text of samples[i]) assert.equal(await compare(encode(text)), why);
  });
test(`only JavaScript refuses ${laxer[0][0]}`, async () => assert.equal(await compare(encode('\ufeff1')), laxer[0][0]));
test('what is at a limit is read alike', async () => {
  for (const text of [nested(64), '1.7976931348623157e308', '5e-324', '1e-400', '-0', '"\\u0000"', '{"":0}']) assert.equal(await compare(encode(text)), 'read', text);
});
