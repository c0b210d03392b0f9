import createEngine from './edgewise-engine.js';

/** Why something was refused. `errors` holds every reason, the first one is also on the error itself. */
export class EdgewiseError extends Error {
  constructor(errors) {
    super(errors.map((e) => (e.path ? `${e.path}: ${e.message}` : e.message)).join('\n'));
    this.name = 'EdgewiseError';
    this.errors = errors;
    this.code = errors[0].code;
    this.path = errors[0].path;
  }
}

/** Unwraps the engine's {value} or {errors}. */
function unwrap(text) {
  const reply = JSON.parse(text);
  if (reply.errors) throw new EdgewiseError(reply.errors);
  return reply.value;
}

/** A question as JSON text. JSON has no NaN and no infinity, and would say null, which is no number either. */
function asJson(question) {
  return JSON.stringify(question, (key, value) => {
    if (typeof value !== 'number' || Number.isFinite(value)) return value;
    throw new EdgewiseError([{ code: 'not_finite', path: key, message: `is ${value}, must be a finite number` }]);
  });
}

/** Bytes as the engine's strings carry them: one character per byte for headers, UTF-8 for text. */
function asText(input) {
  if (typeof input === 'string') return input;
  return input instanceof Uint8Array ? input : new Uint8Array(input);
}

async function wasmBytes(url) {
  if (typeof process !== 'undefined' && process.versions?.node && url.protocol === 'file:') {
    const { readFile } = await import('node:fs/promises');
    return readFile(url);
  }
  return undefined;
}

/**
 * Loads the engine. `wasmUrl` says where edgewise-engine.wasm is (default: beside this module);
 * `wasmBinary` gives its bytes.
 */
export async function load({ wasmUrl, wasmBinary } = {}) {
  const url = new URL(wasmUrl ?? './edgewise-engine.wasm', import.meta.url);
  const engine = await createEngine({ locateFile: () => url.href, wasmBinary: wasmBinary ?? (await wasmBytes(url)) });
  return {
    addPreset: (text) => unwrap(engine.addPreset(text)),
    addPresets: (text) => void unwrap(engine.addSequence(text)),
    importModel: (input, name = 'imported') => unwrap(engine.importModel(asText(input), name)),
    choose: (query) => unwrap(engine.choose(asJson(query))),
    estimate: (query) => unwrap(engine.estimate(asJson(query))),
    explain: (query) => unwrap(engine.explain(asJson(query))),
    sweep(query, axis, values) {
      const reply = unwrap(engine.sweep(asJson(query), String(axis), asJson(Array.from(values))));
      const columns = Object.fromEntries(
        Object.entries(reply.columns).map(([id, column]) => [id, Float64Array.from(column, (x) => x ?? NaN)]));
      return { axis, values: Float64Array.from(reply.values), columns };
    },
    explore: (query, bounds = {}, limit = 200) =>
      unwrap(engine.explore(asJson(query), asJson(bounds), limit)),
    catalog: () => JSON.parse(engine.catalog()),
    version: () => JSON.parse(engine.version()),
  };
}
