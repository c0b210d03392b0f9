import { joined } from './known';
import { ownPreset, type Under } from './own-id';
import type { Estimator, ModelQuality } from 'edgewise';
import { about, isWithin, whole, type Begin } from './beginning';
import { Halves } from './halves';
import { withDevice, withModel, withoutDevice } from './listing';
import { problems } from './problems';
import { packed, type Packed } from './packing';
import { isAddress, tame } from './remote';
import { made } from './remembered';
import { Stock } from './stock';
import type { Sources } from './tasks';
import type {
  Bringing,
  CalibrationEntry,
  CatalogList,
  Choice,
  Choosing,
  Evidence,
  ExplainedTerm,
  Following,
  Index,
  Inspected,
  Kept,
  Kind,
  Need,
  Printed,
  Query,
  Result,
  Sweep,
  Taken,
  WayOut
} from './types';

const mostBytes = 256_000;
const scores: Need = { type: 'quality', id: 'quality' };
/** Where it matters, whoever needs it says so. */
const ignored = (): void => undefined;

/** The engine with the presets that were needed so far. */
export class Engine {
  readonly #sources: Sources;
  readonly #halves: Halves;
  readonly #stock: Stock;
  readonly #loading = new Map<string, Promise<void>>();
  /** What devices of others call themselves. */
  readonly #asked = new Map<string, string>();
  readonly #packed = new Map<string, Packed>();
  readonly #ways = new WeakMap<Result, WayOut[]>();
  readonly #scores = new WeakMap<Result, ModelQuality>();
  readonly #qualities = new WeakMap<Result, NonNullable<Result['quality']>>();
  #catalog: CatalogList | undefined;

  private constructor(sources: Sources, halves: Halves, stock: Stock) {
    this.#sources = sources;
    this.#halves = halves;
    this.#stock = stock;
    stock.changed = (): void => void (this.#catalog = undefined);
  }

  static async start(sources: Sources, begin: Begin = whole): Promise<Engine> {
    const [wasm, beginning] = await Promise.all([sources.answer?.() ?? sources.load(), begin(sources)]);
    const halves = new Halves(wasm, sources.answer && ((): Promise<Estimator> => sources.load()));
    const files = beginning.files.map(([, preset]) => preset);
    await about(files.length ? 'start.json' : 'base.json', () => halves.addPresets(beginning.base, files));
    return new Engine(sources, halves, new Stock(sources, halves, beginning));
  }

  // --- the tables and the index of the site ---

  get index(): Index {
    return this.#stock.index;
  }
  set index(index: Index) {
    this.#stock.index = index;
  }
  /** Whether all tables are there; before, only the default question is answered. */
  get isFull(): boolean {
    return this.#stock.isFull;
  }
  /** Fetches what is not there yet, once; after a failure the next call tries again. */
  fill(): Promise<void> {
    return this.#stock.fill();
  }

  // --- the larger half ---

  /** Whether the larger engine is there: what explains, sweeps, finds ways out and reads names. */
  get isWhole(): boolean {
    return this.#halves.larger !== undefined;
  }
  /** Fetches it; who listens `whenWhole` is told once it is there, and once everything of the site is listed. */
  grow(): Promise<void> {
    return this.#halves.grow(() => this.fill());
  }
  whenWhole(told: () => void): void {
    this.#halves.listen(told);
  }
  /** The same, for who does not wait: whoever cannot do without asks again. */
  hasten(): void {
    void this.grow().catch(ignored);
  }
  /** The larger engine; where it is not there it is fetched, and who asked is told when to ask again. */
  #larger(): Estimator | undefined {
    if (!this.isWhole) this.hasten();
    return this.#halves.larger;
  }

  // --- questions ---

