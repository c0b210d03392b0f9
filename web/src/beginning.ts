import { unpacked, type PackedIndex } from './listing';
import type { Sources } from './tasks';
import type { Index, Query } from './types';

/** The presets that the engine begins with. */
export interface Beginning {
  /** Tables, as RFC 7464 has lists of documents. */
  base: string;
  index: Index;
  /** Presets, by their place in the site. */
  files: [path: string, text: string][];
  /** The same as `base`, where that is all there is. */
  all?: string;
}

/** What scripts/start.mjs writes. */
interface Start {
  index: PackedIndex;
  base: unknown[];
  files: Record<string, unknown>;
}

/** `plain`: what the answer to the default question takes, in one file; else the tables and the index as they are. */
export async function begin(sources: Pick<Sources, 'text'>, plain: boolean): Promise<Beginning> {
  if (plain) {
    const { index, base, files } = JSON.parse(await sources.text('start.json')) as Start;
    const sequence = base.map((preset) => `\x1e${JSON.stringify(preset)}\n`).join('');
    const texts = Object.entries(files).map(([path, preset]): [string, string] => [
      path,
      JSON.stringify(preset)
    ]);
    return { base: sequence, index: unpacked(index), files: texts };
  }
  const [base, index] = await Promise.all([sources.text('base.json'), sources.text('index.json')]);
  return { base, index: unpacked(JSON.parse(index) as PackedIndex), files: [], all: base };
}

/** Whether a question asks for nothing but the default one. */
export const isWithin = (query: Query, usual: Query): boolean =>
  Object.entries(query).every(
    ([member, value]) => (value ?? '') === ((usual as unknown as Record<string, unknown>)[member] ?? '')
  );
