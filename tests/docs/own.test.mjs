// Edgewise's own documentation (web/docs), as `./dev docs` builds it: every page in Chromium, under the policy that it states.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { load } from '../../build/wasm/package/index.node.mjs';
import { presets } from '../../build/wasm/package/presets.mjs';
import { launch, open, serve } from '../../web/test/site.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const run = promisify(execFile);
const axe = readFileSync(createRequire(new URL('../../web/package.json', import.meta.url)).resolve('axe-core/axe.min.js'), 'utf8');
const mkdocs = (config, site) => run('mkdocs', ['build', '--config-file', config, '--site-dir', site]);

let folder, at, browser, site, edgewise, paths;
const question = { model: 'llama-3.2-1b', device: 'raspberry-pi-5-8gb', quant: 'Q4_K_M' };

before(async () => {
  mkdirSync(join(root, 'build'), { recursive: true });
  folder = mkdtempSync(join(root, 'build/own-'));
  at = join(folder, 'site');
  await mkdocs(join(root, 'web/docs/mkdocs.yml'), at);
  [browser, site, edgewise] = await Promise.all([launch(), serve({}, { at }), load({ presets })]);
  paths = readdirSync(at, { recursive: true })
    .filter((file) => file.endsWith('index.html') && !file.startsWith('calculator/'))
    .map((file) => file.slice(0, -'index.html'.length));
});
after(async () => {
  await browser?.close();
  await site?.close();
  if (folder) rmSync(folder, { recursive: true, force: true });
});

/** Whether something is wider than the window, and by what. */
const wide = (page) =>
  page.evaluate(() => (document.documentElement.scrollWidth > innerWidth ? [document.documentElement.scrollWidth, innerWidth] : null));
async function settled(page) {
  for (const element of await page.locator('edgewise-calculator, edgewise-table, edgewise-value').all()) {
    await element.scrollIntoViewIfNeeded();
    await element.locator('[part=card], [part=table], [part=value]').first().waitFor({ timeout: 20_000 });
  }
}
async function clean({ page, seen, close }) {
  assert.deepEqual(await page.evaluate(() => window.violations), [], page.url());
  assert.deepEqual(seen.errors, [], page.url());
  assert.deepEqual(seen.requests.filter((url) => !url.startsWith(site.url) && !url.startsWith('data:')), [], page.url());
  await close();
}

for (const width of [390, 1280])
  for (const colorScheme of ['light', 'dark'])
    test(`every page, ${width} px wide, ${colorScheme}`, async () => {
      assert.ok(paths.length > 30, String(paths.length));
      for (const path of paths) {
        const opened = await open(browser, site.url + path, { viewport: { width, height: 900 }, colorScheme });
        const { page } = opened;
        await settled(page);
        assert.equal(await page.locator('h1').count(), 1, path);
        assert.equal(await page.locator('body').getAttribute('data-md-color-scheme'), colorScheme === 'dark' ? 'slate' : 'default', path);
        assert.equal(await wide(page), null, path);
        // The long reference pages take axe a minute each, and are made of what the others are made of.
        if (width < 1000 && readFileSync(join(at, path, 'index.html')).length < 120_000) {
          await page.evaluate(axe);
          // Around the text all is the theme's, and so is what scrolls in it, which Chromium lets the keyboard reach by itself.
          const found = await page.evaluate(() => window.axe.run('article', { resultTypes: ['violations'], runOnly: ['wcag2a', 'wcag2aa'], rules: { 'scrollable-region-focusable': { enabled: false } } }));
          assert.deepEqual(found.violations.map(({ id, nodes }) => `${id}: ${nodes[0].html.slice(0, 200)}`), [], path);
        }
        await clean(opened);
      }
    });

test('each link inside the site leads to a page, a file or a heading that is there', async () => {
  const { page, close } = await open(browser, site.url);
  const found = new Map();
  for (const path of paths) {
    const { ids, links } = await page.evaluate(async (url) => {
      const text = await (await fetch(url)).text();
      const parsed = new DOMParser().parseFromString(text, 'text/html');
      return { ids: [...parsed.querySelectorAll('[id]')].map(({ id }) => id), links: [...parsed.querySelectorAll('a[href]')].map((a) => new URL(a.getAttribute('href'), url).href) };
    }, site.url + path);
    found.set(site.url + path, { ids: new Set(ids), links });
  }
  await close();
  let checked = 0;
  for (const [from, { links }] of found)
    for (const link of links) {
      if (!link.startsWith(site.url)) continue;
      const [address, anchor] = link.split('#');
      if (anchor && found.has(address)) assert.ok(found.get(address).ids.has(decodeURIComponent(anchor)), `${from}: ${link}`);
      else assert.equal((await fetch(address)).status, 200, `${from}: ${link}`);
      ++checked;
    }
  assert.ok(checked > 1000, String(checked));
});

