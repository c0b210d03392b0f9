// What the calculator of others' pages shows beside its card: a line, the page's panels, the curves.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { add, heard, pi, shifting, strict } from './cards.mjs';
import { check } from './looks.mjs';
import { launch, number, open, ready, serve } from './site.mjs';

let browser, site, host;
before(async () => {
  [browser, site] = await Promise.all([launch(), serve()]);
  host = await serve({
    '/strict': strict(site),
    '/heading': strict(
      site,
      '<h2>Models <edgewise-calculator id="card" view="badge" model="llama-3.2-1b" device="raspberry-pi-5-8gb">soon</edgewise-calculator> here</h2>'
    ),
    '/chinese': strict(
      site,
      '<div lang="zh"><edgewise-calculator id="card" view="full" model="llama-3.2-1b" device="raspberry-pi-5-8gb"></edgewise-calculator></div>'
    )
  });
});
after(async () => {
  await browser.close();
  await site.close();
  await host.close();
});
const clean = async ({ page, seen, close }) => {
  assert.deepEqual(await page.evaluate(() => window.violations), []);
  assert.deepEqual(seen.errors, []);
  await close();
};
/** What the page itself answers to a card's link. */
async function pageOf(link, read) {
  const at = await open(browser, link);
  await ready(at.page);
  const got = await read(at.page);
  await at.close();
  return got;
}

test('a badge is one line in a heading: verdict, speed and a link to the same answer', async () => {
  const opened = await open(browser, `${host.url}heading`);
  const { page } = opened;
  const badge = page.locator('#card [part=badge]');
  await badge.waitFor();
  const text = await badge.innerText();
  assert.match(text, /Llama-3\.2-1B on Raspberry Pi 5/);
  const link = await badge.getAttribute('href');
  const [speed, verdict] = await pageOf(link, async (p) => [
    await number(p, 'decode_tok_s'),
    await p.locator('#verdict').innerText()
  ]);
  assert.ok(text.includes(verdict), text);
  assert.ok(text.replace(/\u00a0/g, ' ').includes(speed.trim()), `${speed} in ${text}`);
  assert.match(await badge.getAttribute('title'), /512 tokens in, 128 out/);
  const [box, line] = await page.evaluate(() => {
    const card = document.getElementById('card');
    return [card.getBoundingClientRect().height, getComputedStyle(card).display];
  });
  assert.equal(line, 'inline-block');
  assert.ok(box < 40, String(box));
  await check(page, 'badge');
  await clean(opened);
});

test('a badge in a narrow place stays in it', async () => {
  const opened = await open(browser, `${host.url}heading`, { viewport: { width: 320, height: 700 } });
  await opened.page.locator('#card [part=badge]').waitFor();
  assert.ok((await opened.page.evaluate(() => document.documentElement.scrollWidth)) <= 320);
  await clean(opened);
});

for (const width of [320, 1000])
  test(`the full view has the panels of the page below its card, ${width} px wide`, async () => {
    const opened = await open(browser, `${host.url}strict`, { viewport: { width, height: 900 } });
    const { page } = opened;
    await add(page, { ...pi, view: 'full', prompt: '700' });
    const panels = page.locator('#card ew-panels .panel');
    await panels.nth(2).waitFor();
    assert.equal(await panels.count(), 3);
    const [memory, time, energy] = await panels.allInnerTexts();
    const said = await pageOf(await page.locator('#card [part=link]').getAttribute('href'), async (p) =>
      Promise.all(
        ['memory-title', 'time-title', 'energy-title'].map((id) =>
          p.locator(`[aria-labelledby=${id}]`).innerText()
        )
      )
    );
    // Laid out otherwise, but the same words and numbers, without what can be set on the page alone.
    const words = (text) =>
      text
        .replace(/For the cost of tokens, set .*|Battery\s+Set a battery .*/g, '')
        .split(/\s+/)
        .filter(Boolean);
    assert.match(said[2], /More settings/);
    assert.doesNotMatch(energy, /More settings/);
    assert.deepEqual([memory, time, energy].map(words), said.map(words));
    // Parts of the bar have their tones though the policy allows no style.
    const fills = await page
      .locator('#card ew-panels .bar .part')
      .evaluateAll((parts) => new Set(parts.map((part) => getComputedStyle(part).fill)).size);
    assert.ok(fills > 2, String(fills));
    assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= width);
    await check(page, 'full');
    await clean(opened);
  });

