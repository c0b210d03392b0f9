// The calculator: questions, answers and the address.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { choose, field, hash, number, open, ready, settled, staged } from './site.mjs';

const [browser, site] = await staged();

const clean = (seen) => assert.deepEqual(seen.errors, []);

const links = JSON.parse(readFileSync(new URL('./links.json', import.meta.url)));

test('the default answer appears, with nothing sent elsewhere and no policy broken', async () => {
  const { page, seen, close } = await open(browser, site.url);
  await ready(page);
  assert.match(await page.locator('.verdict h2').innerText(), /Runs/);
  assert.match(
    await page.locator('.sentence').innerText(),
    /Llama-3\.2-1B needs [\d.]+\sGiB of [\d.]+\sGiB usable on Raspberry Pi 5 8GB/
  );
  assert.match(await number(page, 'memory_B'), /^[\d.]+\sGiB$/);
  assert.equal(await page.locator('.big').count(), 4);
  await page.getByRole('link', { name: 'Explore' }).click();
  await page.waitForSelector('.found tbody tr');
  await page.getByRole('link', { name: 'Method' }).click();
  await page.locator('.term').nth(50).waitFor(); // drawn piece by piece
  assert.deepEqual(
    seen.requests.filter((u) => !u.startsWith(site.url) && !u.startsWith('blob:') && !u.startsWith('data:')),
    []
  );
  assert.deepEqual(await page.evaluate(() => window.violations), []);
  clean(seen);
  await close();
});

test('a fitted number says so, and who published what it was fitted to', async () => {
  const { page, seen, close } = await open(browser, site.url);
  await ready(page);
  const how = await page.locator('.big .how').allInnerTexts();
  assert.match(how[0], /computed/);
  assert.match(how[2], /fitted/);
  assert.deepEqual(
    seen.requests.filter((u) => /evidence/.test(u)),
    []
  );
  await page.getByText('By whom and when').click();
  await page.locator('.origins .sources a').first().waitFor();
  const rows = (await page.locator('.origins .sources li').allInnerTexts()).map((s) =>
    Number(/: (\d+) row/.exec(s)?.[1] ?? 0)
  );
  assert.ok(rows[0] > 1 && rows[0] >= rows[1]);
  // Another choice names others, without asking again.
  const before_ = await page.locator('.origins .sources').innerText();
  await choose(page, 'Device', 'orin nano super');
  await page.waitForFunction(
    (text) =>
      document.querySelector('.origins .sources') &&
      document.querySelector('.origins .sources').innerText !== text,
    before_
  );
  clean(seen);
  await close();
});

test('an input is answered in the frame that follows it; all of the page agrees soon', async () => {
  const { page, seen, close } = await open(browser, `${site.url}#v=1&m=qwen3-4b`);
  await ready(page);
  await settled(page);
  for (const prompt of ['900', '5000']) {
    const [before_, next] = await field(page, 'Prompt').evaluate(async (input, text) => {
      const told = () => document.querySelector('.big[data-term=ttft_s]').innerText;
      const earlier = told();
      input.value = text;
      input.dispatchEvent(new Event('change', { bubbles: true }));
      await new Promise(requestAnimationFrame);
      return [earlier, told()];
    }, prompt);
    assert.notEqual(next, before_);
  }
  const all = (of) => of.locator('#answer').innerText();
  const fresh = await open(browser, `${site.url}${await hash(page)}`);
  await ready(fresh.page);
  await settled(fresh.page);
  assert.equal(await all(page), await all(fresh.page));
  assert.deepEqual([...seen.errors, ...fresh.seen.errors], []);
  await fresh.close();
  await close();
});

