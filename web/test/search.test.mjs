// What people type, and what they mean by it.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { load } from '../../build/wasm/package/estimate.node.mjs';
import { compile } from './compile.mjs';

const presets = new URL('../../build/site/presets/', import.meta.url);
const { Engine, deviceOptions, find, form, modelOptions, romanized } = await compile(
  'engine',
  'ui/search',
  'parts/options',
  'i18n/zh/form'
);
const unused = () => Promise.reject(new Error('not here'));
const engine = await Engine.start({
  load,
  inspect: unused,
  text: (path) => readFile(new URL(path, presets), 'utf8'),
  remote: unused
});
const { models, devices } = engine.index;
const options = { model: modelOptions(models), device: deviceOptions(devices) };
const search = (kind, text) => find(options[kind], text, (t) => engine.meant(kind, t)).map((o) => o.id);

const first = [
  ['device', 'pi 4', /^raspberry-pi-4-/],
  ['device', 'pi', /^raspberry-pi-/],
  ['device', 'rpi5', /^raspberry-pi-5-/],
  ['device', 'RPi 5 16GB', /^raspberry-pi-5-16gb$/],
  ['device', 'rtx 3060', /^rtx-3060-12gb$/],
  ['device', '3060', /^rtx-3060-12gb$/],
  ['device', 'orin nano', /^jetson-orin-nano-(super-)?8gb$/],
  ['device', 'macbook air', /^apple-m\d+(-7core)?-\d+gb$/],
  ['device', 'macbook air m3', /^apple-m3-\d+gb$/],
  ['device', 'macbook pro m4 max', /^apple-m4-max-/],
  ['device', 'mac studio ultra', /^apple-m\d-ultra-/],
  ['device', 'Apple iPhone', /^iphone-/],
  ['device', 'AMD Ryzen', /^ryzen-/],
  ['device', 'Xiaomi Redmi', /^redmi-/],
  ['model', 'meta-llama/Llama-3.2-1B-Instruct', /^llama-3.2-1b$/],
  ['model', 'bartowski/Meta-Llama-3.1-8B-Instruct-GGUF', /^llama-3.1-8b$/],
  ['model', 'Qwen/Qwen2.5-7B-Instruct-AWQ', /^qwen2.5-7b$/],
  ['model', 'qwen', /^qwen/],
  ['model', 'google', /^gemma-/],
  ['model', 'microsoft', /^phi-/],
  ['device', 'phone', /galaxy|iphone|snapdragon|pixel|poco|redmi|oneplus/],
  ['model', 'mistral', /^mistral-/],
  ['model', 'phi-4', /^phi-4$/],
  ['model', 'qwen3:8b', /^qwen3-8b$/]
];
for (const [kind, text, expected] of first)
  test(`“${text}” finds first what it means`, () => assert.match(search(kind, text)[0] ?? '', expected));

test('nothing is found inside a word, and every name and id finds itself first', () => {
  for (const text of ['asp', 'inano', 'lama', 'wen'])
    for (const kind of ['model', 'device'])
      for (const id of search(kind, text)) {
        const { search: words } = options[kind].find((o) => o.id === id);
        const inside = words.toLowerCase().includes(text) && !new RegExp(`\\b${text}`, 'i').test(words);
        // What merely looks like a text may hold it anywhere.
        assert.ok(!inside || !engine.meant(kind, text).sure, `${text} in ${words}`);
      }
  for (const kind of ['model', 'device'])
    for (const { id, name } of options[kind])
      for (const text of [id, name]) {
        const found = search(kind, text)[0];
        const called = options[kind].find((o) => o.id === found);
        assert.ok(found === id || called?.name === name, `${text} finds ${found}`);
      }
});

test('a part of a number is not a number: phi 5 is not Phi-1.5', () => {
  const { group } = find(options.model, 'phi 5', (t) => engine.meant('model', t), 'alike')[0];
  assert.equal(group, 'alike');
  assert.equal(search('model', 'phi 1_5')[0], search('model', 'phi 1.5')[0]);
});

test('what Chinese calls makers and families finds what they make', () => {
  const { names } = form.form;
  const found = (kind, text) => search(kind, romanized(text, names))[0] ?? '';
  for (const name of Object.keys(names))
    assert.ok(found('model', name) || found('device', name), `${name} finds nothing`);
  assert.match(found('model', '通义千问3 8B'), /^qwen3-8b$/);
  assert.match(found('device', '树莓派5'), /^raspberry-pi-5-/);
  assert.match(found('device', '苹果 M4'), /^apple-m4-/);
  assert.match(found('device', '骁龙 8 Elite'), /^snapdragon-8-elite/);
  assert.match(found('device', '高通骁龙 8 Elite'), /^snapdragon-8-elite/);
  assert.match(found('device', '联发科天玑 9300'), /dimensity-9300/);
  assert.match(found('device', '苹果手机'), /^iphone-/);
  assert.equal(found('model', '通义千问３ ８Ｂ'), 'qwen3-8b');
  assert.match(found('model', '谷歌'), /^gemma-/);
  assert.match(found('model', '微软'), /^phi-/);
  // A class of devices is found by what the page calls it.
  const phone = { id: 'a', name: 'A 1', group: '手机', detail: '', search: 'A 1 a 手机', popular: 0 };
  const board = { ...phone, id: 'b', search: 'B 1 b 单板计算机' };
  assert.deepEqual(
    find([board, phone], '手机', () => ({ ids: [], sure: false })).map((o) => o.id),
    ['a']
  );
  const card = { ...phone, id: 'c', search: 'C 1 c 桌面显卡' };
  assert.deepEqual(
    find([board, card], '显卡', () => ({ ids: [], sure: false })).map((o) => o.id),
    ['c']
  );
});
