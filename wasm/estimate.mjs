import createEngine from './edgewise-estimate.js';
import { estimator, start } from './engine.mjs';

export { EdgewiseError } from './engine.mjs';

/** Loads the engine that only estimates, like `load` of the whole package; its file is edgewise-estimate.wasm. */
export const load = async (options) => estimator(await start(createEngine, './edgewise-estimate.wasm', options));
