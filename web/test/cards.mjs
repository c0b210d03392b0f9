// Cards on pages of others.

/** A page elsewhere with nothing but the script, under the policy that the README names. */
export const empty = (site, head = '', body = '') =>
  `<!doctype html><title>Docs</title><meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src ${site.url} 'wasm-unsafe-eval'; connect-src ${site.url}">
  ${head}<script type="module" src="${site.url}embed.js"></script><body>${body}`;
export const pi = { model: 'llama-3.2-1b', device: 'raspberry-pi-5-8gb' };
/** The same under a policy that allows no style but that of the script's own sheets. */
export const strict = (site, body = '') =>
  `<!doctype html><html lang="en"><title>Docs</title><meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src ${site.url} 'wasm-unsafe-eval'; connect-src ${site.url}"><meta name="viewport" content="width=device-width">
  <script type="module" src="${site.url}embed.js"></script><body><main><h1>Docs</h1>${body}</main>`;
/** Puts an element on the page, and gives what it comes to: its events, in order. */
export const add = (page, attributes, id = 'card', tag = 'edgewise-calculator') =>
  page.evaluate(
    ([all, name, called]) => {
      const element = document.createElement(called);
      element.id = name;
      element.textContent = 'About 1 GiB.';
      window.heard ??= [];
      for (const type of ['edgewise-answer', 'edgewise-error'])
        element.addEventListener(type, (e) => heard.push([type, e.detail]));
      for (const [key, value] of Object.entries(all)) element.setAttribute(key, value);
      (document.querySelector('main') ?? document.body).append(element);
    },
    [attributes, id, tag]
  );
export const heard = async (page, n) => {
  await page.waitForFunction((count) => window.heard?.length >= count, n);
  return page.evaluate(() => window.heard);
};
export const shown = (page, id = 'card') => page.locator(`#${id} article`).innerText();

/** How far things move from now on, and what is below the elements that are there. */
export async function shifting(page) {
  await page.evaluate(() => {
    const below = document.createElement('div');
    below.style = 'height: 900px; background: #ddd';
    document.body.append(below);
    window.shift = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) window.shift += entry.value;
    }).observe({ type: 'layout-shift' });
  });
  return async () => {
    await page.waitForTimeout(300);
    return page.evaluate(() => window.shift);
  };
}
