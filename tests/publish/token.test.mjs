// A token goes to the server that was named beside it, now or later, and nowhere else; what a process that died left is found.
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { Bench, board, serve } from './support.mjs';

/** A server that notes who asks, and answers with `status`, which may change. */
async function recorder(bench) {
  const seen = [];
  const server = { seen, status: 503 };
  server.address = await serve(bench, (request, response) => {
    seen.push({ method: request.method, url: request.url, token: request.headers.authorization });
    response.writeHead(server.status).end();
  });
  return server;
}
const tokens = (server) => server.seen.map((x) => x.token);
const none = ['--retries', '0'];

test('what is pending for one server is never sent with the token of another', async (t) => {
  const own = new Bench(t);
  const [a, b] = [await recorder(own), await recorder(own)];
  const file = own.file('board.json', board());
  for (const [server, token] of [[a, 'token-of-a-1'], [b, 'token-of-b-1']])
    assert.equal((await own.publish(file, `${server.address}/x/`, ...none, { env: { EDGEWISE_TOKEN: token } })).status, 1);
  assert.equal(own.kept('pending').length, 2);
  for (const name of own.kept('pending')) {
    const record = fs.readFileSync(own.file(`data/edgewise/pending/${name}/publication.json`), 'utf8');
    assert.ok(!/token-of-/.test(record), 'the token itself is not kept');
  }
  a.status = b.status = 201;
  const later = await own.run(['publish', '--pending', '--yes'], { env: { EDGEWISE_TOKEN: 'token-of-b-1' } });
  assert.equal(later.status, 1, later.stderr);
  assert.match(later.stderr, /EDGEWISE_TOKEN: is not the token that this was kept with for http:\/\/127\.0\.0\.1:\d+/);
  assert.ok(!/token-of-/.test(later.stdout + later.stderr));
  assert.deepEqual(tokens(a), ['Bearer token-of-a-1']);
  assert.deepEqual(tokens(b), ['Bearer token-of-b-1', 'Bearer token-of-b-1']);
  assert.deepEqual([own.kept('pending').length, own.kept('published').length], [1, 1]);

  // Its own one sends it, and a new one where the user names the server again.
  assert.equal((await own.run(['publish', '--pending', '--yes'], { env: { EDGEWISE_TOKEN: 'token-of-a-1' } })).status, 0);
  assert.deepEqual(tokens(a), ['Bearer token-of-a-1', 'Bearer token-of-a-1']);
  a.status = 503;
  const changed = own.file('b.json', board((p) => (p.price_usd = 91)));
  assert.equal((await own.publish(changed, `${a.address}/x/`, ...none, { env: { EDGEWISE_TOKEN: 'token-of-a-1' } })).status, 1);
  a.status = 201;
  const waiting = own.file(`data/edgewise/pending/${own.kept('pending')[0]}/preset.json`);
  const renewed = await own.publish(waiting, `${a.address}/x/`, { env: { EDGEWISE_TOKEN: 'token-of-a-2' } });
  assert.equal(renewed.status, 0, renewed.stderr);
  assert.equal(tokens(a).at(-1), 'Bearer token-of-a-2');
  assert.deepEqual(own.kept('pending'), []);
});

test('what was kept without a token gets none later', async (t) => {
  const own = new Bench(t);
  const a = await recorder(own);
  assert.equal((await own.publish(own.file('board.json', board()), `${a.address}/x/`, ...none)).status, 1);
  a.status = 201;
  const later = await own.run(['publish', '--pending', '--yes'], { env: { EDGEWISE_TOKEN: 'token-of-b-1' } });
  assert.equal(later.status, 0, later.stderr);
  assert.match(later.stderr, /EDGEWISE_TOKEN is not sent to .*kept without a token/);
  assert.deepEqual(tokens(a), [undefined, undefined]);
});

