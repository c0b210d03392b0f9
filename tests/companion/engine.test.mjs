// `measure --engine` and `--server` as a process, against servers that answer as the real ones do, and against those that do
// not. `./dev test-engine` asks a real llama-server.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { listen, llamaServer, ollama, openai } from './servers.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const edgewise = process.env.EDGEWISE ?? path.join(root, 'build/native/bin/edgewise');
const { default: Ajv2020 } = createRequire(path.join(root, 'tests/publish/'))('ajv/dist/2020.js');
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'edgewise-engine-'));
after(() => fs.rmSync(folder, { recursive: true }));
const at = (...names) => path.join(folder, ...names);
const home = at('home');
fs.mkdirSync(home);
// Nothing of this machine's own engines and models is seen.
const env = { PATH: '/nowhere', HOME: home, http_proxy: 'http://127.0.0.1:9', https_proxy: 'http://127.0.0.1:9' };

function run(args, { more = {}, cwd = folder, interrupt = false } = {}) {
  return new Promise((resolve) => {
    const child = spawn(edgewise, args, { cwd, env: { ...env, ...more } });
    let stdout = '', stderr = '';
    child.stdout.on('data', (text) => (stdout += text));
    child.stderr.on('data', (text) => {
      stderr += text;
      if (interrupt && /POST/.test(stderr)) child.kill('SIGINT');
    });
    child.on('close', (status) => resolve({ status, stdout, stderr }));
  });
}
let count = 0;
/** Measures a server alone; the file it wrote, or null. */
async function measure(args, options) {
  const output = `m${++count}.json`;
  const budget = args.includes('--engine-budget') ? [] : ['--engine-budget', '600'];
  const done = await run(['measure', '--only-engine', '--output', output, ...budget, ...args], options);
  const written = fs.existsSync(at(output));
  const text = written ? fs.readFileSync(at(output), 'utf8') : '';
  assert.deepEqual(fs.readdirSync(folder).filter((name) => name.startsWith(`${output}.`)), [], 'a part was left behind');
  return { ...done, output, text, m: written ? JSON.parse(text) : null };
}
const columns = ['id', 'source', 'url', 'trust', 'device', 'power_mode', 'runtime', 'runtime_version', 'model', 'quant', 'kv_quant', 'batch', 'threads', 'prompt', 'generate', 'depth', 'flash_attention', 'metric', 'value', 'unit', 'model_size_gib', 'note', 'placement'];
const rowsOf = (m) => m.engine_rows.map((row) => Object.fromEntries(columns.map((name, i) => [name, row[i]])));
const short = (r) => `${r.runtime} ${r.model} ${r.quant} ${r.prompt}+${r.generate}@${r.depth} ${r.metric}${r.placement ? ` [${r.placement}]` : ''}`;
const near = (value, expected) => assert.ok(Math.abs(value / expected - 1) < 0.02, `${value} is not about ${expected}`);

