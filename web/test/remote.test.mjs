// Devices and catalogs of other addresses, and what is pasted.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { Readable, pipeline } from 'node:stream';
import { after, before, test } from 'node:test';
import { choose, launch, number, open, ready, serve, settled } from './site.mjs';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const board = (changes = {}) => ({
  type: 'device',
  format_version: 1,
  id: 'my-board',
  name: 'My Board',
  kind: 'soc-integrated',
  class: 'sbc',
  memory: { capacity_gib: 4, peak_bandwidth_gb_s: 20 },
  cpu: {
    clusters: [{ microarchitecture: 'Cortex-A76', cores: 4, clock_ghz: 2, isa: ['neon', 'fp16', 'dotprod'] }],
    peak: { fp32_gflops: 128, int8_dot_gops: 512 }
  },
  power: { idle_w: 2, load_w: 8 },
  confidence: { memory: 'read', cpu: 'derived', power: 'read' },
  calibrations: [
    {
      runtime: 'llama.cpp-cpu',
      origin: 'measured',
      configurations: 3,
      parameters: { bandwidth_share: 0.8, decode_power_share: 0.9, idle_share: 1 },
      tool: 'edgewise 0.1.0',
      date: '2026-11-20',
      context: 'fan',
      samples: [
        { test: 'power', phase: 'decode', source: 'ina219', scope: 'module', unit: 'W', values: [7] },
        { engine: 'Llama-3.2-1B Q4_K_M decode_tok_s', value: 7 }
      ]
    }
  ],
  ...changes
});
const text = JSON.stringify(board());
const sum = (body) => createHash('sha256').update(body).digest('hex');

/** A server of another origin: `files` by path, each a body or a function that answers. */
async function elsewhere(files) {
  const requested = [];
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, 'http://localhost');
    requested.push({ path: pathname, headers: request.headers });
    const file = files[pathname];
    if (typeof file === 'function') return file(request, response);
    response.writeHead(file === undefined ? 404 : 200, {
      'content-type': 'application/json',
      'access-control-allow-origin': '*'
    });
    response.end(file ?? 'nothing here');
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}/`,
    host: `127.0.0.1:${server.address().port}`,
    files,
    requested,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    }
  };
}

let browser, site, host;
before(async () => {
  [browser, site, host] = await Promise.all([launch(), serve(), elsewhere({ '/board.json': text })]);
});
after(async () => {
  await browser.close();
  await Promise.all([site.close(), host.close()]);
});

const link = (address, rest = '') => `${site.url}#v=1${rest}&device=${encodeURIComponent(address)}`;
const sentence = (page) => page.locator('.sentence').innerText();
const origin = (page) => page.locator('.origin');
const hash = async (page) => {
  await page.waitForTimeout(550);
  return new URL(page.url()).hash;
};
const clean = (seen) => assert.deepEqual(seen.errors, []);

/** Opens a link whose device cannot be used; gives what the page says of it. */
async function failure(address, options = {}) {
  const { page, seen, close } = await open(browser, link(address), options.context);
  const alert = page.locator('.alert.origin');
  await alert.waitFor({ timeout: options.timeout ?? 8000 });
  const said = await alert.innerText();
  assert.equal(await page.locator('.bigs').count(), 0, 'no numbers of another device are shown in its place');
  assert.deepEqual(await page.evaluate(() => window.violations), []);
  // The page goes on without it.
  await page.getByRole('button', { name: 'Remove', exact: true }).click();
  await ready(page);
  assert.match(await sentence(page), /Raspberry Pi 5/);
  await page.waitForURL(site.url);
  assert.deepEqual(
    seen.errors.filter((e) => !/Failed to load resource|CORS policy/.test(e)),
    []
  );
  await close();
  return said;
}

