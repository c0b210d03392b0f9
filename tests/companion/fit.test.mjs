// `fit` as a process on measurements that no machine made: it writes nothing that `check` would refuse, and it ends.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const edgewise = process.env.EDGEWISE ?? join(root, 'build/native/bin/edgewise');
const folder = mkdtempSync(join(tmpdir(), 'edgewise-fit-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const run = (...args) => spawnSync(edgewise, args, { encoding: 'utf8', cwd: folder, timeout: 30_000 });

/** A four-core board with rates that a Raspberry Pi 5 could have. */
function measurement(change = () => {}) {
  const row = (test, format, value, bytes) => ({ test, ...(format && { format }), cores: 'fast', threads: 4, ...(bytes && { working_set_B: bytes }), samples: [value, value, value] });
  const m = {
    type: 'measurement', format_version: 1, tool: 'edgewise test', date: '2026-01-31',
    machine: { board: 'Example Board', class: 'sbc', cpu: { clusters: [{ microarchitecture: 'Cortex-A76', cores: 4, threads: 4, max_hz: 2.4e9, isa: ['neon', 'fp16', 'dotprod'] }] }, memory: { size_B: 8.2e9, type: 'LPDDR4X' } },
    rows: [row('read', '', 12e9, 256e6), row('fma', '', 150e9), row('int8', '', 600e9)], power: []
  };
  for (const format of ['F16', 'Q8_0', 'Q4_0', 'Q4_K', 'Q6_K']) m.rows.push(row('dot', format, 20e9, 5e5), row('dot_many', format, 40e9, 5e5), row('dot_streamed', format, 5e9, 256e6));
  change(m);
  return m;
}
function fit(name, change, options = ['--peak-bandwidth', '17.1']) {
  writeFileSync(join(folder, `${name}.measurement.json`), JSON.stringify(measurement(change)));
  return run('fit', `${name}.measurement.json`, '--output', `${name}.json`, ...options);
}
const samplesOf = (m, test, value) => { for (const row of m.rows) if (row.test === test) row.samples = [value, value, value]; };

test('a measurement in order is fitted, and its preset passes the check', () => {
  const fitted = fit('good', (m) => { m.power = [['idle', 3], ['decode', 8], ['prefill', 9]].map(([phase, w]) => ({ phase, source: 'meter', scope: 'wall', samples_w: [w] })); });
  assert.equal(fitted.status, 0, fitted.stderr);
  const checked = run('check', 'good.json');
  assert.equal(checked.status, 0, checked.stderr);
  assert.equal(JSON.parse(readFileSync(join(folder, 'good.json'))).power.idle_w, 3);
});

test('a row that nothing explains is taken where that is said, and the preset says so', () => {
  const fitted = fit('accepted', (m) => { m.rows.find((r) => r.test === 'dot_many' && r.format === 'Q4_K').samples = [1e12]; }, ['--peak-bandwidth', '17.1', '--accept-noise']);
  assert.equal(fitted.status, 0, fitted.stderr);
  assert.match(JSON.parse(readFileSync(join(folder, 'accepted.json'))).calibrations[0].note, /Far from what the other rows make likely: dot_many Q4_K/);
});

test('plain reading that something disturbed is not taken for what the memory gives', () => {
  const fitted = fit('disturbed', (m) => samplesOf(m, 'read', 1e9));
  assert.equal(fitted.status, 0, fitted.stderr);
  const { memory, calibrations } = JSON.parse(readFileSync(join(folder, 'disturbed.json')));
  const [{ bandwidth_gb_s: reached, method }] = memory.measured;
  assert.ok(reached > 2, reached);
  assert.match(method, /^edgewise dot_streamed F16: /);
  assert.equal(calibrations[0].parameters.bandwidth_share, 1);
});

for (const [name, message, change, options] of [
  ['one-format', /^edgewise: one-format\.measurement\.json: rows: dot_streamed Q4_K: is [\d.]+ times below/, (m) => { m.rows.find((r) => r.test === 'dot_streamed' && r.format === 'Q4_K').samples = [2e8]; }],
  ['units', /rows: fma: is 250 times above/, (m) => samplesOf(m, 'fma', 150e12)],
  ['no-memory', /^edgewise: no-memory\.measurement\.json: machine\.memory: is required/, (m) => { delete m.machine.memory; }],
  ['no-rows', /^edgewise: no-rows\.measurement\.json: holds no row of an engine/, (m) => { m.rows = []; }],
  ['other-cores', /--device: raspberry-pi-4-8gb is not what was measured, which has cores of another design, Cortex-A76/, () => {}, ['--device', 'raspberry-pi-4-8gb']],
  ['other-memory', /--device: raspberry-pi-5-8gb is not what was measured, which has 15\.5 GiB of memory where it has 8\.00 GiB/, (m) => { m.machine.memory.size_B = 16.6e9; }, ['--device', 'raspberry-pi-5-8gb']],
  ['two-peaks', /--peak-bandwidth: is of a machine that is described anew: raspberry-pi-5-8gb states its own/, () => {}, ['--device', 'raspberry-pi-5-8gb', '--peak-bandwidth', '30']]
])
  test(`what does not go together is refused: ${name}`, () => {
    const { status, stdout, stderr } = fit(name, change, options);
    assert.equal(status, 2, stderr);
    assert.equal(stdout, '');
    assert.match(stderr, message);
    assert.deepEqual(readdirSync(folder).filter((file) => file.startsWith(name)), [`${name}.measurement.json`]);
  });

for (const [name, path, change] of [
  ['idle-above-load', /calibrations\[0\]\.samples\[\d+\]: is 1\.00 W under load, below the 100 W at rest/,
    (m) => { m.power = [['idle', 100], ['decode', 1]].map(([phase, w]) => ({ phase, source: 'meter', scope: 'wall', samples_w: [w] })); }],
  ['no-samples', /calibrations\[0\]\.samples\[\d+\]\.values/, (m) => { m.power = [{ phase: 'idle', source: 'meter', scope: 'wall' }]; }],
  ['above-the-bus', /memory\.measured\[0\]\.bandwidth_gb_s: is 18\.6 GB\/s, above the memory's peak of 17\.1 GB\/s/, (m) => samplesOf(m, 'dot_streamed', 9.3e9)]
])
  test(`what check would refuse is not written: ${name}`, () => {
    const { status, stdout, stderr } = fit(name, change);
    assert.equal(status, 2, stderr);
    assert.equal(stdout, '');
    assert.match(stderr, new RegExp(`^edgewise: ${name}\\.json: `, 'm'));
    assert.match(stderr, path);
    assert.deepEqual(readdirSync(folder).filter((file) => file.startsWith(name)), [`${name}.measurement.json`]);
  });

for (const [name, change] of [
  ['tiny-dot', (m) => samplesOf(m, 'dot', 1e-300)], ['tiny-dot-many', (m) => samplesOf(m, 'dot_many', 1e-300)], ['tiny-read', (m) => samplesOf(m, 'read', 1e-300)], ['subnormal', (m) => samplesOf(m, 'fma', 5e-324)],
  ['huge', (m) => samplesOf(m, 'int8', 1e300)]
])
  test(`a number that no machine has ends in an answer: ${name}`, () => {
    const { status, signal, stderr } = fit(name, change);
    assert.equal(signal, null, 'did not end');
    assert.ok(status === 0 || status === 2, stderr);
    if (status === 0) assert.equal(run('check', `${name}.json`).status, 0);
  });

test('text after a NUL byte is refused by whoever reads JSON or CSV', () => {
  const nul = (name, text) => { writeFileSync(join(folder, name), `${text}\0 and more`); return name; };
  const device = readFileSync(join(root, 'presets/devices/raspberry-pi-5-8gb.json'), 'utf8');
  const refused = (...args) => {
    const { status, stderr } = run(...args);
    assert.equal(status, 2, `${args.join(' ')}: ${stderr}`);
    assert.match(stderr, /NUL/, args.join(' '));
  };
  refused('check', nul('nul-device.json', device));
  refused('estimate', '--device', './nul-device.json', '--model', 'llama-3.2-1b');
  refused('publish', 'nul-device.json');
  refused('fit', nul('nul-measurement.json', JSON.stringify(measurement())), '--output', 'x.json');
  refused('estimate', '--device', 'raspberry-pi-5-8gb', '--model', nul('nul-config.json', readFileSync(join(root, 'tests/data/configs/phi-2.json'), 'utf8')));
  refused('predict', nul('nul.csv', 'model,metric,runtime\n'));
  refused('import', nul('nul-bench.json', '[{"avg_ts": 5}]'));
});