test('choices change the numbers', async () => {
  const { page, seen, close } = await open(browser, site.url);
  await ready(page);
  const small = await number(page, 'memory_B');
  await choose(page, 'Model', 'Qwen3-4B');
  const large = await number(page, 'memory_B');
  assert.notEqual(large, small);
  await choose(page, 'Quantization', 'Q8_0');
  await settled(page);
  assert.ok(parseFloat(await number(page, 'memory_B')) > parseFloat(large));
  await field(page, 'Prompt').fill('8 Ki');
  await field(page, 'Prompt').press('Enter');
  await settled(page);
  assert.equal(await field(page, 'Prompt').inputValue(), '8,192');
  assert.ok(parseFloat(await number(page, 'memory_B')) > parseFloat(large));
  await choose(page, 'Device', 'orin nano super');
  assert.match(await page.locator('.sentence').innerText(), /Orin Nano Super/);
  assert.ok((await page.getByLabel('Power mode').locator('option').count()) > 1);
  await page.getByRole('button', { name: 'Reset' }).click();
  await settled(page);
  assert.equal(await number(page, 'memory_B'), small);
  clean(seen);
  await close();
});

test('numbers as people write them', async () => {
  const { page, close } = await open(browser, site.url);
  await ready(page);
  const box = field(page, 'Prompt');
  for (const [written, read] of [
    ['4k', '4,000'],
    ['4 Ki', '4,096'],
    ['1.5k', '1,500'],
    ['1,5k', '1,500'],
    ['4,096', '4,096'],
    ['1 000', '1,000']
  ]) {
    await box.fill(written);
    await box.press('Enter');
    assert.equal(await box.inputValue(), read, written);
  }
  await box.fill('many');
  await box.press('Enter');
  assert.equal(await box.getAttribute('aria-invalid'), 'true');
  await page.locator('summary', { hasText: 'More settings' }).click();
  const price = field(page, 'Electricity');
  await price.fill('0,30');
  await price.press('Enter');
  assert.equal(await price.inputValue(), '0.3');
  await close();
});

test('the address holds the state and gives it back', async () => {
  const { page, seen, close } = await open(browser, site.url);
  await ready(page);
  await choose(page, 'Model', 'Qwen3-4B');
  await choose(page, 'Quantization', 'Q8_0');
  await field(page, 'Prompt').fill('2k');
  await field(page, 'Prompt').press('Enter');
  await settled(page);
  assert.equal(await hash(page), '#v=1&m=qwen3-4b&q=Q8_0&prompt=2000');
  await page.getByRole('button', { name: 'Pin to compare' }).click();
  const address = new URL(
    await (async () => {
      await hash(page);
      return page.url();
    })()
  );
  const memory = await number(page, 'memory_B');
  const again = await open(browser, address.href);
  await ready(again.page);
  assert.equal(await number(again.page, 'memory_B'), memory);
  assert.equal(
    await again.page.getByRole('combobox', { name: 'Model', exact: true }).inputValue(),
    'Qwen3-4B'
  );
  await again.page.getByRole('link', { name: 'Compare' }).click();
  await again.page.waitForSelector('.compare th .name');
  clean(seen);
  clean(again.seen);
  await again.close();
  await close();
});

test('an address that comes just before another is written is opened', async () => {
  const { page, close } = await open(browser, 'about:blank');
  // What waits may be run before the event that tells of an address, as a busy machine does now and then.
  await page.addInitScript(() => {
    window.due = [];
    const wait = window.setTimeout;
    window.setTimeout = (run, ms, ...more) => wait(window.due[window.due.push(run) - 1], ms, ...more);
  });
  await page.goto(`${site.url}#v=1`);
  await ready(page);
  await choose(page, 'Model', 'qwen3-8b');
  await page.evaluate(() => {
    location.hash = 'v=1&m=qwen3-4b';
    for (const run of window.due.splice(0)) run();
  });
  await page.waitForFunction(() => document.title.startsWith('Qwen3-4B'));
  assert.match(await hash(page), /m=qwen3-4b/);
  await close();
});

