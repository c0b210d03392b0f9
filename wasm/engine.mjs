// What the engines have in common: the shape of what bindings.cpp gives.

import { asJson, EdgewiseError, refuse, text } from './question.mjs';

export { EdgewiseError };

/** Unwraps the engine's {value} or {errors}. */
export function unwrap(text) {
  const reply = JSON.parse(text);
  if (Object.hasOwn(reply, 'errors')) throw new EdgewiseError(reply.errors);
  return reply.value;
}

/** More than any header or sweep needs is refused before it is copied. */
const most = { header: 64 * 1024 * 1024, values: 100_000, rows: 1_000_000, cells: 16_000_000, files: 1000, input: 256 * 1024 * 1024 };

/** Bytes as the engine's strings carry them: one character per byte for headers, UTF-8 for text. */
export function asText(input) {
  if (typeof input === 'string') return text(input, 'input');
  if (!(input instanceof Uint8Array || input instanceof ArrayBuffer)) refuse('wrong_type', 'input', 'must be a text or bytes');
  try {
    // Of a .gguf file only the header is read.
    return new Uint8Array(input.buffer ?? input, input.byteOffset ?? 0, Math.min(input.byteLength, most.header));
  } catch {
    return refuse('wrong_type', 'input', 'was handed to another thread: its bytes are not here');
  }
}
/** Of a safetensors file, which states the length of its header first, no more than that. */
function headerOf(bytes) {
  if (typeof bytes === 'string' || bytes.length < 8) return bytes;
  const length = new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true);
  return length < BigInt(bytes.length) ? bytes.subarray(0, 8 + Number(length)) : bytes;
}
/** The files of a model: one, which is called as the model, or several with their names. */
function asFiles(input, name) {
  const files = Array.isArray(input) ? input : [{ name: String(name), bytes: input }];
  if (files.length < 1 || files.length > most.files) refuse('out_of_range', 'input', `must be 1 to ${most.files} files`);
  const read = files.map((file) => {
    if (file === null || typeof file !== 'object') refuse('wrong_type', 'input', 'must be a list of {name, bytes}');
    const [name, bytes] = [text(file.name, 'input.name'), asText(file.bytes)];
    return { name, bytes: /\.safetensors$/i.test(name) ? headerOf(bytes) : bytes };
  });
  const size = read.reduce((sum, { bytes }) => sum + bytes.length, 0);
  if (size > most.input) refuse('too_large', 'input', `is longer than ${most.input} bytes: of weights only headers are needed`);
  return read;
}
/** Numbers, or names: a list of texts. */
function asValues(values) {
  if (!Array.isArray(values) && !(ArrayBuffer.isView(values) && 'length' in values)) refuse('wrong_type', 'values', 'must be a list of numbers or of names');
  if (values.length > most.values) refuse('too_large', 'values', `holds more than ${most.values} values`);
  return asJson(Array.from(values), 'values');
}
const floats = (columns) =>
  Object.fromEntries(Object.entries(columns).map(([id, column]) => [id, Float64Array.from(column, (x) => x ?? NaN)]));

/** Rows of what the engine holds column by column, in its memory: text of thousands of rows would be long to read. */
function explored({ rows: count, at, texts, numbers, flags, ...found }, memory) {
  const names = Object.keys(texts);
  const rows = Array.from({ length: count }, () => ({}));
  let place = at / 8;
  const column = (name, of) => {
    for (let i = 0; i < count; ++i) rows[i][name] = of(memory[place + i]);
    place += count;
  };
  for (const name of names) column(name, (x) => texts[name][x]);
  for (const name of numbers) column(name, (x) => (Number.isNaN(x) ? null : x));
  for (const name of flags) column(name, (x) => x === 1);
  return { ...found, rows };
}

const isNumbers = (column) => ArrayBuffer.isView(column) && 'length' in column && !(column instanceof BigInt64Array || column instanceof BigUint64Array);
/** What varies: numbers as they are, texts as places in the list of those that differ, column by column as the engine reads them. */
function columnsOf(given) {
  if (given === null || typeof given !== 'object') refuse('wrong_type', 'columns', 'must be an object of columns');
  let rows;
  const [texts, numbers, places, values] = [{}, [], [], []];
  for (const [name, column] of Object.entries(given)) {
    const path = `columns.${name}`;
    if (column === undefined) continue;
    if (!Array.isArray(column) && !isNumbers(column)) refuse('wrong_type', path, 'must be a list of numbers or of texts');
    rows ??= column.length;
    if (column.length !== rows) refuse('inconsistent', path, `holds ${column.length} values, the first column ${rows}`);
    if (rows > most.rows) refuse('too_large', path, `holds more than ${most.rows} values`);
    const type = isNumbers(column) ? 'number' : typeof column[0];
    if (rows > 0 && type !== 'number' && type !== 'string') refuse('wrong_type', `${path}[0]`, 'must be a number or a text');
    if (Array.isArray(column)) {
      const other = column.findIndex((x) => typeof x !== type);
      if (other >= 0) refuse('wrong_type', `${path}[${other}]`, `must be a ${type === 'number' ? type : 'text'}, as the first one is`);
    }
    if (type === 'string') {
      const known = new Map();
      places.push(Float64Array.from(column, (word) => known.get(word) ?? (known.set(word, known.size), known.size - 1)));
      texts[name] = [...known.keys()];
    } else {
      numbers.push(name);
      values.push(column);
    }
  }
  if (rows === undefined) refuse('missing', 'columns', 'hold no column');
  return { rows, texts, numbers, values: [...places, ...values] };
}

