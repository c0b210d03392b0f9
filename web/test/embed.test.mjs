import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { add, empty, heard, pi, shown } from './cards.mjs';
import { text } from './elsewhere.mjs';
import { launch, number, open, ready, serve } from './site.mjs';

// Two origins: the site, and a page elsewhere that embeds it.
let browser, site, host;
/** Further pages elsewhere, as tests write them. */
const written = {};
before(async () => {
  [browser, site] = await Promise.all([launch(), serve()]);
  host = await serve(
    Object.assign(written, {
      '/empty': empty(site),
      '/component': `<!doctype html><title>Docs</title><edgewise-calculator id="a" model="llama-3.2-1b" device="raspberry-pi-5-8gb" quant="Q8_0"><p>About 1 GiB.</p></edgewise-calculator>
      <script type="module" src="${site.url}embed.js"></script><script type="module" src="${site.url}embed.js?again"></script>`,
      '/broken': `<!doctype html><title>Docs</title><edgewise-calculator model="no-such-model" device="raspberry-pi-5-8gb"><p>About 1 GiB.</p></edgewise-calculator><script type="module" src="${site.url}embed.js"></script>`,
      '/frame': `<!doctype html><title>Docs</title><iframe title="Edgewise" width="100%" src="${site.url}embed.html?theme=dark#v=1&m=qwen3-4b&d=raspberry-pi-5-8gb&q=Q8_0"></iframe>
      <script>window.heights = []; addEventListener('message', (e) => { const frame = document.querySelector('iframe'); if (e.source === frame.contentWindow && e.data['edgewise-height']) { heights.push(e.data['edgewise-height']); frame.height = e.data['edgewise-height']; } });</script>`
    })
  );
});
after(async () => {
  await browser.close();
  await site.close();
  await host.close();
});

test('a frame is as light or dark as the page around it, unless its address decides', async () => {
  const frame = (query) =>
    `<!doctype html><title>Docs</title><script async src="${site.url}frame.js"></script>
    <body style="background: #fff"><iframe title="Edgewise" src="${site.url}embed.html${query}#v=1&m=qwen3-4b&d=raspberry-pi-5-8gb"></iframe>`;
  Object.assign(written, { '/around': frame(''), '/decided': frame('?theme=light') });
  const seen = async (path, change) => {
    const { page, close } = await open(browser, `${host.url}${path}`);
    const card = page.frameLocator('iframe').locator('edgewise-calculator');
    await card.locator('article').waitFor();
    await page.waitForFunction(() => Number(document.querySelector('iframe').height) > 100);
    const theme = () => card.getAttribute('theme');
    const until = async (wanted) => {
      for (let i = 0; i < 50 && (await theme()) !== wanted; i++) await page.waitForTimeout(50);
      return theme();
    };
    const first = await until('light');
    await page.evaluate(() => (document.body.style.background = '#111'));
    const then = change ? await until('dark') : await theme();
    const scheme = await card.evaluate(() => getComputedStyle(document.documentElement).colorScheme);
    await close();
    return [first, then, scheme];
  };
  assert.deepEqual(await seen('around', true), ['light', 'dark', 'dark']);
  assert.deepEqual(await seen('decided', false), ['light', 'light', 'light']);
});

test('the element shows an answer on another site, twice included', async () => {
  const { page, seen, close } = await open(browser, `${host.url}component`);
  await page.locator('#a article').waitFor();
  assert.match(await page.locator('#a article').innerText(), /Llama-3\.2-1B needs/);
  const memory = () => page.locator('#a dd').first().innerText();
  const small = await memory();
  await page.evaluate(() => {
    document.getElementById('a').setAttribute('model', 'qwen3-4b');
  });
  await page.waitForFunction(() => document.getElementById('a').shadowRoot.textContent.includes('Qwen3-4B'));
  assert.notEqual(await memory(), small);
  const link = await page.locator('#a a').getAttribute('href');
  assert.match(
    link.replace(site.url, ''),
    /^#v=1&m=qwen3-4b&d=raspberry-pi-5-8gb&r=llama\.cpp-cpu&q=Q8_0&p=\w+$/
  );
  assert.deepEqual(seen.errors, []);
  await close();
});

test('on another site, too, the element reads a device that a link brings', async () => {
  const { page, seen, close } = await open(browser, `${host.url}component`);
  await page.locator('#a article').waitFor();
  const link = `#v=1&m=llama-3.2-1b&d=my-board&x=${Buffer.from(text).toString('base64url')}`;
  await page.evaluate((address) => {
    document.getElementById('a').address = address;
  }, link);
  await page.waitForFunction(() => document.getElementById('a').shadowRoot.textContent.includes('My Board'));
  assert.deepEqual(seen.errors, []);
  await close();
});

test('what cannot be computed leaves the fallback', async () => {
  const { page, close } = await open(browser, `${host.url}broken`);
  await page.waitForFunction(() =>
    document.querySelector('edgewise-calculator').shadowRoot?.textContent.includes('There is no estimate')
  );
  assert.ok(await page.getByText('About 1 GiB.').isVisible());
  await close();
});

