// A board that serves the page itself: before and after it was measured, beside each other.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { board, text } from './elsewhere.mjs';
import { launch, open, ready, serve, settled } from './site.mjs';

const unmeasured = JSON.stringify(board({ calibrations: undefined }));
const settings = (more) => JSON.stringify({ device: '/my-board.json', catalogs: [], ...more });
const pages = (more) => ({
  '/my-board.json': text,
  '/my-board-before.json': unmeasured,
  '/site.json': settings(more)
});

let browser, measured, plain;
before(async () => {
  [browser, measured, plain] = await Promise.all([
    launch(),
    serve(pages({ before: '/my-board-before.json' })),
    serve(pages({}))
  ]);
});
after(async () => {
  await browser.close();
  await Promise.all([measured.close(), plain.close()]);
});

/** Of each model: its numbers before and after, by term. */
const tables = (page) =>
  page
    .locator('.boards table')
    .evaluateAll((list) =>
      list.map((table) =>
        Object.fromEntries(
          [...table.querySelectorAll('tbody tr')].map((row) => [
            row.dataset.term,
            [...row.querySelectorAll('td')].map((cell) => cell.innerText)
          ])
        )
      )
    );

test('the page opens on the board, with what was measured beside what would be said without it', async () => {
  const { page, seen, close } = await open(browser, measured.url);
  await ready(page);
  await page.waitForSelector('.board tbody tr');
  const models = await tables(page);
  assert.ok(models.length >= 3, 'a few models');
  assert.match(models[2].decode_tok_s[1], /does not run/i, 'what does not fit says so');
  for (const terms of models.slice(0, 2)) {
    const { decode_tok_s: decode, prefill_tok_s: prefill, memory_B: memory } = terms;
    for (const numbers of [decode, prefill])
      for (const x of numbers) assert.match(x, /tok\/s\n.* to .*tok\/s/);
    assert.notEqual(decode[0], decode[1]);
    assert.equal(memory[0], memory[1], 'memory is arithmetic, and not measured');
    assert.match(terms.energy_per_token_J[1], /J/);
  }
  // The answer below is the measured one.
  const digits = (x) => /[\d.,]+/.exec(x)[0];
  const shown = await page.locator('.big[data-term=decode_tok_s] .value').innerText();
  assert.equal(digits(models[0].decode_tok_s[1]), digits(shown));
  await page.locator('.board summary').click();
  assert.match(await page.locator('.board details').innerText(), /bandwidth[\s\S]*[+−-]\d+/i);
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
  assert.deepEqual(seen.errors, []);
  assert.deepEqual(await page.evaluate(() => window.violations), []);
  await close();
});

test('a model of the table is chosen by its name; another device shows no board', async () => {
  const { page, close } = await open(browser, measured.url);
  await ready(page);
  await page.waitForSelector('.board tbody tr');
  const button = page.locator('.boards caption').nth(1).getByRole('button');
  const name = await button.innerText();
  await button.click();
  await settled(page);
  await page.waitForFunction(
    (model) => document.querySelector('.boards caption button')?.textContent === model,
    name
  );
  assert.ok((await page.locator('.sentence').innerText()).includes(name));
  const other = await open(browser, `${measured.url}#v=1&d=raspberry-pi-5-8gb`);
  await ready(other.page);
  assert.equal(await other.page.locator('.board').count(), 0);
  await other.close();
  await close();
});

test('without it nothing more is fetched than before', async () => {
  const { page, seen, close } = await open(browser, plain.url);
  await ready(page);
  await page.waitForTimeout(300);
  assert.equal(await page.locator('.board').count(), 0);
  assert.ok(!seen.requests.some((url) => /board-|my-board-before/.test(url)));
  await close();
});
