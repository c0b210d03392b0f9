// Puts the answer for the default choice into the HTML, and how each view begins: it is there before any script runs, and
// without scripts. So are the page's styles: what is seen first waits for no second file.
import '@lit-labs/ssr/lib/install-global-dom-shim.js';
import { readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { render } from '@lit-labs/ssr';
import { collectResultSync } from '@lit-labs/ssr/lib/render-result.js';
import { createServer } from 'vite';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Draws src/first.ts, in English: the HTML of it without what would bind it to scripts. */
async function drawn(...args) {
  const vite = await createServer({
    root,
    configFile: join(root, 'vite.config.ts'),
    server: { middlewareMode: true, hmr: false, watch: null },
    appType: 'custom',
    logLevel: 'warn',
    optimizeDeps: { noDiscovery: true },
    ssr: { noExternal: true }
  });
  try {
    const { first } = await vite.ssrLoadModule('/src/first.ts');
    return collectResultSync(render(first(...args)))
      .replace(/<!--.*?-->|<\?>/g, '')
      .replace(/\s+/g, ' ')
      .replace(/ (?=>)|(?<=>) (?=<)| class=""/g, '');
  } finally {
    await vite.close();
  }
}

/** `edgewise` holds every preset already. */
export async function prerender(site, edgewise) {
  const accuracy = JSON.parse(readFileSync(`${site}/presets/accuracy.json`, 'utf8'));
  const html = await drawn(edgewise.estimate(edgewise.catalog().default_query), accuracy);
  const path = `${site}/index.html`;
  const page = readFileSync(path, 'utf8');
  // What every answer needs is fetched while the script is still being read; theme.js adds what depends on the address.
  const wasm = readdirSync(`${site}/assets`).find((f) => /^edgewise-answer.*\.wasm$/.test(f));
  const preload = ['site.json', `assets/${wasm}`]
    .map((href) => `<link rel="preload" as="fetch" crossorigin href="./${href}" />`)
    .join('\n    ');
  // Of a view that a link opens, its own script, and what that asks for first. What is larger is fetched once its first
  // words are there: it would hold them up.
  const assets = readdirSync(`${site}/assets`);
  const named = (start, end) =>
    assets.filter((f) => f.startsWith(start) && f.endsWith(end)).map((f) => `assets/${f}`);
  /** With what they import, but for what the page imports itself. */
  const importsOf = (file) =>
    [...readFileSync(`${site}/${file}`, 'utf8').matchAll(/(?:from|import)\s*"\.\/([^"]+\.js)"/g)].map(
      ([, name]) => `assets/${name}`
    );
  const closure = (files, known = new Set()) => {
    for (const file of files.filter((f) => !known.has(f))) {
      known.add(file);
      closure(importsOf(file), known);
    }
    return known;
  };
  const ofPage = closure(named('index-', '.js').filter((file) => page.includes(file)));
  const whole = (files) => [...closure(files)].filter((file) => !ofPage.has(file));
  const views = {
    explore: whole(named('explore-', '.js')),
    compare: whole(named('compare-', '.js')),
    accuracy: [...whole(named('accuracy-', '.js')), 'presets/accuracy.json'],
    method: [...whole(named('method-', '.js')), ...named('estimate-', '.js')]
  };
  for (const [view, files] of Object.entries(views))
    if (!files.length) throw new Error(`no script of the view ${view}`);
  const theme = readFileSync(`${site}/theme.js`, 'utf8');
  if (!theme.includes('const views = {};')) throw new Error('theme.js has lost its mark');
  const comments = /^ *\/\/.*\n/gm; // need not travel
  writeFileSync(
    `${site}/theme.js`,
    theme.replace(comments, '').replace('const views = {};', () => `const views = ${JSON.stringify(views)};`)
  );
  const [sheet, name] = /<link rel="stylesheet"[^>]*href="\.\/([^"]+)"[^>]*>/.exec(page) ?? [];
  if (!sheet || !page.includes('<!--prerender-->') || !page.includes('<!--preload-->'))
    throw new Error('index.html has lost its marks');
  const styles = readFileSync(`${site}/${name}`, 'utf8');
  rmSync(`${site}/${name}`);
  writeFileSync(
    path,
    page
      .replace('<!--prerender-->', () => html)
      .replace('<!--preload-->', () => preload)
      .replace(sheet, () => `<style>${styles}</style>`)
  );
}
