// What pages of others show beside the calculator: a table of answers, and a number in a sentence.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { add, heard, pi, shifting, strict } from './cards.mjs';
import { check } from './looks.mjs';
import { launch, number, open, ready, serve } from './site.mjs';

let browser, site, host;
const value = (attributes, fallback = 'about ten') =>
  `<edgewise-value ${attributes}>${fallback}</edgewise-value>`;
const llama = 'model="llama-3.2-1b" device="raspberry-pi-5-8gb"';
before(async () => {
  [browser, site] = await Promise.all([launch(), serve()]);
  host = await serve({
    '/strict': strict(site),
    '/sentence': strict(
      site,
      `<p id="said">It writes ${value(`term="decode_tok_s" id="v" ${llama}`)}, and <strong>needs ${value(`term="memory_B" ${llama}`)}</strong>.</p>`
    ),
    '/chinese': strict(
      site,
      `<div lang="zh"><edgewise-table id="t" model="llama-3.2-1b" devices="raspberry-pi-5-8gb, nobodys">soon</edgewise-table>${value(`term="nothing" id="v" ${llama}`)}</div>`
    ),
    '/two': strict(
      site,
      `${value(`term="decode_tok_s" id="zh" lang="zh" ${llama}`)} ${value(`term="decode_tok_s" id="en" ${llama}`)}
       <p lang="zh-CN">${value(`term="decode_tok_s" id="later" ${llama}`)}</p>`
    ),
    '/far': strict(site, `<p>${value(`term="decode_tok_s" id="v" ${llama}`)}</p>`).replace(
      '<h1>',
      `${'<br>'.repeat(300)}<h1>`
    )
  });
});
after(async () => {
  await browser.close();
  await site.close();
  await host.close();
});
const violations = (page) => page.evaluate(() => window.violations);
const table = (page, attributes) => add(page, attributes, 't', 'edgewise-table');
const rows = (page) => page.locator('#t tbody tr');
const boards = ['raspberry-pi-5-8gb', 'jetson-orin-nano-super-8gb', 'rtx-4090-24gb'];

