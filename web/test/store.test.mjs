// The store alone, with an engine that is made up: no browser, no WebAssembly.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compile } from './compile.mjs';

const { Importer, Store, pack } = await compile('importer', 'store', 'state');
const importer = (room) => new Importer(undefined, room);
const here = 'https://edgewise.example/';
const defaults = {
  model: 'small',
  device: 'board',
  power_mode: '',
  runtime: '',
  quant: '',
  kv_quant: '',
  prompt: 512
};
const limits = [{ field: 'prompt', key: 'prompt', min: 0, max: 1000, whole: true, default: 512 }];
const texts = [
  ['model', 'm'],
  ['device', 'd'],
  ['power_mode', 'mode'],
  ['runtime', 'r'],
  ['quant', 'q'],
  ['kv_quant', 'kv']
].map(([field, key]) => ({ field, key }));

/** Knows what was fetched; runtime "own" runs on "card" alone. `fetches` are answered by `serve`. */
function fakeEngine(serve = async () => {}) {
  const had = new Set();
  const offered = new Set(['small', 'large', 'board', 'card', 'calibrations']);
  const engine = {
    asked: [],
    isFull: true,
    fetched: [],
    index: {
      revision: 'r1',
      models: [{ id: 'small' }, { id: 'large' }],
      devices: [{ id: 'board' }, { id: 'card' }]
    },
    catalog: { default_query: defaults, limits, texts, flags: [] },
    choose(query) {
      engine.asked.push({ ...query });
      const needs = [
        { type: 'model', id: query.model },
        { type: 'device', id: query.device }
      ].filter(({ id }) => !had.has(id));
      if (needs.length)
        return {
          query,
          put_aside: [],
          needs,
          answer: null,
          errors: needs.map((n) => ({ path: n.type, message: `no ${n.id}` }))
        };
      const aside = query.runtime === 'own' && query.device !== 'card';
      const chosen = { ...query, runtime: aside ? '' : query.runtime };
      const answer = {
        model: query.model,
        device: { id: query.device },
        runtime: { id: chosen.runtime || 'any' },
        quantization: { id: 'Q4' }
      };
      return {
        query: chosen,
        put_aside: aside ? [{ field: 'runtime', asked: 'own', taken: '', message: '' }] : [],
        needs: had.has('calibrations') ? [] : [{ type: 'calibrations', id: 'calibrations' }],
        answer: { ...answer, calibrated: had.has('calibrations') },
        errors: []
      };
    },
    whenWhole() {}, // it always is
    offers: ({ id }) => !had.has(id) && (offered.has(id) || id.startsWith('https:')),
    async fetch(need) {
      engine.fetched.push(need.id);
      await serve(need.id);
      had.add(need.id);
    },
    async take(text, name) {
      const preset = JSON.parse(text);
      if (preset.bad)
        throw Object.assign(new Error('bad'), { errors: [{ path: 'memory', message: 'is bad' }] });
      had.add(preset.id);
      engine.index = { ...engine.index, models: [...engine.index.models, { id: preset.id, name }] };
      return { kind: 'model', id: preset.id, asked: preset.id };
    },
    ownList: [],
    packed: () => undefined,
    forget: (id) => had.delete(id),
    evidence: async () => [{ source: 'somebody', rows: 3 }]
  };
  return engine;
}

/** A store that has started; `address` is what it opened. */
async function started(engine, address, ports = {}) {
  const store = new Store({ start: async () => engine, here, importer, ...ports });
  if (address !== undefined) await store.open(address);
  await store.act({ do: 'start' });
  return store;
}
/** A promise and how it ends. */
function later() {
  let resolve, reject;
  const promise = new Promise((a, b) => ([resolve, reject] = [a, b]));
  return { promise, resolve, reject };
}
const settled = () => new Promise((resolve) => setTimeout(resolve));

test('what is lacking is fetched, and asked again, until nothing is', async () => {
  const engine = fakeEngine();
  const store = await started(engine, '');
  assert.deepEqual(engine.fetched, ['small', 'board', 'calibrations']);
  assert.equal(engine.asked.length, 3);
  assert.equal(store.answer.result.calibrated, true);
  assert.equal(store.state.busy, false);
  await store.act({ query: { prompt: 100 } });
  assert.equal(engine.fetched.length, 3, 'nothing is fetched twice');
  assert.equal(store.answer.query.prompt, 100);
});

