import { about, listed, tables, type Beginning, type Ids } from './beginning';
import type { Halves } from './halves';
import { entryOf, joined, namesOf } from './listing';
import { isAddress } from './remote';
import type { Sources } from './tasks';
import type { Index, Need } from './types';

/** The presets that are here: the tables, the index, and the texts of what was fetched or brought. */
export class Stock {
  readonly #sources: Sources;
  readonly #halves: Halves;
  /** Of the site. */
  #ids: Ids = { models: [], devices: [] };
  #filling: Promise<void> | undefined;
  readonly #parsed = new Map<string, { text: string; value: Record<string, unknown> }>();
  /** By their place in the site, or address. */
  readonly texts: Map<string, string>;
  /** The tables, once all of them are here. */
  base = '';
  index: Index;
  isFull = false;
  #isListed = false;
  /** Told when the engine has other presets. */
  changed: () => void = () => undefined;

  /** What it begins with, the engine has already. */
  constructor(sources: Sources, halves: Halves, { index, files, base, ids }: Beginning) {
    this.#sources = sources;
    this.#halves = halves;
    this.index = index;
    this.texts = new Map(files);
    if (ids) this.#haveTables(base, ids);
    if (ids === index) this.#haveIndex(index);
  }

  /** Fetches what is not here yet of the tables and the index. */
  fill(): Promise<void> {
    if (this.#isListed) return Promise.resolve();
    return (this.#filling ??= this.#fill().finally(() => {
      this.#filling = undefined;
    }));
  }
  async #fill(): Promise<void> {
    const index = listed(this.#sources);
    if (!this.isFull) await this.#fillTables(index);
    this.#haveIndex(await index);
    this.changed();
    this.#halves.told();
  }
  async #fillTables(index: Promise<Index>): Promise<void> {
    // Of these there are only the rows that the first answer needed.
    const paths = [...this.texts.keys()].filter((path) => path.startsWith('calibrations/'));
    const [base, ids, ...texts] = await Promise.all([
      tables(this.#sources),
      index,
      ...paths.map((path) => this.#sources.text(path))
    ]);
    await this.#halves.addPresets(base, texts);
    for (const [i, text] of texts.entries()) this.texts.set(paths[i], text);
    this.#haveTables(base, ids);
  }
  #haveTables(base: string, ids: Ids): void {
    this.#ids = ids;
    this.base = base;
    this.isFull = true;
  }
  #haveIndex(whole: Index): void {
    this.#halves.addNames({ models: whole.models.map(namesOf), devices: whole.devices.map(namesOf) });
    this.index = joined(whole, this.index);
    this.#isListed = true;
  }

  /** Whether the site has one of that id. */
  brings(kind: 'models' | 'devices', id: string): boolean {
    return this.#ids[kind].some((x) => x.id === id);
  }
  /** The file that meets a need, and that was not loaded yet; undefined: there is none. */
  file({ type, id }: Need): string | undefined {
    const { calibrated } = this.index;
    let path: string | undefined;
    if (type === 'device' && isAddress(id)) path = id;
    else if (type === 'model' || type === 'device') {
      const kind = `${type}s` as const;
      const entry = entryOf(this.#ids[kind], id);
      path = entry && `${kind}/${entry.id}.json`;
    } else if (type === 'quality') path = 'quality.csv';
    else if (type === 'speculation') path = 'speculation.json';
    else if (type === 'calibrations' && calibrated.includes(id)) path = `calibrations/${id}.json`;
    return path !== undefined && this.texts.has(path) ? undefined : path;
  }
  /** Fetches a file and has the engine read it. */
  async read(path: string): Promise<void> {
    const text = await about(path, async () => {
      const preset = await this.#sources.text(path);
      const id = await this.#halves.readPreset(preset);
      // What lies in a folder is called as its file.
      if (path.includes('/') && !path.endsWith(`/${id}.json`)) throw new Error(`is of "${id}"`);
      return preset;
    });
    this.texts.set(path, text);
  }
  /** A text that is here, read. */
  json(path: string): Record<string, unknown> | undefined {
    const text = this.texts.get(path);
    if (text === undefined) return undefined;
    let parsed = this.#parsed.get(path);
    if (parsed?.text !== text)
      this.#parsed.set(path, (parsed = { text, value: JSON.parse(text) as Record<string, unknown> }));
    return parsed.value;
  }
}
