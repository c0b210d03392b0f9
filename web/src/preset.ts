import type { Edgewise } from 'edgewise';
import { en, fill } from './i18n/en';
import type { Kind } from './types';

/** Refuses what no machine does. What else a published preset must say, one's own need not. */
export function sensible(engine: Edgewise, text: string): void {
  const wrong = engine.check(text).problems.filter((p) => p.rule === 'physics');
  if (!wrong.length) return;
  const errors = wrong.map(({ rule, path, message }) => ({ code: rule, path, message }));
  throw Object.assign(new Error(wrong[0]?.message), { errors });
}

export function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(fill(en.files.syntax, { message: (error as Error).message }), { cause: error });
  }
}

/** Of what kind a preset says that it is; undefined: it is none. */
export function kindOf(json: unknown): Kind | undefined {
  const type = (json as { type?: unknown } | null | undefined)?.type;
  if (typeof type !== 'string') return undefined;
  return type === 'model' || type === 'device' ? type : 'other';
}

/** Every configuration file is called config.json: its content says better what it is of. */
export function configName(json: unknown, file: string): string {
  if (file !== 'config') return file;
  const { _name_or_path: path, model_type: type } = (json ?? {}) as {
    _name_or_path?: unknown;
    model_type?: unknown;
  };
  const name = [path, type].find((x): x is string => typeof x === 'string' && x !== '');
  return name?.split('/').pop() ?? file;
}