test('a link to a preset: whose it is, since when, and that nobody reviewed it', async () => {
  const { page, seen, close } = await open(browser, link(`${host.url}board.json`, '&m=qwen3-0.6b'));
  await ready(page);
  assert.match(await sentence(page), /Qwen3-0\.6B.*My Board/);
  assert.match(
    await origin(page).innerText(),
    new RegExp(`My Board comes from ${host.host}.*Measured by its owner on 2026-11-20.*Not reviewed`)
  );
  assert.equal(await page.getByRole('combobox', { name: 'Device', exact: true }).inputValue(), 'My Board');
  // Each number says how it is known, and the details by whom and when.
  assert.deepEqual(
    await page
      .locator('.big .how')
      .allInnerTexts()
      .then((all) => all.map((s) => s.replace(/^\W+/, ''))),
    ['computed', 'measured', 'measured', 'measured']
  );
  await page.getByText('By whom and when').click();
  const details = await page.locator('details.origins').innerText();
  assert.match(details, /3 configurations, on 2026-11-20 by edgewise 0\.1\.0, fan/);
  assert.match(details, /ina219.*the board or module/);
  assert.match(details, /Memory: read in a source\. Processor: derived/);
  // It was asked for as a stranger asks.
  const { headers } = host.requested.find((r) => r.path === '/board.json');
  assert.equal(headers.cookie, undefined);
  assert.equal(headers.referer, undefined);
  // The link keeps the address, through other choices too.
  await page.getByLabel('Quantization', { exact: true }).selectOption('Q8_0');
  await settled(page);
  assert.equal(await hash(page), `#v=1&m=qwen3-0.6b&device=http://${host.host}/board.json&q=Q8_0`);
  assert.match(await page.evaluate(() => document.querySelector('edgewise-app').link()), /device=http:/);
  assert.doesNotMatch(await page.evaluate(() => document.querySelector('edgewise-app').link()), /[&?]x=/);
  assert.deepEqual(await page.evaluate(() => window.violations), []);
  clean(seen);
  await close();
});

test('back and forward between devices', async () => {
  const { page, seen, close } = await open(browser, `${site.url}#v=1&d=raspberry-pi-4-8gb`);
  await ready(page);
  await page.evaluate(
    (to) => {
      location.href = to;
    },
    link(`${host.url}board.json`)
  );
  await page.waitForFunction(() => document.querySelector('.sentence')?.textContent.includes('My Board'));
  await page.goBack();
  await page.waitForFunction(() =>
    document.querySelector('.sentence')?.textContent.includes('Raspberry Pi 4')
  );
  assert.equal(await origin(page).count(), 0);
  await page.goForward();
  await page.waitForFunction(() => document.querySelector('.sentence')?.textContent.includes('My Board'));
  // Still there to be chosen, under a heading of its own, until it is removed.
  await choose(page, 'Device', 'Raspberry Pi 5 8GB');
  assert.equal(await origin(page).count(), 0);
  await choose(page, 'Device', 'my board');
  assert.match(await sentence(page), /My Board/);
  await page.getByRole('button', { name: 'Pin to compare' }).click();
  assert.match(await hash(page), /device\.1=http/);
  await page.getByRole('button', { name: 'Remove', exact: true }).click();
  await page.waitForFunction(() =>
    document.querySelector('.sentence')?.textContent.includes('Raspberry Pi 5')
  );
  assert.equal(await page.locator('.compare').count(), 0);
  await page.getByRole('combobox', { name: 'Device', exact: true }).fill('my board');
  await page.getByText('Nothing matches').waitFor();
  clean(seen);
  await close();
});

test('a slow answer does not overtake a later link', async () => {
  let answer;
  host.files['/late.json'] = (request, response) => {
    answer = () => {
      response.writeHead(200, { 'access-control-allow-origin': '*' });
      response.end(text);
    };
  };
  const { page, seen, close } = await open(browser, link(`${host.url}late.json`));
  await origin(page).getByText('Loading the device').waitFor();
  assert.equal(await page.locator('.bigs').count(), 0);
  await page.evaluate(() => {
    location.hash = '#v=1&m=qwen3-4b';
  });
  await ready(page);
  answer();
  await page.waitForTimeout(400);
  assert.match(await sentence(page), /Qwen3-4B.*Raspberry Pi 5/);
  assert.equal(await hash(page), '#v=1&m=qwen3-4b');
  // Nor does one bring back what was removed.
  await page.evaluate(
    (to) => {
      location.href = to;
    },
    link(`${host.url}late.json?again`)
  );
  await page.getByRole('button', { name: 'Remove', exact: true }).click();
  await ready(page);
  answer();
  await page.waitForTimeout(400);
  await page.getByRole('combobox', { name: 'Device', exact: true }).fill('late.json?again');
  await page.getByText('Nothing matches').waitFor();
  clean(seen);
  await close();
});

