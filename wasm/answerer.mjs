// The shape of the half that answers first, of presets that were checked already. Its functions take and give documents
// as answer/edgewise/json_value.h lays them out: the browser's own parser reads the text, and nobody writes any.
import { EdgewiseError, asJson, text } from './question.mjs';

// Kinds of values, as answer/edgewise/json_value.h numbers them; 0 is null.
const [boolean, number, string, array, object] = [1, 2, 3, 4, 5];
const bytes_of = { value: 16, member: 24 };
const utf8 = { encoder: new TextEncoder(), decoder: new TextDecoder() };

/** Longer texts are faster read and written by the browser's own coder, which costs about as much as so many letters. */
const short = 24;

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
  /** Writes a text where memory is free, without taking it; returns its bytes. */
  const write = (value) => {
    if (value.length > short) return utf8.encoder.encodeInto(value, bytes.subarray(free)).written;
    for (let i = 0; i < value.length; ++i) {
      const letter = value.charCodeAt(i);
      if (letter > 127) return utf8.encoder.encodeInto(value, bytes.subarray(free)).written;
      bytes[free + i] = letter;
    }
    return value.length;
  };
  const put = (at, value) => {
    if (typeof value === 'number') {
      header(at, number, 0, 0);
      view.setFloat64(at + 8, value, true);
    } else if (typeof value === 'boolean') {
      header(at, boolean, Number(value), 0);
    } else if (typeof value === 'string') {
      const size = write(value);
      header(at, string, size, take(size));
    } else if (Array.isArray(value)) {
      const target = take(value.length * bytes_of.value);
      header(at, array, value.length, target);
      for (let i = 0; i < value.length; ++i) put(target + i * bytes_of.value, value[i]);
    } else if (value !== null) {
      const keys = Object.keys(value);
      let member = take(keys.length * bytes_of.member);
      header(at, object, keys.length, member);
      for (const key of keys) {
        const size = write(key);
        view.setUint32(member, take(size), true);
        view.setUint32(member + 4, size, true);
        put(member + 8, value[key]);
        member += bytes_of.member;
      }
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
  const letters = (at, size) => {
    if (size > short) return utf8.decoder.decode(bytes.subarray(at, at + size));
    let text = '';
    for (let i = at; i < at + size; ++i) {
      if (bytes[i] > 127) return utf8.decoder.decode(bytes.subarray(at, at + size));
      text += String.fromCharCode(bytes[i]);
    }
    return text;
  };
  const get = (at) => {
    const size = view.getUint32(at + 4, true);
    const target = view.getUint32(at + 8, true);
    switch (view.getUint32(at, true)) {
      case boolean:
        return size !== 0;
      case number:
        return view.getFloat64(at + 8, true);
      case string:
        return letters(target, size);
      case array: {
        const list = [];
        for (let i = 0; i < size; ++i) list.push(get(target + i * bytes_of.value));
        return list;
      }
      case object: {
        const value = {};
        for (let i = 0; i < size; ++i) {
          const member = target + i * bytes_of.member;
          const key = letters(view.getUint32(member, true), view.getUint32(member + 4, true));
          value[key] = get(member + 8);
        }
        return value;
      }
    }
    return null;
  };
  return get(root);
}

/** What the engine asks of its surroundings. */
export const imports = {
  env: { emscripten_notify_memory_growth() {} },
  wasi_snapshot_preview1: {
    proc_exit() {
      throw new WebAssembly.RuntimeError('the engine ran out of memory');
    },
  },
};

/** The functions of an instance. */
export function answerer({ exports: engine }) {
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
    if (!id) throw new EdgewiseError([{ code: 'unknown_word', path: '', message: 'is no preset' }]);
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
