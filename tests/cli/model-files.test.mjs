// Models given as files: what is computed is what they hold.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const binary = process.env.EDGEWISE_BINARY ?? join(root, 'build/native/bin/edgewise');
const folder = mkdtempSync(join(tmpdir(), 'edgewise-files-'));
after(() => rmSync(folder, { recursive: true, force: true }));

function estimate(model, device, ...more) {
  const args = ['estimate', '--model', model, '--device', device, '--format', 'json', ...more];
  const { status, stdout, stderr } = spawnSync(binary, args, { encoding: 'utf8', cwd: folder, maxBuffer: 1 << 26 });
  return { status, err: stderr, ...(status === 0 ? JSON.parse(stdout) : {}) };
}

const u32 = (n) => new Uint8Array(new Uint32Array([n]).buffer);
const u64 = (n) => new Uint8Array(new BigUint64Array([BigInt(n)]).buffer);
const text = (s) => Buffer.concat([u64(Buffer.byteLength(s)), Buffer.from(s)]);
const types = { F32: [0, 1, 4], F16: [1, 1, 2], Q4_0: [2, 32, 18], Q8_0: [8, 32, 34], Q6_K: [14, 256, 210] };

/** The header of a GGUF file of one tied Llama layer, and the bytes of its tensors. */
function gguf({ matrices, embedding, fileType, only = () => true, more = {}, metadata = true }) {
  const tensors = [['token_embd.weight', [512, 1000], embedding], ['output_norm.weight', [512], 'F32'],
    ['blk.0.attn_norm.weight', [512], 'F32'], ['blk.0.ffn_norm.weight', [512], 'F32'],
    ['blk.0.attn_q.weight', [512, 512], matrices], ['blk.0.attn_k.weight', [512, 256], matrices],
    ['blk.0.attn_v.weight', [512, 256], matrices], ['blk.0.attn_output.weight', [512, 512], matrices],
    ['blk.0.ffn_gate.weight', [512, 1024], matrices], ['blk.0.ffn_up.weight', [512, 1024], matrices],
    ['blk.0.ffn_down.weight', [1024, 512], matrices]].filter(([name]) => only(name));
  const numbers = { ...(metadata ? { 'llama.block_count': 1, 'llama.embedding_length': 512, 'llama.feed_forward_length': 1024,
    'llama.attention.head_count': 8, 'llama.attention.head_count_kv': 4, 'llama.context_length': 4096 } : {}),
    ...(fileType === undefined ? {} : { 'general.file_type': fileType }), ...more };
  const pairs = Object.entries(numbers).map(([key, n]) => Buffer.concat([text(key), u32(4), u32(n)]));
  if (metadata) pairs.unshift(Buffer.concat([text('general.architecture'), u32(8), text('llama')]));
  const table = tensors.map(([name, dims, type]) => Buffer.concat([text(name), u32(dims.length), ...dims.map(u64), u32(types[type][0]), u64(0)]));
  const size = ([, dims, type]) => dims.reduce((a, b) => a * b, 1) / types[type][1] * types[type][2];
  return { bytes: Buffer.concat([Buffer.from('GGUF'), u32(3), u64(tensors.length), u64(pairs.length), ...pairs, ...table]),
    size: tensors.reduce((sum, t) => sum + size(t), 0) };
}
function file(name, bytes) {
  writeFileSync(join(folder, name), bytes);
  return join(folder, name);
}

test('a GGUF without a word on its type is answered as what its tensors are', () => {
  const { bytes, size } = gguf({ matrices: 'Q4_0', embedding: 'Q6_K' });
  const path = file('tiny-Q4_0.gguf', bytes);
  const r = estimate(path, 'raspberry-pi-5-8gb');
  assert.equal(r.status, 0, r.err);
  assert.deepEqual(r.quantization, { id: 'mixed (Q4_0, Q6_K)', family: 'gguf', approximate: false, of_file: true });
  assert.equal(r.terms.weights_B.value, size);
  assert.ok(r.terms.decode_tok_s.value > 0);

  const other = estimate(path, 'raspberry-pi-5-8gb', '--quant', 'Q8_0');
  assert.equal(other.quantization.of_file, false);
  assert.match(JSON.stringify(other.warnings), /the file holds mixed \(Q4_0, Q6_K\); this is what it would be, converted to Q8_0/);
  const elsewhere = estimate(path, 'rtx-4090-24gb', '--runtime', 'vllm-cuda');
  assert.equal(elsewhere.status, 2);
  assert.match(elsewhere.err, /^edgewise: quant: vllm-cuda does not run mixed \(Q4_0, Q6_K\) \(gguf\), which the file holds/m);
});