test('its numbers open their derivation, its units change, and the glossary is one of the page', async () => {
  const opened = await open(browser, `${host.url}strict`);
  const { page } = opened;
  await add(page, { ...pi, view: 'full' });
  const memory = page.locator('#card dl dd').first();
  await memory.waitFor();
  assert.match(await memory.innerText(), /[GM]iB/);
  await page.locator('#card ew-panels').getByRole('radio', { name: 'GB', exact: true }).check();
  await page.waitForFunction(() =>
    /[GM]B/.test(document.getElementById('card').shadowRoot.querySelector('dd').textContent)
  );
  await page.locator('#card ew-panels .num[data-term=decode_w]').click();
  const dialog = page.locator('#card ew-panels dialog.why[open]');
  await dialog.waitFor();
  assert.match(await dialog.innerText(), /Formula/);
  const files = await dialog.locator('a[href*="presets/"]').evaluateAll((links) => links.map((a) => a.href));
  for (const file of files) assert.equal((await fetch(file)).status, 200, file);
  assert.ok(files.length > 0);
  const [method] = await Promise.all([
    page.context().waitForEvent('page'),
    dialog.getByRole('button', { name: 'In the glossary' }).click()
  ]);
  assert.match(method.url(), /#v=1&m=llama-3\.2-1b&d=raspberry-pi-5-8gb.*&view=method&term=decode_w/);
  await clean(opened);
});

test('the chart is that of the page, with its question, and the larger engine comes for it alone', async () => {
  const opened = await open(browser, `${host.url}strict`);
  const { page, seen } = opened;
  const larger = () => seen.requests.filter((url) => /edgewise-estimate[^/]*\.wasm/.test(url)).length;
  await add(page, pi, 'plain');
  await page.locator('#plain article').waitFor();
  assert.equal(larger(), 0);
  await add(page, { ...pi, view: 'chart' });
  const plots = page.locator('#card ew-plot');
  await plots.nth(1).waitFor();
  assert.equal(larger(), 1);
  assert.match(await page.locator('#card [part=question]').innerText(), /^Llama-3\.2-1B on .*512 tokens in/);
  const descs = await plots.locator('desc').allTextContents();
  assert.match(descs[0], /^From [\d.]+ tok\/s at 640 tokens to [\d.]+ tok\/s/);
  const curve = await plots
    .locator('.curve')
    .first()
    .evaluate((path) => getComputedStyle(path).stroke);
  assert.notEqual(curve, 'none');
  await check(page, 'chart');
  await clean(opened);
});

test('from one view to another without asking anew, and an unknown one is named', async () => {
  const { page, close } = await open(browser, `${host.url}strict`);
  await add(page, pi);
  await page.locator('#card article').waitFor();
  const to = (view) => page.evaluate((v) => document.getElementById('card').setAttribute('view', v), view);
  await to('badge');
  await page.locator('#card [part=badge]').waitFor();
  assert.equal(await page.locator('#card article').count(), 0);
  await to('poster');
  assert.match(await page.locator('#card [role=alert]').innerText(), /“poster”.*view/);
  assert.equal(await page.locator('#card [part=badge]').count(), 0);
  await to('card');
  await page.locator('#card article').waitFor();
  assert.deepEqual(
    (await heard(page, 2)).map(([type]) => type),
    ['edgewise-answer', 'edgewise-error', 'edgewise-answer']
  );
  await close();
});

test('a frame shows the view of its address', async () => {
  const opened = await open(browser, `${site.url}embed.html?view=full#v=1&m=qwen3-4b&d=raspberry-pi-5-8gb`);
  await opened.page.locator('ew-panels .panel').nth(2).waitFor();
  await clean(opened);
});

test('the panels are in the language and the colours of what they are in', async () => {
  const opened = await open(browser, `${host.url}chinese`);
  const { page } = opened;
  await page.locator('#card ew-panels .panel').nth(2).waitFor();
  assert.match(await page.locator('#card ew-panels .panel').first().innerText(), /内存/);
  await page.evaluate(() => document.getElementById('card').setAttribute('theme', 'dark'));
  const panel = page.locator('#card ew-panels .panel').first();
  await page.waitForFunction(
    () =>
      getComputedStyle(document.getElementById('card').shadowRoot.querySelector('ew-panels')).colorScheme ===
      'dark'
  );
  assert.equal(await panel.evaluate((e) => getComputedStyle(e).backgroundColor), 'rgb(22, 28, 34)');
  await clean(opened);
});

for (const width of [320, 480, 900])
  test(`nothing moves when a view is there, ${width} px wide`, async () => {
    for (const [view, there] of [
      ['full', 'ew-panels .panel'],
      ['chart', 'ew-plot']
    ]) {
      const { page, close } = await open(browser, `${host.url}strict`, { viewport: { width, height: 900 } });
      await add(page, { ...pi, view });
      const moved = await shifting(page);
      await page.locator(`#card ${there}`).first().waitFor();
      const shift = await moved();
      assert.ok(shift <= 0.05, `${view}: ${shift}`);
      await close();
    }
  });
