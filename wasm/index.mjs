import createEngine from './edgewise-engine.js';
import { asFiles, asJson, estimator, start, text, unwrap } from './engine.mjs';

export { EdgewiseError } from './engine.mjs';

/**
 * Loads the engine. `wasmUrl` says where edgewise-engine.wasm is (default: beside this module);
 * `wasmBinary` gives its bytes.
 */
export async function load(options) {
  const engine = await start(createEngine, './edgewise-engine.wasm', options);
  return {
    ...estimator(engine),
    check: (preset) => unwrap(engine.check(text(preset, 'preset'))),
    importModel: (input, name = 'imported') => unwrap(engine.importModel(asFiles(input, name), text(name, 'name'))),
    knownPreset: (query, devicePreset, id = '') =>
      unwrap(engine.knownPreset(asJson(query, 'query'), text(devicePreset, 'devicePreset'), text(id, 'id'), new Date().toISOString().slice(0, 10))),
    knownFrom: (query, printed) => unwrap(engine.knownFrom(asJson(query, 'query'), text(printed, 'printed'))),
    serving: (query, load = {}) => unwrap(engine.serving(asJson(query, 'query'), asJson(load, 'load'))),
    modelPreset: (input, name = 'imported') => unwrap(engine.modelPreset(asFiles(input, name), text(name, 'name'))),
  };
}
