// The committed report is what the tool says today, and it is within its bounds.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const root = fileURLToPath(new URL('../..', import.meta.url));
const edgewise = process.env.EDGEWISE ?? join(root, 'build/native/bin/edgewise');
const read = (...path) => readFileSync(join(...path), 'utf8');
let folder, fresh;
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'edgewise-report-'));
  execFileSync(edgewise, ['report', 'presets/measurements/published.csv', '--output', folder], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
  fresh = JSON.parse(read(folder, 'accuracy.json'));
});
after(() => rmSync(folder, { recursive: true, force: true }));

test('report and page data are those of the committed presets; else run ./dev fit', () => {
  assert.equal(read(folder, 'REPORT.md'), read(root, 'presets/measurements/REPORT.md'));
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
      // Of few configurations the share is itself uncertain: by one standard error.
      if (s?.[0] >= 50) assert.ok(s[3] >= 0.72 - Math.sqrt((0.8 * 0.2) / s[0]) && s[3] <= 0.92, `${kind}, ${situation}: ${s[3]}`);
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
  assert.ok(fresh.points.length <= 5400, `${fresh.points.length} points`);
  for (const p of fresh.points) assert.ok(p[0] > 0 && (p[1] > 0 || p[2] > 0) && fresh.devices[p[5]] && fresh.models[p[6]] && fresh.quants[p[7]] && fresh.runtimes[p[8]], JSON.stringify(p));
});

