// Answers as pictures and text that stand by themselves, from the binary as a process.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { revisionOf } from '../../web/scripts/pack.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const binary = process.env.EDGEWISE_BINARY ?? join(root, 'build/native/bin/edgewise');
const folder = mkdtempSync(join(tmpdir(), 'edgewise-render-'));
after(() => rmSync(folder, { recursive: true, force: true }));

function edgewise(...args) {
  const { status, stdout, stderr, error } = spawnSync(binary, args, { encoding: 'utf8', cwd: folder, maxBuffer: 1 << 26 });
  if (error) throw error;
  return { status, out: stdout, err: stderr };
}
const pair = ['--model', 'llama-3.2-1b', '--device', 'raspberry-pi-5-8gb'];
function render(...args) {
  const r = edgewise('render', ...args);
  assert.equal(r.status, 0, r.err);
  return r.out;
}

/** Elements of a document in which every tag is closed, every attribute quoted and every & an entity; throws where not. */
function elements(document) {
  const open = [], found = [];
  let rest = document.trim();
  while (rest) {
    const text = /^[^<]+/.exec(rest)?.[0];
    if (text !== undefined) {
      assert.doesNotMatch(text.replace(/&(?:amp|lt|gt|quot|#39);/g, ''), /[&>]/, text);
      if (open.length) open.at(-1).text += text;
      rest = rest.slice(text.length);
      continue;
    }
    const tag = /^<(\/?)([a-z]+)((?: [a-z:-]+="[^"<]*")*)(\/?)>/i.exec(rest);
    assert.ok(tag, `no tag: ${rest.slice(0, 120)}`);
    const [all, closing, name, attributes, empty] = tag;
    if (closing) assert.equal(open.pop()?.name, name);
    else {
      const one = { name, text: '', attributes: Object.fromEntries([...attributes.matchAll(/([a-z:-]+)="([^"]*)"/gi)].map((m) => [m[1], m[2]])) };
      found.push(one);
      if (!empty) open.push(one);
    }
    rest = rest.slice(all.length);
  }
  assert.equal(open.length, 0);
  return found;
}
const texts = (document) => elements(document).filter((e) => e.name === 'text').map((e) => e.text);
const estimate = (...args) => JSON.parse(edgewise('estimate', ...args, '--format', 'json').out);

test('a card is a whole picture: verdict, question, numbers with ranges, what they rest on, and a description', () => {
  const svg = render(...pair);
  const found = elements(svg);
  assert.equal(found[0].name, 'svg');
  assert.equal(found[0].attributes.role, 'img');
  assert.equal(found.find((e) => e.name === 'title').text, 'Llama-3.2-1B on Raspberry Pi 5 8GB');
  assert.match(found.find((e) => e.name === 'desc').text, /^Llama-3\.2-1B on Raspberry Pi 5 8GB: Runs, slowly\. It needs [\d.]+ GiB of [\d.]+ GiB usable/);
  const said = texts(svg);
  for (const word of ['Runs, slowly', 'Memory', 'First token', 'Decode speed', 'Energy per token, whole system', 'Q4_K_M, llama.cpp, CPU, 512 tokens in, 128 out']) assert.ok(said.includes(word), word);
  const decode = estimate(...pair).terms.decode_tok_s;
  const shown = Number(said.find((t) => /^[\d.]+ tok\/s$/.test(t)).replace(' tok/s', ''));
  assert.ok(Math.abs(shown / decode.value - 1) < 0.01);
  assert.ok(said.some((t) => /^Fitted to \d+ published configurations\.$/.test(t)));
  assert.ok(said.some((t) => /^edgewise \d+\.\d+\.\d+, presets [0-9a-f]{8}, \d{4}-\d\d-\d\d$/.test(t)));
  // Nothing is asked of anybody, and nothing runs.
  assert.doesNotMatch(svg, /<script|href=|url\(|@import|<foreignObject|<image/);
});

test('a card states whatever was asked that is not the default, and what each of several gets', () => {
  const all = [
    ...['--model', 'qwen2.5-vl-7b', '--device', 'rtx-3060-12gb', '--batch', '4', '--images', '2', '--gpu-layers', '20'],
    ...['--kv-quant', 'q8_0', '--threads', '4', '--context', '8192', '--session', 'headless', '--host-memory-gib', '31.5']
  ];
  const card = render(...all, '--format', 'html');
  for (const said of ['4 sequences at once', 'images 2', 'gpu-layers 20', 'kv-quant q8_0', 'threads 4', 'context 8192', 'host-memory-gib 31.5'])
    assert.ok(card.includes(`, ${said}`), said);
  const { terms } = estimate(...all);
  const each = /That is ([\d.]+) tok\/s for each of 4 sequences\./.exec(card);
  assert.ok(Math.abs(Number(each[1]) * terms.tpot_mean_s.value - 1) < 0.01);
  assert.match(render(...pair, '--set', 'memory.peak_bandwidth_gb_s=34', '--format', 'html'), /, set memory\.peak_bandwidth_gb_s=34</);
  // What an engine's launcher gives it nobody asked for; who it is was.
  assert.match(render('--model', 'qwen3-8b', '--device', 'rtx-3060-12gb', '--runtime', 'ollama', '--format', 'html'), /<p>Q4_K_M, Ollama \(llama\.cpp, CUDA\), /);
  assert.doesNotMatch(render('--model', 'qwen3-8b', '--device', 'rtx-3060-12gb', '--runtime', 'ollama', '--format', 'html'), /<p>[^<]*(?:context|batch|parallel)/);
  assert.match(render(...pair, '--runtime', 'bitnet.cpp-cpu', '--format', 'html'), /Does not run\.<\/strong> Only models trained for it[^<]*I2_S\./);
});

test('of a device with power modes, the mode is said: what speeds it up is not what it ships with', () => {
  const jetson = ['--model', 'llama-3.2-1b', '--device', 'jetson-orin-nano-super-8gb'];
  const first = (...args) => edgewise('estimate', ...jetson, ...args).out.split('\n')[0];
  assert.match(first(), / Super 8GB \(full clocks\) with /);
  assert.match(first('--power-mode', '15w'), / Super 8GB \(15w\) with /);
  assert.match(edgewise('load', ...jetson).out, /Super 8GB \(full clocks\) with /);
  assert.doesNotMatch(edgewise('estimate', ...pair).out, /full clocks/);
  assert.match(render(...jetson, '--format', 'markdown'), /, full clocks, 512 tokens in/);
  assert.match(render(...jetson, '--format', 'markdown', '--lang', 'zh'), /，满频，/);
  assert.match(render(...jetson, '--power-mode', '15w', '--format', 'markdown'), /, 15w, 512 tokens in/);
});

test('themes: one for all, or as the reader prefers; a policy without inline styles takes the dark one alone', () => {
  const automatic = render(...pair), light = render(...pair, '--theme', 'light'), dark = render(...pair, '--theme', 'dark');
  assert.match(automatic, /prefers-color-scheme:dark/);
  for (const one of [light, dark]) assert.doesNotMatch(one, /<style|class=/);
  assert.ok(light.includes('fill="#ffffff"') && dark.includes('fill="#161c22"'));
  assert.deepEqual(texts(light), texts(dark));
  assert.ok(elements(automatic).filter((e) => e.name === 'text').every((e) => e.attributes.fill));
});

test('no text is wider than its picture, whatever is asked', () => {
  for (const args of [pair, ['--model', 'qwen3-32b', '--device', 'raspberry-pi-5-8gb'], ['--model', 'gpt-oss-120b', '--device', 'rtx-4090', '--prompt', '100000', '--batch', '4', '--cpu-moe', '12', '--host-memory-gib', '96', '--micro-batch', '256', '--threads', '8']])
    for (const lang of ['en', 'zh']) {
      const found = elements(render(...args, '--lang', lang));
      const width = Number(found[0].attributes.width);
      for (const { name, text, attributes } of found) {
        if (name !== 'text') continue;
        // Half the size for a letter and the whole for a Chinese one: as wide as common fonts draw them, or narrower.
        const wide = [...text].reduce((sum, c) => sum + (c > '\u1100' ? 1 : 0.5), 0) * Number(attributes['font-size']);
        assert.ok(Number(attributes.x) + wide <= width, text);
      }
    }
});

test('several answers are a table; badges, Markdown and HTML say the same numbers', () => {
  const several = [...pair, '--with-device', 'rtx-4090', '--with-model', 'qwen3-8b'];
  const rows = render(...several, '--format', 'markdown').split('\n').filter((line) => /^\| (?!Model|---)/.test(line));
  assert.equal(rows.length, 4);
  assert.match(rows[3], /^\| Qwen3-8B \| GeForce RTX 4090 24GB \(Q4\\_K\\_M, llama\.cpp, CUDA, 512 tokens in, 128 out\) \| Runs well \|.* J \([^)]*\), card \|/);
  const html = elements(render(...several, '--format', 'html'));
  assert.equal(html.filter((e) => e.name === 'tr').length, 5);
  assert.ok(html.every((e) => !('style' in e.attributes)));
  const speed = /\| ([\d.]+ tok\/s)/.exec(rows[0])[1];
  assert.ok(texts(render(...several)).includes(speed));
  assert.ok(texts(render(...pair, '--view', 'badge')).includes(`Runs, slowly, ${speed}`));
  assert.match(render(...pair, '--view', 'badge', '--format', 'markdown'), new RegExp(`^Llama-3\\.2-1B on Raspberry Pi 5 8GB: Runs, slowly, ${speed.replace('.', '\\.')} \\(`));
  assert.equal(elements(render(...pair, '--view', 'badge', '--format', 'html'))[0].name, 'span');
  const json = JSON.parse(render(...several, '--format', 'json'));
  assert.equal(json.answers.length, 4);
  assert.match(json.alternative_text, /Qwen3-8B on GeForce RTX 4090 24GB: Runs well\./);
});

test('Chinese: words, units and the language of the document', () => {
  const svg = render('--model', 'qwen3-32b', '--device', 'raspberry-pi-5-8gb', '--lang', 'zh', '--page', 'https://example.org/e/');
  assert.equal(elements(svg)[0].attributes.lang, 'zh-CN');
  const said = texts(svg);
  assert.ok(said.includes('无法运行') && said.includes('解码速度'));
  assert.ok(said.some((t) => / 分钟$/.test(t)));
  assert.match(svg, /&amp;lang=zh"/);
});

test('a link names the whole question, as the page reads it; where no link holds it, there is none, and it is said', () => {
  const link = (...args) => elements(render(...pair, '--page', 'https://example.org/e/', ...args)).find((e) => e.name === 'a')?.attributes.href.replaceAll('&amp;', '&');
  const asked = new URLSearchParams(new URL(link('--prompt', '1000', '--context', '8192')).hash.slice(1));
  assert.equal(asked.get('v'), '1');
  assert.equal(asked.get('m'), 'llama-3.2-1b');
  assert.equal(asked.get('d'), 'raspberry-pi-5-8gb');
  assert.equal(asked.get('q'), 'Q4_K_M');
  assert.equal(asked.get('prompt'), '1000');
  assert.equal(asked.get('c'), '8192');
  // The data that it rests on are named as the page names its own.
  assert.equal(asked.get('p'), revisionOf(join(root, 'presets')));
  assert.equal(new URLSearchParams(new URL(link('--flash-attention', '0')).hash.slice(1)).get('fa'), '0');
  writeFileSync(join(folder, 'config.json'), JSON.stringify({ model_type: 'llama', architectures: ['LlamaForCausalLM'], hidden_size: 2048, intermediate_size: 8192, num_attention_heads: 32, num_key_value_heads: 8, num_hidden_layers: 16, vocab_size: 128256, max_position_embeddings: 8192, tie_word_embeddings: true }));
  const r = edgewise('render', '--model', 'config.json', '--device', 'raspberry-pi-5-8gb', '--page', 'https://example.org/');
  assert.equal(r.status, 0, r.err);
  assert.match(r.err, /no link to the page: none holds a file/);
  assert.doesNotMatch(r.out, /<a /);
});

test('what a file says marks nothing up', () => {
  const name = '<script>alert(1)</script>"\'&|[x](javascript:y)`*_\u202e\ufffe';
  writeFileSync(join(folder, 'hostile.json'), JSON.stringify({ format_version: 1, type: 'model', id: 'hostile', name, family: 'llama', config: { hidden_size: 2048, intermediate_size: 8192, num_attention_heads: 32, num_key_value_heads: 8, num_hidden_layers: 16, vocab_size: 128256, max_position_embeddings: 8192 } }));
  for (const view of ['card', 'table', 'badge']) {
    for (const format of ['svg', 'html']) {
      const found = elements(render('--model', 'hostile.json', '--device', 'raspberry-pi-5-8gb', '--format', format, '--view', view));
      assert.ok(!found.some((e) => e.name === 'script'));
      assert.ok(!found.some((e) => JSON.stringify(e).includes('\ufffe')));
    }
    const markdown = render('--model', 'hostile.json', '--device', 'raspberry-pi-5-8gb', '--format', 'markdown', '--view', view);
    assert.doesNotMatch(markdown, /[^\\]<script|[^\\]\]\(javascript|\u202e/);
  }
});

test('the same twice, where the day is given; files are written whole', () => {
  const day = ['--date', '2026-01-31', '--output', 'a.svg'];
  assert.equal(edgewise('render', ...pair, ...day).status, 0);
  assert.equal(readFileSync(join(folder, 'a.svg'), 'utf8'), render(...pair, '--date', '2026-01-31'));
  assert.doesNotMatch(render(...pair, '--date', 'none'), /\d{4}-\d\d-\d\d/);
});

test('bad input exits with 2', () => {
  for (const view of ['card', 'badge']) {
    const { status, out, err } = edgewise('render', ...pair, '--with-device', 'rtx-4090', '--view', view);
    assert.deepEqual([status, out], [2, '']);
    assert.match(err, /view: .*several are a table/);
  }
  const refused = (...args) => {
    const r = edgewise('render', ...args);
    assert.equal(r.status, 2, r.err);
    assert.equal(r.out, '');
    return r.err;
  };
  assert.match(refused(...pair, '--theme', 'blue'), /--theme/);
  assert.match(refused(...pair, '--format', 'pdf'), /--format/);
  assert.match(refused(...pair, '--date', '31.1.2026'), /--date/);
  assert.match(refused(...pair, '--page', 'javascript:alert(1)'), /--page/);
  assert.match(refused(...pair, '--with-device', 'rapsberry-pi-5-8gb'), /raspberry-pi-5-8gb/);
  assert.match(refused('--model', 'llama-3.2-1b'), /--device/);
});

test('a file is of the format that its name ends in; of none, nothing is written', () => {
  for (const [name, begins] of [['a.md', /^\*\*/], ['a.HTML', /^<figure/], ['a.json', /^\{/], ['a.svg', /^<svg/], ['a', /^<svg/]]) {
    const file = join(folder, name);
    assert.equal(edgewise('render', ...pair, '--output', file).status, 0, name);
    assert.match(readFileSync(file, 'utf8'), begins, name);
  }
  const refused = edgewise('render', ...pair, '--output', join(folder, 'a.pdf'));
  assert.equal(refused.status, 2);
  assert.match(refused.err, /^edgewise: output: .*names no format/);
  assert.ok(!existsSync(join(folder, 'a.pdf')));
  assert.equal(edgewise('render', ...pair, '--output', join(folder, 'a.txt'), '--format', 'markdown').status, 0);
});
