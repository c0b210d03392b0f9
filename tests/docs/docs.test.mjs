// The guide "Edgewise in your documentation" (web/guide) as sites: what a page of it says to write is written, the engine builds
// it, and Chromium reads the card under the policy that the page states. The component comes from another origin.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { appendFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { load } from '../../build/wasm/package/index.node.mjs';
import { presets } from '../../build/wasm/package/presets.mjs';
import { launch, open, serve } from '../../web/test/site.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const root = join(here, '../..');
const run = promisify(execFile);
const program = (path) => [process.execPath, join(here, 'node_modules', path)];

/** `built`: where the engine puts the site; `board`: its page with a card; `toggle`: what switches between light and dark. */
const engines = {
  'plain HTML': { guide: 'README', built: '.', board: '' },
  MkDocs: { guide: 'mkdocs', command: ['mkdocs', 'build', '--strict'], built: 'site', board: 'board/', dark: true },
  Material: { guide: 'material', command: ['mkdocs', 'build', '--strict'], built: 'site', board: 'board/', dark: true, instant: true, toggle: '[data-md-component=palette] label:not([hidden])' },
  Sphinx: { guide: 'sphinx', command: ['sphinx-build', '-W', '-b', 'html', '.', 'html'], built: 'html', board: 'board.html', dark: true },
  Hugo: { guide: 'hugo', command: ['hugo'], built: 'public', board: 'board/', dark: true },
  VitePress: { guide: 'vitepress', command: [...program('vitepress/bin/vitepress.js'), 'build'], built: '.vitepress/dist', board: 'board.html', dark: true, instant: true, toggle: '.VPSwitchAppearance:visible' },
  Docusaurus: { guide: 'docusaurus', command: [...program('@docusaurus/core/bin/docusaurus.mjs'), 'build'], built: 'build', board: 'board/', dark: true, instant: true, toggle: 'button[class*=toggleButton]:visible' },
};

const inside = 'Llama 3.2 1B needs about 1 GiB on a Raspberry Pi 5.';
const binary = process.env.EDGEWISE_BINARY ?? join(root, 'build/native/bin/edgewise');

let folder, browser, edgewise, expected;
const hosts = {};

const guide = (name) => readFileSync(join(root, 'web/guide', `${name}.md`), 'utf8').replaceAll('https://edgewise.example.org/', edgewise.url).replaceAll('https://edgewise.example.org', edgewise.url.slice(0, -1));
/** The code of a page of the guide by the file that it goes into: what the line above it names last. */
const filesOf = (text) => new Map([...text.matchAll(/`([^`\n]+)`[^`\n]*:\n\n```\w+\n([\s\S]*?)\n```/g)].map(([, file, code]) => [file, `${code}\n`]));

/** Writes what the guide says: where GUIDE stands in a file of the site, else at its end. */
function write(at, file, code) {
  const path = join(at, file);
  mkdirSync(dirname(path), { recursive: true });
  const before = existsSync(path) ? readFileSync(path, 'utf8') : '';
  if (before.includes('GUIDE')) writeFileSync(path, before.replace('GUIDE', () => code));
  else appendFileSync(path, code);
}

