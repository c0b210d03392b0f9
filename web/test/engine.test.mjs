// The engine as the page has it: the real one, with the presets of build/site, without a browser.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { load as loadFirst } from '../../build/wasm/package/answer.node.mjs';
import { load } from '../../build/wasm/package/estimate.node.mjs';
import { load as loadWhole } from '../../build/wasm/package/index.node.mjs';
import { compile } from './compile.mjs';

const presets = new URL('../../build/site/presets/', import.meta.url);
const { Engine, Importer, Store, byIds, instead, msg, plain, sentences, tasks } = await compile(
  'beginning',
  'embed/by-ids',
  'engine',
  'importer',
  'store',
  'sentences',
  'tasks',
  'i18n/index'
);

/** `fails`: of which files the first try does; `once`: what is there the first time in place of a file. */
async function ask(fragment, begin, fails = () => false, answer, once) {
  const fetched = [];
  const text = (path) => {
    fetched.push(path);
    if (fails(path) && fetched.filter((p) => p === path).length === 1)
      return Promise.reject(new Error(`${path}: no connection`));
    if (path === once?.path && fetched.filter((p) => p === path).length === 1)
      return Promise.resolve(once.wrong);
    return readFile(new URL(path, presets), 'utf8');
  };
  const sources = {
    ...(answer && { answer }),
    load,
    whole: (task, what) => tasks[task](loadWhole, what),
    text,
    remote: () => Promise.reject(new Error('not here'))
  };
  const store = new Store({
    start: () => Engine.start(sources, begin),
    here: 'https://edgewise.example/',
    importer: (room) => new Importer(undefined, room)
  });
  await store.open(fragment);
  await store.act({ do: 'start' });
  return { store, fetched, ...store.answer };
}

test('the default question is answered with three presets of its own', async () => {
  const { result, fetched, errors } = await ask('');
  assert.deepEqual(errors, []);
  assert.deepEqual(fetched.slice(2).sort(), [
    'calibrations/llama.cpp-cpu.json',
    'devices/raspberry-pi-5-8gb.json',
    'models/llama-3.2-1b.json'
  ]);
  assert.equal(result.sure.level, 'fitted');
});

test('one small file answers the default question as all presets do; any other question fetches them', async () => {
  const [all, { store, fetched, result, engine }] = await Promise.all([ask(''), ask('', plain)]);
  assert.deepEqual(fetched, ['start.json']);
  assert.deepEqual(result, all.result);
  assert.deepEqual(engine.waysOut(store.answer.query, result), all.engine.waysOut(all.query, all.result));
  assert.deepEqual(engine.index.counts, all.engine.index.counts);
  const asked = { model: 'qwen3-4b', quant: 'Q8_0' };
  await Promise.all([store.act({ query: asked }), all.store.act({ query: asked })]);
  assert.deepEqual(fetched.slice(1, 4).toSorted(), [
    'base.json',
    'calibrations/llama.cpp-cpu.json',
    'index.json'
  ]);
  assert.deepEqual(store.answer.errors, []);
  assert.deepEqual(store.answer.result, all.store.answer.result);
  assert.deepEqual(engine.index, all.engine.index);
});

test('who asks by ids has the answers of the whole index without it; a name fetches it', async () => {
  const asked = (device) => `#v=1&m=qwen3-4b&d=${encodeURIComponent(device)}`;
  const byTheirs = (device) => ask(asked(device), byIds, undefined, loadFirst);
  const id = 'Jetson-Orin-Nano-8GB';
  const [all, some] = await Promise.all([ask(asked(id)), byTheirs(id)]);
  assert.deepEqual([some.errors, some.result.device.id], [[], 'jetson-orin-nano-8gb']);
  assert.deepEqual(some.result, all.result);
  assert.ok(!some.fetched.includes('index.json'));
  const { models, devices, ...head } = all.engine.index;
  assert.deepEqual(some.engine.index, { ...head, models: [], devices: [] });
  assert.equal(models.length + devices.length, head.counts.models + head.counts.devices);
  const named = await byTheirs('Jetson Orin Nano 8GB');
  assert.deepEqual(named.result, all.result);
  assert.equal(named.fetched.filter((path) => ['base.json', 'index.json'].includes(path)).length, 2);
  assert.deepEqual(named.engine.index, all.engine.index);
});