test('subscribers are told of every change, and only act changes anything', async () => {
  const store = await started(fakeEngine(), '');
  let told = 0;
  const stop = store.subscribe(() => told++);
  const before = store.state;
  await store.act({ toast: 'hello' });
  assert.equal(told, 1);
  assert.equal(before.toast, '', 'a state that was handed out stays as it was');
  assert.equal(store.state.toast, 'hello');
  stop();
  await store.act({ toast: '' });
  assert.equal(told, 1);
});

test('what does not go together is put aside: said of a link, silent after a choice', async () => {
  const store = await started(fakeEngine(), '#v=1&d=card&r=own');
  assert.equal(store.state.query.runtime, 'own');
  assert.deepEqual(store.state.notes, []);
  await store.act({ query: { device: 'board' } });
  assert.equal(store.state.query.runtime, '');
  assert.deepEqual(store.state.notes, []);
  await store.open('#v=1&r=own');
  assert.equal(store.state.query.runtime, '');
  assert.deepEqual(store.state.notes, [{ kind: 'replaced', field: 'runtime', id: 'own' }]);
});

test('a link that names what nobody has shows the default, and says so; a card says that it cannot', async () => {
  const store = await started(fakeEngine(), '#v=1&m=nobody&prompt=7&m.1=noone&d.1=card');
  assert.equal(store.answer.result.model, 'small');
  assert.equal(store.state.query.prompt, 7);
  assert.deepEqual(store.state.notes, [{ kind: 'replaced', field: 'model', id: 'nobody' }]);
  assert.deepEqual(
    store.answer.pins.map((p) => [p.result.model, p.result.device.id]),
    [['small', 'card']]
  );
  const strict = await started(fakeEngine(), '#v=1&m=nobody', { strict: true });
  assert.equal(strict.answer.result, undefined);
  assert.match(strict.answer.errors[0].message, /nobody/);
});

test('the address is written after a change, not after it was opened, and leads back to the same state', async () => {
  const store = await started(fakeEngine(), '#v=1&m=large&colour=blue');
  assert.equal(store.address, undefined);
  await store.act({ query: { device: 'card', runtime: 'own', prompt: 9 } });
  await store.act({ do: 'pin' });
  await store.act({ view: 'explore' });
  assert.equal(
    store.address,
    'v=1&m=large&d=card&r=own&prompt=9&m.1=large&d.1=card&r.1=own&q.1=Q4&prompt.1=9&view=explore&colour=blue'
  );
  const again = await started(fakeEngine(), `#${store.address}`);
  const { query, pins, view, unknown } = store.state;
  assert.deepEqual(
    { query, pins, view, unknown },
    (({ query, pins, view, unknown }) => ({ query, pins, view, unknown }))(again.state)
  );
  await store.act({ do: 'reset' });
  assert.deepEqual(store.state.query, defaults);
});

test('what is pinned while the pins of a link are fetched stands beside them', async () => {
  const slow = later();
  const engine = fakeEngine((id) => (id === 'large' ? slow.promise : undefined));
  const store = new Store({ start: async () => engine, here });
  await store.open('#v=1&m.1=large');
  const start = store.act({ do: 'start' });
  while (!store.answer.result) await settled();
  await store.act({ do: 'pin' });
  slow.resolve();
  await start;
  assert.deepEqual(
    store.answer.pins.map((p) => p.result.model),
    ['large', 'small']
  );
  await store.act({ do: 'unpin', pin: store.answer.pins[0].query });
  assert.deepEqual(
    store.state.pins.map((q) => q.model),
    ['small']
  );
  await store.act({ do: 'unpin' });
  assert.deepEqual([store.state.pins, store.answer.pins], [[], []]);
});