test('the frame tells its height and leaves its address alone', async () => {
  const { page, seen, close } = await open(browser, `${host.url}frame`);
  const frame = page.frames()[1];
  await frame.locator('article').waitFor();
  await page.waitForFunction(() => heights.length > 0 && heights[heights.length - 1] > 150);
  const height = await frame.evaluate(() => Math.ceil(document.body.getBoundingClientRect().height));
  await page.waitForFunction((h) => heights[heights.length - 1] === h, height);
  assert.match(await frame.locator('article').innerText(), /Qwen3-4B needs/);
  await page.waitForTimeout(600);
  assert.equal(frame.url(), `${site.url}embed.html?theme=dark#v=1&m=qwen3-4b&d=raspberry-pi-5-8gb&q=Q8_0`);
  assert.equal(await frame.evaluate(() => getComputedStyle(document.documentElement).colorScheme), 'dark');
  assert.deepEqual(await frame.evaluate(() => window.violations), []);
  assert.deepEqual(seen.errors, []);
  await close();
});

test('attributes are the options of the command line, and the card states them', async () => {
  const { page, seen, close } = await open(browser, `${host.url}empty`);
  const all = {
    ...pi,
    quant: 'Q8_0',
    'kv-quant': 'q8_0',
    prompt: '1000',
    generate: '0.05k',
    depth: '24',
    batch: '2'
  };
  await add(page, {
    ...all,
    context: '4096',
    threads: '2',
    'memory-taken-gib': '1.5',
    class: 'x',
    'data-x': '1'
  });
  const [[type, result]] = await heard(page, 1);
  assert.equal(type, 'edgewise-answer');
  const { prompt, generate, depth, batch, context, threads, kv_quant, memory_taken_gib } = result.query;
  assert.deepEqual(
    { prompt, generate, depth, batch, context, threads, kv_quant, memory_taken_gib },
    {
      prompt: 1000,
      generate: 50,
      depth: 24,
      batch: 2,
      context: 4096,
      threads: 2,
      kv_quant: 'q8_0',
      memory_taken_gib: 1.5
    }
  );
  const text = await shown(page);
  for (const part of [
    'Q8_0',
    'llama.cpp',
    '1,000 tokens in, 50 out',
    '24 tokens in the cache',
    '2 sequences at once',
    '4,096 tokens of context',
    'kv-quant q8_0',
    'threads 2',
    'memory-taken-gib 1.5'
  ])
    assert.ok(text.includes(part), `${part} in ${text}`);
  const { revision, date } = JSON.parse(await (await fetch(`${site.url}presets/index.json`)).text());
  assert.ok(
    text.includes(date === undefined ? `presets ${revision}` : `presets ${revision} of ${date}`),
    text
  );
  // Its link asks the page, and the frame, the same.
  const link = new URL(await page.locator('#card a').getAttribute('href'));
  const keys = Object.fromEntries(new URLSearchParams(link.hash.slice(1)));
  assert.deepEqual(keys, {
    v: '1',
    m: pi.model,
    d: pi.device,
    r: result.runtime.id,
    q: 'Q8_0',
    kv: 'q8_0',
    prompt: '1000',
    generate: '50',
    depth: '24',
    batch: '2',
    threads: '2',
    c: '4096',
    taken: '1.5',
    p: revision
  });
  const frame = await open(browser, `${site.url}embed.html${link.hash}`);
  await frame.page.locator('article').waitFor();
  const numbers = (p) => p.locator('dl').innerText();
  assert.equal(await numbers(frame.page), await numbers(page));
  await frame.close();
  assert.deepEqual(await page.evaluate(() => window.violations), []);
  assert.deepEqual(seen.errors, []);
  await close();
});

test('the names of former attributes, and an attribute that is gone', async () => {
  const { page, seen, close } = await open(browser, `${host.url}empty`);
  await add(page, { ...pi, kv: 'q8_0', 'gpu-layers': '0', threads: '1' });
  const [[, former]] = await heard(page, 1);
  assert.equal(former.query.kv_quant, 'q8_0');
  await page.evaluate(() =>
    ['kv', 'threads', 'gpu-layers'].forEach((a) => document.getElementById('card').removeAttribute(a))
  );
  const all = await heard(page, 2);
  const plain = all.at(-1)[1];
  assert.notEqual(plain.query.kv_quant, 'q8_0');
  assert.ok(!(await shown(page)).includes('threads'));
  assert.ok(!(await page.locator('#card a').getAttribute('href')).includes('ngl'));
  assert.deepEqual(seen.errors, []);
  await close();
});

