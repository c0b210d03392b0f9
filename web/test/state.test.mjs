// The address, the numbers as text and the search of a chooser: functions, tested as such.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { compile } from './compile.mjs';

const { read, write, pack, unpack, same, digits, show, range, percentOf, parseNumber, boxed, find } =
  await compile('state', 'format', 'ui/search');
const defaults = {
  model: 'm0',
  device: 'd0',
  power_mode: '',
  runtime: '',
  quant: '',
  kv_quant: '',
  prompt: 512,
  generate: 128,
  depth: 0,
  batch: 1,
  threads: 0,
  images: 0,
  context: 0
};
const limit = (field, key, min, max, whole = true) => ({ field, key, min, max, whole, default: null });
const frame = {
  defaults,
  limits: [
    limit('prompt', 'prompt', 0, 1e8),
    limit('batch', 'batch', 1, 100),
    limit('battery_wh', 'battery', 0.001, 1e9, false)
  ],
  texts: [
    ['model', 'm'],
    ['device', 'd'],
    ['power_mode', 'mode'],
    ['runtime', 'r'],
    ['quant', 'q'],
    ['kv_quant', 'kv'],
    ['session', 'session']
  ].map(([field, key]) => ({ field, key })),
  flags: [
    { field: 'mtp', key: 'mtp' },
    { field: 'flash_attention', key: 'fa' }
  ],
  here: 'https://edgewise.example/page'
};

test('an address says only what differs from the defaults, and reads back as it was', () => {
  const state = {
    query: { ...defaults, model: 'm1', quant: 'Q8_0', prompt: 2048, battery_wh: 0.5 },
    pins: [
      { ...defaults, device: 'https://elsewhere.example/a.json?b#c' },
      { ...defaults, batch: 4, mtp: true, flash_attention: false }
    ],
    view: 'explore',
    unknown: [['colour', 'blue & green']]
  };
  const text = write(state, frame);
  assert.equal(
    text,
    'v=1&m=m1&q=Q8_0&prompt=2048&battery=0.5&m.1=m0&device.1=https://elsewhere.example/a.json%3Fb%23c&m.2=m0&mtp.2=1&fa.2=0&batch.2=4&view=explore&colour=blue%20%26%20green'
  );
  const { query, pins, view, unknown } = read(`#${text}`, frame);
  assert.deepEqual({ query, pins, view, unknown }, state);
  assert.equal(write({ query: defaults, pins: [], view: 'calculator', unknown: [] }, frame), '');
});

test('what is said yes or no to is 1 or 0, and anything else is refused', () => {
  assert.equal(read('#v=1&fa=1', frame).query.flash_attention, true);
  assert.equal(read('#v=1&fa=', frame).query.flash_attention, undefined);
  const { query, refused } = read('#v=1&fa=yes&mtp=2', frame);
  assert.deepEqual([query.flash_attention, query.mtp], [undefined, undefined]);
  assert.deepEqual(refused, [
    ['fa', 'yes'],
    ['mtp', '2']
  ]);
});

