// The npm package as a user gets it: packed, installed in an empty folder, imported by name.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const root = fileURLToPath(new URL('../..', import.meta.url));
let folder;
let tarball;

const presets = ['device-classes', 'quantizations/formats', 'quantizations/gguf', 'models/llama-3.2-1b', 'devices/raspberry-pi-5-8gb', 'runtimes/llama.cpp-cpu'];
const script = (body, name = 'edgewise') => {
  writeFileSync(join(folder, 'case.mjs'), `
    import { readFileSync } from 'node:fs';
    import { load, EdgewiseError } from '${name}';
    const engine = await load();
    for (const name of ${JSON.stringify(presets)}) engine.addPreset(readFileSync(\`${root}presets/\${name}.json\`, 'utf8'));
    ${body}`);
  // A page with a strict Content-Security-Policy forbids code from strings; so does this.
  return execFileSync(process.execPath, ['--disallow-code-generation-from-strings', 'case.mjs'], { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
};

before(() => {
  folder = mkdtempSync(join(tmpdir(), 'edgewise-package-'));
  const packed = execFileSync('npm', ['pack', join(root, 'build/wasm/package'), '--json', '--pack-destination', folder], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  tarball = JSON.parse(packed)[0];
  writeFileSync(join(folder, 'package.json'), '{"private": true, "type": "module"}');
  execFileSync('npm', ['install', '--no-audit', '--no-fund', '--offline', join(folder, tarball.filename)], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
});
after(() => folder && rmSync(folder, { recursive: true, force: true }));

test('the package holds what it lists and nothing else, and needs no other package', () => {
  const files = tarball.files.map((f) => f.path).sort();
  const modules = ['answer', 'estimate', 'index'].flatMap((engine) => [`${engine}.d.ts`, `${engine}.mjs`, `${engine}.node.mjs`]);
  const engines = ['edgewise-answer.wasm', 'edgewise-engine.js', 'edgewise-engine.wasm', 'edgewise-engine.wasm.mjs', 'edgewise-estimate.js', 'edgewise-estimate.wasm'];
  assert.deepEqual(files, [
    'LICENSE', 'README.md', ...modules, ...engines, 'answerer.mjs', 'engine.mjs', 'file.node.mjs', 'inline.d.ts', 'inline.mjs', 'loading.mjs', 'question.mjs',
    'package.json', 'presets.d.ts', 'presets.mjs', 'quality.d.ts', 'quality.mjs', 'third-party-notices.txt'
  ].sort());
  assert.deepEqual(readdirSync(join(folder, 'node_modules')).filter((f) => !f.startsWith('.')), ['edgewise']);
  assert.equal(JSON.parse(readFileSync(join(folder, 'node_modules/edgewise/package.json'), 'utf8')).dependencies, undefined);
});

test('the terms of what is inside the engines go with them', () => {
  const notices = readFileSync(join(folder, 'node_modules/edgewise/third-party-notices.txt'), 'utf8');
  for (const words of ['nlohmann-json', 'Niels Lohmann', 'Permission is hereby granted, free of charge', 'emscripten', 'system/lib/libc/musl/']) assert.ok(notices.includes(words), words);
});

test('the package, three engines, one of them a second time, all presets and scores, stays small', (t) => {
  t.diagnostic(`${tarball.size} bytes packed, ${tarball.unpackedSize} unpacked`);
  assert.ok(tarball.size < 1_628_000, `${tarball.size} bytes packed`);
  assert.ok(tarball.unpackedSize < 5_346_000, `${tarball.unpackedSize} bytes`);
});

test('the compressed engines stay within what a page and an import may cost', (t) => {
  // The answering half is in the first load of every page. What follows the first answer is fetched within 1.5 s on a slow
  // mobile line (1.6 Mbit/s), and the whole engine, which comes when a file is read, within 2.1 s. What answers and what reads
  // presets is built for speed, which is a quarter of that: explorations take a third of the time, and a phone reads the page's
  // tables in half of it.
  for (const [name, most] of [['answer', 101_200], ['estimate', 296_400], ['engine', 428_400]]) {
    const size = gzipSync(readFileSync(join(folder, `node_modules/edgewise/edgewise-${name}.wasm`)), { level: 9 }).length;
    t.diagnostic(`edgewise-${name}.wasm: ${size} bytes`);
    assert.ok(size <= most, `edgewise-${name}.wasm: ${size} bytes`);
  }
});

test('a known number corrects the answer, and becomes a preset', () => {
  const { plain, known, refused, preset } = JSON.parse(script(`
    for (const name of ['llama.cpp-cpu', 'intervals']) engine.addPreset(readFileSync(\`${root}presets/calibrations/\${name}.json\`, 'utf8'));
    const query = { model: 'llama-3.2-1b', device: 'raspberry-pi-5-8gb', quant: 'Q4_0' };
    const refused = [];
    for (const known of [['decode=-1'], ['decode=9 llama-99'], [7], 7, ['decode=9', 'decode=9000']])
      try { engine.estimate({ ...query, known }); } catch (e) { refused.push([e instanceof EdgewiseError, e.code, e.path]); }
    const asked = { ...query, known: ['decode=8.2 Q4_K_M', 'prefill=40 Q4_K_M'] };
    const device = readFileSync('${root}presets/devices/raspberry-pi-5-8gb.json', 'utf8');
    console.log(JSON.stringify({ plain: engine.estimate(query), known: engine.estimate(asked), refused, preset: engine.knownPreset(asked, device, 'my-pi') }));`));
  assert.ok(known.terms.decode_tok_s.value < plain.terms.decode_tok_s.value);
  assert.equal(known.sure.level, 'corrected');
  assert.deepEqual(known.known.map((k) => [k.kind, k.value, k.elsewhere]), [['decode', 8.2, ''], ['prefill', 40, '']]);
  assert.deepEqual(refused, [[true, 'out_of_range', 'known[0]'], [true, 'unknown_id', 'known[0]'], [true, 'wrong_type', 'known[0]'], [true, 'wrong_type', 'known'], [true, 'out_of_range', 'known[1]']]);
  const made = JSON.parse(preset);
  assert.equal(made.id, 'my-pi');
  assert.equal(made.calibrations[0].samples.length, 2);
});

test('a query is answered', () => {
  const answer = JSON.parse(script(`
    const query = { model: 'llama-3.2-1b', device: 'raspberry-pi-5-8gb', quant: 'Q4_0', prompt: 64 };
    const before = engine.estimate(query);
    for (const name of ['llama.cpp-cpu', 'intervals']) engine.addPreset(readFileSync(\`${root}presets/calibrations/\${name}.json\`, 'utf8'));
    console.log(JSON.stringify({ ...engine.estimate(query), before: before.verdict }));`));
  // Without calibrations nothing says how fast it is.
  assert.deepEqual([answer.before, answer.verdict], ['unknown', 'runs_well']);
  assert.equal(answer.model.parameters, 1235814400);
  assert.ok(answer.terms.memory_B.value > 0.7e9);
});

test('a preset is checked against the rule book, and nothing is added', () => {
  const { good, bad, torn, devices } = JSON.parse(script(`
    const board = JSON.parse(readFileSync('${root}presets/devices/raspberry-pi-5-8gb.json', 'utf8'));
    const { devices } = engine.catalog();
    const check = (preset) => engine.check(JSON.stringify(preset)).problems;
    console.log(JSON.stringify({
      good: check({ ...board, id: 'mine', aliases: ['my board'] }),
      bad: check({ ...board, id: 'mine', aliases: ['my board'], colour: 'red', release_year: '2023' }),
      torn: engine.check('{').problems,
      devices: engine.catalog().devices.length - devices.length,
    }));`));
  assert.deepEqual(good, []);
  assert.deepEqual(bad.map(({ rule, path }) => [rule, path]), [['wrong_type', 'release_year'], ['unknown_key', 'colour']]);
  assert.equal(torn[0].rule, 'syntax');
  assert.equal(devices, 0);
});

test('a query that cannot be answered throws with code and path', () => {
  const errors = JSON.parse(script(`
    try {
      engine.estimate({ model: 'llama-3.2-2b', device: 'raspberry-pi-5-8gb' });
      console.log('null');
    } catch (error) {
      console.log(JSON.stringify({ known: error instanceof EdgewiseError, code: error.code, path: error.path, message: error.message }));
    }`));
  assert.equal(errors.known, true);
  assert.equal(errors.code, 'unknown_id');
  assert.equal(errors.path, 'model');
  assert.match(errors.message, /llama-3\.2-1b/);
});

test('a number that is none is refused, not taken for absent', () => {
  const codes = JSON.parse(script(`
    const codes = [];
    const ask = (what) => { try { what(); codes.push('answered'); } catch (error) { codes.push(error.code + ' ' + error.path); } };
    const q = { model: 'llama-3.2-1b', device: 'raspberry-pi-5-8gb' };
    for (const prompt of [NaN, Infinity, null, '7', 1.5, undefined]) ask(() => engine.estimate({ ...q, prompt }));
    ask(() => engine.sweep(q, 'prompt', [1, NaN]));
    ask(() => engine.sweep(q, 'prompt', ['x']));
    ask(() => engine.sweep(q, 'nonsense', [1]));
    for (const limit of [-1, NaN, 1e30, 0.5, 0]) ask(() => engine.explore({ device: q.device }, {}, limit));
    ask(() => engine.explore({ device: q.device, runtime: 'nosuch' }));
    ask(() => engine.estimate({ toJSON() {} }));
    Object.prototype.errors = [{ message: 'inherited' }];
    ask(() => engine.estimate(q));
    delete Object.prototype.errors;
    console.log(JSON.stringify(codes));`));
  assert.deepEqual(codes, [
    'not_finite prompt', 'not_finite prompt', 'wrong_type prompt', 'wrong_type prompt', 'out_of_range prompt', 'answered',
    'not_finite 1', 'wrong_type values[0]', 'unknown_word axis',
    'out_of_range limit', 'out_of_range limit', 'out_of_range limit', 'out_of_range limit', 'answered', 'unknown_id runtime',
    'wrong_type ', 'answered'
  ]);
});

test('several files are one model: a config with the headers of its weights', () => {
  const answer = JSON.parse(script(`
    const bytes = (text) => new TextEncoder().encode(text);
    const matrix = (rows, columns) => ({ dtype: 'BF16', shape: [rows, columns], data_offsets: [0, 0] });
    const vector = (n) => ({ dtype: 'BF16', shape: [n], data_offsets: [0, 0] });
    const l = 'model.layers.0.';
    const tensors = {
      'model.embed_tokens.weight': matrix(1000, 64), 'model.norm.weight': vector(64),
      [l + 'input_layernorm.weight']: vector(64), [l + 'post_attention_layernorm.weight']: vector(64),
      ...Object.fromEntries(['q', 'k', 'v', 'o'].map((x) => [l + 'self_attn.' + x + '_proj.weight', matrix(64, 64)])),
      ...Object.fromEntries(['gate', 'up'].map((x) => [l + 'mlp.' + x + '_proj.weight', matrix(128, 64)])),
      [l + 'mlp.down_proj.weight']: matrix(64, 128)
    };
    const header = bytes(JSON.stringify(tensors));
    const length = new Uint8Array(new BigUint64Array([BigInt(header.length)]).buffer);
    const config = { model_type: 'llama', hidden_size: 64, intermediate_size: 128, num_hidden_layers: 1, num_attention_heads: 4,
      num_key_value_heads: 4, vocab_size: 1000, tie_word_embeddings: true };
    const files = [{ name: 'config.json', bytes: JSON.stringify(config) },
      { name: 'model.safetensors', bytes: new Uint8Array([...length, ...header]) }];
    const { recipe, tensors: stored } = JSON.parse(engine.modelPreset(files, 'two-files')).checkpoint;
    console.log(JSON.stringify([engine.importModel(files, 'two-files'), recipe.id, stored.reduce((sum, t) => sum + t.bytes, 0)]));`));
  assert.deepEqual(answer, ['two-files', 'bf16', 2 * (1000 * 64 + 3 * 64 + 4 * 64 * 64 + 3 * 64 * 128)]);
});

test('arguments of the wrong kind or size are refused, and the engine goes on answering', () => {
  const codes = JSON.parse(script(`
    const codes = [];
    const ask = (what) => { try { what(); codes.push('answered'); } catch (error) { codes.push(error instanceof EdgewiseError ? error.code + ' ' + error.path : String(error)); } };
    const q = { model: 'llama-3.2-1b', device: 'raspberry-pi-5-8gb' };
    const circular = {}; circular.model = circular;
    for (const query of [undefined, null, 7, { ...q, prompt: 5n }, circular, { ...q, quant: () => 1 }]) ask(() => engine.estimate(query));
    for (const limit of ['5', null, true, [1]]) ask(() => engine.explore(q, {}, limit));
    for (const values of [null, undefined, 5, {}, '12', new Float64Array(2e6)]) ask(() => engine.sweep(q, 'prompt', values));
    const gone = new ArrayBuffer(64), view = new Uint8Array(gone);
    structuredClone(gone, { transfer: [gone] });
    for (const input of [5, -1, null, {}, gone, view]) ask(() => engine.importModel(input));
    ask(() => engine.addPreset(5));
    ask(() => engine.check({}));
    ask(() => engine.addPreset(' '.repeat(20_000_000)));
    ask(() => engine.importModel(new Uint8Array(300_000_000)));
    ask(() => engine.estimate(q));
    console.log(JSON.stringify(codes));`));
  assert.deepEqual(codes, [
    'wrong_type ', 'wrong_type ', 'wrong_type ', 'wrong_type prompt', 'wrong_type model', 'wrong_type quant',
    'wrong_type limit', 'wrong_type limit', 'wrong_type limit', 'wrong_type limit',
    'wrong_type values', 'missing values', 'wrong_type values', 'wrong_type values', 'wrong_type values', 'too_large values',
    'wrong_type input', 'wrong_type input', 'wrong_type input', 'wrong_type input', 'wrong_type input', 'wrong_type input',
    'wrong_type preset', 'wrong_type preset', 'too_large preset', 'syntax ', 'answered'
  ]);
});

test('a choice puts aside what does not go together, and names what is missing', () => {
  const choice = JSON.parse(script(`
    console.log(JSON.stringify(engine.choose({ model: 'llama-3.2-1b', device: 'raspberry-pi-5-8gb', runtime: 'llama.cpp-cuda', power_mode: 'x' })));`));
  assert.deepEqual(choice.put_aside.map((p) => p.field).sort(), ['power_mode', 'runtime']);
  assert.equal(choice.answer.runtime.id, 'llama.cpp-cpu');
  assert.ok(choice.needs.some((n) => n.type === 'calibrations' && n.id === 'llama.cpp-cpu'));
  const missing = JSON.parse(script(`console.log(JSON.stringify(engine.choose({ model: 'nosuch', device: 'raspberry-pi-5-8gb' })));`));
  assert.equal(missing.answer, null);
  assert.deepEqual(missing.needs, [{ type: 'model', id: 'nosuch' }]);
});

test('the formats in another order change nothing, and in smaller number make sizes unknown', () => {
  const [before, after, fewer] = JSON.parse(script(`
    const ask = () => { const c = engine.choose({ model: 'llama-3.2-1b', device: 'raspberry-pi-5-8gb', quant: 'Q4_K_M' }); return [c.answer?.terms.weights_B.value ?? null, c.needs.map((n) => n.type)]; };
    const before = ask();
    const formats = JSON.parse(readFileSync('${root}presets/quantizations/formats.json', 'utf8'));
    engine.addPreset(JSON.stringify({ ...formats, formats: formats.formats.toReversed?.() ?? [...formats.formats].reverse() }));
    const after = ask();
    engine.addPreset(JSON.stringify({ ...formats, formats: formats.formats.filter((f) => ['F32', 'F16'].includes(f.id)).map(({ fallback, ...f }) => f) }));
    console.log(JSON.stringify([before, after, ask()]));`));
  assert.deepEqual(after, before);
  assert.equal(fewer[0], null);
  assert.ok(fewer[1].includes('formats'));
});

test('a GGUF header and a config.json become models', () => {
  const ids = JSON.parse(script(`
    const gguf = engine.importModel(new Uint8Array(readFileSync('${root}tests/fuzz/seed.gguf')), 'from-gguf');
    const config = engine.importModel(readFileSync('${root}tests/data/configs/qwen3-4b.json', 'utf8'), 'from-config');
    const answer = engine.estimate({ model: config, device: 'raspberry-pi-5-8gb', quant: 'Q4_0' });
    console.log(JSON.stringify([gguf, config, answer.model.parameters]));`));
  assert.deepEqual(ids, ['from-gguf', 'from-config', 4022468096]);
});

test('what an import gives is a preset that any engine reads, and nothing is added', () => {
  const { text, again, own, answers, models } = JSON.parse(script(`
    const estimator = await (await import('edgewise/estimate')).load();
    for (const name of ${JSON.stringify(presets)}) estimator.addPreset(readFileSync(\`${root}presets/\${name}.json\`, 'utf8'));
    const models = engine.catalog().models.length;
    const text = engine.modelPreset(readFileSync('${root}tests/data/configs/qwen3-4b.json', 'utf8'), 'from-config');
    const after = engine.catalog().models.length;
    const gguf = engine.modelPreset(new Uint8Array(readFileSync('${root}tests/fuzz/seed.gguf')), 'from-gguf');
    const own = [text, gguf].map((preset) => estimator.addPreset(preset));
    engine.importModel(readFileSync('${root}tests/data/configs/qwen3-4b.json', 'utf8'), 'from-config');
    const ask = { model: 'from-config', device: 'raspberry-pi-5-8gb', quant: 'Q4_0' };
    console.log(JSON.stringify({
      text, own, models: after - models, again: engine.modelPreset(text),
      answers: [engine, estimator].map((e) => JSON.stringify(e.estimate(ask))),
    }));`));
  assert.equal(models, 0);
  assert.match(text, /^\{\n {2}"type": "model",\n {2}"format_version": 1,\n {2}"id": "from-config",/);
  assert.equal(again, text);
  assert.deepEqual(own, ['from-config', 'from-gguf']);
  assert.equal(answers[0], answers[1]);
});

test('the half that estimates answers the same, refuses as strictly, and neither imports nor checks', () => {
  const body = `
    const q = { model: 'llama-3.2-1b', device: 'raspberry-pi-5-8gb' };
    const refusals = [];
    const board = JSON.parse(readFileSync('${root}presets/devices/raspberry-pi-5-8gb.json', 'utf8'));
    for (const preset of ['{', '[]', '{"type":"device","type":"device"}', JSON.stringify({ ...board, colour: 'red' }),
      JSON.stringify({ ...board, memory: { ...board.memory, capacity_gib: '8' } }), JSON.stringify({ ...board, format_version: 2 })])
      try { engine.addPreset(preset); refusals.push('added'); } catch (error) { refusals.push([error instanceof EdgewiseError, error.errors]); }
    const { compiler, ...version } = engine.version();
    console.log(JSON.stringify([refusals, engine.estimate(q), engine.explain(q), engine.choose({ ...q, runtime: 'x' }), engine.explore({ device: q.device }),
      [...engine.sweep(q, 'prompt', [16, 512]).columns.ttft_s], engine.catalog(), version]));`;
  assert.equal(script(body, 'edgewise/estimate'), script(body));
  assert.deepEqual(JSON.parse(script(`console.log(JSON.stringify([engine.check, engine.importModel, engine.modelPreset].map((f) => typeof f)));`, 'edgewise/estimate')),
    ['undefined', 'undefined', 'undefined']);
});

test('what keeps an engine from loading is said with its address and what helps', () => {
  const answers = { 'text/html': '<!doctype html>', 'application/wasm': '<!doctype html>' };
  for (const name of ['edgewise', 'edgewise/estimate', 'edgewise/answer']) {
    const found = JSON.parse(script(`
      import { createServer } from 'node:http';
      const answers = ${JSON.stringify(answers)};
      const server = createServer((request, response) => {
        const type = decodeURIComponent(request.url.slice(1));
        response.writeHead(type in answers ? 200 : 404, { 'content-type': type in answers ? type : 'text/plain' }).end(answers[type]);
      }).listen(0, '127.0.0.1');
      await new Promise((resolve) => server.once('listening', resolve));
      const at = \`http://127.0.0.1:\${server.address().port}/\`;
      const { load: start } = await import('${name}');
      const said = [];
      for (const options of [{ wasmUrl: './missing.wasm' }, { wasmUrl: at + 'gone' }, { wasmUrl: at + 'text%2Fhtml' }, { wasmUrl: at + 'application%2Fwasm' },
        { wasmUrl: 'http://127.0.0.1:1/' }, { wasmBinary: new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 9]) }, { wasmBinary: new Uint8Array(3) }])
        try { await start(options); said.push('started'); } catch (e) { said.push([e instanceof EdgewiseError, e.code, e.address.replace(at, ''), e.remedy.length > 0 && e.message.includes(e.remedy)]); }
      server.close();
      server.closeAllConnections();
      console.log(JSON.stringify(said));`));
    assert.deepEqual(found, [
      [true, 'wasm_missing', './missing.wasm', true], [true, 'wasm_missing', 'gone', true], [true, 'wasm_wrong_type', 'text%2Fhtml', true],
      [true, 'wasm_unfit', 'application%2Fwasm', true], [true, 'wasm_unreachable', 'http://127.0.0.1:1/', true],
      [true, 'wasm_unfit', '', true], [true, 'wasm_wrong_type', '', true],
    ], name);
  }
});

test('the .wasm file of another engine is refused in words, whatever the two have in common', () => {
  const engines = { edgewise: 'engine', 'edgewise/estimate': 'estimate', 'edgewise/answer': 'answer' };
  const found = JSON.parse(script(`
    const said = [];
    for (const [name, own] of Object.entries(${JSON.stringify(engines)})) {
      const { load: start } = await import(name);
      for (const other of ['engine', 'estimate', 'answer']) {
        const wasmBinary = readFileSync(\`node_modules/edgewise/edgewise-\${other}.wasm\`);
        try { await start({ wasmBinary }); said.push(other === own); } catch (e) { said.push(other !== own && e instanceof EdgewiseError && e.code === 'wasm_unfit'); }
      }
    }
    console.log(JSON.stringify(said));`));
  assert.deepEqual(found, Array(9).fill(true));
});

test('what load does not know is refused, as a misspelt name would leave an engine empty', () => {
  for (const name of ['edgewise', 'edgewise/estimate', 'edgewise/answer', 'edgewise/inline'])
    assert.deepEqual(JSON.parse(script(`
      const { load: start } = await import('${name}');
      console.log(JSON.stringify(await start({ preset: [] }).then(() => 'loaded', (e) => [e.code, e.path, e.message.includes('presets')])));`)),
      ['unknown_word', 'preset', true], name);
  for (const name of ['edgewise', 'edgewise/estimate', 'edgewise/answer'])
    assert.deepEqual(JSON.parse(script(`
      const { load: start } = await import('${name}');
      console.log(JSON.stringify(await start({ wasmBinary: 'abc' }).then(() => 'loaded', (e) => [e.code, e.path])));`)),
      ['wrong_type', 'wasmBinary'], name);
});

test('where there is no WebAssembly, it is said', () => {
  assert.throws(() => execFileSync(process.execPath, ['--input-type=module', '-e', "const { load } = await import('edgewise'); delete globalThis.WebAssembly; await load();"],
    { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] }), /no_webassembly/);
});

test('a message names the first reasons and how many more there are; the error has all', () => {
  const { lines, errors } = JSON.parse(script(`
    try {
      engine.addPreset(JSON.stringify({ type: 'device', format_version: 1, id: 'x', ...Object.fromEntries(Array.from({ length: 40 }, (_, i) => ['k' + i, 1])) }));
    } catch (e) { console.log(JSON.stringify({ lines: e.message.split('\\n'), errors: e.errors.length })); }`));
  assert.ok(errors > 40);
  assert.equal(lines.length, 9);
  assert.equal(lines[8], `and ${errors - 8} more`);
});

test('many questions at once are answered with the same numbers as one by one', () => {
  const { differ, answered, problems, first } = JSON.parse(script(`
    const { presets } = await import('edgewise/presets');
    const one = await load({ presets });
    const n = 400;
    const pick = (list, step) => Array.from({ length: n }, (_, i) => list[(i * step) % list.length]);
    const columns = {
      prompt: Float64Array.from({ length: n }, (_, i) => (i * 37) % 3000),
      batch: new Uint8Array(n).fill(1).map((x, i) => 1 + (i % 3)),
      context: pick([0, 0, 4096, 100], 1),
      threads: pick([0, 2, 4], 1),
      model: pick(['llama-3.2-1b', 'qwen3-30b-a3b', 'gemma-3-4b', 'no such model'], 3),
      device: pick(['raspberry-pi-5-8gb', 'rtx-3060-12gb', 'jetson-orin-nano-8gb'], 1),
      runtime: pick(['', 'ollama', 'llama.cpp-cpu'], 7),
      quant: pick(['', 'Q4_K_M', 'Q8_0'], 5),
    };
    const terms = ['decode_tok_s', 'ttft_s', 'memory_B', 'energy_per_token_J', 'decode_w', 'speculation_speedup', 'max_context_tokens'];
    const many = one.estimateMany({ generate: 64 }, columns, terms);
    let differ = 0, answered = 0;
    for (let i = 0; i < n; ++i) {
      let expected, code;
      try { expected = one.estimate({ generate: 64, ...Object.fromEntries(Object.entries(columns).map(([k, v]) => [k, v[i]])) }).terms; } catch (e) { code = e.code + e.path; }
      const problem = many.problems[many.status[i] - 1]?.errors[0];
      if (code !== (problem && problem.code + problem.path)) ++differ;
      for (const term of terms) if (!Object.is(many.columns[term][i], expected?.[term].value ?? NaN)) ++differ;
      if (expected) ++answered;
    }
    console.log(JSON.stringify({ differ, answered, problems: many.problems.reduce((sum, p) => sum + p.rows, 0), first: many.problems.every((p, i) => many.status.indexOf(i + 1) === p.first) }));`));
  assert.equal(differ, 0);
  assert.ok(answered > 50 && problems > 50, `${answered} ${problems}`);
  assert.equal(answered + problems, 400);
  assert.equal(first, true);
});

test('columns and terms that are none are refused with their path', () => {
  const refused = JSON.parse(script(`
    const refused = [];
    const q = { model: 'llama-3.2-1b', device: 'raspberry-pi-5-8gb' };
    for (const [columns, terms] of [[null], [{}], [{ prompt: 5 }], [{ prompt: [1, '2'] }], [{ prompt: [1n] }], [{ prompt: [1, 2], depth: [1] }], [{ promt: [1] }], [{ prompt: ['1'] }],
      [{ model: [1] }], [{ prompt: new Float64Array(1_000_001) }], [{ prompt: [1] }, 'decode_tok_s'], [{ prompt: [1] }, []], [{ prompt: [1] }, ['decode_toks']], [{ mtp: [1] }]])
      try { engine.estimateMany(q, columns, terms); refused.push('answered'); } catch (e) { refused.push(e instanceof EdgewiseError ? e.code + ' ' + e.path : String(e)); }
    const odd = engine.estimateMany(q, { prompt: [NaN, -1, 1.5, Infinity, 0, 64] });
    console.log(JSON.stringify({ refused, status: [...odd.status], codes: odd.problems.map((p) => [p.errors[0].code, p.first, p.rows]), none: engine.estimateMany(q, { prompt: [] }).rows }));`));
  assert.deepEqual(refused, {
    refused: ['wrong_type columns', 'missing columns', 'wrong_type columns.prompt', 'wrong_type columns.prompt[1]', 'wrong_type columns.prompt[0]', 'inconsistent columns.depth',
      'unknown_word columns.promt', 'wrong_type columns.prompt', 'wrong_type columns.model', 'too_large columns.prompt', 'wrong_type terms', 'missing terms', 'unknown_word terms[0]', 'unknown_word columns.mtp'],
    status: [1, 2, 2, 2, 0, 0], codes: [['not_finite', 0, 1], ['out_of_range', 1, 3]], none: 0,
  });
});

test('the presets inside answer in three lines, say what they are, and come with the engine inside too', () => {
  const file = join(folder, 'lines.mjs');
  for (const name of ['edgewise', 'edgewise/inline']) {
    writeFileSync(file, `import { load } from '${name}';
import { presets, revision, date } from 'edgewise/presets';
console.log(JSON.stringify([(await load({ presets })).estimate({ model: 'llama-3.2-1b', device: 'raspberry-pi-5-8gb' }), revision, date]));`);
    const [answer, revision, date] = JSON.parse(execFileSync(process.execPath, [file], { cwd: folder, encoding: 'utf8' }));
    assert.equal(answer.verdict, 'runs_slowly');
    assert.match(revision, /^[0-9a-f]{8}$/);
    if (date !== null) assert.match(date, /^\d{4}-\d\d-\d\d$/);
  }
});

test('every example of the README runs as it is printed', () => {
  const readme = readFileSync(join(folder, 'node_modules/edgewise/README.md'), 'utf8');
  const examples = [...readme.matchAll(/```js\n([^]*?)```/g)].map(([, code]) => code);
  assert.ok(examples.length >= 4);
  for (const code of examples) {
    writeFileSync(join(folder, 'example.mjs'), code);
    const printed = execFileSync(process.execPath, ['example.mjs'], { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
    assert.match(printed, /\d/, code);
    assert.doesNotMatch(printed, /\bunknown\b|NaN|undefined/, code);
  }
});

test('the half that answers says what the others say, and what it leaves to them', () => {
  const { same, known, alias, catalog } = JSON.parse(script(`
    const half = await (await import('edgewise/answer')).load();
    const texts = ['device-classes', ...['gguf', 'full-precision', 'formats'].map((f) => 'quantizations/' + f), 'runtimes/llama.cpp-cpu',
      ...['llama.cpp-cpu', 'intervals', 'power'].map((f) => 'calibrations/' + f), 'models/llama-3.2-1b', 'models/qwen3-30b-a3b',
      'devices/raspberry-pi-5-8gb'].map((f) => readFileSync(\`${root}presets/\${f}.json\`, 'utf8'));
    const whole = await load();
    for (const one of [half, whole]) one.addPresets(texts.map((t) => '\\x1e' + t).join(''));
    const queries = [{}, { quant: 'Q8_0', prompt: 4000 }, { model: 'qwen3-30b-a3b', ways_out: true }, { runtime: 'nothing', ways_out: true }]
      .map((q) => ({ model: 'llama-3.2-1b', device: 'raspberry-pi-5-8gb', ...q }));
    const asked = (one, q) => JSON.stringify(one.choose(q).answer);
    const errors = (q) => half.choose({ ...queries[0], ...q }).errors.map((e) => e.code);
    console.log(JSON.stringify({ same: queries.map((q) => asked(half, q) === asked(whole, q) && asked(half, q).length > 1000),
      known: errors({ known: ['decode=9'] }), alias: errors({ device: 'rpi5' }),
      catalog: JSON.stringify(half.catalog()) === JSON.stringify(whole.catalog()) }));`));
  assert.deepEqual(same, [true, true, true, true]);
  assert.deepEqual(known, ['not_here']);
  assert.deepEqual(alias, ['unknown_id']);
  assert.equal(catalog, true);
});
