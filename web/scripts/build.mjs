// Builds the static site into ../build/site: the page, then the presets, then the default answer into the
// HTML.
import { cpSync, existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { debianPackage, modulesInto, npmPackage, writeNotices } from './notices.mjs';
import { writePresets } from './presets.mjs';
import { prerender } from './prerender.mjs';
import { writeScript } from './script.mjs';
import { writeStart } from './start.mjs';
import { writeWorker } from './worker.mjs';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const engine = here('../../build/wasm/package');
if (!existsSync(`${engine}/index.node.mjs`)) {
  console.error('build/wasm/package is missing: build the WebAssembly engine first.');
  process.exit(1);
}
const site = here('../../build/site');
const modules = new Set();
const collect = modulesInto(modules, here('../node_modules'));
await build({
  root: here('..'),
  configFile: here('../vite.config.ts'),
  logLevel: 'warn',
  plugins: [collect],
  worker: { plugins: () => [collect] }
});
const { load } = await import(`${engine}/index.node.mjs`);
const edgewise = await load();
// EDGEWISE_PRESETS: another folder of presets, for trying them out.
const { counts, rejected } = writePresets(
  process.env.EDGEWISE_PRESETS ?? here('../../presets'),
  `${site}/presets`,
  edgewise
);
await writeScript(site, 'frames.ts', 'frame.js');
await writeStart(`${site}/presets`, load);
await prerender(site, edgewise);
await writeWorker(site, [collect]);
// What the engine is made of, and what the page is.
const ofEngine = JSON.parse(readFileSync(`${engine}.components.json`, 'utf8'));
writeNotices(site, 'This site', [
  ...ofEngine.map(({ name }) => debianPackage(name)),
  ...[...modules].map(npmPackage)
]);
// What other pages embed, and the page that its links open, stay under the release that they name, for as long as a host keeps
// its folder: documents that are not to change name that. Browsers keep the newest alone.
const release = `${site}/v/${edgewise.version().version}`;
const whole = readdirSync(site).filter((name) => name !== 'sw.js');
for (const name of whole) cpSync(`${site}/${name}`, `${release}/${name}`, { recursive: true });
const settings = JSON.parse(readFileSync(`${site}/site.json`, 'utf8'));
writeFileSync(`${release}/site.json`, `${JSON.stringify({ ...settings, offline: false }, null, 2)}\n`);
console.log(`site: ${counts.models} models, ${counts.devices} devices, ${counts.runtimes} runtimes`);
for (const line of rejected) console.warn(`left out: ${line}`);
