import createEngine from './edgewise-estimate.js';
import { estimator } from './engine.mjs';
import { fetched, source, start } from './loading.mjs';

export { EdgewiseError } from './engine.mjs';

// Bundlers look for this very expression.
const beside = () => new URL('./edgewise-estimate.wasm', import.meta.url);

export const load = (options) => start(createEngine, estimator, options, source(options, beside, fetched));