const wrong = {
  'no device': [{ model: pi.model }, /device/],
  neither: [{}, /model, device/],
  'an unknown attribute': [{ ...pi, promt: '4000' }, /promt/],
  'a number that is none': [{ ...pi, prompt: 'many' }, /“many”.*prompt/],
  'a number out of its limits': [{ ...pi, batch: '0' }, /“0”.*batch/],
  'a quantization that is none': [{ ...pi, quant: 'Q9_Z' }, /Q9_Z/],
  'a runtime that is none': [{ ...pi, runtime: 'no-such' }, /no-such/],
  'a model that nobody has': [{ ...pi, model: 'no-such-model' }, /no-such-model/],
  'data of another revision': [{ ...pi, revision: '00000000' }, /00000000.*presets|presets.*00000000/]
};
for (const [what, [attributes, named]] of Object.entries(wrong))
  test(`${what}: named in the card and the console, without an answer`, async () => {
    const { page, seen, close } = await open(browser, `${host.url}empty`);
    await add(page, attributes);
    const [[type, detail]] = await heard(page, 1);
    assert.equal(type, 'edgewise-error');
    assert.match(detail.errors.join(' '), named);
    assert.match(await page.locator('#card [role=alert]').innerText(), named);
    assert.equal(await page.locator('#card article').count(), 0);
    assert.ok(await page.getByText('About 1 GiB.').isVisible());
    assert.ok(
      seen.errors.some((e) => named.test(e)),
      String(seen.errors)
    );
    // Put right, it answers.
    await page.evaluate((right) => {
      const card = document.getElementById('card');
      for (const name of card.getAttributeNames()) if (name !== 'id') card.removeAttribute(name);
      for (const [key, value] of Object.entries(right)) card.setAttribute(key, value);
    }, pi);
    await page.locator('#card article').waitFor();
    await close();
  });

test('an answer gives way to what is wrong', async () => {
  const { page, close } = await open(browser, `${host.url}empty`);
  await add(page, pi);
  await page.locator('#card article').waitFor();
  await page.evaluate(() => document.getElementById('card').setAttribute('quant', 'Q9_Z'));
  await page.locator('#card [role=alert]').waitFor();
  assert.equal(await page.locator('#card article').count(), 0);
  await close();
});

test('a frame names what its address holds and nobody knows', async () => {
  const named = '#v=1&m=qwen3-4b&d=raspberry-pi-5-8gb';
  for (const [hash, said] of [
    [`${named}&zzz=1`, /zzz/],
    [`${named}&prompt=many`, /many/],
    [`${named}&q=Q9_Z`, /Q9_Z/],
    ['#v=9&m=qwen3-4b&d=raspberry-pi-5-8gb', /9/],
    ['#v=1&m=qwen3-4b', /device/],
    ['#v=1&d=raspberry-pi-5-8gb', /model/],
    ['', /model, device/]
  ]) {
    const { page, close } = await open(browser, `${site.url}embed.html${hash}`);
    assert.match(await page.locator('[role=alert]').innerText(), said);
    assert.equal(await page.locator('article').count(), 0);
    await close();
  }
});

test('a frame of other data says so', async () => {
  const { page, close } = await open(
    browser,
    `${site.url}embed.html#v=1&m=qwen3-4b&d=raspberry-pi-5-8gb&p=00000000`
  );
  assert.match(await page.locator('footer').innerText(), /other preset data/);
  await close();
});

test('the code that the page hands out shows what the page does, at its height', async () => {
  const asked = '#v=1&prompt=1000&threads=2&lang=zh';
  const from = await open(browser, `${site.url}${asked}`);
  await ready(from.page);
  await from.page.locator('.menu summary').click();
  await from.page.getByRole('button', { name: '嵌入代码' }).click();
  await from.page.getByRole('radio', { name: '框架', exact: true }).check();
  const code = await from.page.locator('dialog.handing code').innerText();
  const speed = await number(from.page, 'decode_tok_s');
  await from.close();
  assert.ok(!code.includes('style='));
  for (const key of [
    'm=llama-3.2-1b',
    'd=raspberry-pi-5-8gb',
    'r=',
    'q=',
    'prompt=1000',
    'threads=2',
    'lang=zh'
  ])
    assert.ok(code.includes(`&amp;${key}`), `${key} in ${code}`);
  // What is not pinned shows the newest data without a word.
  assert.ok(!code.includes('&amp;p='));
  written['/handed'] = `<!doctype html><title>Docs</title>${code}`;
  const { page, seen, close } = await open(browser, `${host.url}handed`, {
    viewport: { width: 400, height: 900 }
  });
  const frame = page.frames()[1];
  await frame.locator('article').waitFor();
  assert.ok((await frame.locator('dl').innerText()).includes(speed));
  await page.waitForFunction(() => document.querySelector('iframe').height !== '320');
  await page.waitForTimeout(300);
  const height = await frame.evaluate(() => Math.ceil(document.body.getBoundingClientRect().height));
  assert.equal(await page.locator('iframe').getAttribute('height'), String(height));
  assert.deepEqual(seen.errors, []);
  await close();
});
