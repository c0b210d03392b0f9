// Further settings: where the parts of a model lie, what drafts for it, and what power is of.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { choose, field, hash, number, open, ready, settled, staged } from './site.mjs';

const [browser, site] = await staged();
async function opened(question, options) {
  const page = await open(browser, `${site.url}#v=1&${question}`, options);
  await ready(page.page);
  const more = page.page.locator('fieldset details.more');
  await more.locator('> summary').click();
  await field(page.page, 'Allocated context').waitFor();
  return page;
}
async function fill(page, label, text) {
  await field(page, label).fill(text);
  await field(page, label).press('Enter');
  await settled(page);
}

test('layers, experts and the cache on the host, several devices: answered, in the link, and back', async () => {
  const { page, seen, close } = await opened('m=qwen3-14b&d=rtx-3060-12gb&q=Q4_K_M');
  const alone = parseFloat(await number(page, 'decode_tok_s'));
  await fill(page, 'Layers on the device', '20');
  const split = parseFloat(await number(page, 'decode_tok_s'));
  assert.ok(split < 0.7 * alone, `${split} of ${alone}`);
  assert.match(await page.locator('.verdict').innerText(), /parts on the host/);
  assert.match(await hash(page), /ngl=20/);
  assert.match(await page.locator('fieldset details.more > summary').innerText(), /1/);
  await page.locator('#nkvo').selectOption('1');
  await settled(page);
  assert.match(await hash(page), /nkvo=1/);
  await page.reload();
  await ready(page);
  assert.ok(parseFloat(await number(page, 'decode_tok_s')) < 0.7 * alone);
  await page.locator('fieldset details.more > summary').click();
  await fill(page, 'Layers on the device', '');
  await fill(page, 'Devices of this kind', '2');
  assert.match(await hash(page), /devices=2/);
  assert.match(await page.locator('.verdict').innerText(), /Runs/);
  assert.deepEqual(seen.errors, []);
  await close();
});

test('a draft or a runtime that is not used is named for as long as it is not, and the answer is there', async () => {
  const drafted = await opened('m=qwen3-4b&d=rk3588-16gb&r=rkllm');
  await choose(drafted.page, 'Draft model', 'Qwen3-0.6B');
  const note = drafted.page.locator('main > .note');
  assert.match(await note.innerText(), /rkllm takes no draft model/);
  assert.match(await drafted.page.locator('.verdict').innerText(), /Runs/);
  assert.doesNotMatch(await hash(drafted.page), /draft=/);
  await fill(drafted.page, 'Allocated context', '2048');
  assert.equal(await note.count(), 0);
  assert.deepEqual(drafted.seen.errors, []);
  await drafted.close();

  const { page, seen, close } = await opened('m=qwen3-4b&d=rtx-4090-24gb&r=vllm-cuda');
  await choose(page, 'Model', 'RWKV-7 1.5B');
  await settled(page);
  assert.match(
    await page.locator('main > .note').innerText(),
    /vllm-cuda is not known to run rwkv7; llama\.cpp-cuda is/
  );
  assert.match(await page.locator('.verdict').innerText(), /Runs well/);
  assert.deepEqual(seen.errors, []);
  await close();
});

test('a quantization that a device just chosen has no kernels for is named, and the answer is there', async () => {
  const { page, seen, close } = await opened('m=qwen3-4b&d=h100-sxm5-80gb&r=tensorrt-llm-cuda&q=fp8');
  await choose(page, 'Device', 'NVIDIA A100 SXM4 80GB');
  await settled(page);
  assert.match(
    await page.locator('main > .note').innerText(),
    /tensorrt-llm-cuda does not run fp8 on GPUs before compute capability 8\.9; vllm-cuda does/
  );
  assert.match(await page.locator('.verdict').innerText(), /Runs well/);
  assert.doesNotMatch(await hash(page), /q=fp8/);
  assert.deepEqual(seen.errors, []);
  await close();
});

