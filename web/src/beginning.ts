import { problems } from './problems';
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
  /** Of all models and devices of the site, where `base` is all tables. */
  ids?: Ids;
}
export type Ids = Record<'models' | 'devices', { id: string }[]>;

/** What scripts/start.mjs writes. */
interface Start {
  index: PackedIndex;
  base: unknown[];
  files: Record<string, unknown>;
}

/** Has the presets that the engine begins with. */
export type Begin = (sources: Pick<Sources, 'text'>) => Promise<Beginning>;

/** Does what is to be done with a file of the site; whatever goes wrong names the file. */
export async function about<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const why = problems(error).map((p) => [p.path, p.message].filter(Boolean).join(' '));
    const said = why.join('; ');
    throw new Error(said.startsWith(path) ? said : `${path}: ${said}`, { cause: error });
  }
}

/** What the answer to the default question takes, in one file. */
export const plain: Begin = (sources) =>
  about('start.json', async () => {
    const { index, base, files } = JSON.parse(await sources.text('start.json')) as Start;
    const sequence = base.map((preset) => `\x1e${JSON.stringify(preset)}\n`).join('');
    const texts = Object.entries(files).map(([path, preset]): [string, string] => [
      path,
      JSON.stringify(preset)
    ]);
    return { base: sequence, index: unpacked(index), files: texts };
  });

export const tables = (sources: Pick<Sources, 'text'>): Promise<string> =>
  about('base.json', () => sources.text('base.json'));
export const listed = (sources: Pick<Sources, 'text'>): Promise<Index> =>
  about('index.json', async () => unpacked(JSON.parse(await sources.text('index.json')) as PackedIndex));

/** All tables and the whole index. */
export const whole: Begin = async (sources) => {
  const [base, index] = await Promise.all([tables(sources), listed(sources)]);
  return { base, index, files: [], ids: index };
};

/** Whether a question asks for nothing but the default one. */
export const isWithin = (query: Query, usual: Query): boolean =>
  Object.entries(query).every(
    ([member, value]) => (value ?? '') === ((usual as unknown as Record<string, unknown>)[member] ?? '')
  );
