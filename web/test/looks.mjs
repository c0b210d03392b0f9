// What is looked at in every view: axe, and whatever is folded or comes late.
import { drawn, reach } from './site.mjs';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

export async function check(page, where) {
  await drawn(page);
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

/** Opens whatever is folded and seen, at once: between two looks a panel may be drawn anew. */
export const unfold = (page) =>
  page.evaluate(() => {
    for (const kind of ['settings', 'more', 'panel', 'table'])
      for (const details of document.querySelectorAll(`details.${kind}:not([open])`))
        if (details.checkVisibility()) details.querySelector(':scope > summary').click();
  });
/** Every panel of the calculator, those that come late too. */
export async function scrolled(page) {
  const panel = page.locator('.lever-panel').first();
  // What is above may still grow, or the next frame be late: in sight until it is there.
  for (let tries = 0; tries < 300 && !(await panel.isVisible()); ++tries) {
    await reach(page, '.levers-place, .lever-panel');
    await page.waitForTimeout(100);
  }
  await panel.waitFor();
  await reach(page, '#context, [aria-labelledby=context-title]');
}
export const views = ['compare', 'explore', 'accuracy', 'method'];
export const shown = {
  compare: '.compare tbody tr',
  explore: '.found tbody tr, .found .cards > *',
  accuracy: '.accuracy svg, .accuracy table',
  method: '.term'
};