test('llama-server: what is asked is shown, kept and nothing else; every prompt is new; rows are calibrated from', async (t) => {
  const server = await listen(t, llamaServer({ decode: 12 }));
  const { status, stderr, m, text, output } = await measure(['--server', server.url]);
  assert.equal(status, 0, stderr);
  const rows = rowsOf(m);
  assert.deepEqual(rows.map((r) => `${r.source} ${r.runtime_version} ${short(r).replace(/ \d+\+/, ' N+')}`), ['prefill_tok_s', 'decode_tok_s', 'prefill_tok_s', 'decode_tok_s'].map((metric, i) =>
    `llama-server b7100 llama.cpp-cpu llama-3.2-1b Q4_0 N+${metric[0] === 'p' ? 0 : [64, 32][i >> 1]}@0 ${metric}`));
  near(Number(rows[0].prompt), 512);
  near(Number(rows[2].prompt), 2048);
  near(Number(rows[0].value), 100);
  near(Number(rows[1].value), 12);

  // Read-only: lists and generation, each shown before it was sent, in that order.
  const asked = server.seen.map((s) => `${s.method} ${s.path}`);
  assert.deepEqual([...new Set(asked)], ['GET /props', 'GET /v1/models', 'POST /completion']);
  assert.deepEqual([...stderr.matchAll(/asks http:\/\/127\.0\.0\.1:\d+: (\S+ \S+)/g)].map((line) => line[1]), asked);
  assert.deepEqual(m.engine.asked.map((line) => line.split(' ').slice(0, 2).join(' ')), asked);
  const prompts = server.seen.filter((s) => s.body).map((s) => s.body);
  assert.ok(prompts.every((body) => body.cache_prompt === false && body.ignore_eos === true && body.stream === false));
  assert.equal(new Set(prompts.map((body) => body.prompt.split(' ').slice(0, 6).join(' '))).size, prompts.length, 'two prompts begin alike');
  for (const personal of ['someone', '127.0.0.1', folder, 'secret']) assert.ok(!text.includes(personal), personal);
  const shape = new Ajv2020({ allowUnionTypes: true }).compile(JSON.parse(fs.readFileSync(path.join(root, 'presets/schema/measurement.schema.json'))));
  assert.ok(shape(m), JSON.stringify(shape.errors));
  assert.deepEqual(m.rows, []);
  assert.equal(m.warnings.filter((w) => /how many threads/.test(w)).length, 1);

  const fitted = await run(['fit', output, '--device', 'raspberry-pi-5-8gb', '--output', 'my-board.json']);
  assert.equal(fitted.status, 0, fitted.stderr);
  const preset = JSON.parse(fs.readFileSync(at('my-board.json')));
  assert.deepEqual(preset.calibrations.filter((c) => c.origin === 'measured').map((c) => c.runtime), ['llama.cpp-cpu']);
  assert.equal((await run(['check', 'my-board.json'])).status, 0);
});

test('a router of llama-server: requests name the model, and its arguments say the threads', async (t) => {
  const one = llamaServer();
  const server = await listen(t, (request, body) => {
    if (request.path === '/props') return { role: 'router', default_generation_settings: { params: null, n_ctx: 0 }, model_path: 'none', build_info: 'b7100-1a2b3c4' };
    if (request.path === '/v1/models') return { object: 'list', data: ['qwen2.5-0.5b-Q4_0', 'smollm2-135m-Q8_0'].map((id) => ({ id, object: 'model', owned_by: 'llamacpp', status: { value: 'unloaded', args: ['/usr/bin/llama-server', '--threads', '3', '--model', `/home/someone/${id}.gguf`] } })) };
    return one(request, body);
  });
  const { status, stderr, m, text } = await measure(['--server', server.url]);
  assert.equal(status, 0, stderr);
  assert.deepEqual([...new Set(rowsOf(m).map((r) => `${r.model} ${r.quant} ${r.threads}`))], ['qwen2.5-0.5b Q4_0 3', 'smollm2-135m Q8_0 3']);
  assert.deepEqual([...new Set(server.seen.filter((s) => s.body).map((s) => s.body.model))], ['qwen2.5-0.5b-Q4_0', 'smollm2-135m-Q8_0']);
  assert.ok(!text.includes('someone'));
});