test('the parts of a split GGUF are one model, found beside the one that is named', () => {
  const all = gguf({ matrices: 'Q8_0', embedding: 'Q8_0', fileType: 7 });
  const split = { 'split.count': 2, 'split.tensors.count': 11 };
  const one = gguf({ matrices: 'Q8_0', embedding: 'Q8_0', fileType: 7, more: { ...split, 'split.no': 0 }, only: (n) => !n.includes('ffn') });
  const two = gguf({ matrices: 'Q8_0', embedding: 'Q8_0', more: { ...split, 'split.no': 1 }, only: (n) => n.includes('ffn'), metadata: false });
  const path = file('big-00001-of-00002.gguf', one.bytes);
  const alone = estimate(path, 'raspberry-pi-5-8gb');
  assert.equal(alone.status, 2);
  assert.match(alone.err, /split\.count: says 2 parts, of which 1 was read/);
  file('big-00002-of-00002.gguf', two.bytes);
  const r = estimate(path, 'raspberry-pi-5-8gb');
  assert.equal(r.status, 0, r.err);
  assert.equal(r.model.id, 'big');
  assert.equal(r.quantization.id, 'Q8_0');
  assert.equal(r.terms.weights_B.value, all.size);
});

test('safetensors: a file, an index and a folder are the same model', () => {
  const at = join(folder, 'my-qwen');
  mkdirSync(at);
  const config = { model_type: 'qwen2', hidden_size: 256, intermediate_size: 512, num_hidden_layers: 1, num_attention_heads: 4,
    num_key_value_heads: 2, vocab_size: 1024, tie_word_embeddings: true, quantization: { group_size: 64, bits: 4 } };
  const l = 'model.layers.0.';
  const tensors = {};
  const matrix = (name, rows, columns) => {
    tensors[`${name}.weight`] = { dtype: 'U32', shape: [rows, columns / 8], data_offsets: [0, 0] };
    for (const x of ['scales', 'biases']) tensors[`${name}.${x}`] = { dtype: 'BF16', shape: [rows, columns / 64], data_offsets: [0, 0] };
  };
  const vector = (name, n) => (tensors[name] = { dtype: 'BF16', shape: [n], data_offsets: [0, 0] });
  matrix('model.embed_tokens', 1024, 256);
  for (const [x, rows] of [['q', 256], ['k', 128], ['v', 128]]) {
    matrix(`${l}self_attn.${x}_proj`, rows, 256);
    vector(`${l}self_attn.${x}_proj.bias`, rows);
  }
  matrix(`${l}self_attn.o_proj`, 256, 256);
  matrix(`${l}mlp.gate_proj`, 512, 256);
  matrix(`${l}mlp.up_proj`, 512, 256);
  matrix(`${l}mlp.down_proj`, 256, 512);
  for (const x of ['input', 'post_attention']) vector(`${l}${x}_layernorm.weight`, 256);
  vector('model.norm.weight', 256);
  const shard = (names) => {
    const header = Buffer.from(JSON.stringify(Object.fromEntries(names.map((n) => [n, tensors[n]]))));
    return Buffer.concat([u64(header.length), header]);
  };
  const names = Object.keys(tensors);
  const weights = 1024 * 256 + 2 * 256 * 256 + 2 * 128 * 256 + 3 * 512 * 256;
  const size = weights * (0.5 + 4 / 64) + 2 * (512 + 3 * 256);
  const parts = [names.slice(0, 9), names.slice(9)];
  parts.forEach((some, i) => writeFileSync(join(at, `model-0000${i + 1}-of-00002.safetensors`), shard(some)));
  writeFileSync(join(at, 'model.safetensors.index.json'), JSON.stringify({ weight_map: {} }));
  const first = join(at, 'model-00001-of-00002.safetensors');
  assert.match(estimate(first, 'apple-m4-max-48gb').err, /config\.json: is needed beside the weights/);
  writeFileSync(join(at, 'config.json'), JSON.stringify(config));
  writeFileSync(join(at, 'generation_config.json'), '{"do_sample": true}');
  for (const path of [at, first, join(at, 'model.safetensors.index.json')]) {
    const r = estimate(path, 'apple-m4-max-48gb');
    assert.equal(r.status, 0, r.err);
    assert.equal(r.model.id, 'my-qwen');
    assert.equal(r.runtime.id, 'mlx');
    assert.deepEqual(r.quantization, { id: 'mlx-4bit', family: 'mlx', approximate: false, of_file: true });
    assert.equal(r.terms.weights_B.value, size);
  }
  assert.equal(estimate(join(at, 'config.json'), 'apple-m4-max-48gb').quantization.id, 'mlx-4bit');
});

test('a config with a format of its own is refused where nothing runs it, and says what to ask', () => {
  const config = { model_type: 'llama', hidden_size: 256, intermediate_size: 512, num_hidden_layers: 2, num_attention_heads: 4,
    num_key_value_heads: 2, vocab_size: 1024, quantization_config: { quant_method: 'fp8' } };
  const path = file('fp8.json', JSON.stringify(config));
  assert.equal(estimate(path, 'rtx-5090-32gb').quantization.id, 'fp8');
  const pi = estimate(path, 'raspberry-pi-5-8gb');
  assert.equal(pi.status, 2);
  assert.match(pi.err, /^edgewise: quant: llama\.cpp-cpu does not run fp8 \(compressed-tensors\), which the file holds; .*Q4_K_M/m);
  assert.equal(estimate(path, 'raspberry-pi-5-8gb', '--quant', 'Q4_K_M').status, 0);
  const odd = file('odd.json', JSON.stringify({ ...config, quantization_config: { quant_method: 'vptq' } }));
  assert.match(estimate(odd, 'rtx-5090-32gb').err, /quantization_config\.quant_method: "vptq" is no method of quantization that .* without quantization_config describes/);
});
