// Which presets there are, and what of them travels: for the site and for the npm package.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** The presets of a folder, by their paths. */
const filesIn = (folder) =>
  existsSync(folder)
    ? readdirSync(folder)
        .filter((f) => f.endsWith('.json'))
        .sort()
        .map((f) => join(folder, f))
    : [];
const read = (folder) => filesIn(folder).map((file) => JSON.parse(readFileSync(file, 'utf8')));

/** What the engine ignores need not travel; sources do, since the page shows where a number comes from. */
export function strip(value, drop) {
  if (Array.isArray(value)) return value.map((v) => strip(v, drop));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([k]) => !drop.has(k))
      .map(([k, v]) => [k, strip(v, drop)])
  );
}

export const prose = new Set(['note', 'price_note']);
export const evidence = new Set([
  'note',
  'price_note',
  'sources',
  'source',
  'confidence',
  'aliases',
  'method',
  'unsure',
  'provenance',
  'samples',
  'hf_repo',
  'counted_detail',
  'parameters_note'
]);
/** The same, with the names that people give a preset. */
export const evidenceButNames = new Set(
  [...evidence].filter((key) => key !== 'aliases' && key !== 'hf_repo')
);

/** Has an engine take presets: a function that returns why it refuses one, or nothing. */
export const acceptedBy = (edgewise) => (text) => {
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

/**
 * Reads every preset. `accept` is the engine's own check: it returns why one is refused, or nothing. What it
 * refuses stays out.
 */
export function readAll(from, accept) {
  const rejected = [];
  const take = (presets) =>
    presets.filter((p) => {
      const why = accept(JSON.stringify(p));
      if (why) rejected.push(`${p.type} ${p.id ?? p.runtime ?? p.family}: ${why}`);
      return !why;
    });
  const folder = (name) => take(read(join(from, name)));
  const file = (name) => take(JSON.parse(`[${readFileSync(join(from, name), 'utf8')}]`));
  const calibrations = folder('calibrations');
  return {
    classes: file('device-classes.json'),
    launchers: existsSync(join(from, 'launchers.json')) ? file('launchers.json') : [],
    families: folder('quantizations'),
    runtimes: folder('runtimes'),
    models: folder('models'),
    devices: folder('devices'),
    fitted: calibrations.filter((p) => p.type === 'calibrations'),
    rest: calibrations.filter((p) => p.type !== 'calibrations'),
    rejected
  };
}

/** Presets as one text, as RFC 7464 has it. */
export const sequenceOf = (presets, drop) =>
  presets.map((p) => `\x1e${JSON.stringify(strip(p, drop))}\n`).join('');

/** Names what all of them hold: of the bytes of their files, in the order in which presets/bundle.cmake joins them. */
export function revisionOf(folder) {
  const at = (name) => join(folder, name);
  const first = ['device-classes.json', 'launchers.json', 'speculation.json', 'quantizations/formats.json'];
  const folders = ['quantizations', 'runtimes', 'calibrations', 'models', 'devices', 'studies'];
  const files = new Set(
    first.map(at).concat(
      folders.flatMap((name) => filesIn(at(name))),
      at('quality/quality.csv')
    )
  );
  const hash = createHash('sha256');
  for (const file of files) if (existsSync(file)) hash.update('\x1e').update(readFileSync(file));
  return hash.digest('hex').slice(0, 8);
}

/** The day of the newest change of what a preset says, YYYY-MM-DD; null: nobody knows, as without the whole history. */
export function dateOf(folder) {
  const paths = [
    'models',
    'devices',
    'runtimes',
    'quantizations',
    'calibrations',
    'device-classes.json',
    'launchers.json',
    'speculation.json'
  ];
  const git = (...args) =>
    execFileSync('git', ['-C', folder, ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore']
    }).trim();
  try {
    if (
      git('rev-parse', '--is-shallow-repository') === 'true' ||
      git('status', '--porcelain', '--', ...paths)
    )
      return null;
    return git('log', '-1', '--format=%cs', '--', ...paths) || null;
  } catch {
    return null;
  }
}