/** Builds the site of a page of the guide, and serves it under its policy. */
async function host(name) {
  return (hosts[name] ??= (async () => {
    const { guide: page, command, built } = engines[name];
    const at = join(folder, page);
    mkdirSync(at);
    if (command) cpSync(join(here, 'sites', page), at, { recursive: true });
    const text = guide(page);
    const files = filesOf(text);
    assert.ok(files.size >= 2, `the code of ${page}.md`);
    const css = page === 'README' ? 'edgewise.css' : /\[edgewise\.css\]\(README\.md#before-the-answer\) goes into `([^`]+)`/.exec(text)[1];
    files.set(css, filesOf(guide('README')).get('edgewise.css'));
    for (const [file, code] of files) write(at, file, code);
    if (command?.[0] === process.execPath) {
      writeFileSync(join(at, 'package.json'), '{"private": true}');
      symlinkSync(join(here, 'node_modules'), join(at, 'node_modules'));
    }
    if (command) await run(command[0], command.slice(1), { cwd: at, env: { ...process.env, NODE_PATH: '', DOCUSAURUS_NO_PERSISTENT_CACHE: '1', DO_NOT_TRACK: '1' }, maxBuffer: 1 << 26 });
    const policy = /^Content-Security-Policy: (.*)$/m.exec(text)[1];
    const headers = (file, body) => {
      if (!file.endsWith('.html') || !body) return { 'content-security-policy': policy.replace("'sha256-…'", '') };
      const inline = [...String(body).matchAll(/<script(?![^>]*\ssrc=)[^>]*>([\s\S]*?)<\/script>/g)].map(([, script]) => `'sha256-${createHash('sha256').update(script).digest('base64')}'`);
      return { 'content-security-policy': policy.replace("'sha256-…'", inline.join(' ')) };
    };
    return serve({}, { at: join(at, built), headers });
  })());
}

before(async () => {
  mkdirSync(join(root, 'build'), { recursive: true });
  folder = mkdtempSync(join(root, 'build/docs-'));
  [browser, edgewise] = await Promise.all([launch(), serve()]);
  const { sentence } = (await load({ presets })).estimate({ model: 'llama-3.2-1b', device: 'raspberry-pi-5-8gb', quant: 'Q4_K_M', kv_quant: 'q8_0', prompt: 512, generate: 128 });
  const [, memory, speed] = /it needs ([\d.]+ \w+) of .* usable, ([\d.]+ tok\/s)/.exec(sentence);
  expected = { memory, speed };
});
after(async () => {
  await browser?.close();
  await edgewise?.close();
  for (const server of Object.values(hosts)) await (await server.catch(() => undefined))?.close();
  if (folder) rmSync(folder, { recursive: true, force: true });
});

/** The card says what the engine says of the question of the guide. */
async function answers(page) {
  const items = page.locator('[part=card] dl > div');
  await items.first().waitFor({ timeout: 20_000 });
  const said = async (n) => (await items.nth(n).innerText()).replace(/\s+/g, ' ');
  const [memory, speed] = [await said(0), await said(2)];
  assert.ok(memory.includes(expected.memory), `${memory}: ${expected.memory}`);
  assert.ok(speed.includes(expected.speed), `${speed}: ${expected.speed}`);
  assert.match(await page.locator('[part=card] [part=question]').innerText(), /Q4_K_M.*kv-quant q8_0/);
}
/** Whether the page is dark: its headline is bright then. */
const schemeOf = (page) =>
  page.locator('h1').first().evaluate((headline) => {
    const [r, g, b] = getComputedStyle(headline).color.match(/[\d.]+/g).map(Number);
    return r + g + b > 382 ? 'dark' : 'light';
  });
async function follows(page, wanted) {
  const card = page.locator(`[part=card][data-scheme=${wanted}]`);
  await card.waitFor({ timeout: 5000 });
  // Themes fade from one to the other.
  for (let tries = 0; tries < 20 && (await schemeOf(page)) !== wanted; ++tries) await page.waitForTimeout(100);
  assert.equal(await schemeOf(page), wanted);
  assert.equal(await card.evaluate((e) => getComputedStyle(e).colorScheme), wanted);
}
async function ends({ page, seen, close }) {
  assert.deepEqual(await page.evaluate(() => window.violations), []);
  assert.deepEqual(seen.errors, []);
  const { origin } = new URL(page.url());
  assert.deepEqual(seen.requests.filter((url) => ![origin, new URL(edgewise.url).origin].includes(new URL(url).origin) && !url.startsWith('data:')), []);
  await close();
}
const watchShifts = () => {
  window.shift = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shift += entry.value;
  }).observe({ type: 'layout-shift', buffered: true });
};