test('what Explore looks for is in the address, only where it is shown, and reads back as it was', () => {
  const state = (explore) => ({ query: defaults, pins: [], view: 'explore', unknown: [], explore });
  const usual = read('#v=1&view=explore', frame).explore;
  assert.equal(write(state(usual), frame), 'v=1&view=explore');
  const explore = {
    ...read('#v=1&view=explore&find=device', frame).explore,
    limits: { min_decode_tok_s: 7.5, max_price_usd: 300 },
    lists: { classes: ['sbc', 'jetson'], vendors: ['Raspberry Pi'], licences: [] },
    takes: ['vision'],
    quant: 'any',
    benchmark: 'MMLU,5-shot,base',
    height: 'energy',
    axes: ['speed', 'power'],
    sort: 'ttft_s',
    up: true,
    frontier: true
  };
  const text = write(state(explore), frame);
  assert.equal(
    text,
    'v=1&view=explore&find=device&xspeed=7.5&xprice=300&class=sbc,jetson&vendor=Raspberry%20Pi&takes=vision&xq=any&bench=MMLU,5-shot,base&against=energy&axes=speed,power&sort=ttft_s&front=1'
  );
  assert.deepEqual(read(`#${text}`, frame).explore, explore);
  // A bound that is usual and was taken away is said to be none.
  const free = { ...usual, limits: {} };
  assert.equal(write(state(free), frame), 'v=1&view=explore&xspeed=');
  assert.equal(read('#v=1&view=explore&xspeed=', frame).explore.limits.min_decode_tok_s, undefined);
  assert.deepEqual(read('#v=1&view=explore&xspeed=fast&sort=nosuch&find=moon&against=x', frame).refused, [
    ['xspeed', 'fast'],
    ['sort', 'nosuch'],
    ['find', 'moon'],
    ['against', 'x']
  ]);
  // Another view's address says nothing of it.
  assert.equal(write({ ...state(explore), view: 'calculator' }, frame), '');
});

test('an address on the own server is written without it', () => {
  const device = 'https://edgewise.example/my-board.json';
  const text = write({ query: { ...defaults, device }, pins: [], view: 'calculator', unknown: [] }, frame);
  assert.equal(text, 'v=1&device=/my-board.json');
  assert.equal(read(text, frame).query.device, device);
});

test('what is no number within its limits is not taken; other versions are not read', () => {
  for (const value of ['-1', '1e9', '1.5', 'many', ''])
    assert.equal(read(`v=1&prompt=${value}`, frame).query.prompt, 512, value);
  assert.equal(read('v=1&battery=0', frame).query.battery_wh, undefined);
  assert.equal(read('v=1&batch.2=9', frame).pins[0].batch, 9);
  for (const key of ['d', 'device']) {
    const { query, refused } = read(`v=1&${key}=https://[`, frame);
    assert.deepEqual([query.device, refused], ['d0', [[key, 'https://[']]]);
  }
  const next = read('v=99&m=m1', frame);
  assert.deepEqual([next.badVersion, next.query.model], ['99', 'm0']);
});

/** What strangers write into links: keys that are known, of pins too, or not; values of every kind; what is no encoding. */
const known = [...frame.texts, ...frame.limits].map(({ key }) => key);
const others = [
  'v',
  'view',
  'lang',
  'term',
  'p',
  'x',
  'z',
  'find',
  'xspeed',
  'class',
  'axes',
  'sort',
  'front'
];
const key = fc.oneof(
  fc.constantFrom(...known, ...others, '__proto__', 'constructor', ''),
  fc.tuple(fc.constantFrom(...known), fc.integer({ min: -1, max: 12 })).map((both) => both.join('.')),
  fc.string()
);
const value = fc.oneof(
  fc.constantFrom(
    '1',
    'explore',
    'calculator',
    'zh',
    'NaN',
    '1e999',
    '-0',
    '%',
    '%E0%A4%A',
    '%00',
    '\u202e',
    '//',
    '='
  ),
  fc.double().map(String),
  fc.bigInt().map(String),
  fc.webUrl().map(encodeURIComponent),
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'binary' }).map((text) => encodeURIComponent(text.toWellFormed?.() ?? ''))
);
const fragment = fc.oneof(
  fc
    .array(fc.tuple(key, value), { maxLength: 30 })
    .map((all) => `#v=1&${all.map((one) => one.join('=')).join('&')}`),
  fc.string({ unit: 'binary', maxLength: 300 })
);

