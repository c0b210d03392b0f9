// The shipped presets keep the rule book, and `edgewise check` says what does not.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const edgewise = process.env.EDGEWISE ?? path.join(root, 'build/native/bin/edgewise');
const shipped = path.join(root, 'presets');
const made = fs.mkdtempSync(path.join(os.tmpdir(), 'edgewise-presets-'));
after(() => fs.rmSync(made, { recursive: true }));

const check = (...args) => spawnSync(edgewise, ['check', ...args], { encoding: 'utf8' });
/** A folder with one device and one model, and whatever else is named. */
function small(...more) {
  const folder = fs.mkdtempSync(path.join(made, 'p'));
  for (const x of ['models/llama-3.2-1b.json', 'devices/raspberry-pi-5-8gb.json', ...more]) fs.cpSync(path.join(shipped, x), path.join(folder, x), { recursive: true });
  return folder;
}
const change = (file, how) => fs.writeFileSync(file, how(fs.readFileSync(file, 'utf8')));

test('every preset and table of presets/ keeps every rule', () => {
  const { status, stdout, stderr } = check(shipped);
  assert.equal(stderr, '');
  assert.equal(status, 0);
  assert.match(stdout, /presets: 7\d\d files, 0 problems\n$/);
});

test('every GPU with CUDA cores says of which generation it is', () => {
  const gpus = fs
    .readdirSync(path.join(shipped, 'devices'))
    .map((file) => JSON.parse(fs.readFileSync(path.join(shipped, 'devices', file), 'utf8')))
    .filter(({ gpu }) => gpu?.unit_kind === 'CUDA cores');
  assert.ok(gpus.length > 100);
  assert.deepEqual(gpus.filter(({ gpu }) => !(gpu.compute_capability >= 5)).map(({ id }) => id), []);
});

test('power modes of a device are told apart by their names', () => {
  for (const file of fs.readdirSync(path.join(shipped, 'devices'))) {
    const { power } = JSON.parse(fs.readFileSync(path.join(shipped, 'devices', file), 'utf8'));
    const names = (power?.modes ?? []).map(({ name }) => name);
    assert.deepEqual([...new Set(names)], names, file);
  }
});

test('every problem is told with file, path and rule', () => {
  const folder = small('quantizations', 'measurements');
  change(path.join(folder, 'models/llama-3.2-1b.json'), (x) => x.replace('"hidden_size"', '"hiden_size"'));
  change(path.join(folder, 'devices/raspberry-pi-5-8gb.json'), (x) => x.replace('"sbc"', '"toaster"').replace(/"idle_w": [\d.]+/, '"idle_w": 500'));
  change(path.join(folder, 'measurements/published.csv'), (x) => x.split('\n').slice(0, 2).join('\n').replace(/\nm\w+/, '\nm0').replace(',MiB,', ',kB,') + '\n');
  fs.writeFileSync(path.join(folder, 'devices/broken.json'), '{');
  const { status, stdout, stderr } = check(folder);
  assert.equal(status, 2);
  for (const words of [/models\/llama-3\.2-1b\.json: config\.hiden_size: is not a field; did you mean "hidden_size"\? \(unknown_key\)/, /config\.hidden_size: is required \(missing\)/, /devices\/broken\.json: not JSON.*\(syntax\)/, /raspberry-pi-5-8gb\.json: power\.idle_w: is above load_w \(physics\)/, /published\.csv: m0\.unit: is "kB", must be MiB \(unknown_word\)/])
    assert.match(stderr, words);
  assert.equal(Number(/(\d+) problems\n$/.exec(stdout)[1]), stderr.trim().split('\n').length);
});

test('--fix writes the canonical form of what lacks nothing else', () => {
  const folder = small();
  const [board, model] = ['devices/raspberry-pi-5-8gb.json', 'models/llama-3.2-1b.json'].map((x) => path.join(folder, x));
  const wanted = fs.readFileSync(board, 'utf8');
  const { type, ...rest } = JSON.parse(wanted);
  fs.writeFileSync(board, JSON.stringify({ ...rest, type }));
  change(model, (x) => x.replace('"format_version": 1,', '"format_version": 2, "format_version": 1,'));
  const before = fs.readFileSync(model, 'utf8');
  assert.match(check(folder).stderr, /raspberry-pi-5-8gb\.json: .*\(canonical\)/);
  const { status, stdout, stderr } = check('--fix', folder);
  assert.equal(status, 2);
  assert.match(stdout, /raspberry-pi-5-8gb\.json: written in canonical form/);
  assert.match(stderr, /"format_version" stands twice/);
  assert.equal(fs.readFileSync(board, 'utf8'), wanted);
  assert.equal(fs.readFileSync(model, 'utf8'), before);
  fs.rmSync(model);
  assert.equal(check(folder).status, 0);
});

test('a preset alone stands beside the shipped ones', () => {
  const file = path.join(made, 'mine.json');
  fs.writeFileSync(file, JSON.stringify({ ...JSON.parse(fs.readFileSync(path.join(shipped, 'devices/raspberry-pi-5-8gb.json'))), id: 'mine', aliases: ['a10-24gb'] }));
  assert.match(check(file).stderr, /mine\.json: aliases\[0\]: "a10-24gb" names a10-24gb already \(name\)/);
  change(file, (x) => x.replace('"a10-24gb"', '"my board"'));
  assert.equal(check(file).status, 0);
  assert.equal(check(path.join(made, 'none.json')).status, 2);
  fs.mkdirSync(path.join(made, 'empty'));
  assert.match(check(path.join(made, 'empty')).stderr, /holds no presets/);
});
