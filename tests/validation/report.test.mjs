// The committed report is what the tool says today, and it is within its bounds.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { peers } from './peers.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const root = join(here, '../..');
const read = (...path) => readFileSync(join(...path), 'utf8');
let folder, fresh;
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'edgewise-report-'));
  execFileSync(process.execPath, [join(here, 'report.mjs'), folder], { stdio: ['ignore', 'inherit', 'inherit'] });
  fresh = JSON.parse(read(folder, 'accuracy.json'));
});
after(() => rmSync(folder, { recursive: true, force: true }));

test('report and page data are those of the committed presets; else run node tests/validation/report.mjs', () => {
  assert.equal(read(folder, 'REPORT.md'), read(here, 'REPORT.md'));
  assert.equal(read(folder, 'accuracy.json'), read(root, 'presets/accuracy.json'));
});

// Configurations, median, 90th percentile, share inside the range.
for (const [kind, situation, bound] of [['decode', 'calibrated', 0.12], ['decode', 'unseen', 0.2], ['prefill', 'calibrated', 0.16]])
  test(`the median error of ${kind}, ${situation}, is at most ${100 * bound} %`, () => {
    const [configurations, median] = fresh.kinds[kind][situation];
    assert.ok(configurations >= 400, `${configurations} configurations`);
    assert.ok(median <= bound, `${median}`);
  });

test('the 80 % ranges hold about that much of what they had not seen', () => {
  for (const [kind, of] of Object.entries(fresh.kinds))
    for (const [situation, s] of Object.entries(of))
      if (s?.[0] >= 50) assert.ok(s[3] >= 0.7 && s[3] <= 0.92, `${kind}, ${situation}: ${s[3]}`);
});

test('every formula is further off than a prediction of a device left out', () => {
  for (const peer of fresh.peers) {
    const [theirs, unseen] = peer.groups.all;
    assert.ok(theirs[0] === unseen[0] && theirs[0] > 300, `${peer.id}: ${theirs[0]} and ${unseen[0]} configurations`);
    assert.ok(theirs[1] > unseen[1], `${peer.id}: ${theirs[1]} and ${unseen[1]}`);
  }
});

test('the page can afford its data', () => {
  const text = read(folder, 'accuracy.json');
  assert.ok(gzipSync(text).length < 60_000);
  assert.ok(fresh.points.length <= 1800, `${fresh.points.length} points`);
  for (const p of fresh.points) assert.ok(p[0] > 0 && (p[1] > 0 || p[2] > 0) && fresh.devices[p[5]] && fresh.models[p[6]] && fresh.quants[p[7]] && fresh.runtimes[p[8]], JSON.stringify(p));
});

// Llama-3.2-1B Q4_K_M at a context of 2048, as the projects' own code answered (or a typed copy of it, for llmfit and MAX TPS).
test('the formulas give what the projects give', () => {
  const table = 128256 * 2048;
  const llama = {
    params: 1.2358144, active: 1.2358144, quant: 'Q4_K_M', gguf: true, weights: 799862912, embedding: 215470080, tied: true, kv: 67108864, hidden: 2048, layers: 16,
    config: { vocab_size: table / 2048 }, gib: 24, mobile: false
  };
  const pi = { ...llama, name: 'Raspberry Pi 5', processor: 'cpu', backend: '', arm: true, cores: 4, bandwidth: 17.1, flops: 153.6e9 };
  const orin = { ...llama, name: 'GA10B Jetson Orin Nano', processor: 'gpu', backend: 'cuda', vendor: 'nvidia', cores: 6, bandwidth: 68, flops: 10e12 };
  const card = { ...orin, name: 'GeForce RTX 4090', cores: undefined, bandwidth: 1008, flops: 165.2e12 };
  const m2 = { ...orin, name: 'Apple M2 GPU 10-core', backend: 'metal', vendor: 'apple', apple: true, cores: 8, bandwidth: 100, flops: 3.6e12 };
  const expected = { llmfit: [25.1, 204.7, 897, 89], whichllm: [17.8, 46.3, 686, 55.8], 'gguf-parser': [14.1, 67, 995, 99] };
  for (const [id, values] of Object.entries(expected)) {
    const { answer } = peers.find((p) => p.id === id);
    // whichllm takes the size of the file, which has a header.
    [pi, orin, card, m2].forEach((c, i) => { const x = answer(id === 'whichllm' ? { ...c, weights: 807694464 } : c); assert.ok(Math.abs(x / values[i] - 1) < 0.01, `${id}, ${c.name}: ${x}`); });
  }
  // canirun.ai calls this model 1 B, and gives whole numbers.
  const { answer } = peers.find((p) => p.id === 'canirun');
  assert.deepEqual([orin, card, m2].map((c) => Math.round(answer({ ...c, params: 1, active: 1 }))), [48, 706, 65]);
});
