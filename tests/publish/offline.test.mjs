// The binary that is built without network code.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { test } from 'node:test';
import { Bench, board, edgewise, root, serve, shownBytes } from './support.mjs';

const offline = process.env.EDGEWISE_OFFLINE ?? path.join(root, 'build/offline/bin/edgewise');
const needed = (binary) => execFileSync('ldd', [binary]).toString();
const imported = (binary) => execFileSync('nm', ['-D', '--undefined-only', binary]).toString();

test('it is linked to nothing that goes out to a network', () => {
  assert.match(needed(edgewise), /libcurl/, 'the usual binary has no libcurl: the test proves nothing');
  assert.doesNotMatch(needed(offline), /libcurl|libssl/);
  const calls = /\b(curl_\w+|socket|connect|getaddrinfo|sendto)(@|$)/m;
  assert.match(imported(edgewise), calls);
  assert.doesNotMatch(imported(offline), calls);
});

test('it shows and keeps what would be published, says that it cannot send, and builds indexes', async (t) => {
  const own = new Bench(t);
  let requests = 0;
  const address = await serve(own, (request, response) => ((requests += 1), response.end()));
  const file = own.file('presets/board.json', board());
  const run = (...args) => own.run(args, { command: offline, env: { GITHUB_TOKEN: 'x', AWS_ACCESS_KEY_ID: 'x', AWS_SECRET_ACCESS_KEY: 'x' } });
  assert.deepEqual(JSON.parse((await run('publish', file)).stdout), board());
  for (const to of [[`${address}/`], ['s3://bucket', '--endpoint', address], ['github:o/r', '--endpoint', address]]) {
    const { status, stdout, stderr } = await run('publish', file, '--yes', '--to', ...to);
    assert.equal(status, 1);
    assert.deepEqual(JSON.parse(shownBytes(stdout)), board());
    assert.match(stderr, /built without network code .*sending is not built in/);
  }
  assert.equal(own.kept('pending').length, 3);
  assert.equal((await run('catalog', 'build', 'presets')).status, 0);
  const fetched = await run('catalog', 'build', `${address}/catalog.json`);
  assert.equal(fetched.status, 1);
  assert.match(fetched.stderr, /without network code/);
  assert.equal(requests, 0);
});
