// The companion as a process: what it writes, what it leaves behind, how it ends.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { counted } from '../counted.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const edgewise = process.env.EDGEWISE ?? path.join(root, 'build/native/bin/edgewise');
const { default: Ajv2020 } = createRequire(path.join(root, 'tests/publish/'))('ajv/dist/2020.js');
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'edgewise-companion-'));
after(() => fs.rmSync(folder, { recursive: true }));

const inFolder = (name) => path.join(folder, name);
const run = (...args) => spawnSync(edgewise, args, { encoding: 'utf8', cwd: folder });
const leftovers = (prefix) => fs.readdirSync(folder).filter((name) => name.startsWith(prefix));

// A machine without sensors, with nothing in /proc and /sys.
const bare = inFolder('bare');
fs.mkdirSync(bare);

test('probe says what it knows and what it does not, and nothing personal', () => {
  const { status, stdout } = run('probe', '--format', 'json');
  assert.equal(status, 0);
  const probe = JSON.parse(stdout);
  assert.ok(probe.machine.cpu.clusters[0].cores >= 1);
  assert.ok(probe.machine.memory.size_B > 1e8);
  for (const personal of [os.hostname(), os.homedir()]) if (personal.length > 3) assert.ok(!stdout.includes(personal), personal);
  for (const addresses of Object.values(os.networkInterfaces()))
    for (const { mac } of addresses) if (mac !== '00:00:00:00:00:00') assert.ok(!stdout.includes(mac), mac);
});

test('probe on a machine that tells nothing', () => {
  const { status, stdout } = run('probe', '--root', bare);
  assert.equal(status, 0);
  assert.match(stdout, /Board\s+not known/);
  assert.match(stdout, /none found/);
});

test('measure --quick keeps its budget; its file makes a preset that estimate takes', () => {
  const begin = Date.now();
  const measured = run('measure', '--quick', '--output', 'quick.json', '--watts-idle', '3', '--watts-load', '8');
  assert.equal(measured.status, 0, measured.stderr);
  assert.ok(Date.now() - begin < 60_000, 'took longer than a minute');
  const m = JSON.parse(fs.readFileSync(inFolder('quick.json')));
  assert.equal(m.type, 'measurement');
  assert.ok(m.elapsed_s < 40);
  for (const test of ['read', 'dot', 'dot_many', 'fma', 'int8', 'dot_streamed', 'between_products', 'attention', 'attention_streamed', 'attention_many']) {
    const rows = m.rows.filter((row) => row.test === test);
    assert.ok(rows.length > 0 && rows.some((row) => row.samples?.length >= 3), test);
  }
  for (const row of m.rows) assert.ok(row.skipped || row.samples.every((x) => x > 0), JSON.stringify(row));
  const shape = new Ajv2020({ allowUnionTypes: true }).compile(JSON.parse(fs.readFileSync(path.join(root, 'presets/schema/measurement.schema.json'))));
  assert.ok(shape(m), JSON.stringify(shape.errors));
  const raw = fs.readFileSync(inFolder('quick.json'), 'utf8');
  assert.ok(!raw.includes(folder));
  assert.deepEqual(leftovers('quick.json.part'), []);

  const fitted = run('fit', 'quick.json', '--output', 'my-board.json', '--accept-noise');
  assert.equal(fitted.status, 0, fitted.stderr);
  assert.equal(run('check', 'my-board.json').status, 0);
  const preset = JSON.parse(fs.readFileSync(inFolder('my-board.json')));
  assert.equal(preset.id, 'my-board');
  assert.equal(preset.calibrations[0].origin, 'measured');
  assert.equal(preset.power.idle_w, 3);
  const estimate = run('estimate', '--model', 'llama-3.2-1b', '--device', './my-board.json', '--runtime', 'llama.cpp-cpu');
  assert.equal(estimate.status, 0, estimate.stderr);
  assert.match(estimate.stdout, /measured on this board/);
});

