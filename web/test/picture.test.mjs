// Each chart as a picture of its own: SVG that stands by itself, and PNG.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { open, reach, ready, staged } from './site.mjs';

const [browser, site] = await staged();

async function save(page, name, kind) {
  const menu = page.locator('ew-picture', { has: page.getByLabel(name, { exact: true }) }).first();
  await menu.scrollIntoViewIfNeeded();
  await menu.locator('summary').click();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    menu.getByRole('button', { name: kind }).click()
  ]);
  return { file: download.suggestedFilename(), content: readFileSync(await download.path()) };
}
/** That it is a document, and what it says and draws. */
const parsed = (page, svg) =>
  page.evaluate((text) => {
    const { documentElement: root } = new DOMParser().parseFromString(text, 'image/svg+xml');
    return {
      name: root.nodeName,
      texts: [...root.querySelectorAll('text')].map((t) => t.textContent),
      bars: root.querySelectorAll('svg svg rect').length,
      classes: root.querySelectorAll('[class]').length,
      outside: [...root.querySelectorAll('*')]
        .flatMap((e) => [...e.attributes])
        .filter((a) => /var\(|https?:\/\/(?!www\.w3\.org)/.test(a.value)).length
    };
  }, svg);

test('bars, curves and parts: with heading, names and numbers', async () => {
  const { page, seen, close } = await open(browser, `${site.url}#v=1&view=compare&m.1=qwen3-4b`, {
    acceptDownloads: true
  });
  await page.locator('.compare thead th').nth(1).waitFor();
  const bars = await save(page, 'Picture: Decode speed', 'SVG');
  assert.equal(bars.file, 'edgewise-Decode-speed.svg');
  const drawn = await parsed(page, bars.content.toString());
  assert.equal(drawn.name, 'svg');
  assert.deepEqual([drawn.classes, drawn.outside], [0, 0]);
  assert.equal(drawn.bars, 2);
  assert.deepEqual(drawn.texts.slice(0, 2), ['Decode speed', 'A Llama-3.2-1B']);
  assert.ok(
    drawn.texts.some((t) => /^[\d.]+\u00a0tok\/s$|^[\d.]+ tok\/s$/.test(t)),
    String(drawn.texts)
  );
  const curves = await save(page, 'Picture: Decode speed as the context grows, tok/s', 'SVG');
  const { texts } = await parsed(page, curves.content.toString());
  assert.ok(texts.includes('tokens in context') && texts.some((t) => t.startsWith('A Llama')), String(texts));
  await page.getByRole('link', { name: 'Calculator' }).click();
  await ready(page);
  await reach(page, '[aria-labelledby=context-title], #context');
  await page.locator('ew-plot').first().waitFor();
  const memory = await save(page, 'Picture: Memory by part', 'SVG');
  assert.ok((await parsed(page, memory.content.toString())).texts.some((t) => /^Weights \d+ %$/.test(t)));
  const png = await save(page, 'Picture: Memory by part', 'PNG');
  assert.equal(png.content.subarray(1, 4).toString(), 'PNG');
  assert.deepEqual(seen.errors, []);
  await close();
});

test('its menu goes by keyboard', async () => {
  const { page, close } = await open(browser, `${site.url}#v=1&view=compare&m.1=qwen3-4b`);
  const button = page.locator('ew-picture summary').first();
  await button.waitFor();
  await button.focus();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement.textContent), 'SVG');
  await page.keyboard.press('Escape');
  assert.ok(await button.evaluate((e) => e === document.activeElement && !e.parentElement.open));
  await close();
});