test('a file that is none, or another, is named in the error, and fetched again by the next question', async () => {
  const device = 'devices/jetson-orin-nano-8gb.json';
  for (const [path, wrong, said] of [
    [device, '{}', /^devices\/jetson-orin-nano-8gb\.json: is no preset$/],
    [device, '<html>login</html>', /^devices\/jetson-orin-nano-8gb\.json: .*JSON/],
    [
      device,
      readFileSync(new URL('devices/raspberry-pi-5-8gb.json', presets), 'utf8'),
      /is of "raspberry-pi-5-8gb"/
    ],
    ['base.json', '\x1e{}', /^base\.json: is no preset$/],
    ['ids.json', 'null', /^ids\.json: /],
    ['ids.json', '{}', /^ids\.json: /]
  ]) {
    const { store, errors } = await ask('#v=1&d=jetson-orin-nano-8gb', byIds, undefined, loadFirst, {
      path,
      wrong
    });
    const { fatal } = store.state;
    assert.match(fatal || errors[0].message, said, `${path} ${wrong.slice(0, 20)}`);
    await store.act(fatal ? { do: 'start' } : { query: { prompt: 100 } });
    assert.equal(store.state.fatal, '');
    assert.deepEqual(
      [store.answer.errors, store.answer.result?.device.id],
      [[], 'jetson-orin-nano-8gb'],
      path
    );
  }
});

test('where the rest cannot be had the question says so, and the next one asks for it again', async () => {
  const { store, engine } = await ask('', plain, (path) => path === 'index.json');
  await store.act({ query: { prompt: 64 } });
  assert.match(store.answer.errors[0].message, /index.json/);
  assert.equal(engine.isFull, false);
  await store.act({ query: { prompt: 65 } });
  assert.deepEqual([store.answer.errors, engine.isFull], [[], true]);
});

test('the calibration that applies is the one that the engine names, and evidence is of the same', async () => {
  const { result, engine, store } = await ask('#v=1&d=jetson-orin-nano-8gb');
  const entry = engine.calibration(result);
  assert.ok(entry.devices.includes('jetson-orin-nano-8gb'));
  assert.equal(entry.configurations, result.sure.configurations);
  await store.act({ evidence: true });
  assert.ok(store.answer.evidence.length > 0);
});

test('ids in other capitals mean what they say; what does not go together is put aside', async () => {
  const { query, store } = await ask('#v=1&m=Qwen3-4B&q=q8_0&mode=turbo&r=no-such-runtime');
  assert.deepEqual([query.model, query.quant, query.power_mode, query.runtime], ['qwen3-4b', 'Q8_0', '', '']);
  assert.deepEqual(store.state.query, query);
  const replaced = store.state.notes.map(({ kind, field, id }) => `${kind} ${field} ${id}`);
  assert.deepEqual(replaced.toSorted(), ['replaced power_mode turbo', 'replaced runtime no-such-runtime']);
});

test('what does not go together says why; what is damaged in a link is said', async () => {
  const [misfit] = (await ask('#v=1&d=raspberry-pi-5-8gb&r=vllm-cuda')).store.state.notes;
  assert.equal(misfit.id, 'vllm-cuda');
  assert.match(misfit.why.message, /does not run on raspberry-pi-5-8gb/);
  const [absent] = (await ask('#v=1&m=nothing-like-it')).store.state.notes;
  assert.equal(absent.field, 'model');
  assert.match(absent.why.message, /is no known model/);
  for (const damaged of ['x=!!!', 'z=AAAA', 'x=/w']) {
    const { store } = await ask(`#v=1&${damaged}`);
    const [key, value] = damaged.split('=');
    assert.deepEqual(store.state.notes, [{ kind: 'badValue', key, value }]);
  }
});

test('several devices cost and draw what they do together, and what takes part beside a device is an estimate', async () => {
  const [one, two] = await Promise.all(
    [1, 2].map((n) => ask(`#v=1&m=llama-3.1-8b&d=rtx-3090-24gb&devices=${n}`))
  );
  for (const id of ['price_usd', 'idle_w', 'full_w'])
    assert.equal(two.result.terms[id].value, 2 * one.result.terms[id].value, id);
  assert.ok(two.result.terms.decode_w.value > one.result.terms.decode_w.value);
  assert.deepEqual([one.result.sure.level, two.result.sure.level], ['fitted', 'split']);
  const { result: paged } = await ask('#v=1&m=llama-3.1-70b&d=raspberry-pi-5-8gb');
  assert.equal(paged.sure.level, 'split');
  assert.doesNotMatch(sentences(paged).speed, /It writes/);
});

