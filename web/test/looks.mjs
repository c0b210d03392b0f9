// What is looked at in every view: axe, and whatever is folded or comes late.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

export async function check(page, where) {
  await page.evaluate(axe); // not a script element: the policy forbids those
  const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
  assert.deepEqual(
    violations.map(
      (v) =>
        `${where}: ${v.id}: ${v.nodes
          .slice(0, 3)
          .map((n) => n.target.join(' '))
          .join(', ')}`
    ),
    []
  );
}

/** Opens whatever is folded, as far as it can be seen. */
export async function unfold(page) {
  for (const folded of ['details.settings', 'details.more', 'details.panel', 'details.table'])
    for (const details of await page.locator(folded).all())
      if ((await details.isVisible()) && !(await details.evaluate((d) => d.open)))
        await details.locator('> summary').click();
}
/** Every panel of the calculator, those that come late too. */
export async function scrolled(page) {
  for (const late of ['.levers-place, .lever-panel', '#context, [aria-labelledby=context-title]'])
    // It may be replaced by what comes, at any moment.
    await page.waitForSelector(late, { state: 'attached' });
  await page.evaluate((place) => document.querySelector(place)?.scrollIntoView(), late);
  await page.waitForTimeout(100);
  await page.locator('.lever-panel').first().waitFor();
}
export const views = ['compare', 'explore', 'accuracy', 'method'];
export const shown = {
  compare: '.compare tbody tr',
  explore: '.found tbody tr, .found .cards > *',
  accuracy: '.accuracy svg, .accuracy table',
  method: '.term'
};
