import type { Edgewise } from 'edgewise';
import type { Asker } from './asker';
import { beginsWith, isGguf, lengthBytes, mostHeader, safetensorsEnd } from './headers';
import { chosen, explained, isWeights, quantOf, repository, type Repository } from './hub';
import { fill, listed } from './i18n';
import { bring } from './i18n/bring';
import type { HubSource } from './sources';
import type { Bringing, Choosing, Left } from './types';

/** The files of one model, of whose weights only headers were read. */
export interface Gathered {
  files: { name: string; bytes: string | Uint8Array }[];
  left: Left[];
  /** What the files are called together. */
  label: string;
}

/** `atOnce`: requests that run side by side. */
const most = { text: 4_000_000, index: 32_000_000, shards: 64, parts: 64, atOnce: 6 };
const firstRead = 262_144;
/** Files beside a config that say how weights are stored. */
const storage = ['hf_quant_config.json', 'quantize_config.json', 'quant_config.json', 'openvino_config.json'];
/** What PEFT writes beside the weights of an adapter. */
const adapter = 'adapter_config.json';
const numbered = /^(.*-)\d{5}(-of-)(\d{5})(\.\w+)$/;

/** Reads one file after the other from where they lie together. */
class Reader {
  readonly #engine: Edgewise;
  readonly #asker: Asker;
  readonly #urlOf: (name: string) => URL;
  readonly #explain: (error: unknown, name: string) => Error;

  constructor(
    engine: Edgewise,
    asker: Asker,
    urlOf: (name: string) => URL,
    explain: (error: unknown, name: string) => Error
  ) {
    this.#engine = engine;
    this.#asker = asker;
    this.#urlOf = urlOf;
    this.#explain = explain;
  }

  async #get(
    name: string,
    size: number,
    needs?: (start: Uint8Array) => number
  ): Promise<Uint8Array<ArrayBuffer>> {
    try {
      const bytes = await this.#asker.get(this.#urlOf(name), { name, most: size, needs });
      if (beginsWith(bytes, 'version https://git-lfs')) throw new Error(fill(bring.pointer, { file: name }));
      if (/^\s*</.test(String.fromCharCode(...bytes.slice(0, 32))))
        throw new Error(fill(bring.webPage, { file: name }));
      return bytes;
    } catch (error) {
      throw this.#explain(error, name);
    }
  }
  async text(name: string, size = most.text): Promise<string> {
    const bytes = await this.#get(name, size);
    try {
      return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    } catch (error) {
      throw new Error(fill(bring.noText, { file: name }), { cause: error });
    }
  }
  /** The header of a GGUF file: as much of its beginning as the engine needs. */
  async gguf(name: string): Promise<Uint8Array> {
    const bytes = await this.#get(name, mostHeader, (start) => {
      if (start.length < 4) return 4;
      if (!isGguf(start)) return start.length;
      if (start.length < firstRead) return firstRead;
      return this.#isCut(name, start) ? Math.ceil(1.5 * start.length) : start.length;
    });
    if (!isGguf(bytes)) throw new Error(fill(bring.notGguf, { file: name }));
    return bytes;
  }
  #isCut(name: string, bytes: Uint8Array): boolean {
    try {
      this.#engine.modelPreset([{ name, bytes }], '');
      return false;
    } catch (error) {
      return (error as { code?: unknown }).code === 'truncated';
    }
  }
  /** The header of a safetensors file, which states its length first. */
  safetensors(name: string): Promise<Uint8Array> {
    return this.#get(name, mostHeader, (start) =>
      start.length < lengthBytes ? lengthBytes : safetensorsEnd(start)
    );
  }
}

/** Does the same for each, a few side by side; nothing more is begun once one has failed. */
async function each<T>(names: string[], read: (name: string) => Promise<T>): Promise<T[]> {
  const done: T[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < names.length) {
      const i = next++;
      // oxlint-disable-next-line no-await-in-loop -- the lanes are what runs side by side
      done[i] = await read(names[i]);
    }
  };
  try {
    await Promise.all(Array.from({ length: most.atOnce }, lane));
  } finally {
    next = names.length;
  }
  return done;
}

/** All parts of a file that is one of several. */
function partsOf(name: string): string[] {
  const [, head, of, count, tail] = numbered.exec(name) ?? [];
  const n = Number(count);
  if (!(n > 1 && n <= 10_000)) return [name];
  return Array.from({ length: n }, (_, i) => `${head}${String(i + 1).padStart(5, '0')}${of}${count}${tail}`);
}

async function ggufs(reader: Reader, names: string[]): Promise<Gathered> {
  if (names.length > most.parts)
    throw new Error(fill(bring.tooManyParts, { n: names.length, most: most.parts }));
  const files = await each(names, async (name) => ({ name, bytes: await reader.gguf(name) }));
  return { files, left: [], label: '' };
}