test('Ollama: the smallest and the largest that generate text; what it says of the GPU is the placement', async (t) => {
  const models = { 'llama3.2:3b': { size: 2.0e9, quant: 'Q4_K_M', decode: 6 }, 'qwen2.5:0.5b': { size: 0.4e9, quant: 'Q4_K_M', decode: 30 }, 'gemma3:1b': { size: 0.8e9, quant: 'Q4_K_M', decode: 15 },
    'nomic-embed-text:latest': { size: 0.1e9, quant: 'F16', decode: 1, family: 'nomic-bert' }, 'gpt-oss:120b-cloud': { size: 384, quant: 'MXFP4', decode: 1, remote: true } };
  const server = await listen(t, ollama(models));
  const { status, stderr, m } = await measure(['--server', server.url.replace('http://', '')]);
  assert.equal(status, 0, stderr);
  const rows = rowsOf(m);
  assert.deepEqual([...new Set(rows.map((r) => `${r.source} ${r.runtime_version}: ${r.runtime} ${r.model} ${r.quant}`))],
    ['Ollama Ollama 0.12.3: llama.cpp-cpu qwen2.5-0.5b Q4_K_M', 'Ollama Ollama 0.12.3: llama.cpp-cpu llama-3.2-3b Q4_K_M']);
  near(Number(rows.find((r) => r.model === 'llama-3.2-3b' && r.metric === 'decode_tok_s').value), 6);
  for (const { method, body } of server.seen.filter((s) => s.path === '/api/generate')) assert.ok(method === 'POST' && !('keep_alive' in body) && !('num_ctx' in body.options));

  const partly = await listen(t, ollama(models, { vram: 0.4 }));
  const offloaded = await measure(['--server', partly.url, '--runtime', 'llama.cpp-vulkan', '--model', 'gemma3:1b']);
  assert.equal(offloaded.status, 0, offloaded.stderr);
  assert.deepEqual([...new Set(rowsOf(offloaded.m).map((r) => `${r.runtime} ${r.model} ${r.placement}`))], ['llama.cpp-vulkan gemma-3-1b gpu_layers=auto']);
});

test('vLLM and its like: times by the clock of this program, counts by the server; the API of chats where it is the only one', async (t) => {
  const server = await listen(t, openai());
  const args = ['--runtime', 'vllm-cuda', '--device', 'rtx-4060-8gb', '--quant', 'bf16'];
  const { status, stderr, m } = await measure(['--server', `${server.url}/v1/`, ...args]);
  assert.equal(status, 0, stderr);
  const rows = rowsOf(m);
  assert.deepEqual(rows.map((r) => `${r.source} ${r.runtime_version} ${r.device} ${r.model} ${r.quant} ${r.metric} ${r.note}`),
    ['ttft_ms', 'decode_tok_s', 'ttft_ms', 'decode_tok_s'].map((metric) => `vLLM 0.11.0 rtx-4060-8gb llama-3.2-1b bf16 ${metric} by the client's clock`));
  // Timers of node come late, never early: no faster than the pauses.
  for (const r of rows) assert.ok(r.metric === 'ttft_ms' ? Number(r.value) >= 7 : Number(r.value) <= 520, JSON.stringify(r));
  assert.ok(server.seen.filter((s) => s.body).every((s) => s.body.stream && s.body.stream_options.include_usage && s.body.ignore_eos));

  const chat = await listen(t, openai({ chat: true, owned_by: 'someone else', finish: false }));
  const other = await measure(['--server', chat.url, ...args]);
  assert.equal(other.status, 0, other.stderr);
  assert.equal(rowsOf(other.m).length, 4);
  const unknown = await measure(['--server', chat.url]);
  assert.equal(unknown.status, 1);
  assert.match(unknown.stderr, /which engine it is: give --runtime/);
  assert.equal(unknown.m, null);
});

test('LM Studio: what its own list says of each model, and only what is loaded', async (t) => {
  const one = openai({ model: 'llama-3.2-1b-instruct', owned_by: 'organization_owner' });
  const entry = (id, changes) => ({ id, object: 'model', type: 'llm', publisher: 'x', arch: 'llama', compatibility_type: 'gguf', quantization: 'Q4_K_M', state: 'not-loaded', max_context_length: 8192, ...changes });
  const server = await listen(t, (request, body) => (request.path === '/api/v0/models' ? { object: 'list', data: [entry('qwen3-8b'), entry('llama-3.2-1b-instruct', { state: 'loaded' }), entry('nomic', { type: 'embeddings', state: 'loaded' })] } : one(request, body)));
  const { status, stderr, m } = await measure(['--server', server.url, '--runtime', 'llama.cpp-cpu']);
  assert.equal(status, 0, stderr);
  assert.deepEqual([...new Set(rowsOf(m).map((r) => `${r.source} ${r.model} ${r.quant}`))], ['LM Studio llama-3.2-1b Q4_K_M']);
});

