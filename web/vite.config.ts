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
  /node_modules\/(@lit|lit)|src\/(acts|format|listing|problems|remote|resolve|sentences|site|state|store)\.ts|src\/ui\/terms\.ts|preload-helper|i18n\/index\.ts|i18n\/en\/(answer|classes|form|page|panels)\.ts/;

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
  worker: { format: 'es', rollupOptions: { external: ['node:fs/promises'] } },
  build: {
    outDir: '../build/site',
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rollupOptions: {
      // The engine reads its file this way under Node only.
      external: ['node:fs/promises'],
      input: { index: here('index.html'), embed: here('embed.html'), component: here('src/embed.ts') },
      preserveEntrySignatures: 'exports-only',
      output: {
        // What the page and the component both begin with is one file; it compresses better than four.
        codeSplitting: { groups: [{ name: 'shared', test: shared }] },
        // The component has a name that other sites can write down; everything else is named by its content.
        entryFileNames: (chunk) => (chunk.name === 'component' ? 'embed.js' : 'assets/[name]-[hash].js'),
        chunkFileNames: 'assets/[name]-[hash].js',
        assetFileNames: 'assets/[name]-[hash][extname]'
      }
    }
  }
});
