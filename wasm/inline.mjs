import createEngine from './edgewise-engine.js';
import base64 from './edgewise-engine.wasm.mjs';
import { whole } from './engine.mjs';
import { source, start } from './loading.mjs';

export { EdgewiseError } from './engine.mjs';

export async function load(options) {
  const wasmBinary = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  return start(createEngine, whole, options, source({ ...options, wasmBinary }));
}
