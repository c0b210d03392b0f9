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
    estimate: (query) => unwrap(engine.estimate(JSON.stringify(query))),
    explain: (query) => unwrap(engine.explain(JSON.stringify(query))),
    sweep(query, axis, values) {
      const reply = unwrap(engine.sweep(JSON.stringify(query), axis, JSON.stringify(Array.from(values))));
      const columns = Object.fromEntries(
        Object.entries(reply.columns).map(([id, column]) => [id, Float64Array.from(column, (x) => x ?? NaN)]));
      return { axis, values: Float64Array.from(reply.values), columns };
    },
    explore: (query, bounds = {}, limit = 200) =>
      unwrap(engine.explore(JSON.stringify(query), JSON.stringify(bounds), limit)),
    catalog: () => JSON.parse(engine.catalog()),
    version: () => JSON.parse(engine.version()),
    /** Runs the fast path `n` times in one call, for the benchmark. */
    benchmark: (query, n) => engine.benchmark(JSON.stringify(query), n),
  };
}
