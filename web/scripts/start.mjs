// What the page needs to answer the default question, in one small file: the tables that hold for every question
// without the rows that this answer does not rest on, its model and its device. The engine says which rows those
// are: what can go without a change of any byte of the answer goes. Everything else is fetched later, whole.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const records = (path) =>
  readFileSync(path, 'utf8')
    .split('\x1e')
    .filter((text) => text.trim())
    .map((text) => JSON.parse(text));

/** The members of a list that `holds` cannot do without: halves are tried first, then smaller pieces. */
function needed(list, holds) {
  let kept = list;
  for (let size = Math.ceil(list.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2))
    for (let at = 0; at < kept.length;) {
      const fewer = [...kept.slice(0, at), ...kept.slice(at + size)];
      if (holds(fewer)) kept = fewer;
      else at += size;
    }
  return kept;
}
const members = (object, holds) =>
  Object.fromEntries(needed(Object.entries(object), (entries) => holds(Object.fromEntries(entries))));

/** Calibrations keep a place for each device: the answer names its own by its place. */
function fitted(preset, holds) {
  const now = { ...preset };
  const attempt = (name, value) => {
    if (holds({ ...now, [name]: value })) now[name] = value;
  };
  now.classes = needed(now.classes ?? [], (classes) => holds({ ...now, classes }));
  for (const [i, { devices }] of preset.devices.entries()) {
    const place = { devices: devices.slice(0, 1), parameters: {} };
    attempt('devices', now.devices.with(i, place));
    const { models } = now.devices[i];
    if (!models) continue;
    const of = (speeds) => now.devices.with(i, { ...now.devices[i], models: speeds });
    now.devices = of(needed(models, (speeds) => holds({ ...now, devices: of(speeds) })));
  }
  const { defaults = {} } = preset;
  for (const [name, table] of Object.entries(defaults)) {
    if (typeof table !== 'object') continue;
    const of = (rows) => ({ ...now.defaults, [name]: rows });
    now.defaults = of(members(table, (rows) => holds({ ...now, defaults: of(rows) })));
  }
  return now;
}
/** Other tables are lists of rows. */
function tables(preset, holds) {
  const now = { ...preset };
  for (const [name, rows] of Object.entries(preset))
    if (Array.isArray(rows))
      now[name] = needed(rows, (list) => holds(Object.assign({}, now, { [name]: list })));
  return now;
}

/** Of the storage formats, those that `others` name, and what these fall back to or cost like. */
function namedFormats(preset, others) {
  let formats = [];
  for (;;) {
    const text = JSON.stringify([others, formats]);
    const named = preset.formats.filter(({ id }) => text.includes(`"${id}"`));
    if (named.length === formats.length) return { ...preset, formats };
    formats = named;
  }
}

/** Of the index, what the default question names. */
const listed = ({ columns, rows }, id) => ({
  columns,
  rows: rows.filter((row) => row[columns.indexOf('id')] === id)
});

/** `load` makes an empty engine. Writes presets/start.json of the site, from what was written there. */
export async function writeStart(presets, load) {
  const at = (name) => join(presets, name);
  const json = (name) => JSON.parse(readFileSync(at(name), 'utf8'));
  const edgewise = await load();
  const base = records(at('base.json'));
  const add = (to, preset) => to.addPreset(JSON.stringify(preset));
  for (const preset of base) add(edgewise, preset);
  const query = edgewise.catalog().default_query;
  const own = [`models/${query.model}.json`, `devices/${query.device}.json`];
  for (const path of own) add(edgewise, json(path));
  const calibrations = edgewise
    .choose(query)
    .needs.filter((need) => need.type === 'calibrations')
    .map((need) => `calibrations/${need.id}.json`);
  for (const path of calibrations) add(edgewise, json(path));
  const answered = (engine) => JSON.stringify([query, { ...query, ways_out: true }].map(engine.choose));
  const answer = answered(edgewise);

  const holds = (preset) => {
    try {
      add(edgewise, preset);
    } catch {
      return false; // a table may not go empty
    }
    return answered(edgewise) === answer;
  };
  const least = (preset, reduce) => {
    const reduced = reduce(preset, holds);
    add(edgewise, reduced);
    return reduced;
  };
  const ofClass = json(own[1]).class;
  const spared = (preset) => {
    if (preset.type === 'device-classes')
      return { ...preset, classes: preset.classes.filter(({ id }) => id === ofClass) };
    if (preset.type === 'runtime') {
      // That they compute its one model is known.
      const { model_types: _types, ...rest } = preset;
      return rest;
    }
    return ['intervals', 'power'].includes(preset.type) ? least(preset, tables) : preset;
  };
  // The choosers list what runs on the device, and what the runtime of the answer runs.
  const catalog = edgewise.catalog();
  const runtimes = new Set(catalog.devices.find(({ id }) => id === query.device).runtimes);
  const runs = new Set(
    catalog.runtimes.find(({ id }) => id === edgewise.choose(query).answer.runtime.id).quantizations
  );
  const listable = (preset) => {
    if (preset.type === 'runtime') return runtimes.has(preset.id);
    if (preset.type === 'quantizations') return preset.recipes.some(({ id }) => runs.has(id));
    // Who starts the runtime is a question of its own.
    return preset.type !== 'launchers';
  };
  const files = Object.fromEntries(own.map((path) => [path, json(path)]));
  for (const path of calibrations) files[path] = least(json(path), fitted);
  const { models, devices, ...index } = json('index.json');
  const kept = base.filter(listable).map(spared);
  const others = [...kept.filter(({ type }) => type !== 'formats'), ...Object.values(files)];
  const start = {
    index: {
      ...index,
      runtimes: index.runtimes.filter(({ id }) => runtimes.has(id)),
      calibrated: index.calibrated.filter((id) => runtimes.has(id)),
      models: listed(models, query.model),
      devices: listed(devices, query.device)
    },
    base: kept.map((preset) => (preset.type === 'formats' ? namedFormats(preset, others) : preset)),
    files
  };
  const fresh = await load();
  for (const preset of [...start.base, ...Object.values(files)]) add(fresh, preset);
  if (answered(fresh) !== answer) throw new Error('start.json does not give the answer of all presets');
  writeFileSync(at('start.json'), JSON.stringify(start));
}