test('a table has a row for each device, each with what the page answers to its link', async () => {
  const { page, seen, close } = await open(browser, `${host.url}strict`);
  await table(page, { model: 'llama-3.2-1b', devices: boards.join(', '), quant: 'Q8_0', prompt: '700' });
  await rows(page).nth(2).waitFor();
  assert.equal(await rows(page).count(), 3);
  assert.match(await page.locator('#t caption').innerText(), /^Llama-3\.2-1B: Q8_0, 700 tokens in, 128 out$/);
  assert.deepEqual(await page.locator('#t thead th').allInnerTexts(), [
    'Device',
    'Verdict',
    'Memory',
    'First token',
    'Decode speed',
    'Energy per token',
    'How sure'
  ]);
  const { revision } = JSON.parse(await (await fetch(`${site.url}presets/index.json`)).text());
  assert.ok((await page.locator('#t footer').innerText()).includes(`presets ${revision}`));
  const plain = (text) => text.replace(/\s+/g, ' ').trim();
  assert.match(
    await rows(page).nth(1).locator('th').innerText(),
    /Full clocks/,
    'one of the modes that it has'
  );
  const seen_ = new Set();
  for (const row of await rows(page).all()) {
    const link = await row.locator('th a').getAttribute('href');
    assert.match(link, /#v=1&m=llama-3\.2-1b&d=[\w.-]+&r=[\w.-]+&q=Q8_0&prompt=700&p=\w+$/);
    const cell = async (term) => plain(await row.locator(`td[data-term=${term}]`).innerText());
    const at = await open(browser, link);
    await ready(at.page);
    for (const term of ['memory_B', 'ttft_s', 'decode_tok_s', 'energy_per_token_J']) {
      const [shown, there] = [await cell(term), plain(await number(at.page, term))];
      assert.ok(shown.startsWith(there), `${there} in ${shown}`);
      const range = plain(await at.page.locator(`.big[data-term=${term}] .range`).innerText());
      assert.ok(shown.includes(range), `${range} in ${shown}`);
      if (term === 'energy_per_token_J') assert.match(shown, / of the (system|board|card)$/);
    }
    assert.equal(
      plain(await row.locator('[part=verdict]').innerText()),
      await at.page.locator('#verdict').innerText()
    );
    const sure = await at.page.locator('.sure strong').innerText();
    assert.equal(plain(await row.locator('td').last().innerText()), sure);
    seen_.add(await cell('decode_tok_s'));
    await at.close();
  }
  assert.equal(seen_.size, 3);
  const [[type, detail]] = await heard(page, 1);
  assert.equal(type, 'edgewise-answer');
  assert.deepEqual(
    detail.map((r) => r.device.id),
    boards
  );
  assert.deepEqual(await violations(page), []);
  assert.deepEqual(seen.errors, []);
  await close();
});

test('the other way round; a row that fails says why, and one that repeats another', async () => {
  const { page, seen, close } = await open(browser, `${host.url}strict`);
  await table(page, {
    device: 'raspberry-pi-5-8gb',
    models: 'llama-3.2-1b, no-such-model, qwen3-4b, llama-3.2-1b, , Llama-3.2-1B'
  });
  // They are told once every row has settled.
  const events = await heard(page, 2);
  const texts = await rows(page).allInnerTexts();
  assert.equal(texts.length, 5);
  assert.match(texts[0], /^Llama-3\.2-1B\s/);
  assert.match(texts[1], /^no-such-model\s+.*no-such-model.*model/);
  assert.match(texts[2], /^Qwen3-4B\s/);
  assert.match(texts[3], /in the table already, as llama-3\.2-1b/);
  assert.match(texts[4], /in the table already, as llama-3\.2-1b/);
  assert.match(await page.locator('#t caption').innerText(), /^Raspberry Pi 5 8GB: /);
  assert.deepEqual(
    events.map(([type]) => type),
    ['edgewise-error', 'edgewise-answer']
  );
  assert.equal(events[0][1].errors.length, 3);
  assert.equal(events[1][1][1], null);
  assert.ok(seen.errors.some((e) => e.includes('edgewise-table: no-such-model')));
  // The list may change: what is there already is not asked anew.
  await page.evaluate(() => document.getElementById('t').setAttribute('models', 'llama-3.2-1b,qwen3-0.6b'));
  await rows(page).nth(1).filter({ hasText: 'Qwen3-0.6B' }).locator('td[data-term=memory_B]').waitFor();
  assert.equal(await rows(page).count(), 2);
  assert.deepEqual(await violations(page), []);
  await close();
});

const wrong = {
  'no list': [{ model: 'llama-3.2-1b' }, /models, devices/],
  'two lists': [{ models: 'llama-3.2-1b', devices: 'raspberry-pi-5-8gb' }, /models, devices/],
  'a list and one of its kind': [{ ...pi, devices: 'raspberry-pi-5-8gb' }, /device, devices/],
  'an empty list': [{ model: 'llama-3.2-1b', devices: ' , ' }, /devices lists nothing/],
  'a list without what it is of': [{ devices: 'raspberry-pi-5-8gb' }, /told: model\./],
  'too long a list': [
    { model: 'llama-3.2-1b', devices: Array.from({ length: 51 }, (_, i) => `board-${i}`).join() },
    /51.*50/
  ],
  'an unknown attribute': [{ model: 'llama-3.2-1b', devices: 'raspberry-pi-5-8gb', view: 'badge' }, /view/],
  'a number that is none': [
    { model: 'llama-3.2-1b', devices: 'raspberry-pi-5-8gb', prompt: 'many' },
    /“many”.*prompt/
  ]
};
for (const [what, [attributes, named]] of Object.entries(wrong))
  test(`a table with ${what} says so and keeps its fallback`, async () => {
    const { page, seen, close } = await open(browser, `${host.url}strict`);
    await table(page, attributes);
    const [[type, { errors }]] = await heard(page, 1);
    assert.equal(type, 'edgewise-error');
    assert.match(errors.join(' '), named);
    assert.match(await page.locator('#t [role=alert]').innerText(), named);
    assert.equal(await page.locator('#t table').count(), 0);
    assert.ok(await page.getByText('About 1 GiB.').isVisible());
    assert.ok(seen.errors.some((e) => named.test(e)));
    await close();
  });

for (const width of [320, 1000])
  test(`a table fits its place and nothing moves, ${width} px wide`, async () => {
    const { page, seen, close } = await open(browser, `${host.url}strict`, {
      viewport: { width, height: 900 }
    });
    await table(page, { model: 'llama-3.2-1b', devices: boards.join() });
    const moved = await shifting(page);
    await rows(page).nth(2).waitFor();
    const shift = await moved();
    assert.ok(shift <= 0.05, String(shift));
    const [inside, outside] = await page.evaluate(() => {
      const scroll = document.getElementById('t').shadowRoot.querySelector('.scroll');
      return [scroll.scrollWidth - scroll.clientWidth, document.documentElement.scrollWidth];
    });
    assert.ok(outside <= width, String(outside));
    assert.equal(inside, 0);
    await check(page, 'table');
    assert.deepEqual(seen.errors, []);
    await close();
  });

test('a table and a number speak the language around them, in the colours of it', async () => {
  const { page, close } = await open(browser, `${host.url}chinese`);
  await rows(page).nth(1).waitFor();
  assert.deepEqual((await page.locator('#t thead th').allInnerTexts()).slice(0, 3), ['设备', '结论', '内存']);
  assert.match((await rows(page).allInnerTexts())[1], /nobodys\s+.*[\u4e00-\u9fff]/);
  await page.locator('#v [role=alert]').waitFor();
  assert.match(await page.locator('#v [role=alert]').innerText(), /没有“nothing”/);
  await page.evaluate(() => document.getElementById('t').setAttribute('theme', 'dark'));
  const article = page.locator('#t article[data-scheme=dark]');
  await article.waitFor();
  assert.equal(await article.evaluate((e) => getComputedStyle(e).backgroundColor), 'rgb(22, 28, 34)');
  await close();
});

test('each element speaks the language that it stands in, whichever comes first, and its own when that changes', async () => {
  const { page, seen, close } = await open(browser, `${host.url}two`);
  for (const id of ['zh', 'en', 'later']) await page.locator(`#${id} [part=value]`).waitFor();
  const languages = (ids) =>
    Promise.all(ids.map((id) => page.locator(`#${id} [part=value]`).getAttribute('lang')));
  assert.deepEqual(await languages(['zh', 'en', 'later']), ['zh-Hans', 'en', 'zh-Hans']);
  assert.match(await page.locator('#zh [part=value]').getAttribute('title'), /[\u4e00-\u9fff]/);
  assert.doesNotMatch(await page.locator('#en [part=value]').getAttribute('title'), /[\u4e00-\u9fff]/);
  await page.evaluate(() => document.getElementById('en').setAttribute('lang', 'zh'));
  await page.locator('#en [lang=zh-Hans]').waitFor();
  assert.deepEqual(seen.errors, []);
  await close();
});

test('a value is a number in its sentence, in its font, with its range and its question', async () => {
  const { page, seen, close } = await open(browser, `${host.url}sentence`);
  const part = page.locator('#v [part=value]');
  await part.waitFor();
  await page.locator('strong [part=value]').waitFor();
  const link = `${site.url}#v=1&m=llama-3.2-1b&d=raspberry-pi-5-8gb`;
  const at = await open(browser, link);
  await ready(at.page);
  const plain = (text) => text.replace(/\s+/g, ' ').trim();
  const [speed, memory, range] = [
    await number(at.page, 'decode_tok_s'),
    await number(at.page, 'memory_B'),
    await at.page.locator('.big[data-term=decode_tok_s] .range').innerText()
  ].map(plain);
  await at.close();
  const title = plain(await part.getAttribute('title'));
  for (const said of [
    range,
    'Llama-3.2-1B on Raspberry Pi 5 8GB',
    'Q4_K_M',
    '512 tokens in, 128 out',
    'presets'
  ])
    assert.ok(title.includes(said), `${said} in ${title}`);
  // As one sees it: the rest is for those who do not.
  const seenText = await page.evaluate(() => {
    const visible = (node) =>
      node.nodeType === 3
        ? node.data
        : node.classList?.contains('vh') || node.localName === 'style'
          ? ''
          : [...(node.shadowRoot ?? node).childNodes].map(visible).join('');
    return visible(document.getElementById('said')).replace(/\s+/g, ' ');
  });
  assert.equal(seenText, `It writes ${speed}, and needs ${memory}.`);
  assert.ok(plain(await part.locator('.vh').textContent()).includes(range));
  const styles = await page.evaluate(() =>
    [document.getElementById('said'), document.getElementById('v').shadowRoot.querySelector('[part=value]')]
      .map((e) => getComputedStyle(e))
      .map((s) => [s.fontFamily, s.fontSize, s.fontWeight, s.color, s.backgroundColor])
  );
  assert.deepEqual(styles[1], styles[0]);
  const bold = await page
    .locator('strong [part=value]')
    .evaluate((e) => Number(getComputedStyle(e).fontWeight));
  assert.ok(bold >= 600);
  // One line of text, not a box.
  assert.equal(await page.evaluate(() => getComputedStyle(document.getElementById('v')).display), 'inline');
  // Another term is another number.
  await page.evaluate(() => document.getElementById('v').setAttribute('term', 'ttft_s'));
  await page.waitForFunction(
    (s) => !document.getElementById('v').shadowRoot.textContent.replace(/\s+/g, ' ').startsWith(s),
    speed
  );
  assert.match(await part.innerText(), /\ss\b|ms/);
  await check(page, 'value');
  assert.deepEqual(await violations(page), []);
  assert.deepEqual(seen.errors, []);
  await close();
});

const wrongValues = {
  'an unknown term': [{ ...pi, term: 'decode_speed' }, /“decode_speed”.*decode_tok_s.*and \d+ more/],
  'a term that every object has': [{ ...pi, term: 'constructor' }, /“constructor”/],
  'no term': [pi, /told: term/],
  'no model': [{ device: pi.device, term: 'ttft_s' }, /told: model/],
  'an unknown device': [{ ...pi, device: 'nobodys', term: 'ttft_s' }, /nobodys/]
};
for (const [what, [attributes, named]] of Object.entries(wrongValues))
  test(`a value of ${what} keeps its fallback and says so`, async () => {
    const { page, seen, close } = await open(browser, `${host.url}strict`);
    await add(page, attributes, 'v', 'edgewise-value');
    const [[type, { errors }]] = await heard(page, 1);
    assert.equal(type, 'edgewise-error');
    assert.match(errors.join(' '), named);
    assert.ok(errors.join(' ').length < 500);
    assert.match(await page.locator('#v [role=alert]').innerText(), named);
    assert.ok(await page.getByText('About 1 GiB.').isVisible());
    assert.ok(seen.errors.some((e) => named.test(e)));
    await close();
  });

test('what is unknown is said to be, with what would make it known', async () => {
  const { page, seen, close } = await open(browser, `${host.url}strict`);
  // Nobody knows its power.
  const device = 'ampere-altra-a1-4vcpu';
  await add(page, { ...pi, device, term: 'energy_per_token_J' }, 'v', 'edgewise-value');
  const part = page.locator('#v [part=value]');
  await part.waitFor();
  assert.match(await part.innerText(), /^unknown/);
  assert.match(await part.getAttribute('title'), /^needs the idle power of the device/i);
  assert.deepEqual(seen.errors, []);
  await close();
});

test('print starts a value that nobody came near', async () => {
  const { page, close } = await open(browser, `${host.url}far`);
  await page.waitForTimeout(500);
  assert.equal(await page.locator('#v [part=value]').count(), 0);
  await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
  await page.locator('#v [part=value]').waitFor();
  await close();
});

test('all elements of a page share one engine, and fetch a preset once', async () => {
  const { page, seen, close } = await open(browser, `${host.url}strict`);
  await table(page, { model: 'llama-3.2-1b', devices: boards.join() });
  await add(page, pi);
  await add(page, { ...pi, term: 'ttft_s' }, 'v', 'edgewise-value');
  await add(page, { ...pi, view: 'badge' }, 'b');
  await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
  await heard(page, 4);
  const fetched = (part) => seen.requests.filter((url) => url.includes(part)).length;
  assert.equal(fetched('.wasm'), 1);
  for (const part of [
    'models/llama-3.2-1b',
    ...boards.map((id) => `devices/${id}`),
    'calibrations/llama.cpp-cpu'
  ])
    assert.equal(fetched(part), 1, part);
  assert.deepEqual(seen.errors, []);
  await close();
});
