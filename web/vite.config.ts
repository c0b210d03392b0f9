import { fileURLToPath } from 'node:url';
import { defineConfig, type Plugin } from 'vite';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const engine = here('../build/wasm/package');

/** Indentation of templates need not travel. Once minified, a chunk has line breaks nowhere else. */
const unindent: Plugin = {
  name: 'unindent',
  generateBundle(_, bundle) {
    for (const file of Object.values(bundle))
      if (file.type === 'chunk') file.code = file.code.replace(/\n\s+/g, '\n');
  }
};

const shared =
  /node_modules\/(?:@lit|lit)[^/]*\/(?!.*directive)|src\/(acts|beginning|format|link|listing|problems|remembered|remote|resolve|sentences|site|state|store)\.ts|src\/ui\/(terms|verdict)\.ts|preload-helper|i18n\/index\.ts|i18n\/en\/(answer|classes|form|page|panels)\.ts/;

export default defineConfig({
  plugins: [unindent],
  base: './',
  resolve: {
    alias: [
      { find: /^edgewise$/, replacement: `${engine}/index.mjs` },
      { find: /^edgewise\/estimate$/, replacement: `${engine}/estimate.mjs` },
      { find: /^edgewise\/answer$/, replacement: `${engine}/answer.mjs` },
      { find: /^edgewise\/(.*)$/, replacement: `${engine}/$1` }
    ]
  },
  server: { fs: { allow: [here('.'), engine] } },
  worker: { format: 'es' },
  build: {
    outDir: '../build/site',
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rollupOptions: {
      input: { index: here('index.html'), embed: here('embed.html'), component: here('src/embed.ts') },
      preserveEntrySignatures: 'exports-only',
      output: {
        // What the page and the component both begin with is one file; it compresses better than four.
        codeSplitting: {
          groups: [
            { name: 'shared', test: shared },
            // What the page shows at once, and an element when it is asked to.
            {
              name: 'panels',
              test: /src\/(parts\/(energy|memory|time)|ui\/(bar|clipboard|list|toggle)|i18n\/terms)\.ts/
            },
            // Of every element.
            {
              name: 'elements',
              test: /src\/(embed\/(asked|calculator|card|element|question|said|styles|tables|theme|values)|i18n\/(en\/)?embed)\.ts/
            }
          ]
        },
        // The component has a name that other sites can write down; everything else is named by its content.
        entryFileNames: (chunk) => (chunk.name === 'component' ? 'embed.js' : 'assets/[name]-[hash].js'),
        chunkFileNames: 'assets/[name]-[hash].js',
        assetFileNames: 'assets/[name]-[hash][extname]'
      }
    }
  }
});
