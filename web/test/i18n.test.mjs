// The catalogues: complete, alike in their places, valid ICU messages, and filled as a reference does it. No browser.
import { parse, TYPE } from '@formatjs/icu-messageformat-parser';
import { IntlMessageFormat } from 'intl-messageformat';
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { compile } from './compile.mjs';

const byText = (a, b) => (a < b ? -1 : a > b ? 1 : 0);
const folder = new URL('../src/i18n/', import.meta.url);
const namesOf = (language) =>
  readdirSync(new URL(`${language}/`, folder))
    .map((file) => file.replace('.ts', ''))
    .filter((name) => name !== 'index');
const sections = namesOf('en');
/** The messages of a section by their path. */
async function messages(language, section) {
  const exported = await compile(`i18n/${language}/${section}`);
  const out = new Map();
  const walk = (x, path) => {
    if (typeof x === 'string') out.set(path, x);
    else for (const [key, value] of Object.entries(x)) walk(value, path ? `${path}.${key}` : key);
  };
  walk(exported[section], '');
  return out;
}
const catalogues = {};
for (const language of ['en', 'zh'])
  for (const section of sections)
    for (const [path, text] of await messages(language, section))
      (catalogues[language] ??= new Map()).set(`${section}.${path}`, text);
const { en, zh } = catalogues;

const elementsOf = (text) => parse(text, { ignoreTag: true, requiresOtherClause: true });
function placesOf(text) {
  const out = new Map();
  const walk = (elements) => {
    for (const e of elements) {
      if (e.type === TYPE.argument) out.set(e.value, 'value');
      if (e.type !== TYPE.plural) continue;
      out.set(e.value, 'plural');
      for (const { value } of Object.values(e.options)) walk(value);
    }
  };
  walk(elementsOf(text));
  return out;
}

test('both languages have the same messages, at every depth', () => {
  assert.deepEqual(
    namesOf('zh').filter((name) => !/^(problems|terms|terms-inputs)$/.test(name)),
    sections
  );
  assert.ok(en.size > 500);
  // Names that English has no other letters for are no messages.
  const said = [...zh.keys()].filter((path) => !path.startsWith('form.form.names.'));
  assert.deepEqual(said.sort(byText), [...en.keys()].sort(byText));
});