test('an answer that comes late does not take the place of a newer one', async () => {
  const slow = later();
  const engine = fakeEngine((id) => (id === 'large' ? slow.promise : undefined));
  const store = await started(engine, '');
  const first = store.act({ query: { model: 'large' } });
  assert.equal(store.state.busy, true);
  await store.act({ query: { model: 'small', prompt: 5 } });
  assert.equal(store.state.busy, false);
  slow.resolve();
  await first;
  assert.equal(store.answer.result.model, 'small');
  assert.deepEqual([store.state.query.model, store.state.query.prompt], ['small', 5]);
});

test('a fetch that fails is said, and a later choice tries again', async () => {
  let broken = true;
  const engine = fakeEngine((id) => {
    if (id === 'large' && broken) throw new Error('models/large.json: 503');
  });
  const store = await started(engine, '');
  await store.act({ query: { model: 'large' } });
  assert.equal(store.state.busy, false);
  assert.match(store.answer.errors[0].message, /503/);
  broken = false;
  await store.act({ do: 'again' });
  assert.deepEqual(store.answer.errors, []);
  assert.equal(store.answer.result.model, 'large');
});

test('an engine that does not start is said, and what was opened is answered once it does', async () => {
  let broken = true;
  const engine = fakeEngine();
  const start = async () => {
    if (broken) throw new Error('no wasm');
    return engine;
  };
  const store = new Store({ start, here });
  await store.open('#v=1&m=large');
  await store.act({ do: 'start' });
  assert.equal(store.state.fatal, 'no wasm');
  broken = false;
  await store.act({ do: 'start' });
  assert.equal(store.state.fatal, '');
  assert.equal(store.answer.result.model, 'large');
});

test('a device of another address: loading, failed, forgotten, and never an answer for another', async () => {
  const url = 'https://elsewhere.example/board.json';
  let answer = later();
  const engine = fakeEngine((id) => (id === url ? answer.promise : undefined));
  const store = await started(engine, '');
  const asked = store.open(`#v=1&device=${encodeURIComponent(url)}`);
  await settled();
  assert.equal(store.state.foreign[url].state, 'loading');
  answer.reject(new Error('no such file'));
  await asked;
  assert.equal(store.state.foreign[url].state, 'failed');
  assert.equal(store.answer.result, undefined);
  answer = later();
  const again = store.act({ do: 'again' });
  await settled();
  await store.act({ do: 'forget', device: url });
  answer.resolve();
  await again;
  assert.deepEqual([store.state.query.device, store.state.foreign], ['board', {}]);
  assert.equal(
    engine.fetched.filter((id) => id === url).length,
    2,
    'what was forgotten is not asked for again'
  );
});

test('presets of a link and of the user; a refused one changes nothing', async () => {
  const store = await started(
    fakeEngine(),
    `#v=1&m=mine&x=${pack('{"id":"mine"}')}&x=${pack('{"id":"worse","bad":1}')}`
  );
  assert.equal(store.answer.result.model, 'mine');
  assert.equal(store.state.rejected.errors[0].path, 'memory');
  await store.act({ draft: '{"id":"other"}' });
  await store.act({ do: 'take', input: '{"id":"other"}', file: 'other.json' });
  assert.deepEqual(
    [store.state.rejected, store.state.draft, store.state.query.model],
    [undefined, '', 'other']
  );
  await store.act({ do: 'take', input: '{"id":"worse","bad":1}', file: 'worse.json' });
  assert.equal(store.state.rejected.file, 'worse.json');
  assert.equal(store.state.query.model, 'other');
});

test('who published it is looked up once somebody asks, and then of every answer', async () => {
  const store = await started(fakeEngine(), '');
  assert.deepEqual(store.answer.evidence, []);
  await store.act({ evidence: true });
  assert.equal(store.answer.evidence[0].source, 'somebody');
  await store.act({ query: { model: 'large' } });
  await settled();
  assert.equal(store.answer.evidence.length, 1);
});

test('the site has a device of its own: a bare address means it, and v=1 the default', async () => {
  const site = async () => ({ device: 'card', catalogs: [] });
  const store = await started(fakeEngine(), '', { site });
  assert.equal(store.answer.result.device.id, 'card');
  await store.act({ query: { device: 'board' } });
  assert.equal(store.address, 'v=1');
  await store.open('#v=1');
  assert.equal(store.answer.result.device.id, 'board');
});