test('a draft model makes it faster, and says by how much it may', async () => {
  const { page, seen, close } = await opened('m=qwen3-32b&d=rtx-4090-24gb&q=Q4_K_M');
  const alone = parseFloat(await number(page, 'decode_tok_s'));
  await choose(page, 'Draft model', 'Qwen3-0.6B');
  assert.match(await hash(page), /draft=qwen3-0.6b/);
  assert.ok(parseFloat(await number(page, 'decode_tok_s')) > 1.05 * alone);
  await fill(page, 'Acceptance rate', '0.1');
  assert.ok(parseFloat(await number(page, 'decode_tok_s')) < 1.05 * alone);
  assert.deepEqual(seen.errors, []);
  await close();
});

test('hosts and draft models are found by their aliases, as models and devices are; so is the device of Explore', async () => {
  const { page, seen, close } = await opened('m=qwen3-32b&d=rtx-4090-24gb&q=Q4_K_M');
  for (const [label, text, first] of [
    ['Computer that the card is in', 'rpi5 16gb', /^Raspberry Pi 5 16GB/],
    ['Draft model', 'Qwen/Qwen3-0.6B-GGUF', /^Qwen3-0\.6B/]
  ]) {
    const box = page.getByRole('combobox', { name: label, exact: true });
    await box.fill(text);
    await page.getByRole('option', { name: first }).first().waitFor();
    await box.press('Enter');
    await settled(page);
    assert.match(await box.inputValue(), first);
  }
  assert.match(
    await hash(page),
    /draft=qwen3-0\.6b.*host=raspberry-pi-5-16gb|host=raspberry-pi-5-16gb.*draft=qwen3-0\.6b/
  );
  await page.getByRole('link', { name: 'Explore' }).click();
  await page.waitForSelector('.found tbody tr, .blame');
  const device = page.getByRole('combobox', { name: 'Device', exact: true });
  await device.fill('rpi5 16gb');
  await device.press('Enter');
  // The address follows when nothing else is to be done.
  await page.waitForFunction(() => location.hash.includes('d=raspberry-pi-5-16gb'));
  assert.deepEqual(seen.errors, []);
  await close();
});

test('power of the whole computer is more than that of its card', async () => {
  const { page, seen, close } = await opened('m=qwen3-8b&d=rtx-4090-24gb');
  const card = parseFloat(await number(page, 'energy_per_token_J'));
  await page.locator('#scope').selectOption('wall');
  await settled(page);
  assert.match(await hash(page), /scope=wall/);
  assert.ok(parseFloat(await number(page, 'energy_per_token_J')) > card);
  assert.deepEqual(seen.errors, []);
  await close();
});

test('a scope that no conversion leads to is said, and leaves the question', async () => {
  const { page, seen, close } = await opened('m=llama-3.2-1b&d=jetson-orin-nano-8gb');
  await page.locator('#scope').selectOption('soc');
  await settled(page);
  assert.match(await page.locator('.toast').innerText(), /no conversion to soc is known/);
  assert.equal(await page.locator('#scope').inputValue(), 'module');
  assert.doesNotMatch(await hash(page), /scope/);
  assert.deepEqual(seen.errors, []);
  await close();
});

test('on a narrow phone nothing of it overflows, in Chinese too', async () => {
  const { page, close } = await open(browser, `${site.url}#v=1&m=qwen3-14b&d=rtx-3060-12gb&ngl=20&lang=zh`, {
    viewport: { width: 320, height: 700 }
  });
  await ready(page);
  await page.locator('details.settings > summary').click();
  await page.locator('fieldset details.more > summary').click();
  await page.locator('#scope').waitFor();
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), 0);
  assert.match(await page.locator('fieldset details.more').innerText(), /放置位置[\s\S]*推测解码[\s\S]*电池/);
  assert.doesNotMatch(
    await page.locator('fieldset details.more').innerText(),
    /Battery|Requests|Electricity/
  );
  await close();
});

test('a link that names a host or a draft model that nobody has says so, and is answered without it', async () => {
  for (const [key, what] of [
    ['host', 'Computer that the card is in'],
    ['draft', 'Draft model']
  ]) {
    const { page, close } = await open(browser, `${site.url}#v=1&m=qwen3-8b&d=rtx-3060-12gb&${key}=nothing`);
    await ready(page);
    assert.match(await page.locator('main .note').first().innerText(), new RegExp(`${what} “nothing”`));
    assert.match(await page.locator('.sentence').innerText(), /Qwen3-8B .* RTX 3060/);
    await close();
  }
});