for (const [name, { board, dark, instant, toggle }] of Object.entries(engines)) {
  for (const colorScheme of ['light', 'dark'])
    test(`${name}: the card answers for readers who prefer ${colorScheme}`, async () => {
      const opened = await open(browser, (await host(name)).url + board, { colorScheme });
      const { page } = opened;
      await answers(page);
      await follows(page, dark ? colorScheme : 'light');
      if (toggle) {
        // Some have a third state, as the system has it.
        for (let presses = 0; presses < 2 && (await schemeOf(page)) === colorScheme; ++presses) {
          await page.locator(toggle).first().click();
          await page.waitForTimeout(500);
        }
        await follows(page, colorScheme === 'light' ? 'dark' : 'light');
      }
      await ends(opened);
    });

  for (const width of [400, 1000, 1280])
    test(`${name}: nothing moves when the answer comes, ${width} px wide`, async () => {
      const opened = await open(browser, (await host(name)).url + board, { viewport: { width, height: 900 } });
      const { page } = opened;
      await page.evaluate(watchShifts);
      await answers(page);
      await page.waitForTimeout(300);
      const shift = await page.evaluate(() => window.shift);
      assert.ok(shift <= 0.05, String(shift));
      await ends(opened);
    });

  test(`${name}: without script there is what stands inside`, async () => {
    const context = await browser.newContext({ javaScriptEnabled: false });
    const page = await context.newPage();
    await page.goto((await host(name)).url + board);
    assert.ok(await page.getByText(inside).isVisible());
    // No place is kept for what will not come.
    const { height } = await page.locator('edgewise-calculator').boundingBox();
    assert.ok(height < 150, String(height));
    await context.close();
  });

  if (instant)
    test(`${name}: the card answers after navigation inside the page`, async () => {
      const opened = await open(browser, (await host(name)).url);
      const { page } = opened;
      await page.evaluate(() => (window.same = true));
      await page.getByRole('link', { name: 'To the board' }).click();
      await answers(page);
      assert.equal(await page.evaluate(() => window.same), true);
      // And back, and there again.
      await page.goBack();
      await page.locator('[part=card]').waitFor({ state: 'detached' });
      await page.getByRole('link', { name: 'To the board' }).click();
      await answers(page);
      assert.equal(await page.evaluate(() => window.same), true);
      await ends(opened);
    });
}

test('Docusaurus: a frame answers at its height, also after navigation inside the page', async () => {
  const opened = await open(browser, (await host('Docusaurus')).url, { colorScheme: 'dark' });
  const { page } = opened;
  await page.evaluate(() => (window.same = true));
  await page.getByRole('link', { name: 'to the frame' }).click();
  const frame = page.frameLocator('iframe');
  await answers(frame);
  assert.equal(await frame.locator('[part=card]').getAttribute('data-scheme'), 'dark');
  const height = Math.ceil(await frame.locator('body').evaluate((body) => body.getBoundingClientRect().height));
  await page.locator(`iframe[height="${height}"]`).waitFor({ timeout: 5000 });
  assert.equal(await page.evaluate(() => window.same), true);
  await ends(opened);
});

test('Sphinx: on paper there is what the guide writes for it, and the element is not', async () => {
  await host('Sphinx');
  await run('sphinx-build', ['-W', '-b', 'latex', '.', 'latex'], { cwd: join(folder, 'sphinx') });
  const paper = readFileSync(join(folder, 'sphinx/latex/boards.tex'), 'utf8');
  assert.ok(paper.includes(inside));
  assert.ok(!paper.includes('edgewise-calculator'));
});

test('Hugo: feeds hold what stands inside', async () => {
  await host('Hugo');
  assert.ok(readFileSync(join(folder, 'hugo/public/index.xml'), 'utf8').includes(inside));
});

test('what the guide says of pictures and text runs as it is printed', async () => {
  const at = join(folder, 'render');
  mkdirSync(at);
  const text = guide('README');
  const [, lines] = /```sh\n([\s\S]*?)\n```/.exec(text);
  const [, convert] = /`(rsvg-convert [^`]*)`/.exec(text);
  for (const line of [...lines.split('\n'), convert]) {
    const { stdout } = await run('bash', ['-c', `edgewise() { "$BINARY" "$@"; }; ${line}`], { cwd: at, env: { ...process.env, BINARY: binary } });
    if (line.includes('--format')) assert.ok(stdout.includes(expected.speed), line);
  }
  for (const picture of ['card.svg', 'paper.svg']) assert.ok(readFileSync(join(at, picture), 'utf8').includes(expected.speed), picture);
  assert.match(readFileSync(join(at, 'paper.pdf'), 'latin1'), /^%PDF/);
});