/** The files that an index names. */
function indexed(text: string, name: string): string[] {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new Error(fill(bring.noIndex, { file: name }), { cause: error });
  }
  const map = (Object(json) as { weight_map?: unknown }).weight_map;
  const names = new Set(
    Object.values(Object(map) as object).filter((x): x is string => typeof x === 'string')
  );
  const plain = [...names].filter((x) => /^[\w.-]+\.safetensors$/i.test(x));
  if (!plain.length) throw new Error(fill(bring.noIndex, { file: name }));
  return plain;
}

/** A config with the headers of the weights beside it. */
async function checkpoint(reader: Reader, shards: string[], sides: string[]): Promise<Gathered> {
  const config = { name: 'config.json', bytes: await reader.text('config.json') };
  const said = await each(sides, async (name) => ({ name, bytes: await reader.text(name) }));
  if (shards.length > most.shards)
    return {
      files: [config, ...said],
      left: [{ name: fill(bring.shards, { n: shards.length }), why: 'many' }],
      label: ''
    };
  const headers = await each(shards, async (name) => ({ name, bytes: await reader.safetensors(name) }));
  return { files: [config, ...said, ...headers], left: [], label: '' };
}

async function ofRepository(reader: Reader, { files }: Repository): Promise<Gathered> {
  const names = files.map((f) => f.name);
  const sides = storage.filter((name) => names.includes(name));
  const index = 'model.safetensors.index.json';
  if (names.includes(index))
    return checkpoint(reader, indexed(await reader.text(index, most.index), index), sides);
  return checkpoint(reader, names.filter(isWeights), sides);
}

/** What a file by its name is read with. */
async function ofFile(reader: Reader, name: string): Promise<Gathered> {
  if (/\.gguf$/i.test(name)) return ggufs(reader, partsOf(name));
  if (/\.safetensors$/i.test(name)) return checkpoint(reader, partsOf(name), []);
  if (/\.index\.json$/i.test(name))
    return checkpoint(reader, indexed(await reader.text(name, most.index), name), []);
  return { files: [{ name, bytes: await reader.text(name) }], left: [], label: '' };
}

async function ofHub(
  engine: Edgewise,
  asker: Asker,
  source: HubSource,
  hub: string,
  files: string[] | undefined
): Promise<Gathered | Choosing> {
  const urlOf = (name: string): URL =>
    new URL(
      `${hub}${source.id}/resolve/${encodeURIComponent(source.revision)}/${name.split('/').map(encodeURIComponent).join('/')}`
    );
  const reader = new Reader(engine, asker, urlOf, (error, name) => explained(error, source, hub, name));
  if (files?.[0] && /\.gguf$/i.test(files[0]))
    return { ...(await ggufs(reader, partsOf(files[0]))), label: quantOf(files[0]) };
  if (source.path) {
    const folder = source.path.split('/').slice(0, -1).join('/');
    if (!folder) return ofFile(reader, source.path);
    const within = new Reader(
      engine,
      asker,
      (name) => urlOf(`${folder}/${name}`),
      (error, name) => explained(error, source, hub, `${folder}/${name}`)
    );
    return ofFile(within, source.path.split('/').pop()!);
  }
  const there = await repository(asker, source, hub);
  const { choices, left } = there;
  // The engine says what an adapter is of.
  if (!choices.length && there.files.some((f) => f.name === adapter)) return ofFile(reader, adapter);
  if (!choices.length) throw new Error(fill(bring.nothing, { id: source.id }));
  const asked = files ? choices.find((c) => c.files[0] === files[0]) : undefined;
  const one =
    asked ?? (source.quant ? chosen(choices, source.quant) : choices.length === 1 ? choices[0] : undefined);
  if (!one) {
    if (!source.quant) return { choices, left };
    const list = listed(choices.map((c) => c.label));
    throw new Error(fill(bring.noQuant, { quant: source.quant, id: source.id, list }));
  }
  const read =
    one.files[0] === 'config.json'
      ? await ofRepository(reader, there)
      : await ggufs(reader, partsOf(one.files[0]));
  // A quantization is part of the name where there are several.
  return {
    ...read,
    left: [...left, ...read.left],
    label: choices.length > 1 || source.quant ? one.label : ''
  };
}

/** The files of the model that a source names, or which ones there are to choose from. Throws what went wrong. */
export async function gather(
  engine: Edgewise,
  asker: Asker,
  { source, hub, files }: Bringing
): Promise<Gathered | Choosing> {
  if (source.at === 'hub') return ofHub(engine, asker, source, hub, files);
  const url = new URL(source.url);
  const name = decodeURIComponent(url.pathname.split('/').pop() ?? '') || url.host;
  const reader = new Reader(
    engine,
    asker,
    (file) => (file === name ? url : new URL(encodeURIComponent(file), url)),
    (error, file) => explained(error, source, hub, file)
  );
  return ofFile(reader, name);
}