test('links of every version are read', async () => {
  for (const { link, ...expected } of links) {
    const { page, close } = await open(browser, site.url + link);
    await ready(page);
    assert.equal(
      await page.getByRole('combobox', { name: 'Model', exact: true }).inputValue(),
      expected.model,
      link
    );
    assert.equal(
      await page.getByRole('combobox', { name: 'Device', exact: true }).inputValue(),
      expected.device,
      link
    );
    assert.equal(await field(page, 'Prompt').inputValue(), expected.prompt, link);
    assert.equal(await field(page, 'Generate').inputValue(), expected.generate, link);
    if (expected.quant)
      assert.equal(
        (await page.locator('#quant input').inputValue()).replace(/ \(.*/, ''),
        expected.quant,
        link
      );
    if (expected.runtime)
      assert.equal(await page.getByLabel('Runtime', { exact: true }).inputValue(), expected.runtime, link);
    await close();
  }
});

test('an unknown version is refused politely, unknown keys are kept, unknown ids are said', async () => {
  const next = await open(browser, `${site.url}#v=99&m=qwen3-4b`);
  await ready(next.page);
  assert.match(await next.page.locator('main > .note').first().innerText(), /another version/);
  assert.equal(
    await next.page.getByRole('combobox', { name: 'Model', exact: true }).inputValue(),
    'Llama-3.2-1B'
  );
  await next.close();
  const more = await open(browser, `${site.url}#v=1&colour=blue&m=no-such-model`);
  await ready(more.page);
  const notes = (await more.page.locator('main > .note').allInnerTexts()).join(' ');
  assert.match(notes, /colour/);
  assert.match(notes, /no-such-model/);
  await field(more.page, 'Prompt').fill('100');
  await field(more.page, 'Prompt').press('Enter');
  assert.match(await hash(more.page), /prompt=100.*colour=blue/);
  await more.close();
});

test('a choice that cannot be computed says so', async () => {
  const { page, close } = await open(browser, `${site.url}#v=1&c=16`);
  await page.waitForSelector('#answer [role=alert]');
  assert.match(await page.locator('#answer [role=alert]').innerText(), /context/);
  await page.locator('summary', { hasText: 'More settings' }).click();
  assert.equal(await field(page, 'Allocated context').getAttribute('aria-invalid'), 'true');
  await close();
});

test('what does not fit says what happens instead', async () => {
  const { page, close } = await open(browser, `${site.url}#v=1&m=qwen3-30b-a3b`);
  await ready(page);
  assert.match(await page.locator('.verdict h2').innerText(), /Does not run/);
  assert.match(
    await page.locator('[aria-labelledby=memory-title] .note').innerText(),
    /What happens instead/
  );
  assert.match(await page.locator('.big[data-term=decode_tok_s]').innerText(), /per token|unknown/);
  await close();
});

test('where it does not fit, the sentence and the panel below say the same', async () => {
  for (const [device, words] of [
    ['rtx-3060-12gb', /\d+ of \d+ layers are on the/],
    ['raspberry-pi-5-8gb', /about [\d.]+\s\w+/]
  ]) {
    const { page, close } = await open(browser, `${site.url}#v=1&m=llama-3.1-70b&d=${device}`);
    await ready(page);
    const hero = words.exec(await page.locator('.sentence').innerText())?.[0];
    const panel = words.exec(await page.locator('[aria-labelledby=memory-title] .note').innerText())?.[0];
    assert.ok(hero, device);
    assert.equal(hero, panel, device);
    await close();
  }
});

test('the engine missing is said, and can be tried again', async () => {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.route('**/*.wasm', (route) => route.abort());
  await page.goto(site.url);
  await page.getByRole('alert').waitFor();
  await page.unroute('**/*.wasm');
  await page.getByRole('button', { name: 'Try again' }).click();
  await ready(page);
  await context.close();
});

test('a part that cannot be had is asked for once, says so, and is there after another try', async () => {
  const { page, close } = await open(browser, site.url);
  await ready(page);
  let tries = 0;
  const part = /\/(explore|provenance)-[^/]*\.js$/;
  const refuse = (route) => {
    tries += 1;
    return route.abort();
  };
  for (const [name, there, click] of [
    ['provenance', 'details.origins dl', () => page.getByText('By whom and when').click()],
    ['explore', 'ew-explore', () => page.getByRole('link', { name: 'Explore', exact: true }).first().click()]
  ]) {
    await page.route(part, refuse);
    await click();
    const alert = page.getByRole('alert').filter({ hasText: 'could not be loaded' });
    await alert.waitFor();
    const before_ = tries;
    await page.waitForTimeout(500);
    assert.equal(tries, before_, name);
    await page.unroute(part);
    await alert.getByRole('button', { name: 'Try again' }).click();
    await page.locator(there).first().waitFor();
    assert.equal(await alert.count(), 0);
  }
  await close();
});
