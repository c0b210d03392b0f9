import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { text } from './elsewhere.mjs';
import { launch, open, serve } from './site.mjs';

// Two origins: the site, and a page elsewhere that embeds it.
let browser, site, host;
before(async () => {
  [browser, site] = await Promise.all([launch(), serve()]);
  host = await serve({
    '/component': `<!doctype html><title>Docs</title><edgewise-calculator id="a" model="llama-3.2-1b" device="raspberry-pi-5-8gb" quant="Q8_0"><p>About 1 GiB.</p></edgewise-calculator>
      <script type="module" src="${site.url}embed.js"></script><script type="module" src="${site.url}embed.js?again"></script>`,
    '/broken': `<!doctype html><title>Docs</title><edgewise-calculator model="no-such-model"><p>About 1 GiB.</p></edgewise-calculator><script type="module" src="${site.url}embed.js"></script>`,
    '/frame': `<!doctype html><title>Docs</title><iframe title="Edgewise" width="100%" src="${site.url}embed.html?theme=dark#v=1&m=qwen3-4b&q=Q8_0"></iframe>
      <script>window.heights = []; addEventListener('message', (e) => { const frame = document.querySelector('iframe'); if (e.source === frame.contentWindow && e.data['edgewise-height']) { heights.push(e.data['edgewise-height']); frame.height = e.data['edgewise-height']; } });</script>`
  });
});
after(async () => {
  await browser.close();
  await site.close();
  await host.close();
});

test('the element shows an answer on another site, twice included', async () => {
  const { page, seen, close } = await open(browser, `${host.url}component`);
  await page.locator('#a article').waitFor();
  assert.match(await page.locator('#a article').innerText(), /Llama-3\.2-1B needs/);
  const memory = () => page.locator('#a dd').first().innerText();
  const small = await memory();
  await page.evaluate(() => {
    document.getElementById('a').model = 'qwen3-4b';
  });
  await page.waitForFunction(() => document.getElementById('a').shadowRoot.textContent.includes('Qwen3-4B'));
  assert.notEqual(await memory(), small);
  const link = await page.locator('#a a').getAttribute('href');
  assert.equal(link, `${site.url}#v=1&m=qwen3-4b&q=Q8_0`);
  assert.deepEqual(seen.errors, []);
  await close();
});

test('on another site, too, the element reads a device that a link brings', async () => {
  const { page, seen, close } = await open(browser, `${host.url}component`);
  await page.locator('#a article').waitFor();
  const link = `#v=1&d=my-board&x=${Buffer.from(text).toString('base64url')}`;
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
    document.querySelector('edgewise-calculator').shadowRoot?.textContent.includes('could not be loaded')
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
  assert.equal(frame.url(), `${site.url}embed.html?theme=dark#v=1&m=qwen3-4b&q=Q8_0`);
  assert.equal(await frame.evaluate(() => getComputedStyle(document.documentElement).colorScheme), 'dark');
  assert.deepEqual(await frame.evaluate(() => window.violations), []);
  assert.deepEqual(seen.errors, []);
  await close();
});
