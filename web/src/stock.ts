import { begin, type Beginning } from './beginning';
import type { Halves } from './halves';
import { entryOf, joined, namesOf } from './listing';
import { isAddress } from './remote';
import type { Sources } from './tasks';
import type { Index, Need } from './types';

/** The presets that are here: the tables, the index, and the texts of what was fetched or brought. */
export class Stock {
  readonly #sources: Sources;
  readonly #halves: Halves;
  #bundled: Record<'models' | 'devices', Set<string>> = { models: new Set(), devices: new Set() };
  #filling: Promise<void> | undefined;
  readonly #parsed = new Map<string, { text: string; value: Record<string, unknown> }>();
  /** By their place in the site, or address. */
  readonly texts = new Map<string, string>();
  /** The tables, once all of them are here. */
  base = '';
  index: Index;
  isFull = false;
  /** Told when the engine has other presets. */
  changed: () => void = () => undefined;

  /** What it begins with, the engine has already. */
  constructor(sources: Sources, halves: Halves, { index, files, all }: Beginning) {
    this.#sources = sources;
    this.#halves = halves;
    this.index = index;
    for (const [path, text] of files) this.texts.set(path, text);
    if (all !== undefined) this.#fillWith(all, index);
  }

  fill(): Promise<void> {
    if (this.isFull) return Promise.resolve();
    return (this.#filling ??= this.#fill().finally(() => {
      this.#filling = undefined;
    }));
  }
  async #fill(): Promise<void> {
    // Of these there are only the rows that the first answer needed.
    const paths = [...this.texts.keys()].filter((path) => path.startsWith('calibrations/'));
    const [{ base, index }, ...texts] = await Promise.all([
      begin(this.#sources, false),
      ...paths.map((path) => this.#sources.text(path))
    ]);
    await this.#halves.addPresets(base, texts);
    for (const [i, text] of texts.entries()) this.texts.set(paths[i], text);
    this.#fillWith(base, index);
    this.changed();
    this.#halves.told();
  }
  #fillWith(base: string, whole: Index): void {
    this.base = base;
    this.isFull = true;
    const ids = (list: { id: string }[]): Set<string> => new Set(list.map((x) => x.id));
    this.#bundled = { models: ids(whole.models), devices: ids(whole.devices) };
    this.#halves.addNames({ models: whole.models.map(namesOf), devices: whole.devices.map(namesOf) });
    this.index = joined(whole, this.index);
  }

  /** Whether the site has one of that id. */
  brings(kind: 'models' | 'devices', id: string): boolean {
    return this.#bundled[kind].has(id);
  }
  /** The file that meets a need, and that was not loaded yet; undefined: there is none. */
  file({ type, id }: Need): string | undefined {
    const { models, devices, calibrated } = this.index;
    let path: string | undefined;
    if (type === 'device' && isAddress(id)) path = id;
    else if (type === 'model' || type === 'device') {
      const entry = type === 'model' ? entryOf(models, id) : entryOf(devices, id);
      path = entry && `${type}s/${entry.id}.json`;
    } else if (type === 'quality') path = 'quality.csv';
    else if (type === 'speculation') path = 'speculation.json';
    else if (type === 'calibrations' && calibrated.includes(id)) path = `calibrations/${id}.json`;
    return path !== undefined && this.texts.has(path) ? undefined : path;
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
