// Devices of other addresses.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { Readable, pipeline } from 'node:stream';
import { test } from 'node:test';
import { board, elsewhere, text } from './elsewhere.mjs';
import { choose, hash, open, ready, sentence, settled, staged } from './site.mjs';

const [browser, site, host] = await staged(elsewhere({ '/board.json': text }));

const link = (address, rest = '') => `${site.url}#v=1${rest}&device=${encodeURIComponent(address)}`;
const origin = (page) => page.locator('.origin');
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
    ['computed', 'estimated', 'measured', 'measured']
  );
  await page.getByText('By whom and when').click();
  await page.locator('details.origins dl').waitFor(); // fetched when it is opened
  const details = await page.locator('details.origins').innerText();
  assert.match(details, /3 configurations, on 2026-11-20 by edgewise 0\.1\.0, fan/);
  assert.match(details, /ina219.*the board or module/);
  assert.match(details, /Memory: read in a source\. Processor: derived/);
  // It was asked for as a stranger asks.
  const { headers } = host.requested.find((r) => r.path === '/board.json');
  assert.equal(headers.cookie, undefined);
  assert.equal(headers.referer, undefined);
  // The link keeps the address, through other choices too.
  await choose(page, 'Quantization', 'Q8_0');
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
    bus: [
      JSON.stringify(
        board({ memory: { ...JSON.parse(text).memory, bus_width_bits: 8, data_rate_mts: 100 } })
      ),
      /peak_bandwidth_gb_s/
    ],
    sources: [JSON.stringify(board({ sources: [{ __proto__: 1 }] })), /sources\[0\]/],
    confidence: [JSON.stringify(board({ confidence: { memory: '__proto__' } })), /confidence\.memory/],
    date: [text.replace('"2026-11-20"', '{"toString":1}'), /calibrations\[0\]\.date/],
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
      sources: [script, 'javascript:alert(1)'],
      note: script,
      calibrations: [
        {
          runtime: 'llama.cpp-cpu',
          origin: 'measured',
          configurations: 1,
          parameters: { bandwidth_share: 0.8 },
          tool: script,
          context: `\u202e${long}`,
          samples: [{ test: 'power', scope: 'constructor' }]
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
  await page.locator('details.origins dl').waitFor();
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
