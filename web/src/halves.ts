import type { Estimator } from 'edgewise';
import type { Answerer } from 'edgewise/answer';

/** Names of presets, for `addNames`. */
type Names = Parameters<Estimator['addNames']>[0];

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
  told: () => void = () => undefined;

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

  /** The tables that every answer rests on, in place of those that were there. */
  addPresets(sequence: string): void {
    this.now.addPresets(sequence);
    this.#sequence = sequence;
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
    larger.addPresets(this.#sequence);
    for (const preset of this.#presets) larger.addPreset(preset);
    this.#take(larger);
    this.told();
  }
}