test('mlx_lm: its benchmark on what its own models are in the cache of Hugging Face', async () => {
  const own = at('mlx'), snapshot = path.join(own, '.cache/huggingface/hub/models--mlx-community--Qwen3-4B-4bit/snapshots/abc');
  fs.mkdirSync(snapshot, { recursive: true });
  fs.writeFileSync(path.join(snapshot, 'config.json'), '{"model_type":"qwen3","quantization":{"group_size":64,"bits":4}}');
  fs.writeFileSync(path.join(snapshot, 'model.safetensors'), Buffer.alloc(5000));
  fs.mkdirSync(path.join(own, '.local/bin'), { recursive: true });
  fs.writeFileSync(path.join(own, '.local/bin/mlx_lm.benchmark'), `#!${process.execPath}\nrequire('fs').writeFileSync(${JSON.stringify(at('mlx-call'))}, process.argv.slice(2).join(' '));\nprocess.stdout.write(require('fs').readFileSync(${JSON.stringify(path.join(root, 'tests/data/import/mlx-benchmark.txt'))}));\n`, { mode: 0o755 });
  const { status, stderr, m } = await measure(['--engine', 'mlx_lm'], { more: { HOME: own } });
  assert.equal(status, 0, stderr);
  assert.equal(fs.readFileSync(at('mlx-call'), 'utf8'), '--model mlx-community/Qwen3-4B-4bit -p 512 -g 64 -n 3');
  assert.ok(rowsOf(m).length > 0 && rowsOf(m).every((r) => r.runtime === 'mlx' && r.model === 'qwen3-4b'));
});