test('what cannot be had is said in words', async () => {
  host.files['/closed.json'] = (request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(text);
  };
  host.files['/broken.json'] = (request, response) => {
    response.writeHead(500, { 'access-control-allow-origin': '*' });
    response.end();
  };
  host.files['/cut.json'] = (request, response) => {
    response.writeHead(200, { 'access-control-allow-origin': '*', 'content-length': text.length });
    response.write(text.slice(0, 40), () => response.destroy());
  };
  host.files['/large.json'] = (request, response) => {
    response.writeHead(200, { 'access-control-allow-origin': '*' });
    pipeline(
      Readable.from(
        (function* () {
          for (;;) yield ' '.repeat(65536);
        })()
      ),
      response,
      () => {}
    );
  };
  host.files['/binary.json'] = Buffer.from([0xff, 0xfe, 0x00]);
  host.files['/page.json'] = '<!doctype html><title>Sign in</title>';
  const gone = await elsewhere({});
  await gone.close();
  for (const [path, words] of [
    ['closed.json', /does not let other pages read.*CORS/],
    ['none.json', /no such file there \(status 404\)/],
    ['broken.json', /status 500/],
    ['cut.json', /No server could be reached|does not let/],
    ['large.json', /larger than 256 kB/],
    ['binary.json', /not text/],
    ['page.json', /not valid JSON/],
    ['board.json#part', /no sha256/]
  ])
    assert.match(await failure(host.url + path), words, path);
  assert.match(await failure(`${gone.url}board.json`), /No server could be reached/);
  assert.match(await failure('http://example.org/board.json'), /begin with https:/);
  assert.match(await failure(`http://user:secret@${host.host}/board.json`), /name or a password/);
});

test('a server that never answers is given up on, and can be tried again', async () => {
  let patience = false;
  host.files['/slow.json'] = (request, response) => {
    if (patience) {
      response.writeHead(200, { 'access-control-allow-origin': '*' });
      response.end(text);
    }
  };
  const { page, close } = await open(browser, link(`${host.url}slow.json`));
  const alert = page.locator('.alert.origin');
  await alert.waitFor({ timeout: 15000 });
  assert.match(await alert.innerText(), /longer than 10 seconds/);
  patience = true;
  await page.getByRole('button', { name: 'Try again' }).click();
  await ready(page);
  assert.match(await sentence(page), /My Board/);
  await close();
});

test('a hostile preset is refused with the field, or shown as the text that it is', async () => {
  const script = '<img src=x onerror="window.pwned=1"><script>window.pwned=1</script>';
  const refused = {
    proto: [text.replace('{', '{"__proto__":{"polluted":1},'), /__proto__/],
    constructor: [text.replace('{', '{"constructor":{"prototype":{"polluted":1}},'), /constructor/],
    huge: [text.replace('"capacity_gib":4', '"capacity_gib":1e400'), /finite|JSON|number/i],
    large: [text.replace('"capacity_gib":4', '"capacity_gib":1e300'), /memory\.capacity_gib/],
    nan: [text.replace('"capacity_gib":4', '"capacity_gib":NaN'), /JSON/],
    twice: [text.replace('{', '{"id":"other",'), /id/],
    physics: [JSON.stringify(board({ power: { idle_w: 9, load_w: 8 } })), /power\.idle_w/],
    deep: [`${'['.repeat(5000)}${']'.repeat(5000)}`, /deep|nest|level|kind/i],
    tables: [readFileSync(new URL('../../presets/calibrations/intervals.json', import.meta.url)), /device/],
    model: [readFileSync(new URL('../../presets/models/llama-3.2-1b.json', import.meta.url)), /device/],
    list: ['[]', /device/],
    null: ['null', /device/]
  };
  for (const [name, [body, words]] of Object.entries(refused)) {
    host.files[`/${name}.json`] = body;
    assert.match(await failure(`${host.url}${name}.json`), words, name);
  }

  const long = 'x'.repeat(20_000);
  host.files['/script.json'] = JSON.stringify(
    board({
      id: '__proto__',
      name: `${script}\u202e${long}`,
      sources: [script, 'javascript:alert(1)', { __proto__: 1 }],
      confidence: { memory: '__proto__', cpu: script },
      calibrations: [
        {
          runtime: 'llama.cpp-cpu',
          origin: 'measured',
          configurations: 1,
          parameters: {},
          tool: script,
          date: { toString: 1 },
          context: `\u202e${long}`,
          samples: [null, { test: 'power', scope: 'constructor' }]
        }
      ]
    })
  );
  const { page, seen, close } = await open(browser, link(`${host.url}script.json`), {
    viewport: { width: 320, height: 640 }
  });
  await ready(page);
  assert.match(await sentence(page), /<img src=x/);
  await page.getByText('By whom and when').click();
  assert.match(await page.locator('details.origins').innerText(), /with microbenchmarks.*by <img/);
  await page.locator('.big').nth(2).click();
  await page.locator('dialog.why[open]').waitFor();
  assert.equal(await page.locator('dialog.why a[href^="javascript"]').count(), 0);
  await page.keyboard.press('Escape');
  assert.deepEqual(
    await page.evaluate(() => [
      window.pwned,
      {}.polluted,
      document.documentElement.scrollWidth - innerWidth,
      document.querySelector('edgewise-app').textContent.includes('\u202e')
    ]),
    [undefined, undefined, 0, false]
  );
  assert.deepEqual(await page.evaluate(() => window.violations), []);
  clean(seen);
  await close();
});

