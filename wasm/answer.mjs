// The first half of the engine: what answers a question of presets that were checked already. Its functions take and give
// documents as answer/edgewise/json_value.h lays them out: the browser's own parser reads the text, and nobody writes any.
import { EdgewiseError, asJson, text, wasmBytes } from './engine.mjs';

export { EdgewiseError } from './engine.mjs';

const kinds = ['null', 'boolean', 'number', 'string', 'array', 'object'];
const [boolean, number, string, array, object] = [1, 2, 3, 4, 5];
const bytes_of = { value: 16, member: 24 };
const utf8 = { encoder: new TextEncoder(), decoder: new TextDecoder() };

/** Lays a value out in the memory from `begin` on; returns where it stands. */
function layOut(memory, begin, value) {
  const view = new DataView(memory.buffer);
  const bytes = new Uint8Array(memory.buffer);
  let free = begin;
  const take = (size) => {
    const at = free;
    free += (size + 7) & ~7;
    return at;
  };
  const header = (at, kind, size, target) => {
    view.setUint32(at, kind, true);
    view.setUint32(at + 4, size, true);
    view.setUint32(at + 8, target, true);
  };
  const letters = (value) => {
    const { written } = utf8.encoder.encodeInto(value, bytes.subarray(free));
    return [take(written), written];
  };
  const put = (at, value) => {
    if (typeof value === 'number') {
      header(at, number, 0, 0);
      view.setFloat64(at + 8, value, true);
    } else if (typeof value === 'boolean') {
      header(at, boolean, Number(value), 0);
    } else if (typeof value === 'string') {
      const [target, size] = letters(value);
      header(at, string, size, target);
    } else if (Array.isArray(value)) {
      const target = take(value.length * bytes_of.value);
      header(at, array, value.length, target);
      value.forEach((item, i) => put(target + i * bytes_of.value, item));
    } else if (value !== null) {
      const members = Object.entries(value);
      const target = take(members.length * bytes_of.member);
      header(at, object, members.length, target);
      members.forEach(([key, item], i) => {
        const member = target + i * bytes_of.member;
        const [name, size] = letters(key);
        view.setUint32(member, name, true);
        view.setUint32(member + 4, size, true);
        put(member + 8, item);
      });
    } else {
      header(at, 0, 0, 0);
    }
  };
  const root = take(bytes_of.value);
  put(root, value);
  return root;
}

/** The value that stands at `root`. */
function readOut(memory, root) {
  const view = new DataView(memory.buffer);
  const bytes = new Uint8Array(memory.buffer);
  const letters = (at, size) => utf8.decoder.decode(bytes.subarray(at, at + size));
  const get = (at) => {
    const [kind, size, target] = [0, 4, 8].map((offset) => view.getUint32(at + offset, true));
    switch (kinds[kind]) {
      case 'boolean':
        return size !== 0;
      case 'number':
        return view.getFloat64(at + 8, true);
      case 'string':
        return letters(target, size);
      case 'array':
        return Array.from({ length: size }, (_, i) => get(target + i * bytes_of.value));
      case 'object':
        return Object.fromEntries(
          Array.from({ length: size }, (_, i) => {
            const member = target + i * bytes_of.member;
            return [letters(view.getUint32(member, true), view.getUint32(member + 4, true)), get(member + 8)];
          }));
    }
    return null;
  };
  return get(root);
}

async function instance(url, given) {
  const imports = {
    env: { emscripten_notify_memory_growth() {} },
    wasi_snapshot_preview1: {
      proc_exit() {
        throw new WebAssembly.RuntimeError('the engine ran out of memory');
      },
    },
  };
  const bytes = given ?? (await wasmBytes(url));
  if (bytes) return (await WebAssembly.instantiate(bytes, imports)).instance;
  const response = await fetch(url, { credentials: 'same-origin' });
  if (!response.ok) throw new Error(`${url} ${response.status}`);
  // A server that does not know the type of the file would have it refused.
  const typed = response.headers.get('content-type') === 'application/wasm';
  const { instance } = typed
    ? await WebAssembly.instantiateStreaming(response, imports)
    : await WebAssembly.instantiate(await response.arrayBuffer(), imports);
  return instance;
}

/** Loads the half that answers, like `load` of the whole package; its file is edgewise-answer.wasm. */
export async function load({ wasmUrl, wasmBinary } = {}) {
  const { exports: engine } = await instance(new URL(wasmUrl ?? './edgewise-answer.wasm', import.meta.url), wasmBinary);
  engine._initialize();
  const parsed = (json) => {
    try {
      return JSON.parse(json);
    } catch (error) {
      throw new EdgewiseError([{ code: 'syntax', path: '', message: String(error.message) }]);
    }
  };
  /** Asks a function of the engine about a document. No value takes more room than nine bytes for a letter of its text. */
  const ask = (name, json) => {
    const value = parsed(json);
    const root = layOut(engine.memory, engine.room(9 * json.length + 64), value);
    return readOut(engine.memory, engine[name](root));
  };
  const tell = (name) => {
    engine.room(0);
    return readOut(engine.memory, engine[name]());
  };
  const addPreset = (preset) => {
    const id = ask('add_preset', text(preset, 'preset'));
    if (id === null) throw new EdgewiseError([{ code: 'unknown_word', path: 'type', message: 'is no preset' }]);
    return id;
  };
  return {
    addPreset,
    addPresets: (sequence) => text(sequence, 'sequence').split('\x1e').filter((preset) => preset.trim()).forEach(addPreset),
    choose: (query) => ask('choose', asJson(query)),
    catalog: () => tell('catalog'),
    version: () => ({ version: tell('version') }),
  };
}
