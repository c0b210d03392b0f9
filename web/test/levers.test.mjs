// What may be changed of the device and of the question, in the page: edits, what would help, sweeps, the roofline.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { createRequire } from 'node:module';
import { load } from '../../build/wasm/package/index.node.mjs';
import { hash, number, open, reach, ready, settled, staged } from './site.mjs';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const [browser, site] = await staged();

const panel = (page, name) => page.locator(`.lever-panel.${name}`);
/** The panels come where a reader comes to them. */
const panels = '.levers-place, .lever-panel';
async function unfold(page, name) {
  const p = panel(page, name);
  await reach(page, panels);
  await p.waitFor();
  if (!(await p.evaluate((d) => d.open))) await p.locator('summary').first().click();
  return p;
}
/** The whole engine with every preset that the site would ask for one question. */
async function engineOf(model, device, runtime) {
  const engine = await load();
  const file = (path) =>
    readFileSync(fileURLToPath(new URL(`../../build/site/presets/${path}`, import.meta.url)), 'utf8');
  engine.addPresets(file('base.json'));
  for (const path of [`models/${model}.json`, `devices/${device}.json`, `calibrations/${runtime}.json`])
    engine.addPreset(file(path));
  return engine;
}

test('an edit counts at once, is in the link, survives a reload and can be undone', async () => {
  const { page, seen, close } = await open(browser, site.url);
  await ready(page);
  const was = await number(page, 'decode_tok_s');
  const edit = await unfold(page, 'edit');
  const bandwidth = edit.getByRole('textbox', { name: 'Bandwidth', exact: true });
  await bandwidth.fill('34,2');
  await bandwidth.press('Enter');
  await settled(page);
  const now = await number(page, 'decode_tok_s');
  assert.ok(parseFloat(now) > 1.2 * parseFloat(was), `${was} ${now}`);
  assert.match(await page.locator('.edited-device').innerText(), /Edited device: .*17\.1 → 34\.2\sGB\/s/);
  assert.match(
    await edit.locator('[data-field="memory.peak_bandwidth_gb_s"] .hint').innerText(),
    /17\.1.*→ 34\.2/
  );
  assert.match(await hash(page), /set=memory\.peak_bandwidth_gb_s%3D34\.2/);
  await page.reload();
  await ready(page);
  assert.equal(await number(page, 'decode_tok_s'), now);
  const again = panel(page, 'edit');
  await reach(page, panels);
  await again.waitFor();
  assert.ok(await again.evaluate((d) => d.open), 'open where a link edits');
  await again.getByRole('button', { name: 'Undo the change of Bandwidth' }).click();
  await settled(page);
  assert.equal(await number(page, 'decode_tok_s'), was);
  assert.doesNotMatch(await hash(page), /set=/);
  assert.deepEqual(seen.errors, []);
  await close();
});

test('an edited device is downloaded as a preset that the rule book takes and that answers alike', async () => {
  const { page, close } = await open(
    browser,
    `${site.url}#v=1&set=memory.capacity_gib%3D16;power.idle_w%3D3`
  );
  await ready(page);
  const edit = await unfold(page, 'edit');
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    edit.getByRole('button', { name: 'Download as a preset' }).click()
  ]);
  const text = readFileSync(await download.path(), 'utf8');
  const engine = await engineOf('llama-3.2-1b', 'raspberry-pi-5-8gb', 'llama.cpp-cpu');
  assert.deepEqual(engine.check(text).problems, []);
  const device = engine.addPreset(text);
  const q = { model: 'llama-3.2-1b', device };
  const edited = engine.estimate({
    ...q,
    device: 'raspberry-pi-5-8gb',
    set: ['memory.capacity_gib=16', 'power.idle_w=3']
  });
  assert.deepEqual(engine.estimate(q).terms.memory_share, edited.terms.memory_share);
  assert.deepEqual(
    engine.estimate(q).edited.map((e) => e.to),
    [16, 3]
  );
  await close();
});

test('another device has none of the edits; an edit that cannot be is said', async () => {
  const { page, close } = await open(browser, `${site.url}#v=1&set=npu.tops%3D4`);
  await ready(page);
  assert.match(await page.locator('main').innerText(), /npu\.tops/);
  await close();
});

test('an edit that cannot be is said where it is made, and loses no other', async () => {
  const { page, seen, close } = await open(browser, `${site.url}#v=1&set=memory.peak_bandwidth_gb_s%3D34`);
  await ready(page);
  const now = await number(page, 'decode_tok_s');
  const edit = await unfold(page, 'edit');
  const idle = edit.getByRole('textbox', { name: 'Idle power', exact: true });
  await idle.fill('50');
  await idle.press('Enter');
  const field = edit.locator('[data-field="power.idle_w"]');
  await field.locator('.field-error').waitFor();
  assert.match(await field.locator('.field-error').innerText(), /50\.0 W, is above full load/);
  assert.equal(await idle.getAttribute('aria-invalid'), 'true');
  assert.equal(await number(page, 'decode_tok_s'), now);
  assert.match(await hash(page), /set=memory\.peak_bandwidth_gb_s%3D34(&|$)/);
  assert.deepEqual(seen.errors, []);
  await close();
});

