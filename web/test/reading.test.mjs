// The box for models against servers that are slow, endless, incomplete or closed.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { config, gguf } from './hub.mjs';
import { launch, open, ready, sentence, serve } from './site.mjs';
import { endless, list, part, sharded, status, wild } from './wild.mjs';

const GiB = 2 ** 30;
const file = (id, name) => `/${id}/resolve/main/${name}`;
const of = (id, files, answer = part) => ({
  [`/api/models/${id}`]: list(Object.keys(files)),
  ...Object.fromEntries(Object.entries(files).map(([name, body]) => [file(id, name), answer(body)]))
});
const shards = sharded(config, 30);
const { 'model-00007-of-00030.safetensors': _gone, ...holed } = shards;

/** Answers when it is told to. */
const held = () => {
  const waiting = [];
  const answer = (request, response, range) => waiting.push(() => part(gguf)(request, response, range));
  return Object.assign(answer, { go: () => waiting.splice(0).forEach((run) => run()) });
};
const late = held();
const huge = { gguf: endless(gguf, { 'content-length': 10 * GiB }), list: endless('{"siblings":[') };
const never = () => undefined;
const adapter = { peft_type: 'LORA', base_model_name_or_path: 'me/Base', r: 16 };

let browser, site, hub, cdn, closed;
before(async () => {
  cdn = await wild({ '/blob': part(gguf) });
  closed = await wild({ '/a.gguf': part(gguf) }, { cors: false });
  hub = await wild({
    '/api/models/me/Late': list(['a.gguf']),
    [file('me/Late', 'a.gguf')]: late,
    '/api/models/me/Silent': never,
    '/api/models/me/Huge': list(['a.gguf']),
    [file('me/Huge', 'a.gguf')]: huge.gguf,
    '/api/models/me/Endless': huge.list,
    '/api/models/me/Config': list(['config.json']),
    [file('me/Config', 'config.json')]: (_request, response) =>
      response.writeHead(200, { 'content-length': 10 * GiB }).flushHeaders(),
    '/api/models/me/Moved': list(['a.gguf']),
    [file('me/Moved', 'a.gguf')]: (_request, response) =>
      response.writeHead(302, { location: `${cdn.url}blob` }).end(),
    '/api/models/me/Wrong': list(['a.gguf']),
    [file('me/Wrong', 'a.gguf')]: (_request, response) =>
      response
        .writeHead(206, { 'content-range': `bytes 1000-1999/${gguf.length}` })
        .end(gguf.subarray(1000, 2000)),
    ...of('me/Pieces', { 'a.gguf': gguf }, (body) => part(body, 1000)),
    ...of('me/Shards', shards),
    ...of('me/Holed', holed),
    ...of('me/Half', { 'a-00001-of-00002.gguf': gguf }),
    ...of('me/Lora', { 'adapter_config.json': JSON.stringify(adapter), 'adapter_model.safetensors': '' }),
    ...of('me/Projector', { 'mmproj-F16.gguf': gguf }),
    '/api/models/me/Busy': status(429),
    '/api/models/me/Down': status(503),
    '/api/models/me/Closed': status(403, { 'x-error-code': 'GatedRepo' }),
    '/private.gguf': status(403),
    '/cut.gguf': (_request, response) => {
      response.writeHead(200, { 'content-length': gguf.length });
      response.write(gguf.subarray(0, 100), () => response.destroy());
    }
  });
  [browser, site] = await Promise.all([launch(), serve({ '/site.json': JSON.stringify({ hub: hub.url }) })]);
});
after(async () => {
  await browser.close();
  await Promise.all([site, hub, cdn, closed].map((server) => server.close()));
});

const opened = async (options) => {
  const here = await open(browser, site.url, options);
  await ready(here.page);
  await here.page.locator('.files > summary').click();
  await here.page.locator('#paste').waitFor();
  return here;
};
const read = async (page, text) => {
  await page.locator('#paste').fill(text);
  await page.locator('#paste').press('Enter');
};
const starts = (page, name) =>
  page.waitForFunction((text) => document.querySelector('.sentence')?.textContent.startsWith(text), name);
const refused = async (page, words) => {
  const alert = page.locator('.files [role=alert]');
  const said = (source) =>
    new RegExp(source).test(document.querySelector('.files [role=alert]')?.innerText ?? '');
  await page.waitForFunction(said, words.source, { timeout: 15_000 }).catch(() => undefined);
  assert.match(await alert.innerText(), words);
};