test('Ctrl-C at any moment leaves no file', async () => {
  for (const milliseconds of [30, 700, 2500]) {
    const child = spawn(edgewise, ['measure', '--budget', '60', '--output', 'interrupted.json'], { cwd: folder, stdio: 'ignore' });
    await new Promise((resolve) => setTimeout(resolve, milliseconds));
    child.kill('SIGINT');
    const [code, signal] = await new Promise((resolve) => child.on('exit', (...how) => resolve(how)));
    assert.ok(code === 130 || signal === 'SIGINT', `${code} ${signal}`);
    assert.deepEqual(leftovers('interrupted'), []);
    counted('signals');
  }
  assert.deepEqual(leftovers('edgewise-'), []);
});

test('a full disk is a failure that leaves nothing behind', () => {
  // No file may grow beyond 1 KiB: what is written ends in the middle.
  const limited = spawnSync('bash', ['-c', 'ulimit -f 1; exec "$0" "$@"', edgewise, 'measure', '--budget', '5', '--output', 'full.json'], { encoding: 'utf8', cwd: folder });
  assert.equal(limited.status, 1, limited.stderr);
  assert.match(limited.stderr, /full\.json: cannot be written/);
  assert.deepEqual(leftovers('full.json'), []);
});

test('what cannot be written is found out before measuring', () => {
  const begin = Date.now();
  for (const output of ['/dev/full', 'no/such/folder/m.json', '.']) {
    const { status, stderr } = run('measure', '--output', output);
    assert.equal(status, 2, stderr);
  }
  assert.ok(fs.statSync('/dev/full').isCharacterDevice());
  if (process.getuid() !== 0) {
    const locked = inFolder('locked');
    fs.mkdirSync(locked, { mode: 0o500 });
    assert.equal(run('measure', '--output', path.join(locked, 'm.json')).status, 2);
  }
  assert.ok(Date.now() - begin < 20_000);
});

test('options that make no sense are refused', () => {
  for (const args of [['--budget', '1'], ['--budget', 'nan'], ['--watts-idle', '3'], ['--watts-idle', '5', '--watts-load', '4'], ['--engine', 'llama-bench'],
    ['--engine', 'llama-bench', '--model-file', 'none.gguf'], ['--watts-idle', '3', '--watts-load', '8', '--power-log', 'log.csv'], ['--quick', '--budget', '60']]) {
    const { status, stderr } = run('measure', '--output', 'never.json', ...args);
    assert.equal(status, 2, `${args} ${stderr}`);
  }
  assert.deepEqual(leftovers('never'), []);
});

test('measure runs an engine that prints llama-bench JSON, and fails with one that does not', () => {
  const result = { build_number: 1, backends: 'CPU', model_filename: 'Llama-3.2-1B-Q4_0.gguf', model_type: 'llama 1B Q4_0', model_size: 1, n_threads: 1,
    type_k: 'f16', type_v: 'f16', n_gpu_layers: 0, n_prompt: 0, n_gen: 64, avg_ts: 5 };
  fs.writeFileSync(inFolder('engine'), `#!/bin/sh\necho '${JSON.stringify([result])}'\n`, { mode: 0o755 });
  fs.writeFileSync(inFolder('broken'), '#!/bin/sh\necho "no device"; exit 1\n', { mode: 0o755 });
  fs.writeFileSync(inFolder('model.gguf'), 'GGUF');
  const good = run('measure', '--budget', '5', '--output', 'engine.json', '--engine', './engine', '--model-file', 'model.gguf');
  assert.equal(good.status, 0, good.stderr);
  const m = JSON.parse(fs.readFileSync(inFolder('engine.json')));
  assert.equal(m.engine_rows.length, 1);
  assert.ok(m.engine_rows[0].includes('decode_tok_s'));
  const bad = run('measure', '--budget', '5', '--output', 'broken.json', '--engine', './broken', '--model-file', 'model.gguf');
  assert.equal(bad.status, 1);
  assert.deepEqual(leftovers('broken.json'), []);
});