test('a record whose address somebody changed does not take the token along', async (t) => {
  const own = new Bench(t);
  const [a, b] = [await recorder(own), await recorder(own)];
  const env = { EDGEWISE_TOKEN: 'token-of-a-1' };
  assert.equal((await own.publish(own.file('board.json', board()), `${a.address}/x/`, ...none, { env })).status, 1);
  const file = own.file(`data/edgewise/pending/${own.kept('pending')[0]}/publication.json`);
  const record = JSON.parse(fs.readFileSync(file, 'utf8'));
  for (const seal of [record.token_seal, '', '$', 'x', `${'0'.repeat(32)}$${'0'.repeat(64)}`]) {
    fs.writeFileSync(file, JSON.stringify({ ...record, to: `${b.address}/x/`, token_seal: seal }));
    await own.run(['publish', '--pending', '--yes', ...none], { env });
  }
  assert.ok(tokens(b).every((x) => x === undefined), `${tokens(b)}`);
});

test('a token of GitHub is bound to the address of its API as well', async (t) => {
  const own = new Bench(t);
  const [a, b] = [await recorder(own), await recorder(own)];
  const file = own.file('board.json', board());
  for (const [server, token] of [[a, 'gh-token-a'], [b, 'gh-token-b']])
    assert.equal((await own.publish(file, 'github:owner/repository', '--endpoint', server.address, ...none, { env: { GITHUB_TOKEN: token } })).status, 1);
  const later = await own.run(['publish', '--pending', '--yes', ...none], { env: { GITHUB_TOKEN: 'gh-token-b' } });
  assert.match(later.stderr, /GITHUB_TOKEN: is not the token/);
  assert.deepEqual(tokens(a), ['Bearer gh-token-a']);
  assert.ok(tokens(b).length > 1 && tokens(b).every((x) => x === 'Bearer gh-token-b'));
});

test('no redirect and no proxy carries a token away', async (t) => {
  const own = new Bench(t);
  const elsewhere = await recorder(own);
  elsewhere.status = 201;
  const env = { EDGEWISE_TOKEN: 'token-of-a-1', http_proxy: elsewhere.address, all_proxy: elsewhere.address, HTTP_PROXY: elsewhere.address };
  const file = own.file('board.json', board());
  for (const code of [301, 302, 303, 307, 308]) {
    const seen = [];
    const a = await serve(own, (request, response) => {
      seen.push(request.headers.authorization);
      response.writeHead(code, { location: `${elsewhere.address}/x` }).end();
    });
    const { status, stderr } = await own.publish(file, `${a}/x/`, ...none, { env });
    assert.equal(status, 1, stderr);
    assert.match(stderr, /nothing is sent on to another address/);
    assert.deepEqual(seen, ['Bearer token-of-a-1']);
  }
  assert.deepEqual(elsewhere.seen, []);
});

test('what a process that died left in the store is found: offered where it holds a preset, cleared away where it holds nothing', async (t) => {
  const own = new Bench(t);
  const a = await recorder(own);
  a.status = 201;
  own.file('data/edgewise/pending/empty-1');
  fs.mkdirSync(own.file('data/edgewise/pending/empty-1'), { recursive: true });
  own.file('data/edgewise/pending/half-1/preset.json.part77', '{"type"');
  own.file('data/edgewise/pending/whole-1/preset.json', JSON.stringify(board()));
  own.file('data/edgewise/pending/arrived-1/preset.json', JSON.stringify(board()));
  own.file('data/edgewise/published/arrived-1/publication.json', '{}');
  const listed = await own.run(['publish', '--pending', '--yes']);
  assert.equal(listed.status, 2, listed.stderr);
  assert.match(listed.stderr, /whole-1\/preset\.json: was left by a process that ended/);
  assert.deepEqual(own.kept('pending'), ['whole-1']);
  const sent = await own.publish(path.join(own.folder, 'data/edgewise/pending/whole-1/preset.json'), `${a.address}/x/`);
  assert.equal(sent.status, 0, sent.stderr);
  // A new publication says that something of before waits.
  assert.match(sent.stderr, /whole-1\/preset\.json: was left/);
});
