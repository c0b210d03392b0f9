// A server of build/site on a port of its own, and a browser that watches what pages do.
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { after } from 'node:test';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

export const root = fileURLToPath(new URL('../../build/site', import.meta.url));
if (!existsSync(join(root, 'index.html'))) throw new Error('build/site is missing: run npm run build first');

const types = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.webmanifest': 'application/manifest+json'
};

/**
 * `pages` are further documents, by path, null where there is to be none; `at` is the folder that is served, `headers`
 * what goes with a file; `requested` collects what was asked for.
 */
export async function serve(pages = {}, { at = root, headers = () => ({}) } = {}) {
  const requested = [];
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url, 'http://localhost').pathname);
    requested.push(path);
    const file = join(at, normalize(path.endsWith('/') ? `${path}index.html` : path));
    const body =
      pages[path] ??
      (pages[path] !== null && file.startsWith(at) && existsSync(file) ? readFileSync(file) : undefined);
    response.writeHead(body !== undefined ? 200 : path === '/favicon.ico' ? 204 : 404, {
      'content-type': types[extname(file)] ?? 'text/html',
      'access-control-allow-origin': '*',
      ...headers(file, body)
    });
    response.end(body);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}/`,
    requested,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    }
  };
}

export function launch() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium-headless-shell',
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run']
  });
}

/** A browser, a server of the site and what else is asked for, until all tests of the file have run. */
export async function staged(...others) {
  const all = await Promise.all([launch(), serve(), ...others]);
  after(() => Promise.all(all.map((one) => one.close())));
  return all;
}

/** A page whose errors, console errors and requests are kept. */
export async function open(browser, url, options = {}) {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 900 },
    // Tests of it allow it; the others want to see what is asked of the site.
    serviceWorkers: 'block',
    ...options
  });
  const page = await context.newPage();
  const seen = { errors: [], requests: [] };
  page.on('pageerror', (e) => seen.errors.push(String(e)));
  page.on('console', (m) => {
    if (m.type() === 'error') seen.errors.push(m.text());
  });
  page.on('request', (r) => seen.requests.push(r.url()));
  await page.addInitScript(() => {
    window.violations = [];
    addEventListener('securitypolicyviolation', (e) =>
      window.violations.push(`${e.violatedDirective} ${e.blockedURI}`)
    );
  });
  await page.goto(url);
  return { page, seen, close: () => context.close() };
}

export const ready = (page) => page.waitForSelector('#answer[aria-busy=false] .bigs');
export const number = (page, term) => page.locator(`.big[data-term=${term}] .value`).innerText();
/** Chooses in a combobox as a person does: type, then Enter. */
export async function choose(page, label, text) {
  const box = page.getByRole('combobox', { name: label, exact: true });
  await box.fill(text);
  await box.press('Enter');
  await settled(page);
}
/** Waits until what was done is drawn: each drawing is in a task of its own, and may ask for one more. */
export async function drawn(page) {
  await page.waitForTimeout(50);
  await page.evaluate(async () => {
    const app = document.querySelector('edgewise-app');
    for (let done = !app; !done;) done = await app.updateComplete;
    // What one draws may hold others.
    for (let pieces, known = -1; pieces?.length !== known;) {
      known = pieces?.length ?? 0;
      pieces = document.querySelectorAll('ew-piece');
      await Promise.all([...pieces].map((piece) => piece.updateComplete));
    }
  });
}
export async function settled(page) {
  await drawn(page);
  await page.waitForSelector('#answer[aria-busy=false]', { state: 'attached' });
}

/** Brings a place into sight, also where something else takes it meanwhile. */
export async function reach(page, selector) {
  await page.waitForSelector(selector, { state: 'attached' });
  await page.evaluate((s) => document.querySelector(s)?.scrollIntoView({ block: 'center' }), selector);
}
export const field = (page, name) => page.getByRole('textbox', { name, exact: true });
export const sentence = (page) => page.locator('.sentence').innerText();
/** The address, once it was written. */
export const hash = async (page) => {
  await page.waitForTimeout(550);
  return new URL(page.url()).hash;
};

/** What a press of a button leaves in the clipboard, and what is said once it is there. */
export async function told(page, label) {
  await page.evaluate(() => navigator.clipboard.writeText(''));
  const button = page.getByRole('button', { name: label, exact: true });
  if (!(await button.isVisible())) await page.locator('.menu summary').click();
  await button.click();
  const toast = page.locator('.toast:not([hidden])');
  await toast.waitFor();
  return [await page.evaluate(() => navigator.clipboard.readText()), await toast.innerText()];
}