test('what is under way is said and can be stopped; another one takes its place', async () => {
  const { page, seen, close } = await opened();
  await read(page, 'me/Late');
  await page.locator('.reading').waitFor();
  assert.match(await page.locator('.reading').innerText(), /me\/Late/);
  while (hub.seen.requested.at(-1) !== file('me/Late', 'a.gguf')) await page.waitForTimeout(20);
  const gone = hub.seen.closed;
  await page.getByRole('button', { name: 'Stop' }).click();
  await page.locator('.reading').waitFor({ state: 'detached' });
  assert.equal(await page.locator('.files [role=alert]').count(), 0);
  while (hub.seen.closed === gone) await page.waitForTimeout(20);
  late.go();
  // Who asks for another does not wait for the first.
  await read(page, 'me/Late');
  await page.locator('.reading').waitFor();
  await read(page, 'me/Pieces');
  await starts(page, 'me/Pieces');
  late.go();
  await page.waitForTimeout(200);
  assert.match(await sentence(page), /^me\/Pieces/);
  assert.equal(await page.locator('.reading').count(), 0);
  assert.deepEqual(seen.errors, []);
  await close();
});

test('of a server that knows no ranges no more is read than the header; parts are put together', async () => {
  const { page, seen, close } = await opened();
  await read(page, 'me/Huge');
  await starts(page, 'me/Huge');
  const said = await page.locator('.brought').innerText();
  assert.match(said, /a\.gguf: [\d.]+\s[KM]iB of 10\sGiB read/);
  await page.waitForTimeout(300);
  const { sent } = huge.gguf.counted;
  assert.ok(sent < 64e6, `${sent} bytes sent`);
  await page.waitForTimeout(300);
  assert.equal(huge.gguf.counted.sent, sent, 'it goes on being read');
  await read(page, 'me/Pieces');
  await starts(page, 'me/Pieces');
  const pieces = hub.seen.requested.filter((path) => path === file('me/Pieces', 'a.gguf'));
  assert.ok(pieces.length > 1);
  await read(page, 'me/Moved');
  await starts(page, 'me/Moved');
  assert.deepEqual(cdn.seen.requested, ['/blob']);
  assert.deepEqual(seen.errors, []);
  await close();
});

test('what is too large, another part or no file is refused with what to do', async () => {
  const { page, close } = await opened();
  for (const [text, words] of [
    ['me/Endless', /larger than [\d.]+\sMiB/],
    ['me/Config', /config\.json is larger than/],
    ['me/Wrong', /another part of a\.gguf/],
    ['me/Busy', /too often \(status 429\)[\s\S]*drop it here/],
    ['me/Down', /status 503[\s\S]*drop it here/],
    ['me/Closed', /asks for consent[\s\S]*drop it here/],
    ['me/Half', /a-00002-of-00002\.gguf/],
    ['me/Lora', /adapter of me\/Base \(LoRA\)/],
    ['me/Projector', /neither a \.gguf nor a config\.json/],
    [`${hub.url}private.gguf`, /private\.gguf[\s\S]*status 403[\s\S]*drop it here/],
    [`${hub.url}nothing.gguf`, /no nothing\.gguf[\s\S]*status 404/],
    [`${hub.url}cut.gguf`, /connection to .* broke/],
    [`${closed.url}a.gguf`, /CORS[\s\S]*drop it here/],
    ['http://127.0.0.1:9/a.gguf', /could not be reached/]
  ]) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    await read(page, text);
    // oxlint-disable-next-line no-await-in-loop
    await refused(page, words);
  }
  assert.match(await sentence(page), /^Llama-3\.2-1B/);
  await close();
});

test('a server that says nothing is given up', async () => {
  const { page, close } = await opened();
  await read(page, 'me/Silent');
  await refused(page, /silent for 10 seconds[\s\S]*drop it here/);
  assert.equal(await page.locator('.reading').count(), 0);
  await close();
});

test('headers of many shards are read a few at a time; a missing one is named', async () => {
  const { page, seen, close } = await opened();
  await read(page, 'me/Shards');
  await starts(page, 'me/Shards');
  assert.ok(hub.seen.most <= 7, `${hub.seen.most} at once`);
  assert.equal(hub.seen.requested.filter((path) => /me\/Shards.*safetensors$/.test(path)).length, 30);
  assert.match(await page.locator('.brought').innerText(), /Quantization of the file\s+bf16/i);
  assert.deepEqual(seen.errors, []);
  await read(page, 'me/Holed');
  await refused(page, /me\/Holed has no file model-00007-of-00030\.safetensors/);
  await close();
});