test('the card of the start page says what the npm package says, light and dark by the theme’s switch', async () => {
  const opened = await open(browser, site.url);
  const { page } = opened;
  const { sentence } = edgewise.estimate(question);
  const [, memory, speed] = /it needs ([\d.]+ \w+) of .* usable, ([\d.]+ tok\/s)/.exec(sentence);
  const card = page.locator('[part=card]');
  await card.waitFor();
  const said = (await card.innerText()).replace(/\s+/g, ' ');
  assert.ok(said.includes(memory) && said.includes(speed), `${said}: ${sentence}`);
  assert.equal(await card.getAttribute('data-scheme'), 'light');
  await page.locator('[data-md-component=palette] label:not([hidden])').click();
  await page.locator('[part=card][data-scheme=dark]').waitFor({ timeout: 5000 });
  await page.getByRole('link', { name: 'The calculator' }).click();
  await page.waitForSelector('#answer[aria-busy=false] .bigs');
  await clean(opened);
});

test('the worked example: what is written is what is computed; the table has its rows', async () => {
  const readers = await browser.newContext({ javaScriptEnabled: false });
  const still = await readers.newPage();
  await still.goto(`${site.url}example/`);
  const { terms } = edgewise.estimate(question);
  const scales = { GiB: 2 ** 30, MiB: 2 ** 20, 'GB/s': 1e9, GFLOP: 1e9, TFLOP: 1e12, ms: 1e-3, s: 1, 'tok/s': 1 };
  const written = await still.locator('edgewise-value').evaluateAll((all) => all.map((e) => [e.getAttribute('term'), e.textContent]));
  assert.ok(written.length > 8);
  for (const [term, text] of written) {
    const [, number, unit] = /^about ([\d.]+) (\S+)$/.exec(text);
    const off = (number * scales[unit]) / terms[term].value - 1;
    assert.ok(Math.abs(off) < 0.05, `${term}: ${text}, ${terms[term].value}`);
  }
  await readers.close();
  const opened = await open(browser, `${site.url}example/`);
  const { page } = opened;
  await settled(page);
  const speed = /([\d.]+) tok\/s/.exec(edgewise.estimate(question).sentence)[1];
  assert.ok((await page.locator('edgewise-value[term=decode_tok_s] [part=value]').innerText()).includes(speed));
  const devices = (await page.locator('edgewise-table').getAttribute('devices')).split(',');
  assert.equal(await page.locator('edgewise-table [part=table] tbody tr').count(), devices.length);
  for (const name of devices) {
    const { device, verdict } = edgewise.estimate({ ...question, device: name.trim() });
    assert.ok(verdict);
    assert.ok(await page.locator('edgewise-table').getByRole('link', { name: device.name, exact: false }).count(), device.name);
  }
  await clean(opened);
});

test('reference pages hold every term, runtime and device', async () => {
  const html = (page) => readFileSync(join(at, page, 'index.html'), 'utf8');
  const [terms, runtimes, devices] = ['terms', 'runtimes', 'devices'].map(html);
  const { terms: all } = edgewise.explain(question);
  for (const { id } of all) assert.ok(terms.includes(`id="${id}"`), id);
  const catalog = edgewise.catalog();
  for (const { id } of catalog.runtimes) assert.ok(runtimes.includes(`id="${id}"`), id);
  for (const { name } of catalog.devices) assert.ok(devices.includes(name.replaceAll('&', '&amp;')), name);
  // A rule of one runtime, with its value and its meaning, by hand.
  assert.match(runtimes, /<code>reserve\.option<\/code><\/td>\s*<td>gpu_memory_utilization<\/td>/);
  assert.match(terms, /id="memory_share"[\s\S]{0,600}?href="#usable_B"/);
});

test('search finds a term without a server', async () => {
  const opened = await open(browser, site.url);
  const { page } = opened;
  await page.locator('.md-search__input').fill('kv_bandwidth_share');
  await page.locator('.md-search-result__item a[href*="terms/"]').first().waitFor({ timeout: 10_000 });
  await clean(opened);
});

test('a dead link, a dead anchor and a section that is gone each fail the build', async () => {
  const copy = join(folder, 'copy');
  mkdirSync(join(copy, 'web'), { recursive: true });
  for (const [part, own] of [['', ['README.md', 'SECURITY.md', 'web']], ['web', ['docs']]])
    for (const name of readdirSync(join(root, part))) if (!own.includes(name)) symlinkSync(join(root, part, name), join(copy, part, name));
  for (const own of ['README.md', 'SECURITY.md', 'web/docs']) cpSync(join(root, own), join(copy, own), { recursive: true });
  const fails = async (file, change, message) => {
    const before = readFileSync(join(copy, file), 'utf8');
    writeFileSync(join(copy, file), change(before));
    await assert.rejects(mkdocs(join(copy, 'web/docs/mkdocs.yml'), join(folder, 'broken')), (error) => message.test(error.stdout + error.stderr) || assert.fail(error.stdout + error.stderr));
    writeFileSync(join(copy, file), before);
  };
  await fails('SECURITY.md', (t) => `${t}\n[gone](presets/schema/gone.md)\n`, /SECURITY\.md links to presets\/schema\/gone\.md/);
  await fails('SECURITY.md', (t) => `${t}\n[gone](README.md#gone)\n`, /SECURITY\.md links to README\.md#gone/);
  await fails('README.md', (t) => t.replace('## How it works', '## How it worked'), /no section #how-it-works|links to .*#how-it-works/);
  await fails('web/docs/pages/example.md', (t) => `${t}\n[gone](gone.md)\n`, /gone\.md/);
});
