// What of the package is made of the built engine and of the presets: node generate.mjs PACKAGE PRESETS FOREIGN...
// FOREIGN are files of others that the engine is made of; notices of them go with it.
// PACKAGE/presets.mjs and its types, the engine's bytes as a module, and the ids that index.d.ts leaves open.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { acceptedBy, dateOf, evidenceButNames, prose, readAll, revisionOf, sequenceOf } from '../web/scripts/pack.mjs';
import { debianPackagesOf, writeNotices } from '../web/scripts/notices.mjs';

const [packageFolder, presetsFolder, ...foreign] = process.argv.slice(2).map((path) => resolve(path));
const { load } = await import(pathToFileURL(join(packageFolder, 'index.node.mjs')));

/** What did not change keeps its date: whoever builds on it need not build again. */
function writeChanged(path, text) {
  if (!existsSync(path) || readFileSync(path, 'utf8') !== text) writeFileSync(path, text);
}
const write = (name, text) => writeChanged(join(packageFolder, name), text);

const edgewise = await load();
const accept = acceptedBy(edgewise);
const all = readAll(presetsFolder, accept);
const beside = ['launchers.json', 'speculation.json'].map((name) => JSON.parse(readFileSync(join(presetsFolder, name), 'utf8')));
const refused = [...all.rejected, ...beside.map((preset) => accept(JSON.stringify(preset))).filter(Boolean)];
if (refused.length) {
  console.error(refused.join('\n'));
  process.exit(1);
}

const parts = {
  base: [
    'Formats, quantizations, runtimes, launchers, device classes, intervals: what every answer rests on.',
    sequenceOf([...all.classes, ...all.families, ...all.runtimes, ...all.rest], evidenceButNames) + sequenceOf(beside, prose),
  ],
  calibrations: ['What runtimes reach on devices.', sequenceOf(all.fitted, evidenceButNames)],
  models: ['', sequenceOf(all.models, evidenceButNames)],
  devices: ['', sequenceOf(all.devices, evidenceButNames)],
};
// A template is the shortest way to write JSON as JavaScript.
const literal = (text) => `\`${text.replace(/[\\`]|\$\{/g, (x) => `\\${x}`).replaceAll('\x1e', '\\x1e')}\``;
// What the package holds is what it was held against.
const packed = await load();
for (const [, text] of Object.values(parts)) packed.addPresets(text);
// Scores are as large as a fifth of all presets: who does not ask about quality leaves them out.
const scores = `\x1e${readFileSync(join(presetsFolder, 'quality/quality.csv'), 'utf8')}`;
packed.addPresets(scores);
write('quality.mjs', `export const quality = ${literal(scores)};\n`);
write(
  'quality.d.ts',
  '/** Published scores of models and of their quantizations, as `load({ presets: [...presets, quality] })` takes them. */\nexport declare const quality: string;\n'
);
const [revision, date] = [revisionOf(presetsFolder), dateOf(presetsFolder)];
write(
  'presets.mjs',
  [
    `export const revision = '${revision}';`,
    `export const date = ${date ? `'${date}'` : 'null'};`,
    ...Object.entries(parts).map(([name, [, text]]) => `export const ${name} = ${literal(text)};`),
    `export const presets = [${Object.keys(parts).join(', ')}];`,
    '',
  ].join('\n')
);
const union = (ids) => ids.map((id) => `'${id}'`).join(' | ');
const idsOf = (presets) => presets.map(({ id }) => id);
write(
  'presets.d.ts',
  [
    '/** Names what all of these presets hold, as the page of the same release does. */',
    'export declare const revision: string;',
    '/** The day of their newest change, YYYY-MM-DD; null: unknown, as of a package that was built without the history. */',
    'export declare const date: string | null;',
    ...Object.entries(parts).flatMap(([name, [what]]) => [
      `/** ${what ? `${what} ` : ''}One text, as \`addPresets\` takes it. */`,
      `export declare const ${name}: string;`,
    ]),
    '/** All of them, as `load({ presets })` takes them. Bundlers leave out the parts that nobody names. */',
    'export declare const presets: string[];',
    "export type { DeviceId, ModelId } from './index.js';",
    '',
  ].join('\n')
);

const wasm = readFileSync(join(packageFolder, 'edgewise-engine.wasm'));
write('edgewise-engine.wasm.mjs', `export default '${wasm.toString('base64')}';\n`);

const catalog = edgewise.catalog();
const different = (lists) => [...new Set(lists.flat())].sort();
const known = {
  TermId: Object.keys(edgewise.estimate(catalog.default_query).terms),
  QuantizationId: idsOf(catalog.quantizations),
  RuntimeId: [...idsOf(catalog.runtimes), ...idsOf(catalog.launchers)],
  ModelId: idsOf(all.models),
  DeviceId: idsOf(all.devices),
  KvFormatId: different(catalog.runtimes.map((r) => r.kv_formats.map((format) => format.toLowerCase()))),
};
let types = readFileSync(new URL('index.d.ts', import.meta.url), 'utf8');
for (const [name, ids] of Object.entries(known)) {
  const open = `export type ${name} = string;`;
  if (!ids.length || !types.includes(open)) throw new Error(`index.d.ts lacks "${open}", or there are none`);
  types = types.replace(open, () => `export type ${name} = ${union(ids)};`);
}
write('index.d.ts', types);
writeNotices(packageFolder, 'The npm package edgewise', debianPackagesOf(foreign), writeChanged);
console.log(`presets: ${revision}, ${date ?? 'of an unknown day'}`);
