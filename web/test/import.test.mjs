// The box that takes models and devices of the user's own, against a hub on this machine.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { paste } from './elsewhere.mjs';
import { config, gguf, hub } from './hub.mjs';
import { launch, open, ready, sentence, serve, settled } from './site.mjs';

let browser, site, models;
before(async () => {
  models = await hub({
    'me/Little-GGUF': {
      files: {
        'Little-Q4_K_M.gguf': gguf,
        'Little-Q8_0.gguf': Buffer.concat([gguf, Buffer.alloc(3_000_000)]),
        'mmproj-F16.gguf': gguf
      },
      moved: true
    },
    'me/Plain': { files: { 'config.json': JSON.stringify(config) } },
    'me/Gated': { files: { 'config.json': '{}' }, status: 401, code: 'GatedRepo' },
    'me/Pointer': {
      files: { 'a.gguf': 'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n' }
    },
    'me/Page': { files: { 'config.json': '<!doctype html><title>Sign in</title>' } }
  });
  [browser, site] = await Promise.all([
    launch(),
    serve({ '/site.json': JSON.stringify({ hub: models.url }) })
  ]);
});
after(async () => {
  await browser.close();
  await Promise.all([site.close(), models.close()]);
});

const opened = async () => {
  const here = await open(browser, site.url);
  await ready(here.page);
  await here.page.locator('.files > summary').click();
  await here.page.locator('#paste').waitFor();
  return here;
};
const read = async (page, text) => {
  await page.locator('#paste').fill(text);
  await page.getByRole('button', { name: 'Read it' }).first().click();
};
const starts = (page, name) =>
  page.waitForFunction((text) => document.querySelector('.sentence')?.textContent.startsWith(text), name);

test('a model of a hub: one of several files is chosen, headers are read, and it says what it read', async () => {
  const { page, seen, close } = await opened();
  const before = models.requested.length;
  await page.locator('#paste').fill('https://huggingface.co/me/Little-GGUF');
  await page.waitForTimeout(300);
  assert.equal(models.requested.length, before, 'nothing is asked before the button is pressed');
  assert.ok((await page.locator('.files').innerText()).includes(models.host));
  await read(page, 'https://huggingface.co/me/Little-GGUF');
  await page.locator('#which').waitFor();
  assert.deepEqual(
    (await page.locator('#which option').allInnerTexts()).map((t) => t.split(',')[0]),
    ['Q4_K_M', 'Q8_0']
  );
  await page.locator('#which').selectOption({ index: 1 });
  await page.locator('.choice').getByRole('button', { name: 'Read it' }).click();
  await starts(page, 'me/Little-GGUF:Q8_0');
  const said = await page.locator('.brought').innerText();
  assert.match(said, /Little-Q8_0\.gguf: [\d.]+\s[KM]iB of 2\.86\sMiB read/);
  assert.match(said, /Layers\s+\d/);
  assert.ok(models.requested.every(({ headers }) => !headers.cookie && !headers.referer));
  assert.deepEqual(seen.errors, []);
  await close();
});

test('a model of its own is kept over a reload, renamed, travels in a link, and is removed', async () => {
  const { page, seen, close } = await opened();
  await read(page, 'ollama run hf.co/me/Little-GGUF:q4_k_m');
  await starts(page, 'me/Little-GGUF:Q4_K_M');
  await page.locator('ul.own input').fill('Mine');
  await page.locator('ul.own input').press('Tab');
  await starts(page, 'Mine');
  const link = await page.evaluate(() => document.querySelector('edgewise-app').link());
  assert.match(link, /[&]z=/);
  await page.waitForTimeout(600);
  await page.reload();
  await ready(page);
  assert.match(await sentence(page), /^Mine/);
  const again = await open(browser, link);
  await ready(again.page);
  assert.equal(await sentence(again.page), await sentence(page));
  await again.close();
  await page.locator('.files > summary').click();
  await page.getByRole('button', { name: /Remove Mine|Remove\s+Mine/ }).click();
  await settled(page);
  await page.waitForFunction(() => !document.querySelector('.sentence').textContent.startsWith('Mine'));
  // It can be taken back, from where the focus went, and is what was asked about again.
  await page.waitForFunction(() => document.activeElement.id === 'take-back');
  await page.keyboard.press('Enter');
  await starts(page, 'Mine');
  assert.equal(await page.locator('ul.own li').count(), 1);
  assert.equal(await page.locator('#take-back').count(), 0);
  assert.equal(await page.evaluate(() => document.querySelector('edgewise-app').link()), link);
  await page.getByRole('button', { name: /Remove Mine|Remove\s+Mine/ }).click();
  await settled(page);
  await page.waitForFunction(() => !document.querySelector('.sentence').textContent.startsWith('Mine'));
  await page.reload();
  await ready(page);
  await page.locator('.files > summary').click();
  await page.locator('#paste').waitFor();
  assert.equal(await page.locator('ul.own').count(), 0);
  assert.deepEqual(seen.errors, []);
  await close();
});

