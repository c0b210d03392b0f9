// Publishing to a web server, nginx, and what leaves the machine at all.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import jsqr from 'jsqr';
import { nginx } from './nginx.mjs';
import { Bench, board, edgewise, root, serve, shownBytes } from './support.mjs';

const bench = new Bench();
let server;
before(async () => (server = await nginx(bench)));
after(() => bench.close());

const uploaded = (folder) => fs.readdirSync(path.join(server.folder, folder)).filter((x) => x.endsWith('.json'));
const read = (folder, name) => fs.readFileSync(path.join(server.folder, folder, name), 'utf8');
const walk = (at) => fs.readdirSync(at, { withFileTypes: true }).flatMap((x) => [path.join(at, x.name), ...(x.isDirectory() ? walk(path.join(at, x.name)) : [])]);

test('a dry run prints the exact bytes, says what is not in them, and sends nothing', async () => {
  const file = bench.file('board.json', board());
  for (const args of [['publish', file], ['publish', file, '--to', `${server.http}/open/`]]) {
    const { status, stdout, stderr } = await bench.run(args);
    assert.equal(status, 0, stderr);
    assert.deepEqual(JSON.parse(stdout), board());
    assert.match(stderr, /not in them: host name, user name, file paths/);
    assert.match(stderr, /nothing was sent/);
  }
  assert.deepEqual(uploaded('open'), []);
  assert.deepEqual([bench.kept('pending'), bench.kept('published')], [[], []]);
  assert.ok(!fs.existsSync(server.log) || fs.readFileSync(server.log, 'utf8') === '');
});

test('what is published is a preset in canonical form, as the repository has them', async () => {
  const { stdout } = await bench.run(['publish', bench.file('board.json', board())]);
  const presets = bench.file('presets');
  for (const [from, to] of [['runtimes', 'runtimes'], ['quantizations', 'quantizations'], ['models', 'models']])
    fs.cpSync(path.join(root, 'presets', from), path.join(presets, to), { recursive: true });
  bench.file('presets/devices/test-board-8gb.json', stdout);
  assert.equal((await bench.run(['check', presets])).stderr, '');
});

test('nginx: https with a private authority, a user and a password; the bytes shown are the bytes sent', async () => {
  const file = bench.file('board.json', board());
  const credentials = bench.file('credentials', 'machine localhost login board password "correct horse"\n');
  fs.chmodSync(credentials, 0o600);
  const to = `${server.https}/private/`;
  const { status, stdout, stderr } = await bench.publish(file, to, '--ca-file', server.ca, '--credentials', credentials, '--page', 'https://page.example/app');
  assert.equal(status, 0, stderr);
  const [name] = uploaded('private');
  assert.match(name, /^test-board-8gb-[0-9a-f]{16}\.json$/);
  assert.equal(read('private', name), shownBytes(stdout));
  assert.match(stdout, new RegExp(`Published: ${to}${name}\\n`));
  assert.ok(stdout.includes(`Link: https://page.example/app/#device=${encodeURIComponent(to + name)}\n`));
  assert.ok(!(stdout + stderr).includes('horse'));

  // A retry is harmless: the same name, the same bytes.
  assert.equal((await bench.publish(file, to, '--ca-file', server.ca, '--credentials', credentials)).status, 0);
  assert.deepEqual(uploaded('private'), [name]);

  // Everything on the disk is the owner's alone.
  const data = path.join(bench.folder, 'data/edgewise');
  for (const entry of [data, ...walk(data)]) {
    assert.equal(fs.statSync(entry).mode & 0o077, 0, entry);
    if (fs.statSync(entry).isFile()) assert.ok(!fs.readFileSync(entry, 'utf8').includes('horse'), entry);
  }
  assert.deepEqual(bench.kept('pending'), []);
  assert.equal(bench.kept('published').length, 1);
});

test('certificates are verified: without the authority nothing is sent, and the preset waits', async (t) => {
  const own = new Bench(t);
  const file = own.file('board.json', board());
  const refused = await own.publish(file, `${server.https}/open/`);
  assert.equal(refused.status, 1);
  assert.match(refused.stderr, /certificate/i);
  assert.match(refused.stderr, /--pending --yes tries again/);
  assert.equal(own.kept('pending').length, 1);
  assert.deepEqual(uploaded('open'), []);
});

