// How the WebAssembly of an engine comes: its bytes, from an address, or from beside the module that asks.
import { EdgewiseError } from './question.mjs';

/** Loading failed: `remedy` says what helps, and `address` where the file was looked for. */
function failed(code, address, message, remedy, cause) {
  const where = String(address ?? '');
  const path = ['wasm_forbidden', 'no_webassembly'].includes(code) ? '' : 'wasmUrl';
  const error = new EdgewiseError([{ code, path, message: `${message}. ${remedy}`, values: { address: where } }]);
  return Object.assign(error, { address: where, remedy, cause });
}

const remedies = {
  file: 'Copy the .wasm file of the package there, or say by wasmUrl where it is; edgewise/inline needs no file',
  network: "Check the connection, the server's CORS headers, and connect-src of the page's Content-Security-Policy",
  type: 'What answers there is another file, such as the page that a server gives for addresses it does not know: serve the .wasm file of the package',
  policy: "Add 'wasm-unsafe-eval' to script-src",
  version: 'Take the modules, and the .wasm file that is called as theirs, of one release',
  runtime: 'Use a browser or a runtime that has it, in no mode that turns it off',
};
const reason = (error) => (error instanceof Error ? error.message : String(error));

function missing(address, why, cause) {
  return failed('wasm_missing', address, `${address} is not there (${why})`, remedies.file, cause);
}

/** What `read` gives of an address: bytes, or the response of a server. */
async function fromAddress(address, read) {
  let found;
  try {
    found = await read(address);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'EISDIR'].includes(error?.code)) throw missing(address, 'no such file', error);
    throw failed('wasm_unreachable', address, `${address} could not be read: ${reason(error)}`, remedies.network, error);
  }
  if (found.ok === false) {
    const status = `HTTP ${found.status}`;
    if (found.status === 404 || found.status === 410) throw missing(address, status);
    throw failed('wasm_unreachable', address, `${address} could not be read: ${status}`, remedies.network);
  }
  return found;
}

const isBytes = (found) => found instanceof Uint8Array || found instanceof ArrayBuffer;
const isWasm = (bytes) => [0, 0x61, 0x73, 0x6d].every((byte, i) => new Uint8Array(bytes.buffer ?? bytes, bytes.byteOffset ?? 0)[i] === byte);

/** Whether it is the page's policy that forbids it, in the words of each browser. */
const isOfPolicy = (error) => /content security policy|unsafe-eval|blocked by csp/i.test(reason(error));

async function compiled(found, imports, address) {
  try {
    // A server that does not know the type of the file would have it refused: then its bytes are looked at.
    if (isBytes(found)) return await fromBytes(found, imports, address);
    const type = found.headers.get('content-type') ?? '';
    return /^application\/wasm\s*(;|$)/i.test(type)
      ? await WebAssembly.instantiateStreaming(found, imports)
      : await fromBytes(await found.arrayBuffer(), imports, address, type);
  } catch (error) {
    if (error instanceof EdgewiseError) throw error;
    if (isOfPolicy(error)) throw failed('wasm_forbidden', address, "The page's Content-Security-Policy forbids WebAssembly", remedies.policy, error);
    // Where a module of imports is missing, browsers throw a TypeError.
    if (error instanceof WebAssembly.CompileError || error instanceof WebAssembly.LinkError || /\bimport\b/i.test(reason(error)))
      throw failed('wasm_unfit', address, `${address || 'wasmBinary'} is damaged or of another release: ${reason(error)}`, remedies.version, error);
    throw failed('wasm_unreachable', address, `${address || 'wasmBinary'} could not be read: ${reason(error)}`, remedies.network, error);
  }
}
function fromBytes(bytes, imports, address, type = '') {
  if (!isWasm(bytes)) throw failed('wasm_wrong_type', address, `${address || 'wasmBinary'} is no WebAssembly${type && `, the server calls it ${type}`}`, remedies.type);
  return WebAssembly.instantiate(bytes, imports);
}

function needWebAssembly() {
  if (typeof WebAssembly !== 'object') throw failed('no_webassembly', '', 'WebAssembly is not available', remedies.runtime);
}

/**
 * Where the file comes from that `load` was asked for. `beside`: the address of the engine's own; `read`: what gives the
 * bytes or the response of an address.
 */
export function source(options, beside, read) {
  const { presets: _, wasmUrl, wasmBinary, ...others } = options ?? {};
  return async (imports) => {
    const [unknown] = Object.keys(others);
    if (unknown !== undefined) throw new EdgewiseError([{ code: 'unknown_word', path: unknown, message: 'is no option of load: presets, wasmUrl, wasmBinary' }]);
    needWebAssembly();
    if (wasmBinary !== undefined) {
      if (!isBytes(wasmBinary)) throw new EdgewiseError([{ code: 'wrong_type', path: 'wasmBinary', message: 'must be the bytes of a .wasm file' }]);
      return compiled(wasmBinary, imports, '');
    }
    let address = wasmUrl;
    try {
      address ??= beside();
    } catch (error) {
      throw missing('the .wasm file', 'this module has no address', error);
    }
    return compiled(await fromAddress(address, read), imports, address);
  };
}

/** As browsers read an address. */
export const fetched = (address) => fetch(address, { credentials: 'same-origin' });

/** With the presets that `load` was asked for, texts as `addPresets` takes them. */
export function filled(engine, options) {
  for (const sequence of [options?.presets ?? []].flat()) engine.addPresets(sequence);
  return engine;
}

/** The file of another engine may ask for the same imports, and ends when it is begun. */
function begin(run) {
  try {
    run();
  } catch (error) {
    throw failed('wasm_unfit', '', `The .wasm file is of another engine or release: ${reason(error)}`, remedies.version, error);
  }
}

/** Starts an engine that Emscripten made; `shape` gives it its functions. */
export async function start(createEngine, shape, options, from) {
  needWebAssembly(); // without it the glue ends in words of its own
  const engine = await new Promise((resolve, reject) => {
    createEngine({
      instantiateWasm(imports, receive) {
        from(imports)
          .then(({ instance, module }) => begin(() => receive(instance, module)))
          .catch(reject);
        return {};
      },
    }).then(resolve, reject);
  });
  return filled(shape(engine), options);
}
