// A script of a built site that stands alone, under a name that does not change.
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

export const writeScript = (site, source, name, { plugins, define } = {}) =>
  build({
    root: here('..'),
    configFile: false,
    logLevel: 'warn',
    publicDir: false,
    plugins,
    define,
    build: {
      outDir: site,
      emptyOutDir: false,
      target: 'es2022',
      rollupOptions: {
        input: here(`../src/${source}`),
        output: { format: 'iife', entryFileNames: name }
      }
    }
  });
