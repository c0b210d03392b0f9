import type { Edgewise } from 'edgewise';
import { msg, fill } from './i18n';
import type { Inspected, Inspection, Kind } from './types';

/** Headers lie at the start; the weights are never read. Those of safetensors state their length first. */
const headerBytes = 32 * 1024 * 1024;
const lengthBytes = 8;

const bytesOf = async (file: Blob, from: number, to: number): Promise<Uint8Array> =>
  new Uint8Array(await file.slice(from, to).arrayBuffer());

async function contentOf(file: File): Promise<string | Uint8Array> {
  const start = await bytesOf(file, 0, lengthBytes);
  if (String.fromCharCode(...start.slice(0, 4)) === 'GGUF') return bytesOf(file, 0, headerBytes);
  if (file.name.toLowerCase().endsWith('.safetensors') && start.length === lengthBytes) {
    const length = Number(new DataView(start.buffer).getBigUint64(0, true));
    return bytesOf(file, 0, lengthBytes + Math.min(length, headerBytes));
  }
  if (file.size > headerBytes) throw new Error(msg.files.unreadable);
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
function parse(content: string | Uint8Array, kinds?: Kind[]): unknown {
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

/** Every configuration file is called config.json: its content says better what it is of. */
function configName(json: unknown, file: string): string {
  if (file !== 'config' && file !== 'model') return file;
  const { _name_or_path: path, model_type: type } = (json ?? {}) as {
    _name_or_path?: unknown;
    model_type?: unknown;
  };
  const name = [path, type].find((x): x is string => typeof x === 'string' && x !== '');
  return name?.split('/').pop() ?? file;
}

type Content = string | Uint8Array;

function modelPreset(engine: Edgewise, files: { name: string; bytes: Content }[], name: string): string {
  try {
    return engine.modelPreset(files, name);
  } catch (error) {
    const { code } = error as { code?: unknown };
    const text = files.length === 1 && typeof files[0]?.bytes === 'string';
    throw code === 'syntax' && text ? notJson(error) : error;
  }
}

/**
 * Makes the preset of what others wrote: a preset, or the files of a model, of whose weights only headers are read.
 * It takes the whole engine, an empty one, so that what is refused changes nothing. Throws EdgewiseError.
 */
export async function inspect(
  load: () => Promise<Edgewise>,
  { input, name, kinds, base }: Inspection
): Promise<Inspected> {
  const files =
    typeof input === 'string'
      ? [{ name, bytes: input as Content }]
      : await Promise.all(input.map(async (file) => ({ name: file.name, bytes: await contentOf(file) })));
  const described = files.find((f) => f.name.endsWith('config.json')) ?? files[0];
  const content = described?.bytes ?? '';
  const json = files.length > 1 && typeof content !== 'string' ? undefined : parse(content, kinds);
  const own = kindOf(json);
  const kind = own ?? 'model';
  if (kinds && !kinds.includes(kind)) throw new Error(fill(msg.files.wrongKind, { kinds: kinds.join(', ') }));
  const engine = await load();
  engine.addPresets(base);
  const text = own ? (content as string) : modelPreset(engine, files, configName(json, name));
  const asked = engine.addPreset(text);
  if (own) sensible(engine, text);
  return { kind, asked, text };
}
