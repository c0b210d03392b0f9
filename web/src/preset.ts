import type { Edgewise } from 'edgewise';
import { Asker } from './asker';
import { gather, type Gathered } from './gather';
import { isGguf, lengthBytes, mostHeader, safetensorsEnd } from './headers';
import { msg, fill, listed } from './i18n';
import { nameOfSource, type Source } from './sources';
import type {
  Bringing,
  Choosing,
  Following,
  Inspected,
  Inspection,
  Kind,
  Knowing,
  Printed,
  Printing,
  Query,
  ReadFile
} from './types';

type Content = string | Uint8Array;
type Files = { name: string; bytes: Content }[];
type Load = () => Promise<Edgewise>;

const bytesOf = async (file: Blob, from: number, to: number): Promise<Uint8Array> =>
  new Uint8Array(await file.slice(from, to).arrayBuffer());

async function contentOf(file: File): Promise<Content> {
  const start = await bytesOf(file, 0, lengthBytes);
  if (isGguf(start)) return bytesOf(file, 0, mostHeader);
  if (file.name.toLowerCase().endsWith('.safetensors') && start.length === lengthBytes)
    return bytesOf(file, 0, Math.min(safetensorsEnd(start), lengthBytes + mostHeader));
  if (file.size > mostHeader) throw new Error(msg.files.unreadable);
  return file.text();
}

/** Refuses what no machine does. What else a published preset must say, one's own need not. */
function sensible(engine: Edgewise, text: string): void {
  const wrong = engine.check(text).problems.filter((p) => p.rule === 'physics');
  if (!wrong.length) return;
  const errors = wrong.map(({ rule, path, message }) => ({ code: rule, path, message }));
  throw Object.assign(new Error(wrong[0]?.message), { errors });
}

const notJson = (error: unknown): Error =>
  new Error(fill(msg.files.syntax, { message: (error as Error).message }), { cause: error });

/** The document; undefined where the engine is to say what it is, as of the NaN that Python writes. */
function parse(content: Content, kinds?: Kind[]): unknown {
  if (typeof content !== 'string') return undefined;
  try {
    return JSON.parse(content);
  } catch (error) {
    if (!kinds || kinds.includes('model')) return undefined;
    throw notJson(error);
  }
}

/** Of what kind a preset says that it is; undefined: it is none. */
function kindOf(json: unknown): Kind | undefined {
  const type = (json as { type?: unknown } | null | undefined)?.type;
  if (typeof type !== 'string') return undefined;
  return type === 'model' || type === 'device' ? type : 'other';
}

/** Names of files that say nothing of the model. */
const anyName = /^(config|model|weights|ggml-model.*|consolidated)?$/i;

function modelPreset(engine: Edgewise, files: Files, name: string): string {
  try {
    return engine.modelPreset(files, name);
  } catch (error) {
    const { code } = error as { code?: unknown };
    const text = files.length === 1 && typeof files[0]?.bytes === 'string';
    throw code === 'syntax' && text ? notJson(error) : error;
  }
}

/**
 * The preset of a model. `given` is a better name than any of its files'; empty: there is none. A configuration is called
 * as `file` where that says something, a GGUF as its header says.
 */
function named(engine: Edgewise, files: Files, file: string, given: string, json: unknown): string {
  const text = modelPreset(engine, files, given);
  if (given) return text;
  const own = (JSON.parse(text) as { id: string }).id;
  const byFile = own === 'imported' || (json !== undefined && !anyName.test(file));
  return byFile && file && file !== own ? modelPreset(engine, files, file) : text;
}

/** `json`: of the file that describes the others, where one does. */
function taken(
  engine: Edgewise,
  files: Files,
  json: unknown,
  names: [file: string, given: string]
): Inspected {
  const own = kindOf(json);
  const text = own ? (files[0].bytes as string) : named(engine, files, ...names, json);
  const asked = engine.addPreset(text);
  if (own) sensible(engine, text);
  return { kind: own ?? 'model', asked, text, made: !own };
}

const describing = (files: Files): Files[number] | undefined =>
  files.find((f) => f.name.endsWith('config.json')) ?? files[0];
function refuse(kind: Kind, kinds: Kind[] | undefined): void {
  if (kinds && !kinds.includes(kind)) throw new Error(fill(msg.files.wrongKind, { kinds: listed(kinds) }));
}

/**
 * Makes the preset of what others wrote: a preset, or the files of a model, of whose weights only headers are read.
 * It takes the whole engine, an empty one, so that what is refused changes nothing. Throws EdgewiseError.
 */
export async function inspect(load: Load, { input, name, kinds, base }: Inspection): Promise<Inspected> {
  const files: Files =
    typeof input === 'string'
      ? [{ name, bytes: input }]
      : await Promise.all(input.map(async (file) => ({ name: file.name, bytes: await contentOf(file) })));
  const content = describing(files)?.bytes ?? '';
  const json = parse(content, kinds);
  refuse(kindOf(json) ?? 'model', kinds);
  const engine = await load();
  engine.addPresets(base);
  const inspected = taken(engine, files, json, [name, '']);
  if (typeof input === 'string') return inspected;
  const read = input.map((file, i): ReadFile => ({
    name: file.name,
    bytes: files[i].bytes.length,
    of: file.size
  }));
  return { ...inspected, reading: { files: read, left: [] } };
}

/** What a model of a hub is called. */
const nameFor = (source: Source, { label }: Gathered): string =>
  source.at === 'hub' ? nameOfSource({ ...source, quant: label }) : '';

/** Reads a model or a preset where it lies: asks other servers. Throws EdgewiseError, or what went wrong on the way. */
export async function fetched(
  load: Load,
  bringing: Bringing,
  told?: Following['told']
): Promise<Inspected | Choosing> {
  const engine = await load();
  engine.addPresets(bringing.base);
  const asker = new Asker(told);
  const gathered = await gather(engine, asker, bringing);
  if ('choices' in gathered) return gathered;
  const { files, left } = gathered;
  const json = parse(describing(files)?.bytes ?? '');
  refuse(kindOf(json) ?? 'model', ['model', 'device']);
  const file = (files.find((f) => !f.name.endsWith('.json')) ?? files[0]).name;
  const inspected = taken(engine, files, json, [
    file.replace(/\.\w+$/, ''),
    nameFor(bringing.source, gathered)
  ]);
  return { ...inspected, reading: { files: asker.read, left } };
}

const withPresets = async (load: Load, presets: string[]): Promise<Edgewise> => {
  const engine = await load();
  for (const text of presets) engine.addPresets(text.startsWith('\u001e') ? text : `\u001e${text}`);
  return engine;
};
/** Known numbers out of what an engine printed. Throws EdgewiseError. */
export async function printed(load: Load, { query, printed: text, presets }: Printing): Promise<Printed> {
  return (await withPresets(load, presets)).knownFrom(asked(query), text);
}
/** The preset of a device with what is known of it, as text. Throws EdgewiseError. */
export async function knownPreset(load: Load, { query, device, presets }: Knowing): Promise<string> {
  return (await withPresets(load, presets)).knownPreset(asked(query), device);
}
/** What is left open is not asked. */
const asked = (query: Query): Partial<Query> =>
  Object.fromEntries(Object.entries(query).filter(([, value]) => value !== undefined));
