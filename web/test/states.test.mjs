// Accessibility and fit of the states that a view can be in, of menus and dialogs, forced colours and large text.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { check, scrolled, shown, unfold } from './looks.mjs';
import { open, ready, staged } from './site.mjs';

const [browser, site] = await staged();

const eight = [
  'llama-3.1-8b',
  'qwen3-32b',
  'qwen3-0.6b',
  'gemma-3-4b',
  'qwen3-8b',
  'smollm2-360m',
  'qwen3-1.7b',
  'qwen3-4b'
]
  .map((m, i) => `&m.${i + 1}=${m}`)
  .join('');
/** States beyond those of every width: where each is, what shows that it is there, and what is done then. */
const states = {
  edited: ['&set=memory.peak_bandwidth_gb_s%3D34', '.edited-device', scrolledOpen],
  'eight at once': ['&batch=8&kv=q8_0&battery=50&price=0.3&life=3', '.bigs', scrolledOpen],
  'a question that cannot be': ['&prompt=0&generate=0', '.alert'],
  'nothing to read': ['&prompt=0', '.bigs', scrolledOpen],
  'a link that asks in vain': ['&m=xyz&batch=99999', '.note'],
  'devices that run': ['&view=explore&find=device', '.found tbody tr'],
  'quantizations that run': ['&view=explore&find=quant', '.found tbody tr'],
  'nothing found': ['&view=explore&xspeed=100000', '.blame'],
  'eight compared': [`&view=compare${eight}`, '.compare th:nth-child(9)'],
  'one choice changed': [
    `&view=compare${eight}`,
    '.compare th:nth-child(9)',
    async (page) => {
      await page.locator('.tools .plain').nth(2).click();
      await page.locator('dialog.edit-choice[open] ew-combobox').first().waitFor();
    }
  ],
  'a menu of pictures': [
    `&view=compare${eight}`,
    '.compare th:nth-child(9)',
    (page) => page.locator('ew-picture summary').first().click()
  ],
  'the menu of exports': ['', '.bigs', (page) => page.locator('.menu summary').first().click()],
  'a model of one’s own': ['', '.bigs', ownModel]
};
async function scrolledOpen(page) {
  await scrolled(page);
  await unfold(page);
  await page.waitForTimeout(200);
}
async function ownModel(page) {
  for (const at of ['.settings', '.files']) {
    const box = page.locator(`details${at}`);
    if (!(await box.evaluate((d) => d.open))) await box.locator('> summary').click();
  }
  await page
    .locator('input[type=file]')
    .setInputFiles(fileURLToPath(new URL('../../tests/fuzz/seed.gguf', import.meta.url)));
  await page.locator('.brought').waitFor();
}
const everyPair = [
  [320, 'light', 'en'],
  [320, 'dark', 'zh'],
  [768, 'light', 'zh'],
  [768, 'dark', 'en'],
  [1440, 'light', 'en'],
  [1440, 'dark', 'zh']
];
async function at(page, lang, link) {
  await page.evaluate((to) => (location.hash = to), `v=1&lang=${lang}${link}`);
}
// Each state in one of the combinations, each combination with two of the states.
for (const [i, [width, colorScheme, lang]] of everyPair.entries())
  test(`no accessibility violation in states: ${width} px, ${colorScheme}, ${lang}`, async () => {
    const { page, seen, close } = await open(browser, `${site.url}#v=1&lang=${lang}`, {
      colorScheme,
      viewport: { width, height: 844 }
    });
    await ready(page);
    for (const [name, [link, there, act]] of Object.entries(states).filter((_, k) => k % 6 === i)) {
      await at(page, lang, link);
      await page.waitForSelector(there);
      await act?.(page);
      await page.waitForTimeout(200);
      await check(page, name);
      const wider = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.equal(wider, 0, `${name} is ${wider} px too wide`);
    }
    assert.deepEqual(seen.errors, []);
    await close();
  });

test('forced colours and reduced motion: what is drawn is seen, nothing moves', async () => {
  const { page, close } = await open(browser, `${site.url}#v=1&view=compare${eight}`, {
    forcedColors: 'active',
    reducedMotion: 'reduce'
  });
  await page.waitForSelector('ew-plot .curve');
  await check(page, 'compared');
  const unseen = await page.evaluate(() => {
    const paper = getComputedStyle(document.querySelector('.panel')).backgroundColor;
    const drawn = [
      ...document.querySelectorAll('ew-plot .curve, svg.plot .bar, ew-plot text, svg.mark circle')
    ];
    return drawn
      .filter((e) => e.checkVisibility())
      .filter((e) => {
        const { fill, stroke } = getComputedStyle(e);
        return [fill, stroke].every((c) => c === 'none' || c === paper);
      }).length;
  });
  assert.equal(unseen, 0);
  const moving = await page.evaluate(
    () =>
      [...document.querySelectorAll('*')].filter((e) => {
        const { transitionDuration, animationName } = getComputedStyle(e);
        return animationName !== 'none' || /[1-9]/.test(transitionDuration);
      }).length
  );
  assert.equal(moving, 0);
  await close();
});

test('text twice as large: nothing is cut off and nothing scrolls sideways', async () => {
  const { page, close } = await open(browser, site.url, { viewport: { width: 1280, height: 900 } });
  await ready(page);
  await page.evaluate(() => (document.documentElement.style.fontSize = '200%'));
  const views_ = { calculator: '.bigs', ...shown };
  for (const [view, there] of Object.entries(views_)) {
    await at(page, 'en', view === 'calculator' ? '' : `&m.1=qwen3-4b&view=${view}`);
    await page.waitForSelector(there);
    if (view === 'calculator') await scrolledOpen(page);
    const { wider, cut } = await page.evaluate(() => ({
      wider: document.documentElement.scrollWidth - innerWidth,
      cut: [
        ...document.querySelectorAll(
          'edgewise-app :is(button, select, summary, h1, h2, h3, p, th, td, label)'
        )
      ]
        .filter((e) => e.checkVisibility() && !e.closest('.vh, .scroll') && !e.classList.contains('vh'))
        .filter((e) => getComputedStyle(e).overflowX !== 'visible' && e.scrollWidth > e.clientWidth + 1)
        .map((e) => e.textContent.trim().slice(0, 40))
    }));
    assert.equal(wider, 0, `${view} is ${wider} px too wide`);
    assert.deepEqual(cut, [], view);
  }
  await close();
});
