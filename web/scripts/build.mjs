// Builds the static site into ../build/site: the page, then the presets, then the default answer into the
// HTML.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { writePresets } from './presets.mjs';
import { prerender } from './prerender.mjs';
import { writeStart } from './start.mjs';
import { writeWorker } from './worker.mjs';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const engine = here('../../build/wasm/package');
if (!existsSync(`${engine}/index.mjs`)) {
  console.error('build/wasm/package is missing: build the WebAssembly engine first.');
  process.exit(1);
}
const site = here('../../build/site');
await build({ root: here('..'), configFile: here('../vite.config.ts'), logLevel: 'warn' });
const { load } = await import(`${engine}/index.mjs`);
const edgewise = await load();
const accept = (text) => {
  try {
    edgewise.addPreset(text);
    return undefined;
  } catch (error) {
    return error.errors
      .slice(0, 3)
      .map((e) => `${e.path} ${e.message}`)
      .join('; ');
  }
};
// EDGEWISE_PRESETS: another folder of presets, for trying them out.
const { counts, rejected } = writePresets(
  process.env.EDGEWISE_PRESETS ?? here('../../presets'),
  `${site}/presets`,
  accept
);
await writeStart(`${site}/presets`, load);
prerender(site, edgewise);
await writeWorker(site);
console.log(`site: ${counts.models} models, ${counts.devices} devices, ${counts.runtimes} runtimes`);
for (const line of rejected) console.warn(`left out: ${line}`);
