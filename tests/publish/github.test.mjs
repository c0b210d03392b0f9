// Publishing to GitHub: a pull request by the REST interface, or a link for the browser.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import { test } from 'node:test';
import { github } from './github.mjs';
import { Bench, board, shownBytes } from './support.mjs';

const file = 'presets/devices/test-board-8gb.json';
const publish = (own, server, preset = board(), options = []) => own.publish(own.file('board.json', preset), 'github:edge/presets', '--endpoint', server.address, ...options, { env: server.env });
const branchOf = (repository) => Object.keys(repository.branches).filter((x) => x !== 'main');

test('without the right to push: fork, branch, file, pull request; again finds everything', async (t) => {
  const own = new Bench(t);
  const server = await github(own);
  server.state.forkDelay = 2;
  const first = await publish(own, server);
  assert.equal(first.status, 0, first.stderr);
  assert.match(first.stdout, /Published: https:\/\/github\.com\/edge\/presets\/pull\/1\n/);
  const [branch] = branchOf(server.state.repositories['someone/presets']);
  assert.match(branch, /^edgewise\/test-board-8gb-[0-9a-f]{16}$/);
  assert.equal(server.state.repositories['someone/presets'].branches[branch].get(file).toString(), shownBytes(first.stdout));
  assert.deepEqual(server.state.pulls.map(({ head, base, title }) => [head, base, title]), [[`someone:${branch}`, 'main', 'Device preset: Test Board 8GB']]);

  const writes = () => server.log.filter((x) => /^(PUT|POST .*(refs|pulls)$)/.test(x)).length;
  const before = writes();
  const again = await publish(own, server);
  assert.equal(again.status, 0, again.stderr);
  assert.match(again.stdout, /Was published before: .*\/pull\/1\n/);
  assert.equal(writes(), before);
  assert.deepEqual(server.broken, []);

  // Merged: the file is on the main branch, and nothing is left to do.
  server.state.repositories['edge/presets'].branches.main.set(file, Buffer.from(shownBytes(first.stdout)));
  const merged = await publish(own, server);
  assert.match(merged.stdout, /Was published before: .*\/blob\/main\//);
  // Measured anew: another branch, the same file, the earlier content replaced.
  server.state.repositories['someone/presets'].branches.main.set(file, Buffer.from('{}'));
  const anew = await publish(own, server, board((p) => (p.price_usd = 80)));
  assert.equal(anew.status, 0, anew.stderr);
  assert.equal(server.state.pulls.length, 2);
  assert.deepEqual(server.broken, []);
});

test('with the right to push there is no fork', async (t) => {
  const own = new Bench(t);
  const server = await github(own, { push: true });
  const sent = await publish(own, server, board(), ['--folder', 'devices']);
  assert.equal(sent.status, 0, sent.stderr);
  const [branch] = branchOf(server.state.repositories['edge/presets']);
  assert.deepEqual([...server.state.repositories['edge/presets'].branches[branch].keys()], ['devices/test-board-8gb.json']);
  assert.ok(!server.log.some((x) => x.includes('forks')));
  assert.deepEqual(server.broken, []);
});

test('every step may fail in the middle: the next try goes on from there, with one branch and one pull request', async (t) => {
  const own = new Bench(t);
  const server = await github(own);
  const steps = [['post', '/forks'], ['post', '/git/refs'], ['put', '/contents/'], ['post', '/pulls']];
  for (const [method, path] of steps) {
    for (const then of [undefined, 'do it all the same']) {
      // Done or not, the answer is an error: what the publisher does about it may neither lose nor double anything.
      let failures = 0;
      server.hooks.before = (request) =>
        request.method.toLowerCase() === method && request.url.includes(path) && failures++ === 0 ? { status: 502, body: { message: 'Server Error' }, then } : undefined;
      const sent = await publish(own, server, board((p) => (p.price_usd = 10 + steps.findIndex((s) => s[1] === path) * 2 + (then ? 1 : 0))));
      assert.equal(sent.status, 0, `${method} ${path} ${then}: ${sent.stderr}`);
      assert.ok(failures > 0);
    }
  }
  const forks = server.state.repositories['someone/presets'];
  assert.equal(branchOf(forks).length, 8);
  assert.equal(server.state.pulls.length, 8);
  assert.equal(new Set(server.state.pulls.map((p) => p.head)).size, 8);
  assert.deepEqual(server.broken, []);
});

test('two publishers of the same preset at once: one branch, one pull request', async (t) => {
  const own = new Bench(t);
  const server = await github(own);
  for (let round = 0; round < 4; round++) {
    const preset = board((p) => (p.price_usd = 20 + round));
    const results = await Promise.all([0, 1].map(() => publish(own, server, preset)));
    for (const { status, stderr } of results) assert.equal(status, 0, stderr);
    assert.equal(server.state.pulls.length, round + 1);
  }
  assert.deepEqual(server.broken, []);
});

test('refusals in words, and the token in none of them', async (t) => {
  const own = new Bench(t);
  const server = await github(own);
  const cases = [
    [{}, 'GET', { status: 404, body: { message: 'Not Found', documentation_url: '' } }, /no such repository, or the token may not see it/],
    [{}, 'POST', { status: 403, body: { message: 'Resource not accessible by ghp_test', documentation_url: '' } }, /403, Resource not accessible by \*\*\*; the token needs the right/],
    [{}, 'GET', { status: 403, headers: { 'retry-after': '60' }, body: { message: 'You have exceeded a secondary rate limit', documentation_url: '' } }, /limit of requests is reached/],
    [{ GITHUB_TOKEN: 'ghp_wrong' }, 'none', {}, /401, Bad credentials; GITHUB_TOKEN is not valid/],
  ];
  for (const [env, method, answer, words] of cases) {
    server.hooks.before = (request) => (request.method === method ? answer : undefined);
    const { status, stdout, stderr } = await own.publish(own.file('board.json', board()), 'github:edge/presets', '--endpoint', server.address, { env: { ...server.env, ...env } });
    assert.equal(status, 1, stderr);
    assert.match(stderr, words);
    assert.ok(!/ghp_(test|wrong)/.test(stdout + stderr));
  }
  assert.equal(own.kept('pending').length, 1);
  assert.equal(server.state.pulls.length, 0);
});

test('without a token: a link that holds the file for a browser, or its name and where the content lies', async (t) => {
  const own = new Bench(t);
  const small = await own.publish(own.file('board.json', board((p) => delete p.calibrations)), 'github:edge/presets');
  assert.equal(small.status, 0, small.stderr);
  const link = new URL(/https:\/\/github\.com\S+/.exec(small.stdout)[0]);
  assert.equal(link.pathname, '/edge/presets/new/main');
  assert.equal(link.searchParams.get('filename'), file);
  assert.equal(link.searchParams.get('value'), shownBytes(small.stdout));

  const large = await own.publish(own.file('board.json', board((p) => p.calibrations[0].samples[0].values.push(...Array(800).fill(13e9)))), 'github:edge/presets');
  const named = new URL(/https:\/\/github\.com\S+/.exec(large.stdout)[0]);
  assert.deepEqual([named.searchParams.get('filename'), named.searchParams.get('value')], [file, null]);
  const kept = /paste the content of (\S+)/.exec(large.stdout)[1];
  assert.equal(fs.readFileSync(kept, 'utf8'), shownBytes(large.stdout));
});