test('who removes by keyboard goes on at the way back, not at the next one to remove', async () => {
  const { page, close } = await opened();
  await read(page, 'me/Plain');
  await starts(page, 'me/Plain');
  await read(page, 'ollama run hf.co/me/Little-GGUF:q4_k_m');
  await starts(page, 'me/Little-GGUF:Q4_K_M');
  await page
    .getByRole('button', { name: /^Remove/ })
    .first()
    .focus();
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => document.activeElement.id === 'take-back');
  assert.equal(await page.locator('ul.own li').count(), 1);
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => document.querySelectorAll('ul.own li').length === 2);
  await close();
});

test('two tabs keep what either brings, and each drops only what it had', async () => {
  const { page, close } = await opened();
  const other = await page.context().newPage();
  await other.goto(site.url);
  await ready(other);
  await other.locator('.files > summary').click();
  await read(page, 'me/Plain');
  await starts(page, 'me/Plain');
  await read(other, 'ollama run hf.co/me/Little-GGUF:q4_k_m');
  await starts(other, 'me/Little-GGUF:Q4_K_M');
  const kept = () => page.evaluate(() => JSON.parse(localStorage.getItem('edgewise-own')).length);
  assert.equal(await kept(), 2);
  await other.getByRole('button', { name: /^Remove/ }).click();
  await settled(other);
  assert.equal(await kept(), 1);
  await page.reload();
  await ready(page);
  assert.match(await sentence(page), /^me\/Plain/);
  await close();
});

test('a config alone is a model; what a hub does not give is said in words, with what to do', async () => {
  const { page, close } = await opened();
  await read(page, 'me/Plain');
  await starts(page, 'me/Plain');
  for (const [text, words] of [
    ['me/Gated', /asks for consent[\s\S]*drop it here/],
    ['me/Nobody', /no public model me\/Nobody[\s\S]*drop it here/],
    ['me/Little-GGUF:Q2_K', /has no Q2_K[\s\S]*Q4_K_M, Q8_0/],
    ['me/Pointer', /pointer of Git LFS/],
    ['me/Page', /is a web page/],
    ['hello world', /is no output/]
  ]) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    await read(page, text);
    // oxlint-disable-next-line no-await-in-loop
    await page.waitForFunction(
      (source) => new RegExp(source).test(document.querySelector('.files [role=alert]')?.innerText ?? ''),
      words.source
    );
  }
  assert.match(await sentence(page), /^me\/Plain/);
  await close();
});

test('a name of the page is offered as its preset; the output of llama-bench becomes known numbers', async () => {
  const { page, seen, close } = await opened();
  const before = models.requested.length;
  await read(page, 'meta-llama/Llama-3.2-3B-Instruct');
  await page.getByRole('button', { name: 'Use the preset' }).click();
  await starts(page, 'Llama-3.2-3B');
  assert.equal(models.requested.length, before);
  await page
    .locator('#paste')
    .fill(
      '| model | size | params | backend | threads | test | t/s |\n|---|---|---|---|---|---|---|\n' +
        '| llama 1B Q4_0 | 729.75 MiB | 1.24 B | CPU | 4 | tg128 | 12.5 ± 0.1 |\n'
    );
  await page.getByRole('button', { name: 'Read it' }).first().click();
  await page.locator('ul.numbers li').waitFor();
  assert.match(await page.locator('ul.numbers').innerText(), /12\.5/);
  assert.deepEqual(seen.errors, []);
  await close();
});