test('a preset never takes the place of one of the page', async () => {
  const same = JSON.stringify(
    board({
      id: 'raspberry-pi-5-8gb',
      name: 'Raspberry Pi 5 8GB',
      memory: { capacity_gib: 1, peak_bandwidth_gb_s: 1 }
    })
  );
  host.files['/same.json'] = same;
  const { page, seen, close } = await open(browser, link(`${host.url}same.json`));
  await ready(page);
  const small = await page.locator('[aria-labelledby=memory-title]').innerText();
  await page.evaluate(() => {
    location.hash = '#v=1';
  });
  await page.waitForFunction(() => !document.querySelector('.origin'));
  await settled(page);
  assert.notEqual(await page.locator('[aria-labelledby=memory-title]').innerText(), small);
  const speed = await number(page, 'decode_tok_s');
  // Pasted, it is the user's own beside the page's, and a link carries it as such.
  await paste(page, same);
  await page.waitForFunction(
    (s) => document.querySelector('.big[data-term=decode_tok_s] .value').innerText !== s,
    speed
  );
  assert.match(await hash(page), /d=raspberry-pi-5-8gb~own/);
  const own = await number(page, 'decode_tok_s');
  const again = await open(browser, await page.evaluate(() => document.querySelector('edgewise-app').link()));
  await ready(again.page);
  assert.equal(await number(again.page, 'decode_tok_s'), own);
  await again.close();
  await page.evaluate(() => {
    location.hash = '#v=1&d=raspberry-pi-5-8gb';
  });
  await page.waitForFunction(
    (s) => document.querySelector('.big[data-term=decode_tok_s] .value').innerText === s,
    speed
  );
  // Links of the time when it did replace it mean the preset that they bring.
  const old = await open(browser, `${site.url}#v=1&x=${Buffer.from(same).toString('base64url')}`);
  await ready(old.page);
  assert.equal(await number(old.page, 'decode_tok_s'), own);
  await old.close();
  // A link brings no tables.
  const tables = await open(
    browser,
    `${site.url}#v=1&x=${Buffer.from(readFileSync(new URL('../../presets/calibrations/intervals.json', import.meta.url))).toString('base64url')}`
  );
  await tables.page.getByRole('alert').waitFor();
  assert.match(await tables.page.getByRole('alert').innerText(), /model, device/);
  await tables.close();
  clean(seen);
  await close();
});

const paste = (page, content, target = 'body') =>
  page.evaluate(
    ([body, selector]) => {
      const data = new DataTransfer();
      data.setData('text/plain', body);
      document
        .querySelector(selector)
        .dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
    },
    [content, target]
  );

