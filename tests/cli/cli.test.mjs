// The binary as a process: what it prints, where, and how it ends.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const binary = process.env.EDGEWISE_BINARY ?? join(root, 'build/native/bin/edgewise');
const folder = mkdtempSync(join(tmpdir(), 'edgewise-cli-'));
after(() => rmSync(folder, { recursive: true, force: true }));

function edgewise(...args) {
  const { status, stdout, stderr, error } = spawnSync(binary, args, { encoding: 'utf8', cwd: folder, stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 1 << 26 });
  if (error) throw error;
  return { status, out: stdout, err: stderr };
}
function file(name, text) {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}
const pair = ['--model', 'llama-3.2-1b', '--device', 'raspberry-pi-5-8gb'];

/** Rows of CSV text as objects; fields may be quoted. */
function csv(text) {
  const lines = text.trimEnd().split('\n').map((line) => [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map((m) => (m[1] ?? m[2] ?? '').replaceAll('""', '"')));
  return lines.slice(1).map((cells) => Object.fromEntries(lines[0].map((key, i) => [key, cells[i]])));
}

test('the examples of the README are what the binary prints', () => {
  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  const examples = [...readme.matchAll(/^\$ edgewise (estimate .*)\n((?:[^`\n].*\n)+)/gm)];
  assert.ok(examples.length > 1);
  for (const [, line, printed] of examples) {
    const args = [...line.matchAll(/"([^"]*)"|(\S+)/g)].map((m) => m[1] ?? m[2]);
    assert.equal(edgewise(...args).out.slice(0, printed.length), printed, line);
  }
  const [, plain] = /gives ([\d.]+ tok\/s \([\d.]+ to [\d.]+\)) here without it/.exec(readme);
  const before = edgewise('estimate', '--model', 'qwen3-4b', '--device', 'orange-pi-5-max-16gb', '--quant', 'Q4_K_M').out;
  assert.ok(before.includes(plain), before);
});

test('estimate, text: the answer first, then times, memory and how sure', () => {
  const r = edgewise('estimate', ...pair);
  assert.equal(r.status, 0);
  assert.equal(r.err, '');
  assert.match(r.out, /Llama-3\.2-1B/);
  assert.match(r.out, /Raspberry Pi 5/);
  assert.match(r.out, /^Runs, slowly: it needs/m);
  for (const word of ['Time to first token', 'Decode', 'Weights', 'KV cache', 'How sure']) assert.ok(r.out.includes(word), word);
});

test('estimate, json: the document that the page shares', () => {
  const r = edgewise('estimate', ...pair, '--quant', 'Q4_0', '--prompt', '4000', '--format', 'json');
  assert.equal(r.status, 0);
  const answer = JSON.parse(r.out);
  assert.equal(answer.query.prompt, 4000);
  assert.equal(answer.quantization.id, 'Q4_0');
  assert.equal(answer.model.parameters, 1235814400);
  assert.equal(answer.verdict, 'runs_slowly');
  assert.deepEqual(answer.slow, { decode: false, ttft: true });
  assert.equal(answer.ways_out, undefined);
  assert.equal(answer.terms.context_tokens.value, 4128);
});

test('a known number corrects the answer, and says so', () => {
  const asked = ['estimate', '--model', 'llama-3.2-3b', '--device', 'raspberry-pi-5-8gb'];
  const decode = (...known) => {
    const r = edgewise(...asked, '--format', 'json', ...known);
    assert.equal(r.status, 0, r.err);
    return JSON.parse(r.out);
  };
  const plain = decode(), slower = decode('--known', 'decode=8.2 llama-3.2-1b Q4_K_M');
  assert.equal(plain.known, undefined);
  assert.ok(slower.terms.decode_tok_s.value < plain.terms.decode_tok_s.value);
  assert.deepEqual(slower.query.known, ['decode=8.2 llama-3.2-1b Q4_K_M prompt=64 generate=128 depth=0 device=raspberry-pi-5-8gb runtime=llama.cpp-cpu']);
  assert.equal(slower.sure.level, 'corrected');
  assert.equal(slower.known.length, 1);
  assert.equal(slower.known[0].value, 8.2);
  assert.ok(slower.known[0].expected > slower.known[0].explained);
  // Twice, and with what the answer's own question says.
  const twice = decode('--known', 'decode=8.2 llama-3.2-1b Q4_K_M', '--known', 'prefill=20 llama-3.2-1b Q4_K_M');
  assert.equal(twice.known.length, 2);
  assert.equal(decode('--known', slower.query.known[0]).terms.decode_tok_s.value, slower.terms.decode_tok_s.value);
  const text = edgewise(...asked, '--known', 'decode=8.2 llama-3.2-1b Q4_K_M');
  assert.match(text.out, /How sure: corrected by your number of this board \(8\.20 tok\/s of decode with llama-3\.2-1b Q4_K_M\); before, /);
});

test('a known number that is none is refused with its place', () => {
  const asked = ['estimate', ...pair];
  for (const [known, message] of [
    ['decode=fast', /known\[0\].*must be a number/],
    ['decode=-1', /known\[0\].*above 0/],
    ['decode=5000', /known\[0\].*impossible/],
    ['decode=9 llama-99', /known\[0\].*no known model/],
    ['speed=9', /known\[0\].*none of decode, prefill/],
  ]) {
    const r = edgewise(...asked, '--known', known);
    assert.equal(r.status, 2, known);
    assert.equal(r.out, '');
    assert.match(r.err, message);
  }
  assert.match(edgewise(...asked, '--known', 'decode=9', '--known', 'decode=x').err, /known\[1\]/);
});

test('known numbers out of what an engine printed, and a preset of what they say', () => {
  const printed = file('bench.md', [
    '| model | size | params | backend | threads | test | t/s |',
    '| --- | ---: | ---: | --- | ---: | ---: | ---: |',
    '| llama 1B Q4_K - Medium | 762.81 MiB | 1.24 B | CPU | 4 | pp512 | 32.10 ± 0.10 |',
    '| llama 1B Q4_K - Medium | 762.81 MiB | 1.24 B | CPU | 4 | tg128 | 9.41 ± 0.01 |', ''].join('\n'));
  const asked = ['estimate', '--model', 'llama-3.2-3b', '--device', 'raspberry-pi-5-8gb', '--format', 'json'];
  const r = edgewise(...asked, '--known-from', printed, '--save-calibration', 'my-pi.json');
  assert.equal(r.status, 0, r.err);
  assert.match(r.err, /wrote my-pi\.json/);
  const answer = JSON.parse(r.out);
  assert.deepEqual(answer.known.map((k) => [k.kind, k.value]), [['prefill', 32.1], ['decode', 9.41]]);
  assert.equal(edgewise('check', 'my-pi.json').status, 0);
  const preset = JSON.parse(readFileSync(join(folder, 'my-pi.json'), 'utf8'));
  assert.equal(preset.id, 'my-pi');
  assert.equal(preset.calibrations[0].origin, 'measured');
  assert.equal(preset.calibrations[0].samples.length, 2);
  assert.equal(preset.calibrations[0].parameters.decode_power_share, undefined);
  // To four digits, what the preset says is what the numbers said.
  const again = JSON.parse(edgewise('estimate', '--model', 'llama-3.2-3b', '--device', 'my-pi.json', '--format', 'json').out);
  for (const term of ['decode_tok_s', 'prefill_tok_s'])
    assert.ok(Math.abs(again.terms[term].value / answer.terms[term].value - 1) < 2e-3, term);
  assert.equal(edgewise('publish', 'my-pi.json').status, 0);

  // Ollama names no model: it is the one that is asked about. A terminal takes its lines as they are, too.
  const lines = 'prompt eval count:    26 token(s)\nprompt eval rate:     30.50 tokens/s\neval count:           298 token(s)\neval duration:        90s\neval rate:            3.31 tokens/s\n';
  const pasted = JSON.parse(edgewise(...asked, '--known', lines).out);
  assert.deepEqual(pasted.query.known.map((text) => text.split(' ').slice(0, 4).join(' ')), ['prefill=30.50 llama-3.2-3b Q4_K_M prompt=26', 'decode=3.31 llama-3.2-3b Q4_K_M prompt=26']);
  assert.equal(JSON.parse(edgewise(...asked, '--known-from', file('ollama.txt', lines)).out).known.length, 1);

  // Passes of another length say how fast it writes, and nothing of how it reads in those that are asked about.
  const passes = file('passes.md', readFileSync(join(folder, 'bench.md'), 'utf8').replaceAll(' test |', ' n_ubatch | test |').replaceAll(' ---: |\n', ' ---: | ---: |\n').replace(/(pp512|tg128)/g, '1024 | $1'));
  const other = edgewise(...asked, '--known-from', passes);
  assert.match(other.err, /1024 tokens at a time corrects nothing/);
  assert.deepEqual(JSON.parse(other.out).known.map((k) => k.kind), ['decode']);
  assert.equal(JSON.parse(edgewise(...asked, '--micro-batch', '1024', '--known-from', passes).out).known.length, 2);
  const prompts = file('prompts.md', readFileSync(join(folder, 'passes.md'), 'utf8').split('\n').filter((line) => !line.includes('tg128')).join('\n'));
  assert.match(edgewise(...asked, '--known-from', prompts).err, /1024 tokens at a time corrects nothing/);

  for (const [args, message] of [
    [['--known-from', file('nothing.txt', 'hello\n')], /nothing\.txt/],
    [['--known-from', 'absent.txt'], /absent\.txt/],
    [['--save-calibration', 'x.json'], /no number of this board/],
  ]) {
    const refused = edgewise(...asked, ...args);
    assert.notEqual(refused.status, 0);
    assert.match(refused.err, message);
  }
});

test('sweep and explore follow a known number', () => {
  const known = ['--known', 'decode=7 llama-3.2-1b Q4_K_M'];
  const swept = (...more) => csv(edgewise('sweep', ...pair, '--axis', 'depth', '--values', '0,1024', '--format', 'csv', ...more).out);
  swept(...known).forEach((row, i) => assert.ok(Number(row.decode_tok_s) < Number(swept()[i].decode_tok_s)));
  const rows = JSON.parse(edgewise('explore', '--model', 'llama-3.2-3b', '--quant', 'Q4_K_M', '--known', 'decode=7 llama-3.2-1b Q4_K_M device=raspberry-pi-5-8gb', '--format', 'json', '--limit', '1000').out).rows;
  assert.deepEqual(rows.filter((row) => row.corrected).map((row) => row.device), ['raspberry-pi-5-8gb']);
});

test('estimate with a runtime that reserves: what is held, its cache, and options by name', () => {
  const asked = ['estimate', '--model', 'llama-3.1-8b', '--device', 'rtx-3090-24gb', '--runtime', 'vllm-cuda'];
  const text = edgewise(...asked);
  assert.equal(text.status, 0);
  for (const word of ['Reserved memory', 'Tokens of cache', 'Concurrency']) assert.ok(text.out.includes(word), word);
  const { terms, query } = JSON.parse(edgewise(...asked, '--gpu-memory-utilization', '0.8', '--max-num-seqs', '8', '--format', 'json').out);
  assert.equal(query.gpu_memory_utilization, 0.8);
  assert.equal(terms.max_sequences.value, 8);
  assert.ok(terms.cache_tokens.value > 0);
  assert.equal(edgewise(...asked, '--gpu-memory-utilization', '1.5').status, 2);
});

test('estimate with a launcher: the runtime that it starts and the defaults that it takes', () => {
  const asked = ['estimate', '--model', 'llama-3.1-8b', '--device', 'rtx-3090-24gb', '--runtime', 'ollama'];
  assert.match(edgewise(...asked).out, /^Ollama runs it as llama\.cpp-cuda with its defaults micro_batch 512, parallel 1, context 32768\.$/m);
  const { launcher, runtime } = JSON.parse(edgewise(...asked, '--context', '8192', '--format', 'json').out);
  assert.equal(runtime.id, 'llama.cpp-cuda');
  assert.deepEqual(launcher, { id: 'ollama', name: 'Ollama', taken: [{ field: 'micro_batch', value: 512 }, { field: 'parallel', value: 1 }] });
  const refused = edgewise('estimate', ...pair, '--kv-quant', 'q8_0', '--flash-attention', '0');
  assert.equal(refused.status, 2);
  assert.match(refused.err, /kv_quant: .* without flash attention/);
});

test('estimate says what to change where it does not run well, in text or where it is asked', () => {
  const args = ['estimate', '--model', 'llama-3.1-70b', '--device', 'apple-m2-16gb'];
  const text = edgewise(...args);
  assert.equal(text.status, 0, text.err);
  assert.match(text.out, /^Does not run: it needs[^\n]*\n\nWays out +memory +decode +TTFT\n  \S/m);
  assert.ok(!edgewise(...args, '--no-ways-out').out.includes('Ways out'));
  assert.ok(!edgewise('estimate', '--model', 'llama-3.1-8b', '--device', 'rtx-4090-24gb').out.includes('Ways out'));
  const { ways_out: ways } = JSON.parse(edgewise(...args, '--format', 'json', '--ways-out').out);
  assert.ok(ways.length > 0 && ways.length <= 6);
  for (const way of ways) {
    // Each is the answer to the changed question.
    const { model = 'llama-3.1-70b', device = 'apple-m2-16gb', ...rest } = way.change;
    const options = Object.entries(rest).filter(([, v]) => v !== '').flatMap(([k, v]) => [`--${k.replaceAll('_', '-')}`, String(v)]);
    const again = JSON.parse(edgewise('estimate', '--model', model, '--device', device, ...options, '--format', 'json').out);
    assert.equal(again.verdict, way.verdict, way.label);
    assert.equal(again.terms.decode_tok_s.value, way.decode_tok_s.value, way.label);
  }
});

test('ways out name the option that was asked for, and no name runs into what stands beside it', () => {
  const args = ['estimate', '--model', 'llama-3.1-8b', '--device', 'rtx-3060-12gb', '--gpu-layers', '10'];
  assert.match(edgewise(...args).out, /^  without gpu_layers 10  +Runs well  /m);
  const { ways_out: ways } = JSON.parse(edgewise(...args, '--format', 'json', '--ways-out').out);
  assert.deepEqual(ways.find((w) => w.kind === 'option').change, { gpu_layers: null });
  // The longest name of a device stands apart from its verdict.
  const device = JSON.parse(readFileSync(join(root, 'presets/devices/jetson-orin-nano-super-8gb.json'), 'utf8'));
  assert.equal(device.price_usd > 0, true);
  const wide = edgewise('estimate', '--model', 'qwen3-30b-a3b', '--device', 'raspberry-pi-5-8gb').out.split('\n\n')[1].split('\n').slice(1);
  assert.ok(wide.length > 0);
  for (const line of wide) assert.match(line, /  (Runs|Likely fits)/, line);
});

test('the text answers what was asked of cost, battery and carbon, with what is missing of it', () => {
  const asked = ['estimate', '--model', 'llama-3.1-8b', '--device', 'jetson-orin-nano-super-8gb'];
  const options = ['--battery-wh', '50', '--requests-per-day', '100', '--electricity-usd-per-kwh', '0.3', '--device-life-years', '3', '--api-usd-per-mtok', '0.5', '--grid-gco2e-per-kwh', '300'];
  const { terms } = JSON.parse(edgewise(...asked, ...options, '--format', 'json').out);
  const { out } = edgewise(...asked, ...options);
  const said = (label) => Number(new RegExp(`^  ${label} +(-?[\\d.]+)`, 'm').exec(out)[1]);
  for (const [label, term] of [['Requests per charge', 'requests_per_battery'], ['Battery life', 'battery_h'], ['Electricity per million tokens', 'electricity_usd_per_Mtok'], ['Device per million tokens', 'device_usd_per_Mtok'],
    ['Cost per million tokens', 'usd_per_Mtok'], ['Saved beside an API', 'saved_usd_per_Mtok'], ['Carbon per million tokens', 'co2e_g_per_Mtok'], ['Share of the day at work', 'busy_share']])
    assert.ok(Math.abs(said(label) / terms[term].value - 1) < 0.01, label);
  assert.doesNotMatch(edgewise(...asked).out, /Cost and battery|Battery life/);
  const one = edgewise(...asked, '--battery-wh', '50').out;
  assert.match(one, /^  Battery life +[\d.]+ h/m);
  assert.doesNotMatch(one, /million tokens/);
  assert.match(edgewise(...asked, '--api-usd-per-mtok', '0.5').out, /^  Saved beside an API +unknown +needs .*electricity_usd_per_kwh/m);
});

test('tables are wide enough for what they say, counts are whole, and what numbers are of is said', () => {
  const swept = edgewise('sweep', '--model', 'llama-3.1-8b', '--device', 'rtx-3060-12gb', '--axis', 'gpu_layers', '--values', '10,33').out;
  assert.match(swept, /^gpu_layers +Time to first token +Decode speed +Total latency +Energy per token +Energy per request +Power, decode +verdict$/m);
  assert.match(swept, /^10 .*Runs with parts on the host$/m);
  assert.match(swept, /^Note \(gpu_layers 10\): a part of the model is with .*power and energy of the card alone\.$/m);
  assert.match(edgewise('sweep', '--model', 'llama-3.1-8b', '--device', 'rtx-3060-12gb', '--axis', 'gpu_layers', '--values', '10,33', '--format', 'csv').out, /^10,/m);
  assert.match(edgewise('sweep', ...pair, '--axis', 'memory.peak_bandwidth_gb_s', '--values', '12.5,20').out, /^12\.5 .*\n20 /m);
  const scores = edgewise('list', 'scores', '--model', 'llama-3.1-8b').out;
  assert.match(scores, /^benchmark +score  quant +source$/m);
  assert.match(scores, /^MMLU, 5-shot, base, macro_avg\/acc_char +66\.7 %  bf16 +https:\/\//m);
  const busy = edgewise('load', '--model', 'llama-3.1-8b', '--device', 'raspberry-pi-5-8gb', '--rate', '20').out;
  assert.match(busy, /^  Utilisation, times +\d+ /m);
  assert.doesNotMatch(busy, /\d{4} %/);
});

test('study prints a published study as one table, in text, CSV and JSON', () => {
  const ids = edgewise('study').out.trim().split('\n').map((line) => line.split(' ')[0]);
  assert.deepEqual(ids, ['2503.09114', '2506.09554']);
  for (const id of ids) {
    const text = edgewise('study', id);
    assert.equal(text.status, 0, text.err);
    assert.match(text.out, /^Runs well: 5 tok\/s and more, as people read, and the first token within 10 s\.$/m);
    assert.match(text.out, /^What is published of it$/m);
    assert.ok(!text.out.includes('no answer'));
    const rows = csv(edgewise('study', id, '--format', 'csv').out);
    const { tables } = JSON.parse(edgewise('study', id, '--format', 'json').out);
    assert.equal(rows.length, tables.flatMap((t) => t.rows).length);
    assert.ok(rows.length > 100);
    assert.equal(Number(rows[0].decode_tok_s), tables[0].rows[0].terms.decode_tok_s.value);
    assert.equal(rows[0].verdict, tables[0].rows[0].verdict);
    assert.ok(rows.every((row) => row.error === ''));
    // A row is the answer to its question.
    const row = rows.find((r) => r.verdict === 'runs_well');
    const keys = ['model', 'device', 'power_mode', 'runtime', 'quant', 'batch', 'prompt', 'generate', 'threads'].filter((k) => row[k] !== '' && !(k === 'threads' && Number(row[k]) === 0));
    const options = keys.flatMap((k) => [`--${k.replace('_', '-')}`, row[k]]);
    const alone = JSON.parse(edgewise('estimate', ...options, '--format', 'json').out);
    assert.equal(alone.terms.decode_tok_s.value, Number(row.decode_tok_s));
    // No speed beside a verdict that says there is none.
    for (const r of rows) if (r.verdict === 'does_not_run') assert.equal(r.decode_tok_s, '');
  }
  const grid = csv(edgewise('study', '2506.09554', '--format', 'csv').out);
  for (const [key, count] of [['batch', 8], ['quant', 4], ['model', 4], ['power_mode', 8]]) assert.equal(new Set(grid.map((r) => r[key])).size, count, key);
  const unknown = edgewise('study', '2506.0955');
  assert.equal(unknown.status, 2);
  assert.match(unknown.err, /study: unknown study "2506\.0955"; there are 2503\.09114, 2506\.09554/);
  const own = file('own.json', JSON.stringify({ type: 'study', format_version: 1, id: 'own', name: 'Own', source: 'me',
    tables: [{ name: 'One', query: { device: 'raspberry-pi-5-8gb' }, axes: [{ name: 'model', points: [{ model: 'llama-3.2-1b' }, { model: 'none' }] }], columns: ['decode_tok_s'] }] }));
  const [, speed] = /, ([\d.]+ tok\/s) \(/.exec(edgewise('estimate', '--model', 'llama-3.2-1b', '--device', 'raspberry-pi-5-8gb').out);
  const lines = edgewise('study', own).out.split('\n').map((line) => line.trim().replace(/ +/g, ' '));
  assert.ok(lines.includes(`llama-3.2-1b Runs, slowly ${speed}`), lines.join('\n'));
  assert.ok(lines.some((line) => line.startsWith('none no answer: model: ')));
  const bad = file('bad.json', readFileSync(own, 'utf8').replace('decode_tok_s', 'speed'));
  assert.match(edgewise('study', bad).err, /bad\.json.*tables\[0\]\.columns.*"speed" is no term/);
});

test('estimate, csv: one line per term, the same numbers', () => {
  const json = JSON.parse(edgewise('estimate', ...pair, '--format', 'json').out);
  const rows = csv(edgewise('estimate', ...pair, '--format', 'csv').out);
  assert.deepEqual(Object.keys(rows[0]), ['term', 'value', 'low', 'high', 'unit']);
  for (const row of rows) assert.equal(row.value === '' ? null : Number(row.value), json.terms[row.term].value, row.term);
  assert.equal(rows.length, Object.keys(json.terms).length);
});

test('estimate takes a preset, a config.json or a GGUF header as its model', () => {
  const parameters = (model) => {
    const r = edgewise('estimate', '--model', model, '--device', 'raspberry-pi-5-8gb', '--quant', 'Q4_0', '--format', 'json');
    assert.equal(r.status, 0, r.err);
    return JSON.parse(r.out).model.parameters;
  };
  assert.equal(parameters(join(root, 'presets/models/qwen3-4b.json')), 4022468096);
  assert.equal(parameters(join(root, 'tests/data/configs/qwen3-4b.json')), 4022468096);
  assert.equal(parameters(join(root, 'tests/fuzz/seed.gguf')), 43456);
});

test('what cannot be written is an error whatever was asked, and a misspelt command is named', () => {
  const full = (...args) => spawnSync('sh', ['-c', '"$0" "$@" >/dev/full', binary, ...args], { encoding: 'utf8', cwd: folder });
  for (const args of [['--help'], ['--version'], ['estimate', '--help'], ['estimate', ...pair]]) {
    const r = full(...args);
    assert.equal(r.status, 1, args.join(' '));
    assert.match(r.stderr, /the output cannot be written/);
  }
  const there = edgewise('render', ...pair, '--output', '/dev/full');
  assert.equal(there.status, 2);
  assert.match(there.err, /\/dev\/full: No space left/);
  for (const [args, said] of [[['estmate', ...pair], "unknown command 'estmate'; did you mean 'estimate'?"], [['xyzzyxyzzy'], "unknown command 'xyzzyxyzzy'; there are estimate, render, "], [['catalog', 'bild', '.'], "unknown command 'bild'; did you mean 'build'?"]]) {
    const r = edgewise(...args);
    assert.equal(r.status, 2);
    assert.ok(r.err.startsWith(`edgewise: ${said}`), r.err);
  }
});

test('a word that an option does not take is refused with those that it takes', () => {
  for (const [args, said] of [[['render', ...pair, '--theme', 'blue'], '--theme: blue not in {auto,light,dark}'], [['estimate', ...pair, '--format', 'xml'], '--format: xml not in {text,json,csv}'], [['render', ...pair, '--view', '1'], '--view: 1 not in {card,table,badge}']]) {
    const r = edgewise(...args);
    assert.equal(r.status, 2);
    assert.ok(r.err.includes(said), r.err);
  }
  assert.equal(edgewise('estimate', ...pair, '--format', 'JSON').out, edgewise('estimate', ...pair, '--format', 'json').out);
  assert.match(edgewise('sweep', ...pair, '--axis', 'memory.peak_bandwidth_gb_s', '--values', '0').err, /values\[0\]: is "0", must be between/);
});

test("one thread's copy bounds no machine of many cores: what its memory's peak allows may be known", () => {
  const big = ['--model', 'llama-3.1-70b', '--device', 'ampereone-a192-32x', '--quant', 'Q4_K_M'];
  assert.equal(edgewise('estimate', ...big, '--known', 'decode=3.86').status, 0);
  assert.match(edgewise('estimate', ...big, '--known', 'decode=12').err, /is impossible/);
});

test('no way out is of a context that its model does not have', () => {
  const { ways_out: ways } = JSON.parse(edgewise('estimate', ...pair, '--context', '10000000', '--format', 'json', '--ways-out').out);
  assert.ok(ways.every((way) => !way.query?.context || way.query.context <= 131072), JSON.stringify(ways));
});

test('a setting of a part that there is none of is said to have no effect', () => {
  for (const [option, value, part] of [['host-cores', 64, 'host'], ['host-memory-gib', 64, 'host'], ['acceptance', 0.9, 'draft'], ['draft-tokens', 5, 'draft'], ['row-split', 1, 'second device'], ['image-width', 10, 'image']])
    assert.match(edgewise('estimate', ...pair, `--${option}`, String(value)).out, new RegExp(`^Note: ${option.replaceAll('-', '_')} has no effect: there is no ${part}\\.$`, 'm'));
  assert.doesNotMatch(edgewise('estimate', '--model', 'llama-3.1-70b', '--device', 'rtx-4090-24gb', '--host-cores', '8').out, /no effect/);
});

test('threads: none is no number of them, and more than there are cores are said', () => {
  for (const n of ['0', '-1', '1025', '2.5']) assert.equal(edgewise('estimate', ...pair, '--threads', n).status, 2, n);
  assert.match(edgewise('estimate', ...pair, '--threads', '1000').out, /^Note: 1000 threads are more than the 4 cores of Raspberry Pi 5/m);
  assert.doesNotMatch(edgewise('estimate', ...pair, '--threads', '4').out, /threads/);
  assert.match(edgewise('estimate', '--model', 'llama-3.2-1b', '--device', 'rtx-4090-24gb', '--threads', '4').out, /^Note: the CPU does not compute here\.$/m);
});

test('several devices whose CPU computes are not joined', () => {
  const joined = ['estimate', '--model', 'llama-3.2-1b', '--device', 'radxa-aicore-ax-m1-8gb', '--runtime', 'llama.cpp-cpu', '--devices', '3'];
  const r = edgewise(...joined);
  assert.equal(r.status, 2);
  assert.match(r.err, /devices: llama\.cpp, CPU computes with one CPU: it joins no devices/);
});

test('a board whose vector extensions nobody stated is no processor of another kind, and is said to be unsure', () => {
  const board = JSON.parse(readFileSync(join(root, 'presets/devices/raspberry-pi-5-8gb.json'), 'utf8'));
  const of = (change) => {
    const d = structuredClone({ ...board, id: 'my-board' });
    change(d.cpu);
    const r = edgewise('estimate', '--model', 'llama-3.2-1b', '--device', file('board.json', JSON.stringify(d)), '--format', 'json');
    assert.equal(r.status, 0, r.err);
    return JSON.parse(r.out);
  };
  const says = (answer) => answer.warnings.filter(({ code }) => code === 'isa_unknown').length;
  const stated = of(() => {});
  const unstated = of((cpu) => cpu.clusters.forEach((c) => delete c.isa));
  assert.deepEqual([says(stated), says(unstated)], [0, 1]);
  assert.equal(unstated.sure.level, 'datasheet', 'as of a processor that nobody measured');
  const named = of((cpu) => {
    cpu.clusters.forEach((c) => delete c.isa);
    cpu.class = 'arm-dotprod';
  });
  assert.equal(says(named), 0);
  assert.equal(named.terms.decode_tok_s.value, stated.terms.decode_tok_s.value);
});

test('a config.json whose heads cannot share those of the cache is refused with the field', () => {
  const config = JSON.parse(readFileSync(join(root, 'tests/data/configs/phi-2.json'), 'utf8'));
  const own = join(folder, 'heads');
  mkdirSync(own, { recursive: true });
  const asked = (heads) => {
    writeFileSync(join(own, 'config.json'), JSON.stringify({ ...config, num_attention_heads: 32, num_key_value_heads: heads }));
    return edgewise('estimate', '--model', join(own, 'config.json'), '--device', 'raspberry-pi-5-8gb');
  };
  assert.equal(asked(8).status, 0);
  const r = asked(7);
  assert.equal(r.status, 2);
  assert.match(r.err, /config\.json: num_key_value_heads: does not divide num_attention_heads/);
});

test('an unknown id names its neighbours on stderr and exits with 2', () => {
  for (const [option, value, near] of [['--model', 'llama-3.2-1bb', 'llama-3.2-1b'], ['--device', 'raspbery-pi-5-8gb', 'raspberry-pi-5-8gb'],
    ['--runtime', 'llama.cpp-cpuu', 'llama.cpp-cpu'], ['--quant', 'Q4_K_N', 'Q4_K_M']]) {
    const args = ['estimate', ...pair];
    if (args.includes(option)) args[args.indexOf(option) + 1] = value;
    else args.push(option, value);
    const r = edgewise(...args);
    assert.equal(r.status, 2, option);
    assert.equal(r.out, '');
    assert.ok(r.err.includes(value) && r.err.includes(near), r.err);
  }
});

test('bad input exits with 2 and names the field; nothing is printed as a result', () => {
  for (const [args, field] of [[['estimate', ...pair, '--prompt', '-1'], /prompt/], [['estimate', ...pair, '--prompt', '1.5'], /prompt/],
    [['estimate', ...pair, '--batch', '0'], /batch/], [['estimate', ...pair, '--prompt', 'many'], /prompt/], [['estimate', ...pair, '--format', 'xml'], /format/],
    [['estimate', ...pair, '--power-mode', 'turbo'], /turbo/], [['estimate', ...pair, '--unheard-of', '1'], /unheard-of/], [['estimate', '--model', 'llama-3.2-1b'], /device/],
    [['nosuch'], /nosuch|subcommand/], [[], /subcommand/]]) {
    const r = edgewise(...args);
    assert.equal(r.status, 2, args.join(' '));
    assert.equal(r.out, '', args.join(' '));
    assert.match(r.err, field);
  }
});

test('--help and --version exit with 0', () => {
  assert.match(edgewise('--help').out, /estimate/);
  assert.equal(edgewise('--help').status, 0);
  assert.match(edgewise('--version').out, /\d+\.\d+\.\d+/);
  assert.equal(edgewise('--version').status, 0);
});

test('check accepts every kind of shipped preset', () => {
  const files = ['models/llama-3.2-1b', 'devices/raspberry-pi-5-8gb', 'runtimes/llama.cpp-cpu', 'quantizations/gguf'].map((f) => join(root, `presets/${f}.json`));
  const r = edgewise('check', ...files);
  assert.equal(r.status, 0, r.err);
});

test('check reports every error of a preset with its path', () => {
  const device = JSON.parse(readFileSync(join(root, 'presets/devices/raspberry-pi-5-8gb.json'), 'utf8'));
  device.memory.capacity_gib = '8';
  device.power.idle_w = -1;
  device.colour = 'green';
  const r = edgewise('check', file('device.json', JSON.stringify(device)));
  assert.equal(r.status, 2);
  for (const path of ['memory.capacity_gib', 'power.idle_w', 'colour', 'device.json']) assert.ok((r.out + r.err).includes(path), path);
  assert.equal(edgewise('check', file('syntax.json', '{"type": "model",}')).status, 2);
  assert.equal(edgewise('check', file('twice.json', '{"type": "model", "type": "model"}')).status, 2);
  assert.equal(edgewise('check', file('empty.json', '')).status, 2);
});

test('check fails, and does not end early, where one of several files is bad', () => {
  const good = join(root, 'presets/models/llama-3.2-1b.json');
  const r = edgewise('check', file('bad.json', '{}'), good);
  assert.equal(r.status, 2);
  assert.match(r.out + r.err, /llama-3\.2-1b is valid/);
});

test('a file that is not there is an error', () => {
  assert.notEqual(edgewise('check', '/nonexistent.json').status, 0);
  assert.notEqual(edgewise('predict', '/nonexistent.csv').status, 0);
  assert.notEqual(edgewise('estimate', '--model', './nonexistent.gguf', '--device', 'raspberry-pi-5-8gb').status, 0);
});

const header = 'id,source,url,trust,device,power_mode,runtime,runtime_version,model,quant,kv_quant,batch,threads,prompt,generate,depth,flash_attention,metric,value,unit,model_size_gib,note';
const cases = `${header},extra
a,s,u,A,raspberry-pi-5-8gb,,llama.cpp-cpu,,llama-3.2-1b,Q4_0,,1,4,0,128,0,,kv_cache_mib,,MiB,,"a note, with a comma",kept
b,s,u,A,raspberry-pi-5-8gb,,llama.cpp-cpu,,no-such-model,Q4_0,,1,4,0,128,0,,decode_tok_s,5,tok/s,,,
c,s,u,A,no-such-device,,llama.cpp-cpu,,llama-3.2-1b,Q4_0,,1,4,0,128,0,,decode_tok_s,5,tok/s,,,
d,s,u,A,raspberry-pi-5-8gb,,llama.cpp-cpu,,llama-3.2-1b,Q4_0,,1,4,0,128,0,,no_such_metric,5,,,,
`;

test('predict appends its columns, keeps unknown ones, and says why a row has none', () => {
  const r = edgewise('predict', file('cases.csv', cases));
  assert.equal(r.status, 0, r.err);
  const rows = csv(r.out);
  assert.deepEqual(rows.map((x) => x.id), ['a', 'b', 'c', 'd']);
  assert.deepEqual(r.out.split('\n')[0], `${header},extra,predicted,predicted_p10,predicted_p90,status`);
  // 16 layers x 2 x 8 x 64 x 2 bytes = 32 KiB a token; 128 tokens, padded to 256 by llama.cpp.
  assert.equal(Number(rows[0].predicted), 8);
  assert.equal(rows[0].note, 'a note, with a comma');
  assert.equal(rows[0].extra, 'kept');
  for (const row of rows.slice(1)) {
    assert.equal(row.predicted, '');
    assert.notEqual(row.status, rows[0].status);
  }
  assert.match(rows[1].status, /no-such-model/);
  assert.match(rows[2].status, /no-such-device/);
  assert.match(rows[3].status, /no_such_metric/);
});

test('predict answers a memory for the part that its scope names, for the micro-batch of its run, in the context that ran', () => {
  const row = (id, runtime, device, model, quant, columns) =>
    `${id},s,u,A,${device},,${runtime},,${model},${quant},,1,,${columns.prompt ?? 0},${columns.generate ?? 0},${columns.depth ?? ''},${columns.fa ?? ''},${columns.metric},,MiB,,,${columns.scope ?? ''},${columns.microBatch ?? ''}`;
  const buffers = { metric: 'compute_buffer_mib', depth: 1024, fa: 0 };
  const table = [`${header},scope,micro_batch`,
    row('host', 'llama.cpp-sycl', '', 'mistral-7b-v0.1', 'Q4_K_M', { ...buffers, scope: 'host', microBatch: 1024 }),
    row('half', 'llama.cpp-sycl', '', 'mistral-7b-v0.1', 'Q4_K_M', { ...buffers, scope: 'host', microBatch: 512 }),
    row('device', 'llama.cpp-sycl', '', 'mistral-7b-v0.1', 'Q4_K_M', buffers),
    row('table', 'llama.cpp-cuda', '', 'llama-3-8b', 'Q4_K_M', { metric: 'model_buffer_mib', scope: 'host' }),
    row('grown', 'rkllm', 'rk3588-16gb', 'qwen3-0.6b', 'w8a8', { metric: 'kv_cache_mib', prompt: 128, generate: 64 }),
  ].join('\n');
  const of = Object.fromEntries(csv(edgewise('predict', file('scopes.csv', `${table}\n`)).out).map((r) => [r.id, r]));
  assert.equal(Number(of.host.predicted), 20); // 4 x 1024 x (1024 cells + 4096): 20.01 MiB in ipex-llm's log
  assert.equal(Number(of.half.predicted), 10);
  assert.ok(Number(of.device.predicted) > 60);
  assert.ok(Number(of.host.predicted_p10) < 20 && Number(of.host.predicted_p90) > 20);
  assert.ok(Math.abs(Number(of.table.predicted) - 281.81) < 0.01);
  assert.equal(Number(of.grown.predicted), 2 * 28 * 8 * 128 * 2 * 192 / 1048576);
});

test('a prediction never reads the measured value', () => {
  const predicted = (value) => csv(edgewise('predict', file('v.csv', cases.replace('kv_cache_mib,,', `kv_cache_mib,${value},`))).out)[0].predicted;
  assert.equal(predicted('1'), predicted('1000000'));
});

test('list names presets, and every listed model and device can be asked about', () => {
  for (const [what, known] of [['models', 'llama-3.2-1b'], ['devices', 'raspberry-pi-5-8gb'], ['runtimes', 'llama.cpp-cpu'], ['quants', 'Q4_K_M']]) {
    const r = edgewise('list', what);
    assert.equal(r.status, 0);
    assert.ok(r.out.split('\n').some((line) => line.startsWith(known)), what);
  }
  assert.equal(edgewise('list', 'nosuch').status, 2);
  const ids = JSON.parse(edgewise('list', 'devices', '--format', 'json').out).map((d) => d.id);
  assert.ok(ids.length > 150);
});

test('estimate says what the quantization keeps, and scores with their sources', () => {
  const ask = (...more) => edgewise('estimate', '--model', 'qwen3-8b', '--device', 'rtx-3060-12gb', '--quant', 'Q4_K_M', ...more);
  assert.match(ask().out, /\nQuality\n {2}Kept by Q4_K_M +99\.\d % {3}5 benchmarks, .*OPT-RTN.*lm-evaluation-harness, https:\/\//);
  assert.match(ask().out, /\n {2}MMLU, 5-shot, base +76\.9 % {3}unquantized, acc, https:\/\/arxiv\.org/);
  assert.doesNotMatch(ask('--no-quality').out, /Quality/);
  assert.equal(JSON.parse(ask('--format', 'json').out).quality, undefined);
  const { retention, scores } = JSON.parse(ask('--format', 'json', '--quality').out).quality;
  assert.equal(retention.kind, 'recovery');
  assert.equal(retention.estimated, false);
  assert.equal(retention.count, 5);
  assert.ok(scores.every((s) => s.source && s.models >= 2 && s.value > 0));
  // Of others of like size it is estimated; where nobody measured the like, unknown.
  const other = (model, quant) => edgewise('estimate', '--model', model, '--device', 'apple-m3-ultra-512gb', '--quant', quant).out;
  assert.match(other('qwen3-4b', 'Q4_K_M'), /Kept by Q4_K_M +~.*other models of like size/);
  assert.match(other('smollm2-135m', 'Q5_K_S'), /Kept by Q5_K_S +unknown/);
});

test('scores and the benchmarks that rank models are listed', () => {
  const scales = JSON.parse(edgewise('list', 'benchmarks', '--format', 'json').out);
  assert.ok(scales.length > 20);
  assert.ok(scales[0].models >= 20);
  for (let i = 1; i < scales.length; ++i) assert.ok(scales[i - 1].models >= scales[i].models);
  const scores = JSON.parse(edgewise('list', 'scores', '--model', 'llama-3.1-8b', '--format', 'json').out);
  assert.ok(scores.length > 50 && scores.every((s) => s.benchmark && s.metric && s.source));
  assert.match(edgewise('list', 'scores', '--model', 'llama-3.1-8b', '--format', 'csv').out, /^benchmark,metric,shots,variant,quant,/);
  for (const args of [['scores'], ['scores', '--model', 'nosuch']]) assert.equal(edgewise('list', ...args).status, 2);
});

test('explore knows classes, vendors, quality and the axes of the frontier', () => {
  const json = (...args) => JSON.parse(edgewise('explore', ...args, '--format', 'json', '--limit', '5000').out);
  const boards = json('--model', 'llama-3.1-8b', '--classes', 'sbc,jetson', '--vendors', 'NVIDIA,Raspberry Pi');
  assert.ok(boards.count > 5);
  for (const r of boards.rows) assert.ok(['sbc', 'jetson'].includes(r.class) && ['NVIDIA', 'Raspberry Pi'].includes(r.vendor));
  const good = json('--device', 'rtx-3060-12gb', '--benchmark', 'MMLU', '--min-quality', '60', '--axes', 'speed,quality');
  assert.ok(good.count > 5 && good.rows.every((r) => r.quality >= 60));
  assert.ok(good.refused.find((r) => r.bound === 'min_quality').unknown > 100);
  // Nobody knows whether what is only known to be at most enough is enough.
  assert.ok(good.rows.every((r) => r.quality_basis !== 'unquantized'));
  const left = good.refused.find((r) => r.bound === 'min_quality');
  const free = json('--device', 'rtx-3060-12gb', '--benchmark', 'MMLU');
  assert.equal(left.upper_bounds, free.rows.filter((r) => r.quality_basis === 'unquantized' && r.quality >= 60).length);
  assert.ok(left.upper_bounds > 0 && left.nearest < 60);
  assert.equal(left.unknown, left.upper_bounds + free.rows.filter((r) => r.quality === null).length);
  const told = edgewise('explore', '--device', 'rtx-3060-12gb', '--benchmark', 'MMLU', '--min-quality', '60').out;
  assert.ok(told.includes(`(${left.unknown} of unknown value, ${left.upper_bounds} of these at most a score that would do`), told.slice(-400));
  assert.doesNotMatch(told, /<\d/);
  const front = good.rows.filter((r) => r.pareto);
  // Of one model a quantization of fewer bytes is not taken to be as good where nobody knows what it loses.
  for (const r of front) assert.ok(!good.rows.some((o) => o.model !== r.model && o.decode_tok_s > r.decode_tok_s && o.quality > r.quality));
  // Of a row, the answer says the same.
  const [r] = good.rows;
  const { terms, verdict, sure } = JSON.parse(edgewise('estimate', '--model', r.model, '--device', r.device, '--runtime', r.runtime, '--quant', r.quant, '--format', 'json').out);
  assert.deepEqual([terms.decode_tok_s.value, terms.decode_tok_s.low, terms.ttft_s.high, terms.energy_per_token_J.value, verdict, sure.level], [r.decode_tok_s, r.decode_tok_s_low, r.ttft_s_high, r.energy_per_token_J, r.verdict, r.sure]);
  assert.match(edgewise('explore', '--model', 'llama-3.1-8b', '--classes', 'sbc', '--min-decode-tok-s', '1000').out, /Without min_decode_tok_s \d+ more, the nearest [\d.]+/);
  const csv = edgewise('explore', '--device', 'rtx-3060-12gb', '--vision', '--format', 'csv').out.split('\n');
  assert.match(csv[0], /^model,device,runtime,quant,class,vendor,licence,verdict,.*decode_tok_s,decode_tok_s_low,.*,pareto$/);
  const made = (by) => edgewise('explore', '--device', 'rtx-3060-12gb', '--vendors', by, '--format', 'csv', '--limit', '3');
  assert.equal(made('nvidia').out, made('NVIDIA').out);
  assert.equal(made('nvidia').out.trim().split('\n').length, 4);
  assert.match(made('nvidia').err, /^edgewise: 3 of \d+ combinations; --limit shows more$/m);
  for (const [args, path] of [[['--min-quality', '5'], 'benchmark'], [['--benchmark', 'nosuch'], 'benchmark'], [['--axes', 'beauty'], 'axes[0]'], [['--classes', 'toaster'], 'classes[0]: is "toaster", must be one of automotive, '],
    [['--vendors', 'NVIDIA,nope'], 'vendors[1]: is "nope", must be one of '], [['--licences', 'mit,nope'], 'licences[1]: is "nope", must be one of apache-2.0, '], [['--mtp'], 'mtp']]) {
    const refused = edgewise('explore', '--device', 'rtx-3060-12gb', ...args);
    assert.equal(refused.status, 2);
    assert.ok(refused.err.includes(path), refused.err);
  }
  const licensed = json('--device', 'rtx-3060-12gb', '--licences', 'MIT,apache-2.0');
  assert.ok(licensed.count > 50);
  assert.ok(licensed.rows.every((row) => ['mit', 'apache-2.0'].includes(row.licence)));
});

test('explore finds what meets the bounds, fastest first', () => {
  const r = edgewise('explore', '--device', 'raspberry-pi-5-8gb', '--max-memory-gib', '2', '--format', 'json');
  assert.equal(r.status, 0, r.err);
  const { rows, count } = JSON.parse(r.out);
  assert.ok(count >= rows.length && rows.length > 0);
  for (const row of rows) {
    assert.equal(row.device, 'raspberry-pi-5-8gb');
    assert.ok(row.memory_B <= 2 * 2 ** 30);
  }
  const speeds = rows.map((row) => row.decode_tok_s);
  assert.deepEqual(speeds, [...speeds].sort((a, b) => b - a));
  assert.ok(rows.some((row) => row.pareto));
});

test('explore over devices says what each costs; of one device there is no such column', () => {
  const heads = (...args) => edgewise('explore', ...args).out.split('\n')[0].trim().split(/\s{2,}/);
  assert.ok(!heads('--device', 'raspberry-pi-5-8gb', '--limit', '3').includes('price'));
  const { out } = edgewise('explore', '--model', 'llama-3.1-8b', '--max-price-usd', '300', '--limit', '20');
  const lines = out.split('\n');
  assert.match(lines[0], / price  best$/);
  for (const line of lines.slice(1, 21)) assert.ok(Number(/\$(\d+)/.exec(line)[1]) <= 300, line);
  assert.match(out, /The price of a card is without the computer around it\./);
  assert.doesNotMatch(edgewise('explore', '--model', 'llama-3.1-8b', '--classes', 'sbc').out, /price of a card/);
});

test('validate --cross: "shipped" is what the catalog answers, whatever the rows would teach', () => {
  // Measured three times faster than the presets have it: a fit to these rows would follow them.
  const rows = ['Q4_0', 'Q8_0', 'Q4_K_M'].flatMap((quant, i) => ['llama-3.2-1b', 'qwen2.5-0.5b'].map((model, k) =>
    `r${i}${k},s,u,A,raspberry-pi-5-8gb,,llama.cpp-cpu,,${model},${quant},,1,4,64,128,0,,decode_tok_s,${60 + 20 * k - 10 * i},tok/s,,`));
  const measured = file('measured.csv', `${header}\n${rows.join('\n')}\n`);
  const predicted = new Map(csv(edgewise('predict', measured).out).map((r) => [r.id, Number(r.predicted)]));
  const cross = edgewise('validate', '--cross', '--format', 'json', measured);
  assert.equal(cross.status, 0, cross.err);
  const found = JSON.parse(cross.out).rows;
  assert.equal(found.length, rows.length);
  for (const row of found) assert.equal(row.shipped, predicted.get(row.id), row.id);
});

// Names that would take over a terminal, and bytes that are no UTF-8.
const evil = '\u001b]0;title\u0007\u001b[31mred\u001b[2J\u202eltr';
const clean = (r, what) => assert.doesNotMatch(r.out + r.err, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ufffd]/, what);

test('no text from a file or an argument reaches the terminal as it is', () => {
  const device = JSON.parse(readFileSync(join(root, 'presets/devices/raspberry-pi-5-8gb.json'), 'utf8'));
  device.name = evil;
  device.id = 'evil';
  const preset = file('evil.json', JSON.stringify(device));
  const config = JSON.parse(readFileSync(join(root, 'tests/data/configs/phi-2.json'), 'utf8'));
  config.model_type = evil;
  for (const args of [['estimate', '--device', preset, '--model', 'llama-3.2-1b'], ['estimate', '--device', 'raspberry-pi-5-8gb', '--model', file('config.json', JSON.stringify(config))],
    ['estimate', '--device', evil, '--model', evil], ['estimate', ...pair, '--prompt', evil], ['estimate', ...pair, '--format', evil], ['check', evil], ['check', preset], ['list', evil], ['predict', evil], [evil],
    ['validate', '--by', 'device', file('evil.csv', `model,metric,runtime,device,quant,value\nllama-3.2-1b,decode_tok_s,llama.cpp-cpu,raspberry-pi-5-8gb,Q4_0,1\n${evil},${evil},${evil},${evil},,1\n`)],
    ['publish', preset]]) {
    const r = edgewise(...args);
    assert.ok(r.status === 0 || r.status === 2, `${JSON.stringify(args)}: ${r.status}`);
    clean(r, JSON.stringify(args));
  }
  assert.match(edgewise('estimate', '--device', preset, '--model', 'llama-3.2-1b').out, /\\x1b\]0;title/);
  const checked = (path) => {
    const { out, err } = edgewise('check', path);
    return err + out;
  };
  assert.match(checked(preset), /name: .* holds what is no visible character/);
  device.name = 'x'.repeat(201);
  assert.match(checked(file('long.json', JSON.stringify(device))), /name: is longer than 200 bytes/);
});

test('bytes that are no UTF-8 in a file name are replaced, in every format', () => {
  const name = Buffer.from([0x6d, 0xff, 0x2e, 0x67, 0x67, 0x75, 0x66]); // m\xff.gguf
  writeFileSync(Buffer.concat([Buffer.from(`${folder}/`), name]), readFileSync(join(root, 'tests/fuzz/seed.gguf')));
  for (const format of ['text', 'json', 'csv']) {
    // A shell, since node passes arguments as UTF-8.
    const { status, stdout, stderr } = spawnSync('bash', ['-c', `exec "$0" estimate --model ./$'m\\xff.gguf' --device raspberry-pi-5-8gb --format ${format}`, binary], { cwd: folder });
    assert.equal(status, 0, `${format}: ${stderr}`);
    const text = new TextDecoder('utf-8', { fatal: true }).decode(stdout);
    if (format === 'json') assert.equal(JSON.parse(text).model.id, 'm\ufffd');
  }
});

test('a terminal gets no escapes in any format', () => {
  const device = JSON.parse(readFileSync(join(root, 'presets/devices/raspberry-pi-5-8gb.json'), 'utf8'));
  device.name = evil;
  device.id = `evil\u001b[2J\u009b`;
  const preset = file('evil-id.json', JSON.stringify(device));
  for (const format of ['text', 'json', 'csv'])
    for (const command of ['estimate', 'explore']) {
      const line = [binary, command, '--device', preset, '--model', 'llama-3.2-1b', '--format', format].map((x) => `'${x}'`).join(' ');
      // util-linux' script gives the command a terminal.
      const { stdout } = spawnSync('script', ['-qec', line, '/dev/null'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
      assert.ok(stdout.length > 100, `${command} ${format}`);
      clean({ out: stdout.replaceAll('\r\n', '\n'), err: '' }, `${command} ${format}`);
    }
});

test('nothing, and what is written in another base, are no numbers', () => {
  for (const none of ['', ' ', '0x200', 'nan', '512abc']) {
    const { status, err, out } = edgewise('estimate', '--model', 'llama-3.2-1b', '--device', 'raspberry-pi-5-8gb', '--prompt', none);
    assert.equal(status, 2, none);
    assert.match(err, /--prompt/);
    assert.equal(out, '');
  }
});

test('names as people type them: one is taken, several are named, a path that is none is said to be none', () => {
  const taken = (...args) => {
    const { query } = JSON.parse(edgewise('estimate', ...args, '--format', 'json').out);
    return `${query.model} ${query.device} ${query.quant}`;
  };
  assert.equal(taken('--model', 'unsloth/Llama-3.2-1B-Instruct-GGUF:Q6_K', '--device', 'rpi5 8gb'), 'llama-3.2-1b raspberry-pi-5-8gb Q6_K');
  assert.equal(taken('--model', 'llama3.2:1b', '--device', 'Orin Nano Super', '--quant', 'q8-0'), 'llama-3.2-1b jetson-orin-nano-super-8gb Q8_0');
  const several = edgewise('estimate', '--model', 'llama3.2:1b', '--device', 'rpi5');
  assert.equal(several.status, 2);
  assert.match(several.err, /"rpi5" may be any of several; did you mean raspberry-pi-5-2gb, raspberry-pi-5-4gb/);
  // What is one of several is said to be, whether a name or a part of one.
  assert.equal(taken('--model', 'gemma3:4b-it-qat', '--device', 'rpi5 8gb'), 'gemma-3-4b raspberry-pi-5-8gb Q4_0');
  for (const asked of [['--model', 'Phi-3-mini-4k-instruct-q4.gguf'], ['--model', 'phi-3-mini', '--quant', 'q4']])
    assert.match(edgewise('estimate', ...asked, '--device', 'rpi5 8gb').err, /quant: "[Qq]4" is no known quant; did you mean Q4_0, Q4_K_M, Q4_1, Q4_K_L, Q4_K_S\?/);
  assert.match(edgewise('estimate', '--model', 'llama3.2:1b', '--device', 'steam deck').err, /did you mean steam-deck-lcd-16gb, steam-deck-oled-16gb\?/);
  // Of a family of runtimes, those that run on the device.
  const on = (device, runtime, model = 'llama3.2:1b') => edgewise('estimate', '--model', model, '--device', device, '--runtime', runtime, '--format', 'json');
  assert.match(on('rtx-4090-24gb', 'llama.cpp').err, /"llama\.cpp" may be any of several; did you mean llama\.cpp-cuda, llama\.cpp-vulkan(, llama\.cpp-opencl)?\?$/m);
  assert.equal(JSON.parse(on('ampere-altra-max-m128-30', 'llama.cpp').out).runtime.id, 'llama.cpp-cpu');
  assert.match(on('raspberry-pi-5-8gb', 'vllm').err, /runtime: vllm-cuda does not run on raspberry-pi-5-8gb/);
  const near = edgewise('estimate', '--model', 'someone/Llama-3.2-1B-tuned', '--device', 'rpi5 8gb');
  assert.equal(near.status, 2);
  assert.match(near.err, /is no known model; did you mean llama-3\.2-1b/);
  assert.match(edgewise('estimate', '--model', './models/no.gguf', '--device', 'rpi5 8gb').err, /no\.gguf: /);
});

test('load: a server under load, as text and JSON', () => {
  const asked = ['load', '--model', 'llama-3.1-8b', '--device', 'rtx-4090-24gb', '--runtime', 'vllm-cuda', '--rate', '1', '--ttft-p95', '2'];
  const text = edgewise(...asked);
  assert.equal(text.status, 0);
  assert.match(text.out, /^Yes: 1\.00 requests\/s keep the promise\.$/m);
  for (const word of ['Utilisation', 'TTFT, p95', 'Time per token, p50', 'Capacity', 'mixed scheduling']) assert.ok(text.out.includes(word), word);
  const json = JSON.parse(edgewise(...asked, '--format', 'json').out);
  assert.equal(json.stable, true);
  assert.ok(json.ttft_p50_s.value < json.ttft_p95_s.value);
  assert.ok(json.largest_rate_per_s.value > 1 && json.largest_rate_per_s.value < json.capacity_per_s.value);
  assert.ok(json.utilisation.low < json.utilisation.value && json.utilisation.value < json.utilisation.high);
  assert.equal(json.server.step_s.length, json.load.slots);
});

test('load: within the range of what it can answer either may be', () => {
  const asked = ['load', '--model', 'llama-3.1-8b', '--device', 'rtx-3090-24gb', '--runtime', 'vllm-cuda'];
  const { value, low, high } = JSON.parse(edgewise(...asked, '--format', 'json').out).largest_rate_per_s;
  const said = (rate) => edgewise(...asked, '--rate', String(rate)).out.split('\n')[2];
  assert.match(said(0.9 * low), /^Yes: it answers/);
  assert.match(said((low + value) / 2), /^Likely: it answers/);
  assert.match(said((value + high) / 2), /^Likely not: .* are more than it can answer/);
  assert.match(said(1.1 * high), /^No: .* are more than it can answer/);
});

test('load: what does not run serves nobody, whatever its speed would be', () => {
  const { out } = edgewise('load', '--model', 'qwen3-32b', '--device', 'raspberry-pi-5-8gb', '--rate', '0.0001');
  const [, verdict, said] = out.split('\n');
  assert.match(verdict, /^One request alone: Does not run: it needs/);
  assert.match(said, /^No: it does not run/);
});

test('load: what makes no sense is refused with its field', () => {
  for (const [args, path] of [[['--rate', '0'], 'rate'], [['--slots', '1.5'], 'slots'], [['--batch', '4'], 'batch'], [['--generate-cv2', '-1'], 'generate_cv2'], [['--slots', '4000'], 'slots']]) {
    const r = edgewise('load', ...pair, ...args);
    assert.equal(r.status, 2, args.join(' '));
    assert.match(r.err, new RegExp(path));
  }
});

test('numbers as people write them', () => {
  const context = (text) => JSON.parse(edgewise('estimate', ...pair, '--context', text, '--format', 'json').out).terms.context_tokens.value;
  assert.equal(context('32k'), 32000);
  assert.equal(context('32 Ki'), 32768);
  for (const wrong of ['32q', 'k', '1e400', '0x20k']) assert.equal(edgewise('estimate', ...pair, '--context', wrong).status, 2, wrong);
});

test('speculation and the network: options of a question', () => {
  const terms = (...args) => JSON.parse(edgewise('estimate', '--model', 'qwen3.6-27b', '--device', 'rtx-4090-24gb', '--quant', 'Q4_K_M', '--format', 'json', ...args).out).terms;
  const plain = terms(), heads = terms('--mtp', '--draft-tokens', '2', '--task', 'code'), far = terms('--link-rtt-ms', '30');
  assert.ok(heads.decode_tok_s.value > 1.2 * plain.decode_tok_s.value);
  assert.ok(heads.speculation_speedup.low < heads.speculation_speedup.value);
  assert.equal(heads.memory_B.value, plain.memory_B.value + heads.draft_B.value);
  assert.ok(Math.abs(far.ttft_s.value - plain.ttft_s.value - 0.03) < 1e-9);
  const r = edgewise('estimate', ...pair, '--mtp');
  assert.equal(r.status, 2);
  assert.match(r.err, /mtp/);
});

test('an edited device: the answer, its preset, and what cannot be edited', () => {
  const json = (...args) => JSON.parse(edgewise('estimate', ...args, '--format', 'json').out);
  const was = json(...pair);
  const set = ['--set', 'memory.peak_bandwidth_gb_s=34.2 GB/s', '--set', 'power.idle_w=3.5'];
  const made = join(folder, 'my-board.json');
  const now = json(...pair, ...set, '--save-device', made);
  assert.ok(now.terms.decode_tok_s.value > 1.2 * was.terms.decode_tok_s.value);
  assert.deepEqual(now.edited.map((e) => [e.field, e.from, e.to]), [
    ['memory.peak_bandwidth_gb_s', 17.1, 34.2],
    ['power.idle_w', 2.8, 3.5],
  ]);
  assert.equal(edgewise('check', made).status, 0);
  const saved = json('--model', 'llama-3.2-1b', '--device', made);
  assert.equal(saved.terms.decode_tok_s.value, now.terms.decode_tok_s.value);
  assert.deepEqual(saved.sure, now.sure);
  assert.match(edgewise('estimate', '--model', 'llama-3.2-1b', '--device', made).out, /on Raspberry Pi 5 8GB \(edited\) with/);
  for (const [edit, path] of [
    ['memory.bandwidth=34', 'device.memory.bandwidth'],
    ['memory.capacity_gib=nan', 'device.memory.capacity_gib'],
    ['memory.capacity_gib=8 GB/s', 'device.memory.capacity_gib'],
    ['power.idle_w=5000', 'device.power.idle_w'],
    ['nothing', 'set[0]'],
  ]) {
    const refused = edgewise('estimate', ...pair, '--set', edit);
    assert.equal(refused.status, 2, edit);
    assert.ok(refused.err.includes(`${path}: `), refused.err);
  }
  assert.equal(edgewise('estimate', ...pair, '--save-device', made).status, 2, 'nothing is edited');
  assert.equal(edgewise('explore', '--model', 'llama-3.2-1b', '--set', 'price_usd=3').status, 2, 'of which device?');
});

test('what would help, the roofline, fields, and sweeps that say where memory ends', () => {
  const large = ['--model', 'llama-3.1-8b', '--device', 'raspberry-pi-5-8gb'];
  const { what_if } = JSON.parse(edgewise('estimate', ...large, '--what-if', 'decode_tok_s', '--format', 'json').out);
  assert.ok(what_if.changes.some((c) => c.kind === 'bandwidth' && c.gain > 1.1));
  assert.equal(edgewise('estimate', ...large, '--what-if', 'layers').status, 2);
  const line = JSON.parse(edgewise('roofline', ...large, '--format', 'json').out);
  assert.deepEqual(line.points.map((p) => p.phase), ['decode', 'prefill']);
  assert.ok(line.ceilings.every((c) => c.peak > 0 && c.ridge.peak > 0));
  const fields = JSON.parse(edgewise('fields', ...large, '--format', 'json').out);
  assert.equal(fields.find((f) => f.field === 'memory.capacity_gib').value, 8);
  const swept = (...args) => edgewise('sweep', ...large, '--axis', ...args);
  const depth = JSON.parse(swept('depth', '--values', '0,65536', '--format', 'json').out);
  assert.deepEqual(depth.fits, [true, false]);
  assert.equal(depth.memory_end.first_unfit, depth.memory_end.last_fit + 1);
  for (const [axis, values, said] of [['prompt', '512,-1', /^edgewise: values\[1\]: is -1, must be a whole number/], ['quant', 'Q4_K_M,Q9_Z', /^edgewise: values\[1\]: "Q9_Z" is no known quant/], ['prompt', '-1', /^edgewise: values\[0\]: is -1/]])
    for (const format of ['text', 'json', 'csv']) {
      const partly = swept(axis, `--values=${values}`, '--format', format);
      assert.equal(partly.status, 2, values);
      assert.equal(partly.out, '');
      assert.match(partly.err, said);
    }
  assert.ok(JSON.parse(swept('quant', '--format', 'json').out).names.includes('Q4_K_M'));
  assert.match(swept('depth', '--values', '0,65536').out, /Memory ends between \d+ and \d+/);
});
