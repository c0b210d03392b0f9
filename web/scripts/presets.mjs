// Copies the presets into the site: an index for the choosers, one file per model and device, one base
// file that every estimate needs, one file of calibrations per runtime, and one bundle for Explore.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import {
  acceptedBy,
  dateOf,
  evidence,
  prose,
  readAll,
  revisionOf,
  sequenceOf,
  strip,
  evidenceButNames
} from './pack.mjs';

/** Aliases, and the maker, that a search would not find by the name itself. */
function searchable(preset) {
  const plain = (s) => s.toLowerCase().replace(/[^a-z0-9]+/g, '');
  const known = new Set([plain(preset.name), plain(preset.id)]);
  const out = [];
  for (const alias of preset.aliases ?? []) {
    const p = plain(alias);
    if (alias.length > 48 || [...known].some((k) => k.includes(p) || p.includes(k))) continue;
    known.add(p);
    out.push(alias);
    if (out.length === 4) break;
  }
  const { vendor = '' } = preset;
  if (![preset.name, preset.id, ...out].some((name) => plain(name).includes(plain(vendor)))) out.push(vendor);
  return out.length ? out.join(' · ') : undefined;
}

/**
 * Who measured what the entries of a runtime's calibrations were fitted to, most rows first: a list for each
 * entry.
 */
function evidenceOf({ runtime, devices = [] }, rows) {
  const fitted = rows.filter((r) => r.runtime === runtime && !r.exclude && !r.metric.endsWith('_mib'));
  return devices.map((entry) => {
    const sources = new Map();
    for (const r of fitted)
      if (entry.devices.includes(r.device) && (!entry.power_mode || entry.power_mode === r.power_mode)) {
        // What of it the rows are from may stand behind an address.
        const [url] = r.url.split(' ');
        const source = sources.get(r.source) ?? { source: r.source, url: url || undefined, rows: 0 };
        source.rows += 1;
        sources.set(r.source, source);
      }
    return [...sources.values()].sort((a, b) => b.rows - a.rows);
  });
}

/** Rows whose columns are named once; what is absent at the end of a row is left out. */
function packed(list) {
  const columns = [...new Set(list.flatMap((entry) => Object.keys(entry)))];
  const rows = list.map((entry) => {
    const row = columns.map((c) => entry[c] ?? null);
    while (row.at(-1) === null) row.pop();
    return row;
  });
  return { columns, rows };
}

