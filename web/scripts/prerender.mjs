// Puts the answer for the default choice into the HTML, and how each view begins: it is there before any script runs, and
// without scripts. So are the page's styles and what runs ahead of its script: what is seen first waits for no second file.
import '@lit-labs/ssr/lib/install-global-dom-shim.js';
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { render } from '@lit-labs/ssr';
import { collectResultSync } from '@lit-labs/ssr/lib/render-result.js';
import { createServer, minifySync } from 'vite';

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
  // Of the view that a link opens, its own script, and what that asks for first.
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
  const engine = (name) => named(`edgewise-${name}-`, '.wasm');
  const answer = engine('answer');
  // These views explain and compare: the larger engine answers in them from the start.
  const larger = [...engine('estimate'), ...named('estimate-', '.js')];
  const files = {
    calculator: answer,
    explore: [...whole(named('explore-', '.js')), ...answer],
    compare: [...whole(named('compare-', '.js')), ...larger],
    accuracy: [...whole(named('accuracy-', '.js')), ...answer, 'presets/accuracy.json'],
    method: [...whole(named('method-', '.js')), ...larger]
  };
  for (const [view, list] of Object.entries(files))
    if (!list.some((file) => file.endsWith('.wasm')) || (view !== 'calculator' && !list[0].endsWith('.js')))
      throw new Error(`the files of the view ${view} are missing`);
  const mark = 'const files = {};';
  const script = readFileSync(`${site}/first.js`, 'utf8');
  if (!script.includes(mark)) throw new Error('first.js has lost its mark');
  // Of a script of its own no name is anybody else's.
  const { code: ahead, errors } = minifySync(
    'first.js',
    script.replace(mark, () => `const files = ${JSON.stringify(files)};`),
    {
      compress: true,
      mangle: { toplevel: true }
    }
  );
  if (errors.length > 0) throw new Error(errors[0].message);
  const hash = createHash('sha256').update(ahead).digest('base64');
  const [sheet, name] = /<link rel="stylesheet"[^>]*href="\.\/([^"]+)"[^>]*>/.exec(page) ?? [];
  const [tag] = /<script [^>]*src="\.\/first\.js"><\/script>/.exec(page) ?? [];
  const policy = "script-src 'self'";
  if (!sheet || !tag || ![policy, '<!--prerender-->'].every((text) => page.includes(text)))
    throw new Error('index.html has lost its marks');
  const styles = readFileSync(`${site}/${name}`, 'utf8');
  for (const file of [name, 'first.js']) rmSync(`${site}/${file}`);
  writeFileSync(
    path,
    page
      .replace('<!--prerender-->', () => html)
      .replace(policy, () => `${policy} 'sha256-${hash}'`)
      .replace(tag, () => `<script>${ahead}</script>`)
      .replace(sheet, () => `<style>${styles}</style>`)
      .replace(/ *<!--.*?-->\n/g, '')
  );
}