test('import: rows on standard output; hostile files end with 2 and write nothing', () => {
  const row = { build_number: 7, backends: 'CPU', model_filename: '/home/me/Llama-3.2-1B-Q8_0.gguf', model_type: 'llama 1B Q8_0', model_size: 1, n_threads: 4,
    type_k: 'f16', type_v: 'f16', n_gpu_layers: 0, n_prompt: 512, n_gen: 0, avg_ts: 20 };
  fs.writeFileSync(inFolder('good.jsonl'), `${JSON.stringify(row)}\n`);
  const good = run('import', 'good.jsonl', '--device', 'raspberry-pi-5-8gb');
  assert.equal(good.status, 0, good.stderr);
  assert.match(good.stdout.split('\n')[1], /raspberry-pi-5-8gb,,llama\.cpp-cpu,b7,llama-3\.2-1b,Q8_0,f16,1,4,512,0,0/);
  fs.writeFileSync(inFolder('rows.csv'), good.stdout);
  assert.match(run('validate', 'rows.csv').stdout, /prefill/);

  const text = JSON.stringify([row]);
  for (const [name, content] of Object.entries({ cut: text.slice(0, 90), empty: '', zeros: Buffer.alloc(5000), deep: '['.repeat(1e6), wrong: '{"avg_ts": {}}', negative: text.replace('20}', '-20}') })) {
    fs.writeFileSync(inFolder(`bad-${name}`), content);
    // The good file before it must not be written either.
    const bad = run('import', 'good.jsonl', `bad-${name}`, '--output', 'never.csv');
    assert.equal(bad.status, 2, `${name}: ${bad.stderr}`);
    assert.match(bad.stderr, new RegExp(`bad-${name}`));
    assert.deepEqual(leftovers('never'), []);
    counted('hostile files');
  }
  assert.equal(run('import', bare).status, 2);
});

test('fit makes a preset of rows of a GPU alone, where a device says what they ran on', () => {
  const rows = [[0, 128, 'decode_tok_s', 30], [512, 0, 'prefill_tok_s', 800]].map(([prompt, generate, metric, value]) => `llama.cpp-cuda,llama-3.2-1b,Q4_K_M,${prompt},${generate},0,${metric},${value}`);
  fs.writeFileSync(inFolder('gpu.csv'), ['runtime,model,quant,prompt,generate,depth,metric,value', ...rows, ''].join('\n'));
  const good = run('fit', 'gpu.csv', '--device', 'jetson-orin-nano-super-8gb', '--power-mode', '15w', '--output', 'my-jetson.json');
  assert.equal(good.status, 0, good.stderr);
  assert.match(good.stdout, /llama\.cpp-cuda: median error [\d.]+ % from its class alone, [\d.]+ % after the fit/);
  assert.equal(run('check', 'my-jetson.json').status, 0);
  const { terms, calibration } = JSON.parse(run('estimate', '--device', 'my-jetson.json', '--power-mode', '15w', '--runtime', 'llama.cpp-cuda', '--model', 'llama-3.2-1b', '--quant', 'Q4_K_M', '--prompt', '0', '--generate', '128', '--format', 'json').stdout);
  assert.deepEqual(calibration, { origin: 'measured', configurations: 1, source: 'device', power_mode: '15w', index: 0 });
  assert.ok(Math.abs(terms.decode_tok_s.value / 30 - 1) < 0.1, `${terms.decode_tok_s.value}`);
  const bad = run('fit', 'gpu.csv', '--output', 'nowhere.json');
  assert.equal(bad.status, 2);
  assert.match(bad.stderr, /--device/);
  fs.writeFileSync(inFolder('none.csv'), 'runtime,model,metric,value\n');
  assert.equal(run('fit', 'none.csv', '--device', 'jetson-orin-nano-super-8gb', '--output', 'nowhere.json').status, 2);
  assert.deepEqual(leftovers('nowhere'), []);
});

test('fit refuses files that are no measurement, and names that are no id', () => {
  fs.writeFileSync(inFolder('no-measurement.json'), '{"type":"device"}');
  assert.equal(run('fit', 'no-measurement.json', '--output', 'x.json').status, 2);
  assert.equal(run('fit', 'no-measurement.json', '--output', 'Bad Name.json').status, 2);
  assert.equal(run('fit', 'nowhere.json', '--output', 'x.json').status, 2);
  assert.deepEqual(leftovers('x.json'), []);
});

