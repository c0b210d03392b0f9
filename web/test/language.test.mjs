// The page in Chinese, as somebody reads it who reads no English: every view, the dialog, warnings and errors.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch, open, ready, serve } from './site.mjs';

let browser, site;
before(async () => {
  [browser, site] = await Promise.all([launch(), serve()]);
});
after(async () => {
  await browser.close();
  await site.close();
});

/** Three English words in a row, small but for the first: names of models, devices and modes are written otherwise. */
const english = (page) =>
  page.evaluate(() => {
    const shown = (node) =>
      node.parentElement?.checkVisibility() &&
      !node.parentElement.closest('[lang=en], code, option, .sources, .origins, main a');
    const walker = document.createTreeWalker(document.querySelector('edgewise-app'), NodeFilter.SHOW_TEXT);
    const found = [];
    while (walker.nextNode())
      if (shown(walker.currentNode) && /\b[A-Za-z]?[a-z]+ [a-z]+ [a-z]+\b/.test(walker.currentNode.data))
        found.push(walker.currentNode.data.trim().slice(0, 120));
    return found;
  });

for (const [name, link, there] of [
  ['the calculator', '', '.bigs'],
  [
    'a model that is slow, with its ways out',
    '&m=llama-3.1-8b&d=raspberry-pi-5-8gb&prompt=4096',
    '.ways button'
  ],
  ['images, and a context beyond the model', '&m=qwen3-4b&c=200000&kv=q8_0', '#answer .note'],
  ['a question that cannot be', '&prompt=0&generate=0', '.alert'],
  ['Explore', '&view=explore', '.found tbody tr, .found'],
  ['Compare', '&view=compare&m.1=qwen3-4b', 'main'],
  ['Method', '&view=method', '.term'],
  ['Accuracy', '&view=accuracy', 'main table']
])
  for (const width of [320, 1280])
    test(`no English sentence is left: ${name}, ${width} px`, async () => {
      const { page, close } = await open(browser, `${site.url}#v=1&lang=zh${link}`, {
        viewport: { width, height: 900 }
      });
      await page.waitForSelector(there);
      await page.waitForFunction(() => document.documentElement.lang === 'zh-Hans');
      assert.deepEqual(await english(page), []);
      assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= width);
      await close();
    });

test('a derivation is in Chinese, and leads to its term in the glossary, which an address names', async () => {
  const { page, close } = await open(browser, `${site.url}#v=1&lang=zh`);
  await ready(page);
  await page.locator('.big[data-term=decode_tok_s]').click();
  await page.waitForSelector('dialog.why h2');
  assert.equal(await page.locator('dialog.why h2').innerText(), '解码速度');
  assert.deepEqual(await english(page), []);
  await page.getByRole('button', { name: '在术语表中查看' }).click();
  await page.waitForSelector('.term');
  assert.equal(await page.locator('.term').count(), 1);
  await page.waitForFunction(() => location.hash.includes('term=decode_tok_s'));
  const filter = page.getByRole('searchbox');
  await filter.fill('功耗');
  await page.waitForFunction(() => document.querySelectorAll('.term').length > 3);
  const [, n] = /(\d+) 个术语/.exec(await page.locator('#glossary [role=status]').innerText());
  assert.equal(await page.locator('.term').count(), Number(n));
  await close();
});

test('the tokens that are read are those of images too', async () => {
  const { page, close } = await open(browser, `${site.url}#v=1&m=gemma-3-4b&prompt=512&images=1`);
  await ready(page);
  const text = await page.locator('.big[data-term=ttft_s] .sub').innerText();
  assert.ok(Number(/^([\d,]+) tokens/.exec(text)[1].replace(',', '')) > 512, text);
  await close();
});
