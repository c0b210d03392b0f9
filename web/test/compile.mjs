// Modules of the page without a browser: compiled in memory, into a folder of their own.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

/** The exports of files of `src`, by name. */
export async function compile(...names) {
  const outDir = mkdtempSync(join(tmpdir(), 'edgewise-'));
  // Modules may be imported later by what is imported now.
  process.on('exit', () => rmSync(outDir, { recursive: true, force: true }));
  await build({
    configFile: false,
    logLevel: 'error',
    root: here('..'),
    build: {
      outDir,
      emptyOutDir: true,
      ssr: true,
      minify: false,
      rollupOptions: {
        input: Object.fromEntries(names.map((name) => [name, here(`../src/${name}.ts`)])),
        output: { entryFileNames: '[name].mjs', chunkFileNames: 'chunk-[name].mjs' }
      }
    }
  });
  const modules = await Promise.all(names.map((name) => import(join(outDir, `${name}.mjs`))));
  return Object.assign({}, ...modules);
}
