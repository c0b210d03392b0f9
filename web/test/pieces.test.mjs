// Views that are drawn a piece at a time.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { drawn, open, staged } from './site.mjs';

const [browser, site] = await staged();

/** What each frame shows more than the one before. */
const watched = (page, selector) =>
  page.addInitScript((what) => {
    window.grown = [];
    let before = 0;
    const look = () => {
      const now = document.querySelectorAll(what).length;
      if (now > before) window.grown.push(now - before);
      before = now;
      requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  }, selector);

test('the terms come a few at a time, in their order, and all of them can be found and printed', async () => {
  const { page, seen, close } = await open(browser, 'about:blank', {
    viewport: { width: 390, height: 844 }
  });
  await watched(page, '.term');
  await page.goto(`${site.url}#v=1&view=method`);
  await page.waitForSelector('.term');
  await drawn(page);
  const terms = await page.locator('.term').count();
  assert.equal(`${terms} terms`, await page.locator('#glossary [role=status]').innerText());
  assert.ok(terms > 100);
  const grown = await page.evaluate(() => window.grown);
  assert.ok(Math.max(...grown) <= 12, String(grown));
  const titles = await page.locator('main h2').allInnerTexts();
  assert.deepEqual(titles.slice(1, 5), ['Roofline', 'How sure an answer is', 'Glossary', 'Inputs']);
  const last = await page.locator('.term .formula code').last().innerText();
  assert.ok(await page.evaluate((id) => window.find(id), last), last);
  await page.emulateMedia({ media: 'print' });
  assert.ok(await page.locator('.term').last().isVisible());
  assert.deepEqual(seen.errors, []);
  await close();
});

test('a link to a term shows it alone, and all come back when the filter is emptied', async () => {
  const { page, close } = await open(browser, `${site.url}#v=1&view=method&term=decode_tok_s`);
  await page.waitForSelector('.term');
  await drawn(page);
  assert.equal(await page.locator('.term').count(), 1);
  await page.getByRole('searchbox').fill('');
  await page.waitForFunction(() => document.querySelectorAll('.term').length > 100);
  await close();
});

test('the charts of accuracy and of a comparison come one after another', async () => {
  for (const [view, least] of [
    ['accuracy', 2],
    ['compare&m.1=qwen3-4b', 1]
  ]) {
    const { page, close } = await open(browser, 'about:blank');
    await watched(page, 'ew-plot, .charts.wide > ew-piece > *');
    await page.goto(`${site.url}#v=1&view=${view}`);
    await page.waitForSelector('ew-plot svg');
    await drawn(page);
    const grown = await page.evaluate(() => window.grown);
    assert.ok(grown.length >= least && Math.max(...grown) === 1, `${view}: ${grown}`);
    await close();
  }
});
