import createEngine from './edgewise-engine.js';
import { whole } from './engine.mjs';
import { fetched, source, start } from './loading.mjs';

export { EdgewiseError } from './engine.mjs';

// Bundlers look for this very expression.
const beside = () => new URL('./edgewise-engine.wasm', import.meta.url);

export const load = (options) => start(createEngine, whole, options, source(options, beside, fetched));