test('asked on a terminal: only a yes sends', async (t) => {
  const own = new Bench(t);
  own.file('board.json', board());
  fs.mkdirSync(path.join(server.folder, 'asked'));
  for (const [answer, sent] of [['', 0], ['n', 0], ['yes please', 0], ['y', 1]]) {
    // `script` gives it a terminal.
    const command = `echo '${answer}' | script -qec "${edgewise} publish board.json --to ${server.http}/asked/ --page https://page.example" /dev/null`;
    const { stdout } = await own.run(['-c', command], { command: 'bash' });
    assert.match(stdout, /Publish this, for everybody to read, to http.*\[y\/N\]/);
    assert.equal(fs.readdirSync(path.join(server.folder, 'asked')).length, sent, `"${answer}": ${stdout}`);
    assert.equal(stdout.includes('\u001b[97;40m'), sent === 1, 'the terminal shows the QR code');
  }
});

test('Ctrl-C while it waits for a server: the preset is kept', async (t) => {
  const own = new Bench(t);
  let child;
  const address = await serve(own, (request, response) => {
    response.writeHead(503, { 'retry-after': '30' }).end();
    setTimeout(() => child.kill('SIGINT'), 300);
  });
  const begin = Date.now();
  child = spawn(edgewise, ['publish', own.file('board.json', board()), '--to', `${address}/`, '--yes'], { env: own.environment(), stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (x) => (said += x));
  const [status] = await once(child, 'close');
  assert.equal(status, 1, said);
  assert.match(said, /interrupted[\s\S]*kept as/);
  assert.ok(Date.now() - begin < 10_000);
  assert.equal(own.kept('pending').length, 1);
});

test('what the server says comes out in words', async () => {
  const file = bench.file('board.json', board());
  for (const [folder, words] of [['private', /401: it wants a token/], ['closed', /403: it does not allow this/], ['no/such', /answered 500/], ['elsewhere', /307, a redirect to .*nothing is sent on/]]) {
    const { status, stderr } = await bench.publish(file, `${server.http}/${folder}/`, '--retries', '0');
    assert.equal(status, 1, folder);
    assert.match(stderr, words);
  }
  assert.deepEqual(uploaded('open'), []);
});

test('pending presets go on their way later, and only what still waits', async (t) => {
  const own = new Bench(t);
  const file = own.file('board.json', board());
  const folder = path.join(server.folder, 'later');
  assert.equal((await own.publish(file, `${server.http}/later/`, '--retries', '0')).status, 1);
  assert.equal(own.kept('pending').length, 1);
  const listed = await own.run(['publish', '--pending']);
  assert.equal(listed.status, 0);
  assert.deepEqual(JSON.parse(shownBytes(listed.stdout)), board());
  assert.match(listed.stderr, /nothing was sent/);
  fs.mkdirSync(folder);
  const sent = await own.run(['publish', '--pending', '--yes']);
  assert.equal(sent.status, 0, sent.stderr);
  assert.equal(fs.readdirSync(folder).length, 1);
  assert.deepEqual([own.kept('pending').length, own.kept('published').length], [0, 1]);
  assert.match((await own.run(['publish', '--pending', '--yes'])).stderr, /nothing is pending/);

  // A folder that somebody damaged does not hold up the others.
  assert.equal((await own.publish(file, `${server.http}/never/`, '--retries', '0')).status, 1);
  own.file(`data/edgewise/pending/${own.kept('pending')[0]}/publication.json`, '{"type": "publica');
  assert.equal((await own.publish(own.file('b.json', board((p) => (p.price_usd = 90))), `${server.http}/second/`, '--retries', '0')).status, 1);
  fs.mkdirSync(path.join(server.folder, 'second'));
  const mixed = await own.run(['publish', '--pending', '--yes']);
  assert.equal(mixed.status, 2);
  assert.match(mixed.stderr, /publication\.json: .*not JSON/);
  assert.equal(fs.readdirSync(path.join(server.folder, 'second')).length, 1);
});

test('a presigned address: its query is neither shown, nor kept, nor accompanied by a token', async (t) => {
  const own = new Bench(t);
  const seen = [];
  const address = await serve(own, (request, response) => {
    seen.push(request);
    response.writeHead(seen.length === 1 ? 200 : 403).end();
  });
  const file = own.file('board.json', board());
  const to = `${address}/bucket/preset.json?X-Amz-Signature=feedfacefeedface&X-Amz-Expires=60`;
  for (const expected of [0, 1]) {
    const { status, stdout, stderr } = await own.publish(file, to, { env: { EDGEWISE_TOKEN: 'tok-secret-1' } });
    assert.equal(status, expected, stderr);
    assert.ok(!(stdout + stderr).includes('feedface'));
  }
  assert.equal(seen[0].url, new URL(to).pathname + new URL(to).search);
  assert.equal(seen[0].headers.authorization, undefined);
  for (const entry of walk(path.join(own.folder, 'data'))) if (fs.statSync(entry).isFile()) assert.ok(!fs.readFileSync(entry, 'utf8').includes('feedface'), entry);
  assert.match((await own.run(['publish', '--pending', '--yes'])).stderr, /is not kept: publish .* with a new one/);
});

test('a bearer token from the environment goes to the named server and nowhere else', async (t) => {
  const own = new Bench(t);
  const elsewhere = [];
  const other = await serve(own, (request, response) => (elsewhere.push(request), response.writeHead(200).end()));
  const seen = [];
  const address = await serve(own, (request, response) => {
    seen.push(request.headers.authorization);
    if (request.url.startsWith('/moved')) response.writeHead(302, { location: `${other}/x` }).end();
    else response.writeHead(500, 'tok-secret-2').end('tok-secret-2');
  });
  const env = { EDGEWISE_TOKEN: 'tok-secret-2' };
  const file = own.file('board.json', board());
  const moved = await own.publish(file, `${address}/moved/`, { env });
  const failed = await own.publish(file, `${address}/x/`, '--retries', '0', { env });
  assert.deepEqual([moved.status, failed.status], [1, 1]);
  assert.deepEqual(seen, ['Bearer tok-secret-2', 'Bearer tok-secret-2']);
  assert.deepEqual(elsewhere, []);
  for (const { stdout, stderr } of [moved, failed]) assert.ok(!(stdout + stderr).includes('tok-secret-2'));
  assert.match((await own.publish(file, `${address}/x/`, { env: { EDGEWISE_TOKEN: 'two words' } })).stderr, /EDGEWISE_TOKEN: holds a space/);
});

test('what is unsafe is refused before anything is sent', async () => {
  const file = bench.file('board.json', board());
  const open = bench.file('open-credentials', 'machine localhost login board password x\n');
  fs.chmodSync(open, 0o644);
  for (const [args, words] of [
    [['--to', 'https://user:secret@host.example/x/'], /history.*credentials file/],
    [['--to', 'http://host.example/x/'], /plain http.*--insecure-http/],
    [['--to', 'ftp://host.example/'], /must be https/],
    [['--to', 'https://'], /names no host/],
    [['--to', 's3:///prefix'], /must be s3:/],
    [['--to', 'github:owner'], /must be github:OWNER/],
    [['--to', `${server.http}/open/`, '--credentials', open], /can be read by others: chmod 600/],
    ...['nan', 'soon', '1e999', '0', '-1'].map((x) => [['--to', `${server.http}/open/`, '--timeout', x], /timeout: must be (between 0\.1 and 3600 seconds|a finite number)/]),
    [[], /--to: is required/],
  ]) {
    const { status, stderr } = await bench.run(['publish', file, '--yes', ...args]);
    assert.ok(status === 2 || (status === 1 && /plain http/.test(stderr)), `${args}: ${status} ${stderr}`);
    assert.match(stderr, words);
  }
  assert.deepEqual(uploaded('open'), []);
});

test('DO_NOT_TRACK=1 means no network at all', async (t) => {
  const own = new Bench(t);
  let requests = 0;
  const address = await serve(own, (request, response) => ((requests += 1), response.writeHead(200).end()));
  const file = own.file('board.json', board());
  const env = { DO_NOT_TRACK: '1', GITHUB_TOKEN: 'x', AWS_ACCESS_KEY_ID: 'x', AWS_SECRET_ACCESS_KEY: 'x' };
  for (const args of [[`${address}/`], ['s3://bucket', '--endpoint', address], ['github:o/r', '--endpoint', address]]) {
    const { status, stderr } = await own.publish(file, ...args, { env });
    assert.equal(status, 1);
    assert.match(stderr, /DO_NOT_TRACK: is set/);
  }
  assert.equal((await own.run(['publish', '--pending', '--yes'], { env })).status, 1);
  assert.equal((await own.run(['catalog', 'build', `${address}/catalog.json`], { env })).status, 1);
  assert.equal(requests, 0);
  assert.equal(own.kept('pending').length, 3);
  // A dry run needs no network, and works.
  assert.equal((await own.run(['publish', file], { env })).status, 0);
});

// Nothing here may come out, wherever it stands in a file.
const poison = [
  ['host name', os.hostname().length > 2 ? `measured on ${os.hostname()}` : 'measured on zeus.lan', os.hostname().length > 2 ? os.hostname() : 'zeus.lan'],
  ['local host', 'on build7.corp.internal today', 'build7'],
  ['user', 'by mallory-the-owner', 'mallory-the-owner'],
  ['path', 'model /home/mallory/models/x', '/home/mallory'],
  ['relative path', 'from models/private/secret', 'models/private'],
  ['Windows path', 'C:\\Users\\Mallory', 'Mallory'],
  ['file', 'ran my-secret-finetune.gguf', 'my-secret-finetune'],
  ['serial number', 'serial no: TB-77', 'TB-77'],
  ['Raspberry serial', 'board 10000000deadbeef', '10000000deadbeef'],
  ['Jetson serial', 'module 1421122080812', '1421122080812'],
  ['MAC', 'eth0 b8:27:eb:12:34:56', 'b8:27:eb'],
  ['MAC without colons', 'eth0 b827eb123456', 'b827eb123456'],
  ['IPv4', 'at 192.168.178.31', '192.168.178.31'],
  ['IPv6', 'at fe80::ba27:ebff:fe12:3456', 'fe80'],
  ['mail', 'mail mallory@example.org', 'mallory@example'],
  ['GitHub token', 'ghp_16C7e42F292c6912E7710c838347Ae178B4a', 'ghp_16C7'],
  ['AWS key', 'AKIAIOSFODNN7EXAMPLE', 'AKIAIOSFODNN7EXAMPLE'],
  ['AWS secret', 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY', 'bPxRfiCY'],
  ['UUID', 'machine 8a6e0804-2bd0-4672-b79d-d97027f9071a', '8a6e0804'],
  ['terminal escape', 'x\u001b]0;owned\u0007', 'owned'],
  ['address with a key', 'https://host.example/x?key=abcd', 'key=abcd'],
];

test('nothing that names the machine or its user comes out, in known fields or in others', async () => {
  const env = { USER: 'mallory-the-owner' };
  // Every text of the preset that is free, one after the other.
  const places = {
    note: (p, text) => (p.note = text),
    'sources[1]': (p, text) => p.sources.push(text),
    'memory.note': (p, text) => (p.memory.note = text),
    'memory.measured[0].note': (p, text) => (p.memory.measured[0].note = text),
    'cpu.clusters[0].isa[3]': (p, text) => p.cpu.clusters[0].isa.push(text),
    'calibrations[0].context': (p, text) => (p.calibrations[0].context = text),
    'calibrations[0].samples[0].cores': (p, text) => (p.calibrations[0].samples[0].cores = text),
    'calibrations[0].samples[2].source': (p, text) => (p.calibrations[0].samples[2].source = text),
    'the preset': (p, text) => (p.secret_field = text),
    cpu: (p, text) => (p.cpu[text] = 1),
    'calibrations[0].parameters.decode_cost': (p, text) => (p.calibrations[0].parameters.decode_cost[text] = 1),
    'calibrations[0].samples[1]': (p, text) => (p.calibrations[0].samples[1].machine = { name: text, list: [text] }),
  };
  for (const [kind, text, secret] of poison) {
    // All places at once, and the reasons name them without repeating what was there.
    const preset = board((p) => Object.values(places).forEach((put) => put(p, text)));
    const { status, stdout, stderr } = await bench.run(['publish', bench.file('poisoned.json', preset)], { env });
    assert.equal(status, 0, `${kind}: ${stderr}`);
    assert.ok(!stdout.includes(secret) && !stderr.includes(secret), `${kind} came out: ${stderr}`);
    for (const where of Object.keys(places)) assert.ok(stderr.includes(`left out: ${where}: `), `${kind}: ${where} is not listed`);
  }
});

test('a required text that names somebody stops the publication, and says which', async () => {
  for (const [change, where] of [[(p) => (p.name = 'mallory-the-owner'), /left out: name: names this machine or its user/], [(p) => (p.calibrations[0].date = '2026-01-31T10:00 host'), /calibrations\[0\]\.date/]]) {
    const { status, stdout, stderr } = await bench.run(['publish', bench.file('named.json', board(change)), '--to', `${server.http}/open/`, '--yes'], { env: { USER: 'mallory-the-owner' } });
    assert.equal(status, 2, stderr);
    assert.match(stderr, where);
    assert.equal(stdout, '');
  }
  assert.deepEqual(uploaded('open'), []);
});

test('a poisoned measurement: nothing of it gets through fit and publish', async () => {
  const sample = (test, unit, values, more = {}) => ({ test, cores: 'fast', threads: 4, unit, samples: values, ...more });
  const secrets = poison.map(([, text]) => text).join(' ');
  const measurement = {
    type: 'measurement', format_version: 1, tool: 'edgewise 0.1.0', date: '2026-01-31', kernels: secrets, quick: true, budget_s: 20, elapsed_s: 20,
    machine: { board: 'Test Board', soc: secrets, class: 'sbc', kernel: secrets, host: secrets, cpu: { clusters: [{ microarchitecture: 'Cortex-A76', cores: 4, threads: 4, max_hz: 2.4e9, isa: ['dotprod', secrets] }], caches: [] },
      memory: { size_B: 8e9, type: 'LPDDR4X' }, storage: [{ kind: 'sd', size_B: 1e10 }] },
    before: { governor: secrets, load: 0.1, temperatures: [{ name: secrets, celsius: 50 }] }, after: { governor: secrets }, warnings: [secrets], tests: {},
    rows: [sample('read', 'B/s', [13e9, 13.1e9, 12.9e9], { working_set_B: 268435456 }), ...['F16', 'Q8_0', 'Q4_0'].flatMap((format) => ['dot', 'dot_many'].map((t) => sample(t, 'weights/s', [2e10, 2.01e10, 1.99e10], { format }))),
      sample('fma', 'FLOP/s', [1.4e11, 1.41e11, 1.39e11]), sample('int8', 'OP/s', [5e11, 5.1e11, 4.9e11])],
    power: [{ phase: 'idle', source: secrets, scope: 'wall', samples_w: [3] }, { phase: 'decode', source: secrets, scope: 'wall', samples_w: [8] }], engine_rows: [],
  };
  const env = { USER: 'mallory-the-owner' };
  const fitted = await bench.run(['fit', bench.file('measured.json', measurement), '--output', 'poisoned-board.json', '--class', 'sbc'], { env });
  assert.equal(fitted.status, 0, fitted.stderr);
  assert.ok(fs.readFileSync(bench.file('poisoned-board.json'), 'utf8').includes('ghp_16C7'), 'the test feeds nothing');
  const { status, stdout, stderr } = await bench.run(['publish', 'poisoned-board.json'], { env });
  assert.equal(status, 0, stderr);
  for (const [kind, , secret] of poison) assert.ok(!stdout.includes(secret), kind);
  assert.match(stderr, /left out: soc: /);
});

test('a QR code that a phone can read holds the link', async () => {
  const { stdout, stderr } = await bench.publish(bench.file('board.json', board()), `${server.http}/open/`, '--page', 'https://page.example/', '--qr');
  const lines = stdout.split('\n').filter((line) => /[█▀▄]/.test(line));
  assert.ok(lines.length > 10, stderr);
  const scale = 4;
  const width = Math.max(...lines.map((line) => [...line].length));
  const pixels = new Uint8ClampedArray(width * scale * lines.length * 2 * scale * 4).fill(255);
  const dark = (x, y) => {
    for (let i = 0; i < scale * scale; i++) pixels.fill(0, ((y * scale + Math.floor(i / scale)) * width * scale + x * scale + (i % scale)) * 4, ((y * scale + Math.floor(i / scale)) * width * scale + x * scale + (i % scale)) * 4 + 3);
  };
  lines.forEach((line, row) => [...line].forEach((c, x) => {
    if (c === ' ' || c === '▄') dark(x, 2 * row);
    if (c === ' ' || c === '▀') dark(x, 2 * row + 1);
  }));
  const link = /Link: (\S+)/.exec(stdout)[1];
  assert.equal((jsqr.default ?? jsqr)(pixels, width * scale, lines.length * 2 * scale)?.data, link);
});
