// A model of several files: a config with the headers of its weights.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { choose, open, ready, staged } from './site.mjs';

const [browser, site] = await staged();

test('a config with the headers of its weights is one model, answered as what it holds, also in a link', async () => {
  const config = {
    model_type: 'llama',
    hidden_size: 64,
    intermediate_size: 128,
    num_hidden_layers: 1,
    num_attention_heads: 4,
    num_key_value_heads: 4,
    vocab_size: 1024,
    tie_word_embeddings: true,
    _name_or_path: 'me/two-files',
    quantization: { group_size: 64, bits: 8 }
  };
  const tensors = {};
  const vector = (name) => (tensors[name] = { dtype: 'F16', shape: [64], data_offsets: [0, 0] });
  const matrix = (name, rows, columns) => {
    tensors[`${name}.weight`] = { dtype: 'U32', shape: [rows, columns / 4], data_offsets: [0, 0] };
    for (const part of ['scales', 'biases'])
      tensors[`${name}.${part}`] = { dtype: 'F16', shape: [rows, columns / 64], data_offsets: [0, 0] };
  };
  matrix('model.embed_tokens', 1024, 64);
  for (const x of ['q', 'k', 'v', 'o']) matrix(`model.layers.0.self_attn.${x}_proj`, 64, 64);
  for (const x of ['gate', 'up']) matrix(`model.layers.0.mlp.${x}_proj`, 128, 64);
  matrix('model.layers.0.mlp.down_proj', 64, 128);
  for (const x of ['input', 'post_attention']) vector(`model.layers.0.${x}_layernorm.weight`);
  vector('model.norm.weight');
  const header = Buffer.from(JSON.stringify(tensors));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));

  const { page, seen, close } = await open(browser, `${site.url}#v=1&device=apple-m4-24gb`);
  await ready(page);
  await page.locator('.files > summary').click();
  await page.locator('input[type=file]').setInputFiles([
    { name: 'config.json', mimeType: 'application/json', buffer: Buffer.from(JSON.stringify(config)) },
    { name: 'model.safetensors', mimeType: '', buffer: Buffer.concat([length, header]) }
  ]);
  const quant = (of) => of.getByRole('combobox', { name: 'Quantization', exact: true });
  const file = 'as in the file: mlx-8bit';
  await page.waitForFunction((name) => document.querySelector('#quant input')?.value === name, file);
  assert.match(await page.locator('#runtime').evaluate((s) => s.selectedOptions[0].textContent), /MLX/);
  const link = await page.evaluate(() => document.querySelector('edgewise-app').link());
  const again = await open(browser, link);
  await ready(again.page);
  assert.equal(await quant(again.page).inputValue(), file);
  await again.close();
  await choose(page, 'Quantization', 'mlx-4bit');
  assert.equal(await quant(page).inputValue(), 'mlx-4bit');
  assert.deepEqual(seen.errors, []);
  await close();
});