test('what would help, tried', async () => {
  const { page, seen, close } = await open(browser, site.url);
  await ready(page);
  const list = await unfold(page, 'whatIf');
  await list.locator('li').first().waitFor();
  const kinds = await list.locator('li').evaluateAll((all) => all.map((x) => x.dataset.kind));
  assert.ok(kinds.includes('bandwidth') && kinds.includes('compute'), String(kinds));
  const was = parseFloat(await number(page, 'decode_tok_s'));
  await list.getByRole('button', { name: 'Try it: Twice the memory bandwidth' }).click();
  await settled(page);
  assert.ok(parseFloat(await number(page, 'decode_tok_s')) > was);
  assert.match(await hash(page), /set=memory\.peak_bandwidth/);
  await list.getByRole('radio', { name: 'First token' }).check();
  assert.ok(await list.locator('li').count());
  assert.deepEqual(seen.errors, []);
  await close();
});

test('a sweep marks where memory ends, its crosshair goes by arrow keys, names are bars, CSV holds it all', async () => {
  const { page, seen, close } = await open(browser, `${site.url}#v=1&m=llama-3.1-8b`);
  await ready(page);
  const sweep = await unfold(page, 'sweep');
  await sweep.locator('ew-plot').first().waitFor();
  assert.match(await sweep.locator('[data-end]').innerText(), /Memory ends (between [\d,]+ and|at) [\d,]+/);
  assert.ok((await sweep.locator('ew-plot .limit').count()) >= 1);
  const cursor = sweep.getByRole('slider').first();
  await cursor.focus();
  await page.keyboard.press('ArrowRight');
  const first = await cursor.getAttribute('aria-valuetext');
  await page.keyboard.press('ArrowRight');
  assert.notEqual(await cursor.getAttribute('aria-valuetext'), first);
  assert.match(first, /tok\/s/);
  await sweep.getByRole('combobox', { name: 'Over' }).selectOption('quant');
  assert.ok((await sweep.locator('table.bars').first().locator('tr').count()) > 5);
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    sweep.getByRole('button', { name: 'Download CSV' }).click()
  ]);
  const lines = readFileSync(await download.path(), 'utf8')
    .trim()
    .split('\r\n');
  assert.match(
    lines[0],
    /^model,device,runtime,power_mode,kv_quant,prompt,generate,depth,batch,threads,context,quant,verdict,file_B,bits_per_weight,memory_B,/
  );
  assert.match(lines[1], /^llama-3\.1-8b,raspberry-pi-5-8gb,llama\.cpp-cpu,/);
  assert.ok(lines.length > 6);
  // The link opens it along the same.
  const address = await hash(page);
  assert.match(address, /&sweep=quant$/);
  const again = await open(browser, `${site.url}${address}`);
  await ready(again.page);
  await reach(again.page, panels);
  await again.page.locator('.lever-panel.sweep table.bars').first().waitFor();
  assert.equal(await again.page.locator('#sweep-axis').inputValue(), 'quant');
  await again.close();
  assert.deepEqual(seen.errors, []);
  await close();
});

test('a sweep over what this device or the page does not have says over what it is shown', async () => {
  for (const [asked, called] of [
    ['power_mode', 'Power mode'],
    ['constructor', 'constructor']
  ]) {
    const { page, close } = await open(browser, `${site.url}#v=1&sweep=${asked}`);
    await ready(page);
    await reach(page, panels);
    const said = page.locator('.lever-panel.sweep [data-other]');
    await said.waitFor();
    assert.equal(
      await said.innerText(),
      `“${called}” cannot be swept here: shown over “Tokens in context” instead.`
    );
    await close();
  }
});

test('the roofline says what the engine says', async () => {
  const { page, seen, close } = await open(browser, site.url);
  await ready(page);
  const roofline = await unfold(page, 'roofline');
  await roofline.locator('ew-plot .marks').first().waitFor();
  await roofline.locator('details.table summary').click();
  const rows = await roofline
    .locator('table.rows tbody tr')
    .evaluateAll((all) => all.map((r) => r.innerText));
  const engine = await engineOf('llama-3.2-1b', 'raspberry-pi-5-8gb', 'llama.cpp-cpu');
  const line = engine.roofline({ model: 'llama-3.2-1b', device: 'raspberry-pi-5-8gb', quant: 'Q4_K_M' });
  const g = (x) => `${Number((x / 1e9).toPrecision(3))}`;
  assert.match(
    rows[0],
    new RegExp(`Bandwidth\\s+${g(line.bandwidth.peak)}\\s.*${g(line.bandwidth.reached)}`)
  );
  for (const [i, c] of line.ceilings.entries()) assert.match(rows[i + 1], new RegExp(`\\s${g(c.peak)}\\s`));
  for (const [i, p] of line.points.entries())
    assert.match(rows[i + 1 + line.ceilings.length], new RegExp(`\\s${g(p.ops_per_s.value)}\\s`));
  assert.deepEqual(seen.errors, []);
  await close();
});

for (const width of [320, 1440])
  for (const colorScheme of ['light', 'dark'])
    test(`no accessibility violation, nothing scrolls sideways: all panels, ${width} px, ${colorScheme}`, async () => {
      const { page, close } = await open(browser, `${site.url}#v=1&set=memory.peak_bandwidth_gb_s%3D34`, {
        viewport: { width, height: 900 },
        colorScheme
      });
      await ready(page);
      for (const name of ['edit', 'whatIf', 'sweep', 'roofline']) await unfold(page, name);
      await page.locator('.roofline ew-plot').waitFor();
      await page.evaluate(axe);
      const { violations } = await page.evaluate(() => window.axe.run('#levers'));
      assert.deepEqual(
        violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(' ')).join(', ')}`),
        []
      );
      assert.ok(
        await page
          .locator('#levers')
          .evaluate((e) => e.scrollWidth <= e.clientWidth && e.getBoundingClientRect().right <= innerWidth)
      );
      await close();
    });