test('any fragment is read, within every limit, and what was read is written so that it reads the same', () => {
  const within = (query) =>
    frame.limits.every(({ field, min, max, whole }) => {
      const x = query[field];
      return x === undefined || (x >= min && x <= max && (!whole || Number.isInteger(x)));
    });
  fc.assert(
    fc.property(fragment, (text) => {
      const loaded = read(text, frame);
      assert.ok(loaded.pins.length <= 8 && [loaded.query, ...loaded.pins].every(within));
      assert.equal(Object.getPrototypeOf(loaded.query), Object.prototype);
      const written = write(loaded, frame);
      assert.equal(write(read(`#${written}`, frame), frame), written);
    }),
    { numRuns: 20000 }
  );
});

test('presets in a link keep every character', () => {
  const text = '{"name":"Bürö 8 GB ½ 🚀"}';
  assert.equal(unpack(pack(text)), text);
  assert.equal(unpack('%%%'), null);
});

test('questions are the same where they are written alike', () => {
  assert.ok(same(defaults, { ...defaults, battery_wh: undefined }));
  assert.ok(!same(defaults, { ...defaults, prompt: 1 }));
});

test('numbers read alike wherever they stand', () => {
  assert.equal(show(131072, 'tokens'), '131,072\u00a0tokens');
  assert.equal(show(24, ''), '24');
  assert.equal(show(0.9999, 's'), '1\u00a0s');
  assert.equal(show(null, 's'), 'unknown');
  assert.equal(show(41.2e9, '1/s'), '41.2\u00a0G/s');
  assert.equal(show(5e9, 'B'), '4.66\u00a0GiB');
  assert.equal(range(9.87, 12.3, 10, 'tok/s'), '9.9 to 12\u00a0tok/s');
  assert.equal(digits(12345), '12,300');
  assert.deepEqual([percentOf(0.0994), percentOf(0.0996), percentOf(0)], ['9.9%', '10%', '0%']);
  for (const [text, x] of [
    ['4 Ki', 4096],
    ['1,5k', 1500],
    ['1 000', 1000],
    ['0,3', 0.3],
    ['1.000.000', 1e6]
  ])
    assert.equal(parseNumber(text), x, text);
  for (const text of ['many', '5 12', '1 5', '12 34 567', '1 0000', '0x10'])
    assert.ok(Number.isNaN(parseNumber(text)), text);
  assert.equal(boxed(131072), '131,072');
});

test('a chooser finds the beginnings of words, what is meant first, then the popular', () => {
  const option = (name, group, popular) => ({
    id: name,
    name,
    group,
    detail: '',
    search: `${name} ${group}`,
    popular
  });
  const options = [
    option('My Qwen3', 'b', 0),
    option('Llama 3', 'a', 1),
    option('Qwen3-4B', 'b', 2),
    option('Qwen2', 'a', 9)
  ];
  const none = () => ({ ids: [], sure: false });
  const names = (text, meant = none) => find(options, text, meant, 'alike').map((o) => o.name);
  assert.deepEqual(names('qwen3'), ['Qwen3-4B', 'My Qwen3']);
  assert.deepEqual(names('qwen'), ['Qwen2', 'Qwen3-4B', 'My Qwen3']);
  assert.deepEqual(names('wen'), []);
  assert.deepEqual(
    names('qwen', () => ({ ids: ['My Qwen3'], sure: true })),
    ['My Qwen3', 'Qwen2', 'Qwen3-4B']
  );
  assert.deepEqual(
    names('quen', () => ({ ids: ['Qwen2'], sure: false })),
    ['Qwen2']
  );
  // What only looks like it is none of what was found, and is said to be.
  const near = () => ({ ids: ['Qwen2'], sure: false });
  assert.deepEqual(names('llama', near), ['Llama 3']);
  assert.deepEqual(
    find(options, 'quen', near, 'alike').map((o) => o.group),
    ['alike']
  );
  // As people write what names have in one word.
  assert.deepEqual(names('qwen 3'), ['Qwen3-4B', 'My Qwen3']);
  assert.deepEqual(names('qwen3 4 b'), ['Qwen3-4B']);
  assert.deepEqual(names(''), ['My Qwen3', 'Qwen3-4B', 'Llama 3', 'Qwen2']);
});
