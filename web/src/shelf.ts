import type { Catalog, Listed } from './catalogs';
import type { Engine } from './engine';
import { withCatalog, withoutCatalog } from './listing';
import { problems } from './problems';

/** Where catalogs are kept and come from. */
export interface CatalogPort {
  own(): string[];
  keep(urls: string[]): void;
  load(url: string): Promise<Listed[]>;
}
/** The part of the state that a shelf writes. */
export interface Held {
  get(): Catalog[];
  set(catalogs: Catalog[]): void;
}

/** The catalogs of the page: those of the site and the user's own. Their devices are listed by the engine. */
export class Shelf {
  readonly #port: CatalogPort;
  readonly #engine: Engine;
  readonly #held: Held;
  readonly #ofSite: string[];

  constructor(port: CatalogPort, engine: Engine, held: Held, ofSite: string[]) {
    this.#port = port;
    this.#engine = engine;
    this.#held = held;
    this.#ofSite = ofSite;
  }
  async loadAll(): Promise<void> {
    const wanted = new Set([...this.#ofSite, ...this.#port.own()]);
    await Promise.all([...wanted].map((url) => this.#load(url)));
  }
  /** Adds one for good, or asks for it once more. */
  add(url: string): Promise<void> {
    if (!this.#held.get().some((c) => c.url === url)) this.#port.keep([...this.#port.own(), url]);
    return this.#load(url);
  }
  remove(url: string): void {
    this.#port.keep(this.#port.own().filter((c) => c !== url));
    this.#engine.index = withoutCatalog(this.#engine.index, url);
    this.#held.set(this.#held.get().filter((c) => c.url !== url));
  }
  async #load(url: string): Promise<void> {
    const own = !this.#ofSite.includes(url);
    const catalog: Catalog = { url, own, state: 'loading', errors: [], devices: [] };
    this.#held.set([...this.#held.get().filter((c) => c.url !== url), catalog]);
    const loaded = await this.#port.load(url).then(
      (devices): Catalog => ({ ...catalog, state: 'loaded', devices }),
      (error: unknown): Catalog => ({ ...catalog, state: 'failed', errors: problems(error) })
    );
    const now = this.#held.get();
    if (!now.includes(catalog)) return; // removed or asked for again meanwhile
    this.#engine.index = withCatalog(this.#engine.index, url, loaded.devices);
    this.#held.set(now.map((c) => (c === catalog ? loaded : c)));
  }
}
