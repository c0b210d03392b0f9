// Puts the answer for the default choice into the HTML: it is there before any script runs, and without
// scripts.
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';

const escape = (s) =>
  String(s).replace(/[&<>"]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[c]);

/** `edgewise` holds every preset already. */
export function prerender(site, edgewise) {
  const r = edgewise.estimate(edgewise.catalog().default_query);
  const choice = [r.model.name, r.quantization.id, r.device.name, r.runtime.name].map(escape).join(', ');
  const html = `
      <header class="top"><p class="brand"><span>Edgewise</span></p></header>
      <main>
        <h1 class="tagline">Does this language model run on that device?</h1>
        <div class="columns">
          <div class="inputs"><div class="panel placeholder"><p class="quiet">${choice}</p></div></div>
          <div class="outputs">
            <section class="panel hero skeleton"><p class="sentence">${escape(r.sentence)}</p></section>
          </div>
        </div>
      </main>`;
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
  if (!page.includes('<!--prerender-->') || !page.includes('<!--preload-->'))
    throw new Error('index.html has lost its marks');
  writeFileSync(
    path,
    page.replace('<!--prerender-->', () => html).replace('<!--preload-->', () => preload)
  );
}