/** The table of scores, without what only its keepers need, and with the sizes of models that are not here (yet). */
function scoresOf(file, sizes) {
  if (!existsSync(file)) return '';
  const rows = parse(readFileSync(file), { columns: true });
  const columns = Object.keys(rows[0] ?? {}).filter((c) => c !== 'id');
  const cell = (x) => (/[",\n]/.test(x) ? `"${x.replace(/"/g, '""')}"` : x);
  const lines = rows.map((r) => [...columns.map((c) => r[c]), String(sizes.get(r.model) ?? '')].map(cell));
  return [[...columns, 'parameters'], ...lines].map((line) => line.join(',')).join('\n') + '\n';
}

/** How many of each the site has. */
const countsOf = ({ models, devices, runtimes, families }) => ({
  models: models.length,
  devices: devices.length,
  runtimes: runtimes.length,
  quantizations: families.reduce((n, f) => n + (f.recipes?.length ?? 0), 0)
});

/** As people look for names: "Pi 5" before "Pi 10". */
const names = new Intl.Collator('en', { numeric: true });
const byName = (a, b) => names.compare(a.name, b.name);

/** What the choosers show before any preset is loaded: devices in the order of their names. */
function indexOf(all, sizes, published, revision, date) {
  const { models, devices, runtimes, families, fitted, rejected } = all;
  const rows = { model: new Map(), device: new Map() };
  for (const r of published)
    for (const kind of ['model', 'device']) rows[kind].set(r[kind], (rows[kind].get(r[kind]) ?? 0) + 1);
  return {
    revision,
    date: date ?? undefined,
    rejected: rejected.length ? rejected : undefined,
    counts: countsOf({ models, devices, runtimes, families }),
    models: packed(
      models.map((m) => ({
        id: m.id,
        name: m.name,
        family: m.family,
        parameters: sizes.get(m.id),
        context: m.config?.max_position_embeddings,
        vision: m.config?.vision ? 1 : undefined,
        audio: m.config?.audio ? 1 : undefined,
        rows: rows.model.get(m.id),
        also: searchable(m),
        repo: m.hf_repo
      }))
    ),
    devices: packed(
      devices
        .slice()
        .sort(byName)
        .map((d) => ({
          id: d.id,
          name: d.name,
          class: d.class,
          gib: d.memory?.capacity_gib,
          usd: d.price_usd,
          year: d.release_year,
          rows: rows.device.get(d.id),
          also: searchable(d)
        }))
    ),
    runtimes: runtimes.map((r) => ({ id: r.id, name: r.name })),
    calibrated: fitted.map((c) => c.runtime)
  };
}

/** `edgewise`: an engine that has none yet; it checks them, and counts the parameters of the models. */
export function writePresets(from, to, edgewise) {
  rmSync(to, { recursive: true, force: true });
  for (const folder of ['models', 'devices', 'calibrations', 'evidence'])
    mkdirSync(join(to, folder), { recursive: true });
  const write = (name, value) => writeFileSync(join(to, name), JSON.stringify(value));
  const sequence = (name, presets, drop) => writeFileSync(join(to, name), sequenceOf(presets, drop));

  const all = readAll(from, acceptedBy(edgewise));
  const sizes = new Map(edgewise.catalog().models.map(({ id, parameters }) => [id, parameters]));
  const { classes, launchers, families, runtimes, models, devices, fitted, rest } = all;
  // Other names of models and devices are in the index; those of quantizations are not. Short ones come first: an engine
  // that has just begun compiles what it needs for each, and no piece of its reading gets long. But for the formats, which
  // the others name: start.json has some of them.
  const length = (preset) => (preset.type === 'formats' ? 0 : JSON.stringify(preset).length);
  const tables = [...classes, ...launchers, ...families, ...runtimes, ...rest].sort(
    (a, b) => length(a) - length(b)
  );
  sequence('base.json', tables, evidenceButNames);
  sequence('everything.json', [...models, ...devices, ...fitted], evidence);
  for (const p of models) write(`models/${p.id}.json`, strip(p, prose));
  for (const p of devices) write(`devices/${p.id}.json`, strip(p, prose));
  for (const p of fitted) write(`calibrations/${p.runtime}.json`, strip(p, evidence));
  const published = join(from, 'measurements/published.csv');
  const rows = existsSync(published) ? parse(readFileSync(published), { columns: true }) : [];
  for (const p of fitted) write(`evidence/${p.runtime}.json`, evidenceOf(p, rows));
  // How far off the predictions are: drawn by a view of its own, written with the report.
  if (existsSync(join(from, 'accuracy.json')))
    write('accuracy.json', JSON.parse(readFileSync(join(from, 'accuracy.json'), 'utf8')));
  const index = indexOf(all, sizes, rows, revisionOf(from), dateOf(from));
  write('index.json', index);
  // The same for who asks by ids alone.
  const ids = (list) => list.map((p) => p.id);
  write('ids.json', { ...index, models: ids(models), devices: ids(devices) });
  const speculation = join(from, 'speculation.json');
  if (existsSync(speculation))
    write('speculation.json', strip(JSON.parse(readFileSync(speculation, 'utf8')), prose));
  writeFileSync(join(to, 'quality.csv'), scoresOf(join(from, 'quality/quality.csv'), sizes));
  return { rejected: all.rejected, counts: countsOf(all) };
}