test('JSON is taken wherever it is pasted, but not out of a box', async () => {
  const { page, seen, close } = await open(browser, site.url);
  await ready(page);
  await paste(page, text, 'input[role=combobox]');
  await paste(page, 'just words');
  await page.waitForTimeout(300);
  assert.match(await sentence(page), /Raspberry Pi 5/);
  await paste(page, text);
  await page.waitForFunction(() => document.querySelector('.sentence').textContent.includes('My Board'));
  await paste(page, text.replace('"kind":"soc-integrated"', '"kind":"toaster"'));
  await page.getByRole('alert').waitFor();
  assert.match(await page.getByRole('alert').innerText(), /pasted text[\s\S]*kind/);
  assert.match(await sentence(page), /My Board/);
  clean(seen);
  await close();
});

const catalog = (...presets) => JSON.stringify({ type: 'catalog', schema: 1, presets });
const entry = (changes = {}) => ({
  id: 'my-board',
  name: 'My Board',
  url: 'boards/my-board.json',
  sha256: sum(text),
  date: '2026-11-20',
  runtimes: ['llama.cpp-cpu'],
  ...changes
});

test('a catalog: its devices are listed, fetched when chosen, and checked against their sums', async () => {
  host.files['/c/catalog.json'] = catalog(
    entry(),
    entry({ id: 'other', name: 'Changed Board', url: './boards/changed.json' })
  );
  host.files['/c/boards/my-board.json'] = text;
  host.files['/c/boards/changed.json'] = text.replace('My Board', 'My Bored');
  const { page, seen, close } = await open(browser, site.url);
  await ready(page);
  await page.getByText('Your own model or device').click();
  await page.getByText('Catalogs of devices').click();
  const box = page.getByRole('textbox', { name: 'Address of a catalog' });
  await box.fill('nonsense');
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  assert.match(await box.evaluate((b) => b.validationMessage), /begins with https:/);
  await box.fill(`${host.url}c/catalog.json`);
  await box.press('Enter');
  await page.getByText('lists 2 devices.').waitFor();
  assert.equal(
    host.requested.filter((r) => r.path.startsWith('/c/boards')).length,
    0,
    'nothing is fetched before it is chosen'
  );
  await page.getByRole('combobox', { name: 'Device', exact: true }).fill('board');
  await page.getByRole('option', { name: 'My Board' }).waitFor();
  assert.equal(
    await page
      .locator('[role=listbox]:not([hidden]) [role=group]', { hasText: 'My Board' })
      .getAttribute('aria-label'),
    `Catalog of ${host.host}`
  );
  await page.evaluate(axe);
  assert.deepEqual(
    (await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }))).violations.map(
      (v) => v.id
    ),
    []
  );
  await choose(page, 'Device', 'My Board');
  assert.match(await sentence(page), /My Board/);
  assert.equal(
    await hash(page),
    `#v=1&device=http://${host.host}/c/boards/my-board.json%23sha256%3D${sum(text)}`
  );
  await choose(page, 'Device', 'Changed Board');
  await page.locator('.alert.origin').waitFor();
  assert.match(await page.locator('.alert.origin').innerText(), /not the one that was meant/);
  await page.getByRole('button', { name: 'Remove', exact: true }).click();
  await ready(page);

  // Refreshed, it lists what it lists now.
  host.files['/c/catalog.json'] = catalog(entry());
  await page.getByRole('button', { name: /^Refresh/ }).click();
  await page.getByText('lists one device.').waitFor();
  await page.getByRole('combobox', { name: 'Device', exact: true }).fill('Changed');
  await page.getByText('Nothing matches').waitFor();
  await page.keyboard.press('Escape');

  // It is remembered, and a link to one of its devices needs no catalog.
  await page.reload();
  await ready(page);
  await page.waitForFunction(() => document.querySelector('edgewise-app').catalogs[0]?.state === 'loaded');
  await choose(page, 'Device', 'My Board');
  await page.waitForURL(/my-board\.json/);
  const address = page.url();
  const stranger = await open(browser, address);
  await ready(stranger.page);
  assert.match(await sentence(stranger.page), /My Board/);
  await stranger.close();
  await page.getByText('Your own model or device').click();
  await page.getByRole('button', { name: /^Remove http/ }).click();
  await page.reload();
  await ready(page);
  assert.deepEqual(await page.evaluate(() => document.querySelector('edgewise-app').catalogs), []);
  assert.match(await sentence(page), /My Board/);
  clean(seen);
  await close();
});