test('a model that no preset is known to be is named by --model and --quant', async (t) => {
  const server = await listen(t, llamaServer({ model: '\u001b[31mmy-own-tune.gguf', parameters: 1234567 }));
  const unnamed = await measure(['--server', server.url]);
  assert.equal(unnamed.status, 0, unnamed.stderr);
  assert.match(unnamed.stderr, /no preset is known to be: --model ID --quant Q/);
  // Only the colours of nobody reach the terminal.
  for (const text of [unnamed.stderr, unnamed.stdout, unnamed.text]) assert.ok(!text.includes('\u001b'));
  const named = await measure(['--server', server.url, '--model', 'llama-3.2-1b', '--quant', 'Q4_0']);
  assert.equal(named.status, 0, named.stderr);
  assert.ok(rowsOf(named.m).every((r) => r.model === 'llama-3.2-1b' && r.quant === 'Q4_0'));
  const several = await listen(t, ollama({ 'a:1b': { size: 1e9, quant: 'Q4_0', decode: 5 }, 'b:1b': { size: 1e9, quant: 'Q4_0', decode: 5 } }));
  const which = await measure(['--server', several.url, '--model', 'llama-3.2-1b']);
  assert.equal(which.status, 2);
  assert.match(which.stderr, /--model: "llama-3\.2-1b" is none of the server's models \(a:1b, b:1b\)/);
});

test('what makes no sense is refused before anything is sent', async (t) => {
  const server = await listen(t, llamaServer());
  for (const [args, message] of [
    [['--server', 'http://192.0.2.1:11434'], /--device: is needed with a server elsewhere/], [['--server', 'ftp://127.0.0.1/'], /must begin with http/], [['--server', 'http://me:secret@127.0.0.1'], /user or a password/],
    [['--server', server.url, '--engine', 'auto'], /exclude each other/], [['--server', server.url, '--model-file', 'x.gguf'], /exclude each other/], [['--server', server.url, '--engine-budget', '1'], /between 5 and 7200/],
    [['--server', server.url, '--device', 'no-such-board'], /no device preset/], [['--server', server.url, '--runtime', 'no-such-engine'], /no runtime preset/], [['--server', 'http://127.0.0.1:99999'], /port between/], [[], /needs --server or --engine/], [['--engine', '/usr/bin/vllm'], /is no llama-bench: start its server/], [['--engine', 'none', '--device', 'raspberry-pi-5-8gb'], /needs --server or --engine/],
  ]) {
    const { status, stderr, m } = await measure(args);
    assert.equal(status, 2, `${args}: ${stderr}`);
    assert.match(stderr, message);
    assert.ok(m === null && !stderr.includes('secret'));
  }
  const dry = await run(['measure', '--server', server.url, '--dry-run']);
  assert.equal(dry.status, 0, dry.stderr);
  for (const line of ['GET /props', 'GET /api/tags', 'POST /completion {', 'POST /api/generate {', 'POST /v1/completions {']) assert.ok(dry.stdout.includes(line), line);
  assert.match(dry.stdout, /"prompt":"<\d+ random words>"/);
  assert.equal(server.seen.length, 0);
});

const html = ({ response }) => { response.writeHead(200, { 'Content-Type': 'text/html' }); response.end('<html>nothing here</html>'); };
const generating = (answer) => async (request, body) => (request.method === 'POST' ? answer(request, body) : llamaServer()(request, body));
const streaming = (answer) => async (request, body) => (request.method === 'POST' ? answer(request, body) : openai()(request, body));
const stream = (response) => response.writeHead(200, { 'Content-Type': 'text/event-stream' });
const hostile = [
  ['a page', html, /GET \/v1\/models: is answered with something that is no JSON/], ['a list', () => [1], /JSON that is no object/],
  ['a redirect', ({ response }) => (response.writeHead(302, { Location: 'http://127.0.0.1:1/' }), response.end()), /is redirected elsewhere/], ['a key', () => ({ status: 401, error: 'Invalid API Key' }), /wants a key/],
  ['deep', ({ response }) => response.end('['.repeat(1e5)), /no JSON/], ['huge', ({ response }) => response.end(`"${'x'.repeat(17 << 20)}"`), /answers with more than/],
  ['a stack of headers', ({ response }) => { for (let i = 0; i < 9; ++i) response.setHeader(`X-${i}`, 'x'.repeat(60000)); response.end('{}'); }, /Too large|without the list/],
  ['dying', generating(({ response }) => { response.writeHead(200, { 'Content-Length': 1000 }); response.write('{"content": "'); setTimeout(() => response.destroy(), 50); }), /POST \/completion .*(closed|Recv|end of|transfer)/i],
  ['without timings', generating(() => ({ content: 'x' })), /POST \/completion .*without timings/], ['of negative time', generating(() => ({ timings: { prompt_n: 5, prompt_ms: -1, predicted_n: 5, predicted_ms: 1 } })), /timings\.prompt_ms: is out of range/],
  ['of text for numbers', generating(() => ({ timings: { prompt_n: 'many', prompt_ms: 1, predicted_n: 5, predicted_ms: 1 } })), /timings\.prompt_n: is no number/],
  ['of an error with escapes', generating(() => ({ status: 500, error: { message: 'out of\u001b[2J memory' } })), /answered with 500: out of\\x1b\[2J memory/],
  ['of an error with status 200', generating(() => ({ error: 'model requires more system memory' })), /more system memory/],
  ['a stream without counts', openai({ usage: false }), /without usage.*not guessed/], ['a stream that dies', streaming(({ response }) => { stream(response); response.write('data: {"choices":[{"text":"a"}]}\n\n'); setTimeout(() => response.destroy(), 50); }), /POST \/v1\/completions/],
  ['a stream that ends early', streaming(({ response }) => { stream(response); response.end('data: {"choices":[{"text":"a"}]}\n\n'); }), /ends before its end/], ['no stream', streaming(html), /no stream of events/],
  ['an event that is none', streaming(({ response }) => { stream(response); response.end('data: nonsense\n\n'); }), /no JSON object/], ['an endless line', streaming(({ response }) => { stream(response); response.end(`data: ${'x'.repeat(2 << 20)}`); }), /more than 1 MiB/],
  ['an error in a stream', streaming(({ response }) => { stream(response); response.end('data: {"error":{"message":"EngineDeadError"}}\n\n'); }), /EngineDeadError/],
  ['a stream without end', streaming(({ response }) => { stream(response); const more = () => { while (response.writable && !response.destroyed && response.write(`data: {"choices":[{"text":"${'x'.repeat(65000)}"}]}\n\n`)); if (!response.destroyed) setTimeout(more, 1); }; response.on('drain', more); more(); }), /more than 16/],
];
for (const [name, answer, message] of hostile)
  test(`an answer that is none: ${name}`, async (t) => {
    const server = await listen(t, answer);
    const { status, stderr, m } = await measure(['--server', server.url, '--runtime', 'vllm-cuda', '--device', 'rtx-4060-8gb']);
    assert.equal(status, 1, stderr);
    assert.match(stderr, message);
    assert.equal(m, null);
    assert.ok(!stderr.includes('\u001b'));
  });

test('nobody listens; Ctrl-C in the middle: nothing is written', async (t) => {
  const gone = await measure(['--server', 'http://127.0.0.1:9']);
  assert.equal(gone.status, 1);
  assert.match(gone.stderr, /http:\/\/127\.0\.0\.1:9: GET \/props: .*the server/);
  assert.equal((await run(['measure', '--device', 'raspberry-pi-5-8gb'])).status, 2);
  const silent = await listen(t, generating(() => new Promise(() => {})));
  const ended = await measure(['--server', silent.url], { interrupt: true });
  assert.equal(ended.status, 130, ended.stderr);
  assert.equal(ended.m, null);
});

const record = (model, changes) => ({ build_commit: 'x', build_number: 7100, backends: 'CPU', model_filename: model, model_type: 'llama 1B Q4_0', model_size: 7e8, model_n_params: 1235814400, n_threads: 4, type_k: 'f16', type_v: 'f16', n_gpu_layers: 0, n_depth: 0, ...changes });
/** A program that prints what llama-bench does, at constant speeds; its arguments are kept. */
function fakeBench(name, { backends = 'CPU' } = {}) {
  const script = `#!${process.execPath}
const a = process.argv, of = (flag, otherwise) => (a.includes(flag) ? a[a.indexOf(flag) + 1] : otherwise);
require('fs').appendFileSync(${JSON.stringify(at('calls'))}, a.slice(2).join(' ') + '\\n');
const base = ${JSON.stringify(record('', { backends }))}, depth = Number(of('-d', 0)), rows = [], gpu = of('-ngl') !== '0';
for (const [n_prompt, n_gen, avg_ts] of [[Number(of('-p')), 0, gpu ? 900 : 90], [0, Number(of('-n')), (gpu ? 80 : 10) / (1 + depth / 10000)]])
  if (n_prompt + n_gen > 0) rows.push({ ...base, model_filename: of('-m'), n_gpu_layers: Number(of('-ngl')), n_prompt, n_gen, n_depth: depth, avg_ts });
console.log(JSON.stringify(rows, null, 2));`;
  fs.mkdirSync(path.dirname(name), { recursive: true });
  fs.writeFileSync(name, script, { mode: 0o755 });
}
function gguf(...names) {
  const file = at(...names);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, Buffer.concat([Buffer.from('GGUF'), Buffer.alloc(1000 * names.join().length)]));
  return file;
}

test('--engine auto finds programs and models, says what it chose and what is not there, and has two models measured', async (t) => {
  fakeBench(at('home/llama.cpp/build/bin/llama-bench'));
  gguf('home/models/Llama-3.2-1B-Instruct-Q4_0.gguf');
  gguf('home/.cache/llama.cpp/bartowski_Llama-3.2-3B-Instruct-GGUF_Llama-3.2-3B-Instruct-Q4_K_M.gguf');
  gguf('home/models/mmproj-model.gguf');
  fs.writeFileSync(at('home/models/not-really.gguf'), 'no magic');
  // Ollama's store: a manifest that names a blob.
  const digest = 'a'.repeat(64), config = 'b'.repeat(64);
  gguf(`home/.ollama/models/blobs/sha256-${digest}`);
  fs.writeFileSync(at(`home/.ollama/models/blobs/sha256-${config}`), '{"model_format":"gguf","file_type":"Q8_0"}');
  fs.mkdirSync(at('home/.ollama/models/manifests/registry.ollama.ai/library/qwen2.5'), { recursive: true });
  fs.writeFileSync(at('home/.ollama/models/manifests/registry.ollama.ai/library/qwen2.5/0.5b'), JSON.stringify({ schemaVersion: 2, config: { digest: `sha256:${config}` }, layers: [{ mediaType: 'application/vnd.ollama.image.model', digest: `sha256:${digest}` }] }));
  fs.mkdirSync(at('empty'), { recursive: true });
  const ports = ['--engine-ports', '9'];

  const dry = await run(['measure', '--engine', 'auto', '--dry-run', ...ports], { cwd: at('empty') });
  assert.equal(dry.status, 0, dry.stderr);
  assert.match(dry.stdout, /would ask http:\/\/127\.0\.0\.1:9 which server/);
  assert.match(dry.stdout, /would run llama-bench -m \S+\.gguf -p 512 -n 64/);
  assert.ok(!fs.existsSync(at('calls')));

  const { status, stderr, m, text } = await measure(['--engine', 'auto', ...ports]);
  assert.equal(status, 0, stderr);
  const findings = m.engine.findings.join('\n');
  for (const words of [/found llama-bench in ~\/llama\.cpp\/build\/bin/, /found 3 model file\(s\), 3 of them known/, /chosen: llama-bench/, /no server on port 9/, /not found: .*ollama.*vllm/]) assert.match(findings, words);
  const rows = rowsOf(m);
  assert.equal(new Set(rows.map((r) => r.model)).size, 2);
  assert.ok(rows.every((r) => r.runtime === 'llama.cpp-cpu' && r.threads === '4' && r.runtime_version === 'b7100' && r.source === 'llama-bench' && r.placement === ''));
  assert.ok(rows.some((r) => r.depth === '2048'));
  for (const personal of [folder, home]) assert.ok(!text.includes(personal), personal);
  fs.rmSync(at('calls'));

  // Those that were named win; a build with a GPU is measured on it as well, as a runtime of its own.
  fakeBench(at('home/llama.cpp/build/bin/llama-bench'), { backends: 'Vulkan,CPU' });
  const gpu = await measure(['--engine', 'auto', '--model-file', at('home/models/Llama-3.2-1B-Instruct-Q4_0.gguf'), ...ports]);
  assert.equal(gpu.status, 0, gpu.stderr);
  assert.deepEqual([...new Set(rowsOf(gpu.m).map((r) => `${r.runtime} ${r.model}${r.placement && ` [${r.placement}]`}`))].sort(),
    ['llama.cpp-cpu llama-3.2-1b', 'llama.cpp-cpu llama-3.2-1b [gpu_layers=0]', 'llama.cpp-vulkan llama-3.2-1b']);
  assert.ok(fs.readFileSync(at('calls'), 'utf8').trim().split('\n').every((line) => line.includes('Llama-3.2-1B')));

  // One that fails gives way to the next.
  fs.writeFileSync(at('home/llama.cpp/build/bin/llama-bench'), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
  const server = await listen(t, llamaServer());
  const next = await measure(['--engine', 'auto', '--engine-ports', String(server.port)]);
  assert.equal(next.status, 0, next.stderr);
  assert.ok(rowsOf(next.m).length > 0 && rowsOf(next.m).every((r) => r.source === 'llama-server'));
  assert.match(next.stderr, /kept in case that fails: llama-server/);
});

test('--engine auto where nothing is: said, and no rows', async () => {
  const bare = at('bare');
  fs.mkdirSync(bare);
  const { status, stderr, m } = await measure(['--engine', 'auto', '--engine-ports', '9'], { more: { HOME: bare }, cwd: folder });
  assert.equal(status, 1, stderr);
  assert.match(stderr, /nothing was found here that could be measured/);
  assert.match(stderr, /not found: llama-bench/);
  assert.equal(m, null);
});

test('rows of several engines each calibrate a runtime of their own, without microbenchmarks and on the machine that was probed', async () => {
  const machine = { board: 'Example Board', class: 'sbc', cpu: { clusters: [{ microarchitecture: 'Cortex-A76', cores: 4, threads: 4, max_hz: 2.4e9, isa: ['neon', 'fp16', 'dotprod'] }] }, memory: { size_B: 8.2e9, type: 'LPDDR4X' } };
  const row = (id, runtime, model, quant, prompt, generate, metric, value) => columns.map((name) => ({ id, runtime, model, quant, prompt: String(prompt), generate: String(generate), metric, value: String(value), batch: '1', threads: '4', depth: '0', trust: 'A', source: 'test', unit: 'tok/s' })[name] ?? '').concat(['', '']);
  const engine_rows = [row('m1', 'llama.cpp-cpu', 'llama-3.2-1b', 'Q4_0', 512, 0, 'prefill_tok_s', 90), row('m2', 'llama.cpp-cpu', 'llama-3.2-1b', 'Q4_0', 0, 64, 'decode_tok_s', 14),
    row('m3', 'ik-llama.cpp-cpu', 'llama-3.2-1b', 'Q4_0', 512, 0, 'prefill_tok_s', 110), row('m4', 'ik-llama.cpp-cpu', 'llama-3.2-1b', 'Q4_0', 0, 64, 'decode_tok_s', 15)];
  const m = { type: 'measurement', format_version: 1, date: '2026-01-31', machine, before: {}, after: {}, rows: [], engine_rows };
  fs.writeFileSync(at('rows.json'), JSON.stringify(m));
  const fitted = await run(['fit', 'rows.json', '--output', 'described.json']);
  assert.equal(fitted.status, 0, fitted.stderr);
  const preset = JSON.parse(fs.readFileSync(at('described.json')));
  assert.deepEqual(preset.calibrations.map((c) => c.runtime).sort(), ['ik-llama.cpp-cpu', 'llama.cpp-cpu']);
  assert.equal(preset.confidence.cpu_peak, 'assumed');
  assert.equal((await run(['check', 'described.json'])).status, 0);
  const decode = async (runtime) => JSON.parse((await run(['estimate', '--device', './described.json', '--model', 'llama-3.2-1b', '--quant', 'Q4_0', '--runtime', runtime, '--threads', '4', '--prompt', '0', '--generate', '64', '--format', 'json'])).stdout);
  assert.ok(await decode('llama.cpp-cpu'));

  fs.writeFileSync(at('elsewhere.json'), JSON.stringify({ ...m, engine: { device: 'raspberry-pi-5-8gb', findings: [], asked: [] } }));
  const elsewhere = await run(['fit', 'elsewhere.json', '--output', 'wrong.json']);
  assert.equal(elsewhere.status, 2);
  assert.match(elsewhere.stderr, /--device: is needed: the rows are of "raspberry-pi-5-8gb"/);
});
