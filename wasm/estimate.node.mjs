import createEngine from './edgewise-estimate.js';
import { estimator } from './engine.mjs';
import { fileBeside, read } from './file.node.mjs';
import { source, start } from './loading.mjs';

export { EdgewiseError } from './engine.mjs';

const beside = fileBeside('edgewise-estimate.wasm');

export const load = (options) => start(createEngine, estimator, options, source(options, beside, read));