test('every message is valid ICU, with the places of the English', () => {
  for (const [path, text] of en) {
    const places = placesOf(text);
    const there = placesOf(zh.get(path));
    assert.deepEqual([...there.keys()].sort(byText), [...places.keys()].sort(byText), path);
    for (const [name, kind] of there) assert.equal(kind, places.get(name), `${path}: ${name}`);
    // What `fill` does not know: choices, number styles, dates, tags, quoting.
    for (const each of [text, zh.get(path)]) {
      const kinds = (elements) =>
        elements.flatMap((e) => [e.type, ...Object.values(e.options ?? {}).flatMap((o) => kinds(o.value))]);
      for (const kind of kinds(elementsOf(each)))
        assert.ok([TYPE.literal, TYPE.argument, TYPE.plural, TYPE.pound].includes(kind), path);
      assert.doesNotMatch(each, /'[{}#|<]/, path);
    }
  }
});

/** What is the same in both: names, units and formats, and what is made of places alone. */
const alike = new Set(
  'Edgewise,CSV,JSON,%,SVG,PNG,NVIDIA Jetson,GPU,NPU,px,GiB,GB,Wh,W,tok/s,USD,USD/kWh,J/token,{n} B,{n} M,{view} · Edgewise,{share} · {n},KL {value},PPL × {value},CPU,eMMC,NVMe SSD,UFS,{from} → {to},{label} {from} → {to},FP32,FP16,INT8'.split(
    ','
  )
);

test('no message is left untranslated', () => {
  for (const [path, text] of en) if (zh.get(path) === text) assert.ok(alike.has(text), `${path}: ${text}`);
  // Chinese punctuation beside Chinese.
  for (const [path, text] of zh)
    assert.doesNotMatch(
      text,
      /[\u4e00-\u9fff][,;:!?]|[\u4e00-\u9fff]\.(?:\s|$)|\(.*[\u4e00-\u9fff].*\)/,
      `${path}: ${text}`
    );
});

const { fill, setLanguage } = await compile('i18n/index');
const hostile = ['{x}', '$&', '$1', '__proto__', '{n, plural, other {#}}', '#', '', "it's '{'", '<b>'];

test('messages are filled as a reference formatter fills them', async () => {
  for (const language of ['en', 'zh']) {
    await setLanguage(language);
    const tag = language === 'en' ? 'en' : 'zh-Hans';
    for (const [path, text] of catalogues[language]) {
      const reference = new IntlMessageFormat(text, tag, undefined, { ignoreTag: true });
      const places = [...placesOf(text)];
      for (let k = 0; k < hostile.length; ++k) {
        const values = Object.fromEntries(
          places.map(([name, kind], i) => [
            name,
            kind === 'plural' ? [0, 1, 2, 1881, 1e6][(k + i) % 5] : hostile[(k + i) % hostile.length]
          ])
        );
        assert.equal(
          fill(text, values),
          String(reference.format(values)),
          `${path}: ${JSON.stringify(values)}`
        );
        if (!places.length) break;
      }
    }
  }
  await setLanguage('en');
});

test('a place that nobody fills stays, and nothing of an object’s own is a value', () => {
  assert.equal(fill('{a} {b}', { a: 'x' }), 'x {b}');
  assert.equal(fill('{constructor} {__proto__}', {}), '{constructor} {__proto__}');
  assert.equal(
    fill('{n, plural, =0 {none} one {# of {what}} other {# of {what}}}', { n: 1, what: '{n}' }),
    '1 of {n}'
  );
});

const engineModules = await compile(
  'i18n/index',
  'i18n/problems',
  'i18n/terms',
  'i18n/zh/problems',
  'i18n/zh/terms'
);

test('the engine’s terms and problems are worded while their language is chosen, and only then', async () => {
  const { problemText, termLabel, inWords, wantTerms, setLanguage: speak } = engineModules;
  const problem = {
    code: 'beyond_context',
    path: 'context',
    message: 'the context is longer than the model’s 8192 positions',
    values: { positions: '8192' }
  };
  const label = { id: 'decode_tok_s', label: 'Decode speed' };
  assert.equal(problemText(problem), problem.message);
  await speak('zh');
  assert.match(problemText(problem), /8192 个位置/);
  assert.equal(termLabel(label), label.label, 'before a view wants them');
  await wantTerms();
  assert.equal(termLabel(label), '解码速度');
  assert.equal(termLabel({ id: 'constructor', label: 'x' }), 'x');
  const term = { ...label, note: 'n', formula: 'batch / tpot_mean_s', inputs: [{ ...label }] };
  assert.equal(inWords(term).formula, term.formula);
  assert.equal(inWords(term).inputs[0].label, '解码速度');
  const of = { ...problem, code: 'unsupported', values: { runtime: 'r', quant: 'q', statement: 'decode=1' } };
  assert.equal(problemText(of), '“decode=1”：r 不能运行 q');
  assert.match(
    problemText({ code: 'physics', path: 'x', message: 'is too fast' }),
    /不符合物理规律：is too fast/
  );
  assert.equal(problemText({ code: '__proto__', path: '', message: 'm', values: { a: '{b}' } }), 'm');
  await speak('en');
  assert.equal(termLabel(label), label.label);
  assert.equal(problemText(problem), problem.message);
});

test('every term of the engine is worded, with the ids of its formula', () => {
  const { terms } = engineModules;
  const source = readFileSync(new URL('../../core/src/terms_table.h', import.meta.url), 'utf8');
  const rows = [...source.matchAll(/\{T::\w+, ((?:"[^"]*"(?:, )?){9})\}/g)].map(([, row]) =>
    [...row.matchAll(/"([^"]*)"/g)].map(([, text]) => text)
  );
  assert.ok(rows.length > 120);
  const ids = rows.map(([id]) => id);
  assert.deepEqual(Object.keys(terms).sort(byText), [...ids].sort(byText));
  for (const [id, , , , , definition] of rows) {
    const [, , inWords] = terms[id];
    const words = definition.replace(/\w+_\w+|max|min|prompt|images|batch/g, '').match(/[a-z]{3,}/i);
    if (words || inWords !== undefined)
      assert.ok(inWords !== undefined && definition !== '', `${id}: definition`);
    const named = (text) =>
      [
        ...new Set(
          [...text.matchAll(/[A-Za-z]\w*/g)]
            .map(([word]) => word)
            .filter((w) => /_/.test(w) && ids.includes(w))
        )
      ].sort(byText);
    if (inWords) assert.deepEqual(named(inWords), named(definition), id);
  }
});

test('every message with values that the engine can say is worded', () => {
  const { problems } = engineModules;
  const folders = ['core/src', 'core/json/src', 'core/json/include/edgewise'].map(
    (f) => new URL(`../../${f}/`, import.meta.url)
  );
  const text = folders
    .flatMap((f) =>
      readdirSync(f)
        .filter((n) => /\.(cpp|h)$/.test(n))
        .map((n) => readFileSync(new URL(n, f), 'utf8'))
    )
    .join('\n')
    .replace(/"\s*\n\s*"/g, '');
  /** `said("code", …, words …, {…})`, `refuse(…)`, `misfit(…)`, `fail(…)`, `error(key, …)`: words hold places. */
  const seen = new Set();
  const call = '(?:said|refuse|misfit|fail|error)\\(';
  const calls = new RegExp(
    `\\b${call}\\s*(?:(?:[\\w.()]+|"aliases"),\\s*)?"([a-z_]+)",((?:(?!\\b${call})[^;])*)`,
    'g'
  );
  for (const [, code, rest] of text.matchAll(calls))
    for (const [, words] of rest.matchAll(/"((?:[^"\\]|\\.)*\{\w+\}(?:[^"\\]|\\.)*)"/g))
      seen.add(
        [
          code,
          [...words.matchAll(/\{(\w+)\}/g)]
            .map(([, name]) => name)
            .sort(byText)
            .join()
        ].join(':')
      );
  assert.ok(seen.size > 40, `${seen.size}`);
  const worded = new Set(Object.keys(problems.messages).map((key) => key.replace(/@.*/, '')));
  const stated = (key) => {
    const [code, names] = key.split(':');
    return [code, [...names.split(','), 'statement'].sort(byText).join()].join(':');
  };
  assert.deepEqual(
    [...seen].filter((key) => !worded.has(key) && !worded.has(stated(key))),
    []
  );
});
