import { answerer, imports } from './answerer.mjs';
import { fetched, filled, source } from './loading.mjs';

export { EdgewiseError } from './question.mjs';

// Bundlers look for this very expression.
const beside = () => new URL('./edgewise-answer.wasm', import.meta.url);

export const load = async (options) => filled(answerer((await source(options, beside, fetched)(imports)).instance), options);
