import createEngine from './edgewise-engine.js';
import { whole } from './engine.mjs';
import { fileBeside, read } from './file.node.mjs';
import { source, start } from './loading.mjs';

export { EdgewiseError } from './engine.mjs';

const beside = fileBeside('edgewise-engine.wasm');

export const load = (options) => start(createEngine, whole, options, source(options, beside, read));