test('a catalog that is none says which field is wrong; the page goes on', async () => {
  const bad = {
    '[]': /type/,
    '{"type":"catalog","schema":2,"presets":[]}': /schema/,
    '{"type":"catalog","schema":1,"presets":{}}': /presets/,
    'not json': /not valid JSON/,
    [catalog(entry({ sha256: 'abc' }))]: /presets\[0\]\.sha256/,
    [catalog(entry({ url: 'javascript:alert(1)' }))]: /presets\[0\]\.url/,
    [catalog(entry(), entry())]: /presets\[1\]\.url/,
    [catalog(entry({ name: 7 }))]: /presets\[0\]\.name/,
    [catalog(entry({ runtimes: 'all' }))]: /presets\[0\]\.runtimes/,
    [catalog(null)]: /presets\[0\]/
  };
  const { page, seen, close } = await open(browser, site.url);
  await ready(page);
  await page.getByText('Your own model or device').click();
  await page.getByText('Catalogs of devices').click();
  let n = 0;
  for (const [body, words] of Object.entries(bad)) {
    host.files[`/bad${++n}.json`] = body;
    await page.getByRole('textbox', { name: 'Address of a catalog' }).fill(`${host.url}bad${n}.json`);
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    const item = page.locator('.catalogs li.failed', { hasText: `bad${n}.json` });
    await item.waitFor();
    assert.match(await item.innerText(), words, body);
  }
  assert.match(await sentence(page), /Raspberry Pi 5/);
  clean(seen);
  await close();
});

test('site.json names catalogs and the device of a bare address', async () => {
  const mine = await serve({
    '/site.json': JSON.stringify({ device: '/my-board.json', catalogs: ['./catalog.json'] }),
    '/my-board.json': text,
    '/catalog.json': catalog(entry({ name: 'Listed Board', url: 'my-board.json' }))
  });
  const { page, seen, close } = await open(browser, mine.url);
  await ready(page);
  assert.match(await sentence(page), /My Board/);
  assert.match(await origin(page).innerText(), /Measured by its owner/);
  await choose(page, 'Model', 'Qwen3-4B');
  assert.equal(await hash(page), '#v=1&m=qwen3-4b&device=/my-board.json');
  await choose(page, 'Model', 'Llama-3.2-1B');
  await choose(page, 'Device', 'Raspberry Pi 5 8GB');
  assert.equal(await hash(page), '#v=1');
  await page.reload();
  await ready(page);
  assert.match(await sentence(page), /Raspberry Pi 5/);
  await page.waitForFunction(() => document.querySelector('edgewise-app').catalogs[0]?.state === 'loaded');
  await choose(page, 'Device', 'Listed Board');
  assert.match(await sentence(page), /My Board/);
  clean(seen);
  await close();
  await mine.close();

  const wrong = await serve({ '/site.json': JSON.stringify({ catalogs: 'all' }) });
  const other = await open(browser, wrong.url);
  await ready(other.page);
  assert.match(await other.page.locator('main > .note').innerText(), /site\.json: catalogs/);
  await other.close();
  await wrong.close();
});

test('explore searches for a device of another address', async () => {
  const { page, seen, close } = await open(browser, link(`${host.url}board.json`, '&view=explore'));
  await page.waitForSelector('.found tbody tr');
  await page.getByRole('radio', { name: 'Devices that run' }).check();
  await page.waitForFunction(() =>
    document.querySelector('ew-explore').rows.some((r) => r.device.endsWith('/board.json'))
  );
  clean(seen);
  await close();
});

test('a frame asks no other address', async () => {
  const { page, close } = await open(
    browser,
    `${site.url}embed.html#v=1&device=${encodeURIComponent(`${host.url}framed.json`)}`
  );
  await page.waitForFunction(() =>
    document.querySelector('edgewise-calculator').shadowRoot?.textContent.includes('could not be loaded')
  );
  assert.equal(host.requested.filter((r) => r.path === '/framed.json').length, 0);
  await close();
});
