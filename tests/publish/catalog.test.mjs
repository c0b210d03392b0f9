// `catalog build`, of folders and of addresses, and the physics that it shares with `check` and `publish`.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { Bench, board, root, serve } from './support.mjs';
import { counted } from '../counted.mjs';

const sample = (p, what) => p.calibrations[0].samples.find((s) => s.engine?.endsWith(what) || s.test === what || s.phase === what);

// Each is a preset that reads, with one number that cannot be.
const impossible = [
  ['peak above the bus', (p) => (p.memory.peak_bandwidth_gb_s = 34), /memory\.peak_bandwidth_gb_s: is above what the bus carries/],
  ['measured above the peak', (p) => (p.memory.measured[0].bandwidth_gb_s = 17.6), /memory\.measured\[0\]\.bandwidth_gb_s: is 17\.6 GB\/s, above the memory's peak/],
  ['share above the peak', (p) => (p.calibrations[0].parameters.bandwidth_share = 1.4), /parameters\.bandwidth_share: is .* above the memory's peak/],
  ['read above the peak', (p) => sample(p, 'read').values.fill(19e9), /samples\[0\]\.values: is 19\.0 GB\/s, above/],
  ['weights faster than their bytes', (p) => sample(p, 'dot_streamed').values.fill(40e9), /samples\[1\]\.values: is 22\.5 GB\/s, above/],
  ['tok/s above bandwidth / bytes', (p) => (sample(p, 'decode_tok_s').value = 40), /samples\[4\]\.value: is 40\.0 tok\/s, but bandwidth \/ bytes/],
  ['tpot below bytes / bandwidth', (p) => Object.assign(sample(p, 'decode_tok_s'), { engine: 'llama-3.2-1b Q4_0, 4 threads, prompt 0, depth 0: tpot_ms', value: 20 }), /samples\[4\]\.value: is 50\.0 tok\/s/],
  ['twice an assumed peak', (p) => ((p.confidence.memory = 'assumed'), (sample(p, 'decode_tok_s').value = 60)), /samples\[4\]\.value: is 60\.0 tok\/s/],
  ['energy below idle', (p) => (sample(p, 'energy_j_per_token').value = 0.1), /samples\[5\]\.value: is 100 mJ a token, less than the device takes at rest/],
  ['load below idle', (p) => (p.power.load_w = 2), /power\.idle_w: is above load_w/],
  ['decoding below idle', (p) => (sample(p, 'decode').values = [2]), /samples\[3\]: is 2\.00 W under load, below the 3\.00 W at rest/],
  ['negative spread', (p) => (sample(p, 'read').values[1] = -13e9), /samples\[0\]: has a value that is not above 0: their spread would be negative/],
  ['no such model', (p) => (sample(p, 'decode_tok_s').engine = 'gpt-9 Q4_0, 4 threads, prompt 0, depth 0: decode_tok_s'), /samples\[4\]\.engine: .*gpt-9/],
  ['unreadable row', (p) => (sample(p, 'decode_tok_s').engine = 'fast'), /samples\[4\]\.engine: does not name model/],
  ['no such runtime', (p) => (p.calibrations[0].runtime = 'abacus'), /calibrations\[0\]\.runtime: "abacus" is no runtime/],
];
const misshapen = [
  ['unknown field', (p) => (p.colour = 'red'), /colour/],
  ['missing field', (p) => delete p.name, /name/],
  ['wrong type', (p) => (p.memory.capacity_gib = '8'), /memory\.capacity_gib: /],
  ['wrong word', (p) => (p.class = 'toaster'), /class: /],
  ['wrong id', (p) => (p.id = 'Test Board'), /id: /],
  ['wrong day', (p) => (p.calibrations[0].date = '31.1.2026'), /calibrations\[0\]\.date: /],
];

test('what cannot be is refused by check, publish and catalog build alike, with file and path', async (t) => {
  const own = new Bench(t);
  own.file('good/a.json', board());
  assert.equal((await own.run(['check', 'good/a.json'])).status, 0);
  for (const [kind, change, words] of [...impossible, ...misshapen]) {
    const file = own.file('presets/bad.json', board(change));
    for (const args of [['check', file], ['publish', file], ['catalog', 'build', 'presets']]) {
      // The allow-list drops what is unknown or of a wrong kind before it is checked.
      if (args[0] === 'publish' && kind === 'unknown field') continue;
      const { status, stderr } = await own.run(args);
      assert.equal(status, 2, `${kind}, ${args[0]}: ${stderr}`);
      assert.match(stderr, words, `${kind}, ${args[0]}`);
      assert.match(stderr, /bad\.json: /);
      counted('hostile files');
    }
    assert.ok(!fs.existsSync(own.file('presets/catalog.json')));
  }
});

test('what is near a limit, in a cache, or of several sequences is not refused', async (t) => {
  const own = new Bench(t);
  for (const [kind, change] of [
    ['at the peak', (p) => (p.memory.measured[0].bandwidth_gb_s = 17.2)],
    ['above a peak that is assumed', (p) => ((p.confidence.memory = 'assumed'), (p.unsure = true), (sample(p, 'decode_tok_s').value = 30))],
    ['in the cache', (p) => Object.assign(sample(p, 'read'), { values: [90e9], working_set_B: 1e6 })],
    ['a sibling', (p) => Object.assign(p.memory.measured[0], { bandwidth_gb_s: 30, proxy_device: 'Test Board 2' })],
    ['a batch', (p) => Object.assign(sample(p, 'decode_tok_s'), { engine: 'llama-3.2-1b Q4_0, 4 threads, batch 8, prompt 0, depth 0: decode_tok_s', value: 60 })],
  ]) {
    const { status, stderr } = await own.run(['check', own.file('x.json', board(change))]);
    assert.equal(status, 0, `${kind}: ${stderr}`);
  }
});

test('every shipped device passes, and its catalog is the same each time', async (t) => {
  const own = new Bench(t);
  const devices = path.join(root, 'presets/devices');
  for (const output of ['one.json', 'two.json']) {
    const { status, stderr } = await own.run(['catalog', 'build', devices, '--output', output]);
    assert.equal(status, 0, stderr);
  }
  const text = fs.readFileSync(own.file('one.json'), 'utf8');
  assert.equal(text, fs.readFileSync(own.file('two.json'), 'utf8'));
  const { presets } = JSON.parse(text);
  assert.equal(presets.length, fs.readdirSync(devices).filter((x) => x.endsWith('.json')).length);
  assert.deepEqual(presets.map((p) => p.id), presets.map((p) => p.id).sort());
  for (const { url, sha256 } of presets) assert.equal(createHash('sha256').update(fs.readFileSync(path.join(devices, url))).digest('hex'), sha256);
});

test('bad presets stop the index or are left out by name; an index is replaced whole or not at all', async (t) => {
  const own = new Bench(t);
  own.file('p/good.json', board());
  own.file('p/sub dir/other.json', board((p) => ((p.id = 'other-board'), delete p.calibrations)));
  assert.equal((await own.run(['catalog', 'build', 'p'])).status, 0);
  const before = fs.readFileSync(own.file('p/catalog.json'), 'utf8');
  const { presets } = JSON.parse(before);
  assert.deepEqual(presets.map(({ id, url, runtimes, date, origin }) => [id, url, runtimes, date, origin]),
    [['other-board', 'sub%20dir/other.json', [], undefined, undefined], ['test-board-8gb', 'good.json', ['llama.cpp-cpu'], '2026-01-31', 'measured']]);

  own.file('p/broken.json', '{"type": "device"');
  own.file('p/model.json', fs.readFileSync(path.join(root, 'presets/models/llama-3.2-1b.json')));
  own.file('p/twin.json', board());
  own.file('p/zlarge.json', board((p) => (p.note = 'word '.repeat(20_000))));
  const refused = await own.run(['catalog', 'build', 'p']);
  assert.equal(refused.status, 2);
  for (const words of [/p\/broken\.json: .*not JSON/, /p\/model\.json: type: is not "device"/, /p\/twin\.json: has the same content/, /p\/zlarge\.json: is larger than 64/, /4 of 6 presets are bad: no index was written/])
    assert.match(refused.stderr, words);
  assert.equal(fs.readFileSync(own.file('p/catalog.json'), 'utf8'), before);

  const skipped = await own.run(['catalog', 'build', 'p', '--skip-bad']);
  assert.equal(skipped.status, 0, skipped.stderr);
  for (const name of ['broken', 'model', 'twin', 'zlarge']) assert.match(skipped.stderr, new RegExp(`skipped: p/${name}\\.json`));
  assert.equal(fs.readFileSync(own.file('p/catalog.json'), 'utf8'), before);
  assert.equal((await own.run(['catalog', 'build', 'nowhere'])).status, 2);
});

test('a published catalog is fetched and every preset of it verified', async (t) => {
  const own = new Bench(t);
  own.file('p/good.json', board());
  own.file('p/other.json', board((p) => (p.id = 'other-board')));
  assert.equal((await own.run(['catalog', 'build', 'p'])).status, 0);
  let change = (name, body) => body;
  const address = await serve(own, (request, response) => {
    const file = own.file(`p${request.url}`);
    const body = fs.existsSync(file) ? change(request.url, fs.readFileSync(file, 'utf8')) : null;
    response.writeHead(body === null ? 404 : 200).end(body ?? '');
  });
  const build = (...args) => own.run(['catalog', 'build', `${address}/catalog.json`, '--retries', '0', ...args]);
  const good = await build();
  assert.equal(good.status, 0, good.stderr);
  assert.match(good.stdout, /: 2 presets\n/);

  const edit = (at, how) => (change = (name, body) => (name === at ? how(body) : body));
  for (const [at, how, words] of [
    ['/good.json', (b) => `${b} `, /good\.json: has another content/],
    ['/good.json', (b) => b + ' '.repeat(70_000), /answers with more than 64/],
    ['/good.json', () => null, /good\.json: the server answered 404/],
    ['/good.json', (b) => b.replace('17.06', '99'), /memory\.peak_bandwidth_gb_s: is above what the bus carries/],
    ['/catalog.json', (b) => b.replace('"Test Board 8GB"', '"Another"'), /is described otherwise/],
    ['/catalog.json', (b) => b.replace('"good.json"', '"http://127.0.0.1:9/x.json"'), /does not lie beside the catalog/],
    ['/catalog.json', (b) => b.replace('"good.json"', '"//other.example/x.json"'), /does not lie beside the catalog/],
  ]) {
    edit(at, how);
    const { status, stderr } = await build();
    assert.equal(status, 2, stderr);
    assert.match(stderr, words);
  }
  const left = await build('--skip-bad', '--output', 'verified.json');
  assert.equal(left.status, 0, left.stderr);
  assert.equal(JSON.parse(fs.readFileSync(own.file('verified.json'))).presets.length, 1);
  for (const broken of ['nonsense', '{"type":"catalog","schema":9,"presets":[]}', '{"type":"catalog","schema":1}']) {
    edit('/catalog.json', () => broken);
    assert.equal((await build()).status, 2);
  }
  edit('/catalog.json', () => null);
  assert.equal((await build()).status, 1);
});
