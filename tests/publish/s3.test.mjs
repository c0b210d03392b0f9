// Publishing to object storage: a strict server of our own that checks signatures with Amazon's signer, and s3rver, which does
// not check them.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { after, test } from 'node:test';
import S3rver from 's3rver';
import { environment, s3, unsigned } from './s3.mjs';
import { Bench, board, edgewise, freePort, serve, shownBytes } from './support.mjs';
import { counted } from '../counted.mjs';

const bench = new Bench();
after(() => bench.close());
const env = environment;
const file = bench.file('board.json', board());
const variant = (n) => bench.file(`variant-${n}.json`, board((p) => (p.price_usd = 50 + n)));

test('the strict server accepts the signature of Amazon\'s documentation, and no other', async () => {
  // "Example: GET Object" of Amazon S3's API reference, Authenticating Requests.
  const signature = 'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41';
  const request = (signed) => ({
    method: 'GET', url: '/test.txt',
    headers: { host: 'examplebucket.s3.amazonaws.com', range: 'bytes=0-9', 'x-amz-date': '20130524T000000Z', 'x-amz-content-sha256': createHash('sha256').digest('hex'),
      authorization: `AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,Signature=${signed}` },
  });
  const check = (signed) => unsigned(request(signed), Buffer.alloc(0), 'us-east-1', Date.parse('2013-05-24'), { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' });
  assert.equal(await check(signature), null);
  assert.equal((await check(signature.replace('f0', 'f1')))[0], 'SignatureDoesNotMatch');
});

test('the preset under the name of its content, the index beside it; again changes nothing', async (t) => {
  const own = new Bench(t);
  const server = await s3(own, { region: 'eu-central-1' });
  const to = 's3://my.bucket/some prefix+ä/boards';
  const options = ['--endpoint', server.address, '--region', 'eu-central-1', '--public-url', 'https://cdn.example/boards', '--page', 'https://page.example'];
  const first = await own.publish(file, to, ...options, { env });
  assert.equal(first.status, 0, first.stderr);
  const names = [...server.objects.keys()];
  assert.deepEqual(names.length, 2);
  const [preset, index] = names;
  assert.match(preset, /^my\.bucket\/some prefix\+ä\/boards\/test-board-8gb-[0-9a-f]{16}\.json$/);
  assert.equal(server.objects.get(preset).toString(), shownBytes(first.stdout));
  const catalog = JSON.parse(server.objects.get(index));
  const sha256 = createHash('sha256').update(server.objects.get(preset)).digest('hex');
  assert.deepEqual(catalog, { type: 'catalog', schema: 1, presets: [{ id: 'test-board-8gb', name: 'Test Board 8GB', url: path.basename(preset), sha256, date: '2026-01-31', runtimes: ['llama.cpp-cpu'], origin: 'measured' }] });
  assert.ok(first.stdout.includes(`#device=${encodeURIComponent(`https://cdn.example/boards/${path.basename(preset)}`)}`));

  const before = new Map(server.objects);
  const again = await own.publish(file, to, ...options, { env });
  assert.equal(again.status, 0, again.stderr);
  assert.match(again.stdout, /Was published before/);
  assert.deepEqual(server.objects, before);
});

test('s3rver, a server of others: it knows the protocol and the key, not the signature', async (t) => {
  const own = new Bench(t);
  const port = await freePort();
  const server = new S3rver({ port, address: '127.0.0.1', silent: true, directory: own.file('s3rver'), configureBuckets: [{ name: 'boards' }] });
  await server.run();
  own.atEnd(() => server.close());
  const keys = { AWS_ACCESS_KEY_ID: 'S3RVER', AWS_SECRET_ACCESS_KEY: 'S3RVER' };
  const options = ['--endpoint', `http://127.0.0.1:${port}`];
  const sent = await own.publish(file, 's3://boards/a', ...options, { env: keys });
  assert.equal(sent.status, 0, sent.stderr);
  assert.equal((await own.publish(variant(1), 's3://boards/a', ...options, { env: keys })).status, 0);
  const { presets } = JSON.parse(fs.readFileSync(own.file('s3rver/boards/a/catalog.json._S3rver_object')));
  assert.equal(presets.length, 2);
  for (const { url, sha256 } of presets)
    assert.equal(createHash('sha256').update(fs.readFileSync(own.file(`s3rver/boards/a/${url}._S3rver_object`))).digest('hex'), sha256);
  const stranger = await own.publish(file, 's3://boards/a', ...options, { env: { ...keys, AWS_ACCESS_KEY_ID: 'STRANGER' } });
  assert.equal(stranger.status, 1);
  assert.match(stranger.stderr, /InvalidAccessKeyId/);
});

test('wrong keys, wrong region, no keys, a clock that is wrong: each in clear words', async (t) => {
  const own = new Bench(t);
  const server = await s3(own);
  const late = await s3(own, { skew_s: 3600 });
  const cases = [
    [server, { ...env, AWS_SECRET_ACCESS_KEY: 'another' }, [], /SignatureDoesNotMatch.*AWS_SECRET_ACCESS_KEY is not the one/],
    [server, env, ['--region', 'mars-1'], /is the region mars-1\? --region states it/],
    [server, {}, [], /AWS_ACCESS_KEY_ID: is not set/],
    [late, env, [], /RequestTimeTooSkewed.*this machine's clock is wrong: the server's says .*GMT\. Set it/],
  ];
  for (const [{ address, objects }, keys, options, words] of cases) {
    const { status, stderr } = await own.publish(file, 's3://bucket', '--endpoint', address, ...options, { env: keys });
    assert.equal(status, 1);
    assert.match(stderr, words);
    assert.match(stderr, /--pending --yes tries again/);
    assert.equal(objects.size, 0);
  }
  // Not one of them is worth another try.
  assert.deepEqual(late.log.length, 1);
});

test('two publishers at once, round after round: nothing lost, nothing twice', async (t) => {
  const own = new Bench(t);
  const server = await s3(own);
  const rounds = 12;
  const publishers = [0, 1, 2].map(async (publisher) => {
    for (let round = 0; round < rounds; round++) {
      const { status, stderr } = await own.publish(variant(100 * publisher + round), 's3://bucket/b', '--endpoint', server.address, { env: { ...env, XDG_DATA_HOME: own.file(`data-${publisher}`) } });
      assert.equal(status, 0, stderr);
    }
  });
  await Promise.all(publishers);
  const { presets } = server.catalog('bucket/b/');
  assert.equal(presets.length, publishers.length * rounds);
  assert.equal(new Set(presets.map((p) => p.sha256)).size, presets.length);
  assert.deepEqual(presets.map((p) => `bucket/b/${p.url}`).sort(), [...server.objects.keys()].filter((k) => !k.endsWith('catalog.json')).sort());
  for (const p of presets) assert.equal(createHash('sha256').update(server.objects.get(`bucket/b/${p.url}`)).digest('hex'), p.sha256);
  assert.deepEqual(presets.map((p) => p.sha256), presets.map((p) => p.sha256).sort());
  counted('presets by several publishers at once', presets.length);
});

test('the same preset by two publishers at once stands in the index once', async (t) => {
  const own = new Bench(t);
  const server = await s3(own);
  for (let round = 0; round < 5; round++) {
    const results = await Promise.all([0, 1].map((publisher) => own.publish(variant(round), 's3://bucket', '--endpoint', server.address, { env: { ...env, XDG_DATA_HOME: own.file(`same-${publisher % 2}`) } })));
    for (const { status, stderr } of results) assert.equal(status, 0, stderr);
    assert.equal(server.catalog('bucket/').presets.length, round + 1);
  }
  // One machine, one store.
  const both = await Promise.all([0, 1].map(() => own.publish(variant(9), 's3://bucket', '--endpoint', server.address, { env })));
  for (const { status, stderr } of both) assert.equal(status, 0, stderr);
  assert.equal(server.catalog('bucket/').presets.length, 6);
  assert.deepEqual([own.kept('pending').length, own.kept('published').length], [0, 1]);
});

test('somebody else writes the index in between: it is read again and both stay', async (t) => {
  const own = new Bench(t);
  const server = await s3(own);
  let meddled = 0;
  const other = { id: 'other', name: 'Other', url: 'other.json', sha256: 'ab'.repeat(32), runtimes: [] };
  for (const status of [412, 409]) {
    server.hooks.before = (request, body, key) => {
      if (request.method !== 'PUT' || !key.endsWith('catalog.json') || meddled++ > 0) return undefined;
      const entries = server.objects.has(key) ? JSON.parse(server.objects.get(key)).presets : [];
      server.objects.set(key, Buffer.from(JSON.stringify({ type: 'catalog', schema: 1, presets: [...entries, { ...other, sha256: `${status}`.padEnd(64, 'a') }] })));
      return status === 409 ? { status, body: '<Error><Code>ConditionalRequestConflict</Code></Error>' } : undefined;
    };
    meddled = 0;
    const sent = await own.publish(variant(status), 's3://bucket', '--endpoint', server.address, { env });
    assert.equal(sent.status, 0, sent.stderr);
    assert.ok(meddled >= 2, 'the write was not repeated');
  }
  assert.equal(server.catalog('bucket/').presets.length, 4);
});

test('the answer to a write is lost: what was written is found, not written twice', async (t) => {
  const own = new Bench(t);
  const server = await s3(own);
  let cuts = 0;
  server.hooks.after = () => (cuts++ < 2 ? 'cut' : undefined);
  const sent = await own.publish(file, 's3://bucket', '--endpoint', server.address, { env });
  assert.equal(sent.status, 0, sent.stderr);
  assert.equal(server.catalog('bucket/').presets.length, 1);
  assert.ok(cuts > 2);
  counted('uploads under faults');
});

test('killed at any moment and asked again: every preset is there, once, whole', async (t) => {
  const own = new Bench(t);
  const server = await s3(own);
  const kills = 24;
  const begin = Date.now();
  assert.equal((await own.publish(variant(0), 's3://bucket/k', '--endpoint', server.address, { env })).status, 0);
  const usual_ms = Date.now() - begin;
  for (let k = 1; k <= kills; k++) {
    const asked = [variant(k), 's3://bucket/k', '--endpoint', server.address];
    const child = spawn(edgewise, ['publish', asked[0], '--to', ...asked.slice(1), '--yes'], { cwd: own.folder, env: own.environment(env), stdio: 'ignore' });
    const ended = once(child, 'exit');
    await new Promise((resolve) => setTimeout(resolve, (usual_ms * k) / kills));
    child.kill('SIGKILL');
    await ended;
    const again = await own.publish(...asked, { env });
    assert.equal(again.status, 0, again.stderr);
    counted('kills');
  }
  const { presets } = server.catalog('bucket/k/');
  assert.equal(presets.length, kills + 1);
  assert.equal(server.objects.size, kills + 2);
  for (const p of presets) assert.equal(createHash('sha256').update(server.objects.get(`bucket/k/${p.url}`)).digest('hex'), p.sha256);
  assert.deepEqual(own.kept('pending'), []);
});

test('an answer that is cut in the middle is asked for again', async (t) => {
  const own = new Bench(t);
  const server = await s3(own);
  assert.equal((await own.publish(file, 's3://bucket', '--endpoint', server.address, { env })).status, 0);
  let cuts = 0;
  server.hooks.before = (request) => (request.method === 'GET' && cuts++ === 0 ? 'cut' : undefined);
  const sent = await own.publish(variant(3), 's3://bucket', '--endpoint', server.address, { env });
  assert.equal(sent.status, 0, sent.stderr);
  assert.match(sent.stderr, /trying again in/);
  assert.equal(server.catalog('bucket/').presets.length, 2);
});

test('an index that is no index, or a server without conditional writes: nothing is overwritten', async (t) => {
  const own = new Bench(t);
  const server = await s3(own);
  for (const broken of ['not JSON', '{"type":"catalog","schema":2,"presets":[]}', '{"type":"device"}']) {
    server.objects.set('bucket/catalog.json', Buffer.from(broken));
    const { status, stderr } = await own.publish(file, 's3://bucket', '--endpoint', server.address, { env });
    assert.equal(status, 1);
    assert.match(stderr, /is no index, and is left alone: .*the preset itself is stored at/);
    assert.equal(server.objects.get('bucket/catalog.json').toString(), broken);
  }
  const plain = await s3(own, { conditional: false });
  assert.match((await own.publish(file, 's3://bucket', '--endpoint', plain.address, { env })).stderr, /writes nothing conditionally/);
  assert.equal(plain.objects.size, 1);
});

test('faults: each status as it deserves, the preset kept, the time bounded', async (t) => {
  const own = new Bench(t);
  let requests = [];
  let answer;
  const address = await serve(own, (request, response) => {
    requests.push(Date.now());
    answer(response, requests.length);
  });
  const status = (code, headers = {}) => (response) => response.writeHead(code, headers).end();
  const attempt = async (how, ...options) => {
    answer = how;
    requests = [];
    const begin = Date.now();
    const result = await own.publish(file, `${address}/x/`, ...options);
    counted('uploads under faults');
    return { ...result, tries: requests.length, took: Date.now() - begin };
  };
  // Final at once.
  for (const code of [400, 401, 403, 404, 405, 410, 413, 422, 501, 507]) assert.equal((await attempt(status(code))).tries, 1, code);
  // Worth another try, a bounded number of times.
  for (const code of [408, 425, 429, 500, 502, 503, 504]) {
    const { tries, status: exit, stderr } = await attempt(status(code), '--retries', '1');
    assert.deepEqual([tries, exit], [2, 1], `${code}: ${stderr}`);
  }
  // The server says when.
  const said = await attempt((response, n) => (n === 1 ? status(429, { 'retry-after': '2' })(response) : status(201)(response)));
  assert.equal(said.status, 0, said.stderr);
  assert.ok(requests[1] - requests[0] >= 1900, `${requests[1] - requests[0]} ms`);
  // An hour is not waited for.
  const hour = await attempt(status(503, { 'retry-after': '3600' }));
  assert.deepEqual([hour.status, hour.tries], [1, 1]);
  assert.match(hour.stderr, /too long to wait/);
  // Nobody answers.
  const slow = await attempt(() => {}, '--timeout', '0.5', '--retries', '1');
  assert.deepEqual([slow.status, slow.tries], [1, 2]);
  assert.match(slow.stderr, /timed out/i);
  assert.ok(slow.took < 10_000);
  // 409 and 412: what is there is looked at. The same is done; other content is left.
  const bytes = fs.readFileSync(path.join(own.folder, 'data/edgewise/pending', own.kept('pending')[0], 'preset.json'));
  for (const code of [409, 412]) {
    const same = await attempt((response, n) => (n === 1 ? status(code)(response) : response.writeHead(200).end(bytes)));
    assert.equal(same.status, 0);
    assert.match(same.stdout, /Was published before/);
    const other = await attempt((response, n) => (n === 1 ? status(code)(response) : response.writeHead(200).end('{}')));
    assert.deepEqual([other.status, other.tries], [1, 2]);
  }
  // Down.
  const port = await freePort();
  const down = await own.publish(file, `http://127.0.0.1:${port}/`, '--retries', '1', '--connect-timeout', '1');
  assert.equal(down.status, 1);
  assert.match(down.stderr, /trying again in .*\n.*connect/i);
  assert.match(down.stderr, /not published; kept as .*preset\.json/);
});

test('a full disk: nothing is sent that could not be kept, and nothing half written stays', async (t) => {
  const own = new Bench(t);
  const server = await s3(own);
  const publish = ['publish', file, '--to', 's3://bucket', '--endpoint', server.address, '--yes'];
  const { status, stderr } = await own.run(['-c', 'ulimit -f 1; exec "$0" "$@"', edgewise, ...publish], { env, command: 'bash' });
  assert.equal(status, 1, stderr);
  assert.match(stderr, /preset\.json: cannot be written[\s\S]*not published/);
  assert.equal(server.log.length, 0);
  for (const folder of own.kept('pending')) assert.deepEqual(fs.readdirSync(own.file(`data/edgewise/pending/${folder}`)), []);
});