test('two models of one name stay two, also one that a link brings', async () => {
  const { page, seen, close } = await opened();
  const give = (changes) =>
    page.locator('input[type=file]').setInputFiles({
      name: 'mine.json',
      mimeType: 'application/json',
      buffer: Buffer.from(JSON.stringify({ ...config, ...changes }))
    });
  const names = () => page.locator('ul.own input').evaluateAll((all) => all.map((x) => x.value));
  await give({});
  await starts(page, 'mine');
  const link = await page.evaluate(() => document.querySelector('edgewise-app').link());
  await give({ num_hidden_layers: 12 });
  await starts(page, 'mine (2)');
  await give({ num_hidden_layers: 12 });
  await page.waitForTimeout(300);
  assert.deepEqual((await names()).sort(), ['mine', 'mine (2)']);
  // The first is removed, so that its id is free; then another with its name comes by a link.
  await page.getByRole('button', { name: 'Remove mine', exact: true }).click();
  await give({ num_hidden_layers: 6 });
  await starts(page, 'mine needs');
  await page.evaluate((address) => (location.hash = new URL(address).hash), link);
  await page.waitForFunction(() => document.querySelectorAll('ul.own li').length === 3);
  assert.deepEqual((await names()).sort(), ['mine', 'mine (2)', 'mine (3)']);
  await starts(page, 'mine (3)');
  assert.deepEqual(seen.errors, []);
  await close();
});

test('where the browser keeps nothing, an import works until the page is closed, and says so', async () => {
  for (const prepare of [
    // A storage that is full, for real.
    () => {
      let text = 'x'.repeat(1 << 20);
      for (let i = 0; text; ++i)
        try {
          localStorage.setItem(`full${i}`, text);
        } catch {
          text = text.slice(text.length >> 1 || 1);
        }
    },
    () =>
      Object.defineProperty(window, 'localStorage', {
        get() {
          throw new DOMException('no', 'SecurityError');
        }
      })
  ]) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    const context = await browser.newContext({ serviceWorkers: 'block' });
    // oxlint-disable-next-line no-await-in-loop
    const page = await context.newPage();
    // oxlint-disable-next-line no-await-in-loop
    await page.addInitScript(prepare);
    // oxlint-disable-next-line no-await-in-loop
    await page.goto(site.url);
    // oxlint-disable-next-line no-await-in-loop
    await ready(page);
    // oxlint-disable-next-line no-await-in-loop
    await page.locator('.files > summary').click();
    // oxlint-disable-next-line no-await-in-loop
    await page.locator('#paste').waitFor();
    // oxlint-disable-next-line no-await-in-loop
    await read(page, 'me/Pieces');
    // oxlint-disable-next-line no-await-in-loop
    await starts(page, 'me/Pieces');
    // oxlint-disable-next-line no-await-in-loop
    await page.waitForFunction(() => /could not keep/.test(document.querySelector('#live').textContent));
    // oxlint-disable-next-line no-await-in-loop
    assert.match(await page.locator('ul.own').innerText(), /until the page is closed/);
    // oxlint-disable-next-line no-await-in-loop
    await context.close();
  }
});

test('an address that is pasted anywhere waits in the box; a closed box stays closed', async () => {
  const { page, seen, close } = await open(browser, site.url);
  await ready(page);
  const before = hub.seen.requested.length;
  await page.evaluate(() => {
    const data = new DataTransfer();
    data.setData('text/plain', 'https://huggingface.co/me/Pieces');
    document.body.dispatchEvent(
      new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true })
    );
  });
  await page.locator('#paste').waitFor();
  assert.equal(await page.locator('#paste').inputValue(), 'https://huggingface.co/me/Pieces');
  assert.match(await page.locator('.files').innerText(), /your IP address/);
  await page.waitForTimeout(200);
  assert.equal(hub.seen.requested.length, before, 'nothing is asked before somebody wants it');
  await page.locator('#paste').press('Enter');
  await starts(page, 'me/Pieces');
  await page.locator('.files > summary').click();
  await page.locator('#paste').waitFor({ state: 'detached' });
  assert.deepEqual(seen.errors, []);
  await close();
});
