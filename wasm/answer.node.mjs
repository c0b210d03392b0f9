import { answerer, imports } from './answerer.mjs';
import { fileBeside, read } from './file.node.mjs';
import { filled, source } from './loading.mjs';

export { EdgewiseError } from './question.mjs';

const beside = fileBeside('edgewise-answer.wasm');

export const load = async (options) => filled(answerer((await source(options, beside, read)(imports)).instance), options);
