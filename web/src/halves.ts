import type { Estimator } from 'edgewise';
import type { Answerer } from 'edgewise/answer';
import { breath, inBreaths } from './breath';

/** Names of presets, for `addNames`. */
type Names = Parameters<Estimator['addNames']>[0];

/** So many letters of presets are read without a pause: some milliseconds on a phone. */
const breathful = 1000;
/** Presets of a list (RFC 7464), a few at a time; the first alone, with what an engine compiles for any. */
function pieces(sequence: string): string[] {
  const list: string[] = [];
  let piece = '';
  for (const preset of sequence.split('\x1e')) {
    if (preset.trim()) piece += `\x1e${preset}`;
    if (piece.length < (list.length ? breathful : 1)) continue;
    list.push(piece);
    piece = '';
  }
  return piece ? [...list, piece] : list;
}

/**
 * The engine that answers first, and the one that knows more, which takes its place where it is needed: half of
 * what the larger one holds nobody needs who reads an answer and leaves.
 */
export class Halves {
  readonly #load: () => Promise<Estimator>;
  #names: Names | undefined;
  #first: Answerer | undefined;
  #larger: Estimator | undefined;
  #growing: Promise<void> | undefined;
  #sequence = '';
  #presets: string[] = [];
  /** Told when the larger one is there, and when more presets are. */
  readonly #listeners = new Set<() => void>();

  /** `first` is left out where the larger one is there already. */
  constructor(first: Answerer, load: (() => Promise<Estimator>) | undefined) {
    this.#load = load ?? ((): Promise<Estimator> => Promise.reject(new Error('there is no larger engine')));
    if (load) this.#first = first;
    else this.#take(first as Estimator);
  }
  #take(larger: Estimator): void {
    if (this.#names) larger.addNames(this.#names);
    this.#larger = larger;
    this.#first = undefined;
  }

  listen(told: () => void): void {
    this.#listeners.add(told);
  }
  told(): void {
    for (const told of this.#listeners) told();
  }

  get now(): Answerer {
    return this.#larger ?? this.#first!;
  }
  /** Undefined until it is there. */
  get larger(): Estimator | undefined {
    return this.#larger;
  }
  get version(): string {
    return this.now.version().version;
  }

  /** The tables that every answer rests on, in place of those that were there, and then other presets. */
  async addPresets(sequence: string, others: string[] = []): Promise<void> {
    this.#sequence = sequence;
    await breath();
    await inBreaths(pieces(sequence), (piece) => this.now.addPresets(piece));
    await inBreaths(others, (preset) => this.addPreset(preset));
  }
  /** Whatever means a preset of the site, in a link or an attribute, is fetched by its id. */
  addNames(names: Names): void {
    this.#names = names;
    this.#larger?.addNames(names);
  }
  addPreset(preset: string): string {
    const id = this.now.addPreset(preset);
    this.#presets.push(preset);
    return id;
  }

  /** The same in a task of its own: reading it may take as long as an answer. */
  async readPreset(preset: string): Promise<string> {
    await breath();
    const id = this.addPreset(preset);
    await breath();
    return id;
  }

  /**
   * Fetches the larger engine, once, and what `fill` brings: it is asked about everything. After a failure the next
   * call tries again.
   */
  grow(fill: () => Promise<void>): Promise<void> {
    if (this.#larger) return Promise.resolve();
    return (this.#growing ??= this.#fetch(fill).finally(() => {
      this.#growing = undefined;
    }));
  }
  async #fetch(fill: () => Promise<void>): Promise<void> {
    const [larger] = await Promise.all([this.#load(), fill()]);
    await breath();
    await inBreaths(pieces(this.#sequence), (piece) => larger.addPresets(piece));
    // Meanwhile there may be more of these.
    await inBreaths(this.#presets, (preset) => larger.addPreset(preset));
    this.#take(larger);
    await breath();
    this.told();
  }
}
