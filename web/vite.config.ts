import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const engine = here('../build/wasm/package');

export default defineConfig({
  base: './',
  resolve: {
    alias: [
      { find: /^edgewise$/, replacement: `${engine}/index.mjs` },
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
        // The component has a name that other sites can write down; everything else is named by its content.
        entryFileNames: (chunk) => (chunk.name === 'component' ? 'embed.js' : 'assets/[name]-[hash].js'),
        chunkFileNames: 'assets/[name]-[hash].js',
        assetFileNames: 'assets/[name]-[hash][extname]'
      }
    }
  }
});