test('where nothing is written the sentence is of reading', async () => {
  const { result } = await ask('#v=1&generate=0');
  assert.match(sentences(result).speed, /^It reads [\d.]+ tokens a second \(.*\), limited by compute/);
  assert.match(result.sentence, /, reading [\d.]+ tok\/s \(/);
});

test('of several requests at once, the sentence says what each of them gets', async () => {
  const { result } = await ask('#v=1&m=llama-3.1-8b&d=rtx-4090-24gb&batch=20');
  assert.match(sentences(result).speed, /That is [\d.]+ for each of 20 requests\./);
  const [, all, each] = /([\d.]+) tok\/s \(.*\) in all, ([\d.]+) tok\/s each/.exec(result.sentence);
  assert.ok(Math.abs(all / (20 * each) - 1) < 0.02, result.sentence);
});

test('what cannot be computed names its field', async () => {
  const { errors, result } = await ask('#v=1&c=16');
  assert.equal(errors[0].path, 'context');
  assert.equal(result, undefined);
});

test('where it does not fit, sentence and panel say the same of every kind of device', async () => {
  for (const [device, kind] of [
    ['rtx-3060-12gb', 'host'],
    ['raspberry-pi-5-8gb', 'paging']
  ]) {
    const { result } = await ask(`#v=1&m=llama-3.1-70b&d=${device}`);
    const verdict = kind === 'host' ? 'with_host' : 'does_not_run';
    assert.deepEqual([result.verdict, result.instead.kind], [verdict, kind], device);
    const said = [sentences(result).speed, instead(result.instead, msg.memory)];
    const pattern =
      kind === 'host' ? /(\d+ of \d+) layers are on the/ : /again for every token\D+([\d.]+.(?:s|min))/;
    const [hero, panel] = said.map((text) => pattern.exec(text)?.[1]);
    assert.ok(hero, said[0]);
    assert.equal(hero, panel);
  }
});

test('a preset that is refused changes nothing', async () => {
  const { store, engine } = await ask('');
  const before = engine.catalog.devices.length;
  await store.act({
    do: 'take',
    input: '{"type":"device","format_version":1,"id":"x","name":"X"}',
    file: 'x.json'
  });
  assert.ok(store.state.rejected.errors.length > 0);
  assert.equal(engine.catalog.devices.length, before);
});

test('what others wrote becomes a preset: a model that keeps its numbers, and never takes the place of another', async () => {
  const root = new URL('../../', import.meta.url);
  const { store, engine } = await ask('');
  for (const [path, file, id] of [
    ['tests/data/configs/qwen3-4b.json', 'config.json', 'qwen3'],
    ['tests/fuzz/seed.gguf', 'tiny.gguf', 'tiny'],
    ['presets/models/qwen3-4b.json', 'qwen3-4b.json', 'qwen3-4b~own'],
    // Of the same name, but another: both stay.
    ['tests/data/configs/qwen3-4b.json', 'qwen3-4b.json', 'qwen3-4b~own~2']
  ]) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    const input = [new File([await readFile(new URL(path, root))], file)];
    // oxlint-disable-next-line no-await-in-loop
    await store.act({ do: 'take', input, file });
    assert.equal(store.state.rejected, undefined, path);
    assert.equal(store.answer.result.model.id, id);
    assert.deepEqual([engine.preset('models', id).type, engine.preset('models', id).id], ['model', id]);
    assert.ok(engine.own.some((text) => JSON.parse(text).id === id));
  }
  assert.equal(store.answer.result.model.parameters, 4_022_468_096);
  await store.act({ do: 'take', input: [new File(['GGUF\u0003\0\0\0'], 'cut.gguf')], file: 'cut.gguf' });
  assert.equal(store.state.rejected.file, 'cut.gguf');
});

test('a model that is published in a format of its own is answered in it', async () => {
  const { store } = await ask('#v=1&m=gpt-oss-20b&device=rtx-3090-24gb');
  assert.equal(store.answer.result.quantization.id, 'MXFP4_MOE');
});

test('everybody who listens is told once the presets are there', async () => {
  const text = (path) => readFile(new URL(path, presets), 'utf8');
  const unused = () => Promise.reject(new Error('not here'));
  const engine = await Engine.start({ load, whole: unused, text, remote: unused }, plain);
  const told = [0, 0];
  for (const i of told.keys()) engine.whenWhole(() => ++told[i]);
  await engine.fill();
  assert.ok(told[0] > 0);
  assert.equal(told[1], told[0]);
});