async function freePort() {
  const server = net.createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.on('listening', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const built = !run('serve', '--site', bare).stderr.includes('not built in');

test('serve: the page with its types, and nothing outside its folder', { skip: !built && 'serve is not built in' }, async () => {
  const site = inFolder('site');
  fs.mkdirSync(path.join(site, 'assets'), { recursive: true });
  fs.writeFileSync(path.join(site, 'index.html'), '<!doctype html><title>page</title>');
  fs.writeFileSync(path.join(site, 'assets/core.wasm'), Buffer.from([0, 97, 115, 109]));
  fs.writeFileSync(path.join(site, 'app.js'), 'export {};');
  fs.writeFileSync(path.join(site, 'site.json'), '{"device": "", "catalogs": ["https://example.org/catalog.json"]}');
  fs.writeFileSync(inFolder('secret.txt'), 'secret');
  fs.symlinkSync(inFolder('secret.txt'), path.join(site, 'link.txt'));
  const preset = path.join(root, 'presets/devices/raspberry-pi-5-8gb.json');

  const port = await freePort();
  const child = spawn(edgewise, ['serve', '--site', site, '--port', String(port), '--device', preset], { stdio: ['ignore', 'pipe', 'pipe'] });
  try {
    await new Promise((resolve, reject) => {
      child.stdout.once('data', resolve);
      child.once('exit', () => reject(new Error('it ended')));
    });
    const ask = (url, method = 'GET') =>
      new Promise((resolve, reject) => {
        const request = http.request({ host: '127.0.0.1', port, path: url, method }, (response) => {
          const parts = [];
          response.on('data', (part) => parts.push(part));
          response.on('end', () => resolve({ status: response.statusCode, type: response.headers['content-type'], body: Buffer.concat(parts).toString('latin1') }));
        });
        request.on('error', reject);
        request.end();
      });
    const page = await ask('/');
    assert.equal(page.status, 200);
    assert.match(page.type, /^text\/html/);
    assert.equal((await ask('/assets/core.wasm')).type, 'application/wasm');
    assert.match((await ask('/app.js')).type, /javascript/);
    assert.deepEqual([(await ask('/', 'HEAD')).status, (await ask('/', 'HEAD')).body], [200, '']);
    assert.equal(JSON.parse((await ask('/my-board.json')).body).id, 'raspberry-pi-5-8gb');
    // A bare address opens with the board; what the site sets besides stays.
    const settings = await ask('/site.json');
    assert.deepEqual([settings.status, settings.type, JSON.parse(settings.body)], [200, 'application/json', { device: '/my-board.json', catalogs: ['https://example.org/catalog.json'], offline: false }]);
    assert.equal((await ask('/none')).status, 404);
    for (const escape of ['/../secret.txt', '/%2e%2e/secret.txt', '/..%2fsecret.txt', '/assets/../../secret.txt', '//etc/passwd', '/link.txt', '/%00', '/assets/..%5c..%5csecret.txt']) {
      const answer = await ask(escape);
      assert.ok(answer.status >= 400 && !answer.body.includes('secret'), `${escape}: ${answer.status}`);
    }
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) assert.equal((await ask('/', method)).status, 405, method);
    // What is no HTTP must not end it.
    await new Promise((resolve) => {
      const socket = net.connect(port, '127.0.0.1', () => socket.end('\0\xff nonsense\r\n\r\n'.repeat(1000)));
      socket.on('close', resolve).on('error', resolve).resume();
    });
    assert.equal((await ask('/')).status, 200);
  } finally {
    child.kill('SIGINT');
  }
  const [code] = await new Promise((resolve) => child.on('exit', (...how) => resolve(how)));
  assert.equal(code, 0);
});

test('serve refuses a folder without a page', { skip: !built && 'serve is not built in' }, () => {
  assert.equal(run('serve', '--site', bare).status, 2);
});