  choose(query: Query): Choice {
    const choice = this.#answered(query);
    // The engine does not forget a device of another address; the page does.
    if (!isAddress(query.device) || this.#stock.texts.has(query.device)) return choice;
    const needs = choice.needs.filter((need) => need.type !== 'device');
    return { ...choice, answer: null, needs: [...needs, { type: 'device', id: query.device }] };
  }
  /** What the first half does not answer plainly is asked of the larger one: it reads names, and says what is near. */
  #answered(query: Query): Choice {
    const choice = this.#chosen(query);
    const plain = choice.answer && !choice.put_aside.length;
    if (this.isWhole || plain || choice.needs.some((need) => this.offers(need))) return choice;
    return { ...choice, answer: null, needs: [{ type: 'engine', id: 'larger' }] };
  }
  #chosen(query: Query): Choice {
    if (!this.isFull && !isWithin(query, this.catalog.default_query))
      return { query, put_aside: [], needs: [{ type: 'engine', id: 'presets' }], answer: null, errors: [] };
    try {
      const choice = this.#halves.now.choose(query);
      return {
        ...choice,
        query: { ...choice.query, known: joined(choice.query.known), set: joined(choice.query.set) }
      };
    } catch (error) {
      return { query, put_aside: [], needs: [], answer: null, errors: problems(error) };
    }
  }
  /** The ids that a name means or may mean, as `estimate` in a terminal takes it. */
  meant(kind: 'model' | 'device', name: string): { ids: string[]; sure: boolean } {
    const { id, near, several } = this.#larger()?.meant(kind, name) ?? { id: '', near: [], several: false };
    return { ids: id ? [id] : near, sure: id !== '' || several };
  }
  /** The one preset of the page that a name means, and the quantization that the name carries. */
  named(name: string): { id: string; quant: string } | undefined {
    const { id, quant } = this.#larger()?.meant('model', name) ?? { id: '', quant: '' };
    return this.#stock.brings('models', id) ? { id, quant } : undefined;
  }
  /** What to change, of the presets that are here; of one result once. */
  waysOut(query: Query, result: Result): WayOut[] {
    const asked = { ...query, ways_out: true };
    return made(this.#ways, result, () => this.#halves.now.choose(asked).answer?.ways_out) ?? [];
  }
  explain(query: Query): ExplainedTerm[] {
    return this.#larger()?.explain(query).terms ?? [];
  }
  /** Whether there are published scores, and who reads them: it fetches the scores, but not the larger engine. */
  get #isScored(): boolean {
    if (this.#stock.texts.has('quality.csv')) return this.isWhole;
    if (this.isWhole) void this.fetch(scores).then(() => this.#halves.told(), ignored);
    return false;
  }
  /** Of an answer's model, what each quantization keeps; undefined while there are no scores. */
  quality(r: Result): ModelQuality | undefined {
    const ask = (): ModelQuality => this.#halves.larger!.quality(r.model.id);
    return this.#isScored ? made(this.#scores, r, ask) : undefined;
  }
  /** Of an answer, what its quantization keeps and what the model scores; undefined likewise. */
  qualityOf(query: Query, r: Result): Result['quality'] {
    const ask = (): Result['quality'] => this.#halves.now.choose({ ...query, quality: true }).answer?.quality;
    return this.#isScored ? made(this.#qualities, r, ask) : undefined;
  }
  /** Undefined until the larger engine is there, which it does not fetch. */
  sweep(query: Query, axis: string, values?: number[] | string[]): Sweep | undefined {
    return this.#halves.larger?.sweep(query, axis, values);
  }
  /** What may be changed, and what comes of it: of the larger engine, once it is there. */
  get levers(): Pick<Estimator, 'choose' | 'editable' | 'editedPreset' | 'roofline' | 'whatIf'> {
    return this.#halves.larger!;
  }
  get catalog(): CatalogList {
    return (this.#catalog ??= this.#halves.now.catalog() as CatalogList);
  }
  get version(): string {
    return this.#halves.version;
  }
  device(id: string): CatalogList['devices'][number] | undefined {
    return this.catalog.devices.find((d) => d.id === id);
  }
  runtime(id: string): CatalogList['runtimes'][number] | undefined {
    return this.catalog.runtimes.find((r) => r.id === id);
  }

  // --- what the engine lacks ---

  offers(need: Need): boolean {
    if (need.type === 'engine') return need.id === 'presets' ? !this.isFull : !this.isWhole;
    return this.#stock.file(need) !== undefined;
  }

  /**
   * Fetches what meets a need, once: who asks meanwhile waits for the same, and after a failure a later
   * choice tries again.
   */
  async fetch(need: Need): Promise<void> {
    if (need.type === 'engine' && need.id === 'presets') return this.fill();
    // Scores and runs of drafts are read by the larger engine alone.
    if (['engine', 'quality', 'speculation'].includes(need.type)) await this.grow();
    const path = this.#stock.file(need);
    if (path === undefined) return;
    let loading = this.#loading.get(path);
    if (!loading) {
      loading = isAddress(path) ? this.#addRemote(path) : this.#addFile(path);
      this.#loading.set(path, loading);
    }
    try {
      await loading;
    } finally {
      if (this.#loading.get(path) === loading) this.#loading.delete(path);
    }
  }
  async #addFile(path: string): Promise<void> {
    await this.#stock.read(path);
    this.#catalog = undefined;
  }
  async #addRemote(url: string): Promise<void> {
    const { text } = await this.#sources.remote(url, mostBytes);
    const inspected = await this.#inspect(text, '', ['device']);
    await this.grow();
    if (!this.#loading.has(url)) return; // forgotten meanwhile
    this.#add(inspected, { id: url });
    this.#stock.texts.set(url, text);
  }

  // --- presets as they were loaded ---

  /** To show where a number comes from. */
  preset(kind: 'models' | 'devices', id: string): Record<string, unknown> | undefined {
    return this.#stock.json(`${kind}/${id}.json`);
  }
  /** A device that the page did not bring, as the file that it was, under the id that it gave itself. */
  ownDevice(id: string): string {
    return `${JSON.stringify({ ...this.preset('devices', id), id: this.#asked.get(id) }, null, 2)}\n`;
  }
  /** The presets that came from the user, those of other addresses too. */
  get own(): string[] {
    return this.#owned.map(({ text }) => text);
  }

  /** What a result's calibration says of itself: when and by what it was measured, and what it covers. */
  calibration({ calibration: at, device, runtime }: Result): CalibrationEntry | undefined {
    if (!at) return undefined;
    const list =
      at.source === 'device'
        ? this.preset('devices', device.id)?.calibrations
        : this.#stock.json(`calibrations/${runtime.id}.json`)?.devices;
    return (list as CalibrationEntry[] | undefined)?.[at.index];
  }
  /** Who published what a fitted calibration rests on. */
  async evidence(r: Result): Promise<Evidence[]> {
    if (r.calibration?.source !== 'calibrations') return [];
    const all = JSON.parse(await this.#sources.text(`evidence/${r.runtime.id}.json`)) as Evidence[][];
    return all[r.calibration.index] ?? [];
  }

  // --- presets of others ---

  forget(url: string): void {
    this.#loading.delete(url);
    this.#stock.texts.delete(url);
    this.#stock.texts.delete(`devices/${url}.json`);
    this.index = withoutDevice(this.index, url);
  }

  async #inspect(input: string | File[], name: string, kinds?: Kind[]): Promise<Inspected> {
    await this.fill();
    return this.#sources.whole('inspect', { input, name, kinds, base: this.#stock.base });
  }
  /**
   * Takes a preset, a config.json or the header of a .gguf file. It never replaces a preset that comes with the
   * page: then it gets another id. `apart`: nor one of the user's own, which a preset that names itself does otherwise.
   * Throws EdgewiseError.
   */
  async take(input: string | File[], name: string, kinds?: Kind[], apart = false): Promise<Taken> {
    return this.#taken(await this.#inspect(input, name, kinds), apart);
  }
  async #taken(inspected: Inspected, apart = false): Promise<Taken> {
    await this.grow();
    const taken = this.#add(inspected, { apart: apart || inspected.made });
    if (taken.kind !== 'other') await this.#pack(taken.kind, taken.id);
    return { ...taken, reading: inspected.reading };
  }
  /** Reads a model or a preset of another server, or lists what lies there. A device goes by its address. */
  async bring(asked: Omit<Bringing, 'base'>, following: Following): Promise<Taken | Choosing> {
    await this.fill();
    const what = { ...asked, base: this.#stock.base };
    const { source } = asked;
    const got = await this.#sources.whole('fetched', what, following);
    following.signal.throwIfAborted();
    if ('choices' in got) return got;
    if (got.kind === 'model' || source.at === 'hub') return this.#taken(got);
    await this.grow();
    this.#add(got, { id: source.url });
    this.#stock.texts.set(source.url, got.text);
    return { kind: 'device', id: source.url, asked: got.asked, reading: got.reading };
  }
  /** Known numbers out of what an engine printed. */
  async printed(query: Query, printed: string): Promise<Printed> {
    const [everything] = await Promise.all([this.#sources.text('everything.json'), this.fill()]);
    const presets = [this.#stock.base, everything, ...this.own];
    return this.#sources.whole('printed', { query, printed, presets });
  }
  /** The preset of the device with what is known of it, as text. */
  async knownPreset(query: Query): Promise<string> {
    await this.fill();
    const path = `devices/${query.device}.json`;
    const presets = [
      this.#stock.base,
      ...[...this.#stock.texts].filter(([at]) => !isAddress(at)).map(([, text]) => text)
    ];
    return this.#sources.whole('knownPreset', { query, device: this.#stock.texts.get(path) ?? '', presets });
  }

  // --- presets of the user's own, to be kept ---

  get ownList(): Kept[] {
    return this.#owned.filter(({ id }) => !isAddress(id));
  }
  get #owned(): Kept[] {
    const of = (kind: Kept['kind'], list: { id: string; own?: boolean }[]): Kept[] =>
      list.flatMap(({ id, own }) => {
        const text = own ? this.#stock.texts.get(`${kind}s/${id}.json`) : undefined;
        return text === undefined ? [] : [{ kind, id, asked: this.#asked.get(id) ?? id, text }];
      });
    return [...of('model', this.index.models), ...of('device', this.index.devices)];
  }
  /** Has what was kept again. Throws where this engine does not take it any more. */
  async restore({ kind, id, asked, text }: Kept): Promise<void> {
    await this.grow();
    this.#add({ kind, asked, text }, { id });
    await this.#pack(kind, id);
  }
  async rename(kind: Kept['kind'], id: string, name: string): Promise<void> {
    const text = this.#stock.texts.get(`${kind}s/${id}.json`);
    if (text === undefined || tame(name) === '') return;
    const asked = this.#asked.get(id) ?? id;
    await this.restore({ kind, id, asked, text: JSON.stringify({ ...JSON.parse(text), name: tame(name) }) });
  }
  remove(kind: Kept['kind'], id: string): void {
    this.#stock.texts.delete(`${kind}s/${id}.json`);
    this.index =
      kind === 'device'
        ? withoutDevice(this.index, id)
        : { ...this.index, models: this.index.models.filter((m) => m.id !== id) };
  }
  async #pack(kind: Kept['kind'], id: string): Promise<void> {
    const text = this.#stock.texts.get(`${kind}s/${id}.json`);
    if (text !== undefined) this.#packed.set(`${kind}s/${id}`, await packed(text));
  }
  /** What a link holds of a preset of the user's own. */
  packed(kind: 'models' | 'devices', id: string): Packed | undefined {
    return this.#packed.get(`${kind}/${id}`);
  }
  /** What others wrote is read by the larger engine, which trusts nobody. */
  #add({ kind, asked, text }: Inspected, under: Under): Taken {
    if (kind === 'other') return { kind, id: this.#halves.addPreset(text), asked };
    const plural = kind === 'device' ? 'devices' : 'models';
    const { id, text: named } = ownPreset({ asked, text }, under, this.#stock.brings(plural, asked), (at) =>
      this.#stock.texts.get(`${plural}/${at}.json`)
    );
    this.#halves.addPreset(named);
    this.#catalog = undefined;
    if (kind === 'device') this.#asked.set(id, asked);
    this.#stock.texts.set(`${plural}/${id}.json`, named);
    this.index =
      kind === 'device'
        ? withDevice(this.index, this.device(id)!)
        : withModel(
            this.index,
            this.catalog.models.find((m) => m.id === id)!
          );
    return { kind, id, asked };
  }
}