test('on a phone, where settings are folded, what is pasted is seen: a refusal, an address to be read', async () => {
  for (const [text, seen] of [
    ['{"type": "nothing"}', '.files .alert[role=alert]'],
    ['hf.co/me/Plain', '#paste']
  ]) {
    const { page, close } = await open(browser, site.url, { viewport: { width: 390, height: 800 } });
    await ready(page);
    assert.equal(await page.locator('details.settings').getAttribute('open'), null);
    await paste(page, text);
    await page.locator(seen).first().waitFor();
    await close();
  }
});

test('lists in the settings stand above the panel; what is hidden in it but for readers moves nothing', async () => {
  const { page, seen, close } = await open(browser, `${site.url}#v=1&m=llama-3.1-8b&device=rtx-4090-24gb`, {
    viewport: { width: 1280, height: 720 }
  });
  await ready(page);
  await page.getByText('More settings', { exact: true }).click();
  const draft = page.getByRole('combobox', { name: 'Draft model' });
  await draft.waitFor();
  await page.mouse.move(1000, 300);
  await page.mouse.wheel(0, 600);
  const panel = page.locator('.settings');
  await panel.evaluate((box) => {
    const input = [...box.querySelectorAll('input')].find((i) => i.role === 'combobox');
    box.scrollTop += input.getBoundingClientRect().bottom - box.getBoundingClientRect().bottom + 10;
  });
  await draft.click();
  for (let i = 0; i < 20; i++) await page.keyboard.press('ArrowDown');
  const [list, box, active] = await Promise.all(
    [page.locator('.settings .combo-list:not([hidden])'), draft, page.locator('.combo-list .active')].map(
      (x) => x.boundingBox()
    )
  );
  assert.ok(list.height > 200 && list.y >= 0 && list.y + list.height <= box.y, JSON.stringify({ list, box }));
  assert.ok(active.y >= list.y && active.y + active.height <= list.y + list.height);
  await page.keyboard.press('Escape');

  await page.locator('.files > summary').click();
  await page.locator('#paste').focus();
  const before = await page.evaluate(() => scrollY);
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement.type), 'file');
  assert.equal(await page.evaluate(() => scrollY), before);
  const chooses = await page.locator('.files label.button').boundingBox();
  assert.ok(chooses.y + chooses.height <= 720);
  assert.deepEqual(seen.errors, []);
  await close();
});

test('beside the answer, settings higher than the window are in reach from one end to the other', async () => {
  const { page, seen, close } = await opened();
  await page.locator('#paste').fill('https://huggingface.co/me/Little-GGUF');
  const first = page.locator('.inputs input').first();
  const last = page.getByRole('button', { name: 'Read it' });
  const inView = async (what) => {
    const { y, height } = await what.boundingBox();
    return y >= 0 && y + height <= page.viewportSize().height;
  };
  const wheel = async (x, by) => {
    await page.mouse.move(x, 700);
    await page.mouse.wheel(0, by);
    await page.waitForTimeout(300);
  };
  const scrolled = () => page.evaluate(() => scrollY);
  const before = await scrolled();
  await wheel(150, -2000);
  assert.equal(await inView(last), false, 'the settings are higher than the window');
  await wheel(150, 300);
  assert.ok(await inView(last));
  assert.ok(await inView(first));
  assert.ok((await scrolled()) <= before, 'the answer stays where it is');
  await wheel(1000, 900);
  assert.ok((await scrolled()) > 800);
  assert.ok((await inView(first)) && (await inView(last)), 'both stay beside the answer');
  assert.deepEqual(seen.errors, []);
  await close();

  // In a window that has no room for both they go along with the page.
  const low = await open(browser, site.url, { viewport: { width: 1280, height: 500 } });
  await ready(low.page);
  await low.page.mouse.move(150, 300);
  await low.page.mouse.wheel(0, 900);
  await low.page.waitForTimeout(300);
  assert.ok((await low.page.locator('.settings').boundingBox()).y < 0);
  await low.close();
});