/** The functions that estimate. */
export function estimator(engine) {
  return {
    addPreset: (preset) => unwrap(engine.addPreset(text(preset, 'preset'))),
    addPresets: (sequence) => void unwrap(engine.addSequence(text(sequence, 'sequence'))),
    addNames: (names) => void unwrap(engine.addNames(text(JSON.stringify(names) ?? '', 'names'))),
    meant(kind, name) {
      if (!['model', 'device', 'runtime'].includes(kind)) refuse('unknown_word', 'kind', 'must be one of model, device, runtime');
      return unwrap(engine.meant(kind, text(name, 'name')));
    },
    choose: (query) => unwrap(engine.choose(asJson(query))),
    estimate: (query) => unwrap(engine.estimate(asJson(query))),
    estimateMany(query, columns, terms = ['decode_tok_s', 'ttft_s', 'memory_B']) {
      if (!Array.isArray(terms)) refuse('wrong_type', 'terms', 'must be a list of ids of terms');
      const base = asJson(query);
      const { rows, texts, numbers, values } = columnsOf(columns);
      const names = terms.map((term, i) => text(term, `terms[${i}]`));
      if (rows * (values.length + names.length) > most.cells) refuse('too_large', 'columns', `and terms are more than ${most.cells} numbers together`);
      const begin = engine.room(rows * values.length) / 8;
      values.forEach((column, i) => engine.HEAPF64.set(column, begin + i * rows));
      const { at, problems } = unwrap(engine.estimateMany(base, JSON.stringify({ rows, texts, numbers, terms: names })));
      const column = (i) => engine.HEAPF64.slice(at / 8 + i * rows, at / 8 + (i + 1) * rows);
      return {
        rows,
        columns: Object.fromEntries(names.map((name, i) => [name, column(i)])),
        status: Uint32Array.from(column(names.length)),
        problems,
      };
    },
    explain: (query) => unwrap(engine.explain(asJson(query))),
    sweep(query, axis, values = []) {
      const reply = unwrap(engine.sweep(asJson(query), text(axis, 'axis'), asValues(values)));
      const [columns, low, high] = [reply.columns, reply.low, reply.high].map(floats);
      return { ...reply, values: Float64Array.from(reply.values, (x) => x ?? NaN), columns, low, high };
    },
    whatIf: (query, term = 'decode_tok_s') => unwrap(engine.whatIf(asJson(query), text(term, 'term'))),
    roofline: (query) => unwrap(engine.roofline(asJson(query))),
    editable: (query) => unwrap(engine.editable(asJson(query))),
    editedPreset: (query, devicePreset, id) =>
      unwrap(engine.editedPreset(asJson(query), text(devicePreset, 'devicePreset'), text(id, 'id'))),
    explore(query, bounds = {}, limit = 200) {
      if (typeof limit !== 'number') refuse('wrong_type', 'limit', 'must be a number');
      return explored(unwrap(engine.explore(asJson(query), asJson(bounds, 'bounds'), limit)), engine.HEAPF64);
    },
    quality: (model) => unwrap(engine.quality(text(model, 'model'))),
    benchmarks: () => JSON.parse(engine.benchmarks()),
    catalog: () => JSON.parse(engine.catalog()),
    version: () => JSON.parse(engine.version()),
  };
}

/** All functions. */
export function whole(engine) {
  return {
    ...estimator(engine),
    check: (preset) => unwrap(engine.check(text(preset, 'preset'))),
    importModel: (input, name = '') => unwrap(engine.importModel(asFiles(input, name), text(name, 'name'))),
    knownPreset: (query, devicePreset, id = '') =>
      unwrap(engine.knownPreset(asJson(query, 'query'), text(devicePreset, 'devicePreset'), text(id, 'id'), new Date().toISOString().slice(0, 10))),
    knownFrom: (query, printed) => unwrap(engine.knownFrom(asJson(query, 'query'), text(printed, 'printed'))),
    serving: (query, load = {}) => unwrap(engine.serving(asJson(query, 'query'), asJson(load, 'load'))),
    modelPreset: (input, name = '') => unwrap(engine.modelPreset(asFiles(input, name), text(name, 'name'))),
  };
}
