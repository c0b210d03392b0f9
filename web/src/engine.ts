import { EdgewiseError, load, type Edgewise } from 'edgewise';
import wasmUrl from 'edgewise/edgewise-engine.wasm?url';
import { en, fill } from './i18n/en';
import type { Listed } from './catalogs';
import { fetchRemote, isAddress, tame } from './remote';
import { fetchText } from './site';
import type {
  CalibrationEntry,
  CatalogList,
  DeviceEntry,
  EdgewiseProblem,
  Evidence,
  ExplainedTerm,
  Index,
  Kind,
  Query,
  Result,
  Sweep
} from './types';

/** What became of a device that was named by its address. */
export type Foreign =
  { state: 'loading' } | { state: 'loaded'; host: string } | { state: 'failed'; errors: EdgewiseProblem[] };
export interface Taken {
  kind: Kind;
  id: string;
  /** What the preset calls itself. */ asked: string;
}

const mostBytes = 256_000;

/** The engine with the presets that were needed so far. */
export class Engine {
  #wasm: Edgewise;
  #loaded = new Map<string, Promise<void>>();
  #texts = new Map<string, string>();
  #asked = new Map<string, string>();
  #parsed = new Map<string, { text: string; value: Record<string, unknown> }>();
  #catalog: CatalogList | undefined;
  #base: string;
  #bundled: { models: Set<string>; devices: Set<string> };
  readonly index: Index;
  /** Devices of other addresses, by address. */
  readonly foreign = new Map<string, Foreign>();

  private constructor(wasm: Edgewise, base: string, index: Index) {
    this.#wasm = wasm;
    this.#base = base;
    this.index = index;
    this.#bundled = {
      models: new Set(index.models.map((m) => m.id)),
      devices: new Set(index.devices.map((d) => d.id))
    };
  }

  static async start(): Promise<Engine> {
    const [wasm, base, index] = await Promise.all([
      load({ wasmUrl }),
      fetchText('base.json'),
      fetchText('index.json')
    ]);
    wasm.addPresets(base);
    return new Engine(wasm, base, JSON.parse(index) as Index);
  }

  #once(key: string, load: () => Promise<void>): Promise<void> {
    let promise = this.#loaded.get(key);
    if (!promise) {
      promise = load();
      this.#loaded.set(key, promise);
      promise.catch(() => this.#loaded.delete(key)); // a later choice tries again
    }
    return promise;
  }

  #need(path: string): Promise<void> {
    return this.#once(path, async () => {
      const text = await fetchText(path);
      this.#wasm.addPreset(text);
      this.#texts.set(path, text);
      this.#catalog = undefined;
    });
  }

  #needForeign(url: string): Promise<void> {
    return this.#once(url, async () => {
      this.foreign.set(url, { state: 'loading' });
      const forgotten = (): boolean => !this.foreign.has(url);
      try {
        const remote = await fetchRemote(url, mostBytes);
        if (forgotten()) return;
        await this.take(remote.text, '', { id: url, kinds: ['device'] });
        this.foreign.set(url, { state: 'loaded', host: remote.url.host });
      } catch (error) {
        if (!forgotten()) this.foreign.set(url, { state: 'failed', errors: problems(error) });
        throw error;
      }
    });
  }

  /** Loads what a query needs. The runtime that the engine would choose decides about calibrations. */
  async ensure(q: Query): Promise<void> {
    const needs: Promise<void>[] = [];
    if (this.index.models.some((m) => m.id === q.model && !m.own))
      needs.push(this.#need(`models/${q.model}.json`));
    if (isAddress(q.device)) needs.push(this.#needForeign(q.device));
    else if (this.index.devices.some((d) => d.id === q.device && !d.own))
      needs.push(this.#need(`devices/${q.device}.json`));
    if (q.runtime && this.index.calibrated.includes(q.runtime))
      needs.push(this.#need(`calibrations/${q.runtime}.json`));
    await Promise.all(needs);
    if (!q.runtime) {
      const chosen = this.#wasm.estimate(q).runtime.id;
      if (this.index.calibrated.includes(chosen)) await this.#need(`calibrations/${chosen}.json`);
    }
  }

  estimate(q: Query): Result {
    return this.#wasm.estimate(q);
  }
  explain(q: Query): ExplainedTerm[] {
    return this.#wasm.explain(q).terms;
  }
  sweep(q: Query, axis: string, values: number[]): Sweep {
    return this.#wasm.sweep(q, axis, values);
  }
  get catalog(): CatalogList {
    return (this.#catalog ??= this.#wasm.catalog());
  }
  get version(): string {
    return this.#wasm.version().version;
  }
  device(id: string): CatalogList['devices'][number] | undefined {
    return this.catalog.devices.find((d) => d.id === id);
  }
  runtime(id: string): CatalogList['runtimes'][number] | undefined {
    return this.catalog.runtimes.find((r) => r.id === id);
  }

  /** Quantizations that a runtime runs: it names recipes, or families of them. */
  quantizations(runtimeId: string): CatalogList['quantizations'] {
    const runs = new Set(this.runtime(runtimeId)?.quantizations ?? []);
    return this.catalog.quantizations.filter((q) => runs.has(q.id) || runs.has(q.family));
  }

  #json(path: string): Record<string, unknown> | undefined {
    const text = this.#texts.get(path);
    if (text === undefined) return undefined;
    let parsed = this.#parsed.get(path);
    if (parsed?.text !== text)
      this.#parsed.set(path, (parsed = { text, value: JSON.parse(text) as Record<string, unknown> }));
    return parsed.value;
  }
  /** The preset as it was loaded: to show where a number comes from. */
  preset(kind: 'models' | 'devices', id: string): Record<string, unknown> | undefined {
    return this.#json(`${kind}/${id}.json`);
  }

  /** A device that the page did not bring, as the file that it was, under the id that it gave itself. */
  ownDevice(id: string): string {
    return `${JSON.stringify({ ...this.preset('devices', id), id: this.#asked.get(id) }, null, 2)}\n`;
  }

  /** What came from the user, by id. */
  get own(): [string, string][] {
    const paths = [
      ...this.index.models.filter((m) => m.own).map((m) => [m.id, `models/${m.id}.json`]),
      ...this.index.devices.filter((d) => d.own).map((d) => [d.id, `devices/${d.id}.json`])
    ];
    return paths.flatMap(([id, path]) => {
      const text = this.#texts.get(path);
      return text === undefined ? [] : [[id, text] as [string, string]];
    });
  }

  /** What a result's calibration says of itself: when and by what it was measured, and what it covers. */
  calibration(r: Result): CalibrationEntry | undefined {
    if (!r.calibration) return undefined;
    const { device, runtime, calibration } = r;
    const own = ((this.preset('devices', device.id)?.calibrations ?? []) as CalibrationEntry[]).filter(
      (c) => c.runtime === runtime.id
    );
    const fitted = (
      (this.#json(`calibrations/${runtime.id}.json`)?.devices ?? []) as CalibrationEntry[]
    ).filter((c) => c.devices?.includes(device.id));
    const of = (list: CalibrationEntry[], mode: string): CalibrationEntry | undefined =>
      list.find((c) => (c.power_mode ?? '') === mode && c.origin === calibration.origin);
    return of(own, device.power_mode) ?? of(fitted, device.power_mode) ?? of(own, '') ?? of(fitted, '');
  }

  /** Who published what a fitted calibration rests on. */
  async evidence(r: Result): Promise<Evidence[]> {
    const entries = (this.#json(`calibrations/${r.runtime.id}.json`)?.devices ?? []) as CalibrationEntry[];
    const at = entries.indexOf(this.calibration(r)!);
    const all = at < 0 ? [] : (JSON.parse(await fetchText(`evidence/${r.runtime.id}.json`)) as Evidence[][]);
    return all[at] ?? [];
  }

  /** Lists the devices of a catalog; each is fetched when it is chosen. */
  list(catalog: string, devices: Listed[]): void {
    this.unlist(catalog);
    const loaded = new Map(this.index.devices.filter((d) => d.own).map((d) => [d.id, d]));
    const entries = devices.map((d): DeviceEntry => ({
      ...(loaded.get(d.address) ?? { id: d.address, name: d.name }),
      catalog,
      date: d.date,
      also: `${d.id} ${d.runtimes.join(' ')}`
    }));
    const listed = new Set(entries.map((d) => d.id));
    this.index.devices = [...this.index.devices.filter((d) => !listed.has(d.id)), ...entries];
  }
  unlist(catalog: string): void {
    this.index.devices = this.index.devices.flatMap((d) =>
      d.catalog !== catalog ? [d] : d.own ? [{ ...d, catalog: undefined }] : []
    );
  }

  /** Lets go of a device of another address; one that a catalog lists stays listed. */
  forget(url: string): void {
    this.#loaded.delete(url);
    this.#texts.delete(`devices/${url}.json`);
    this.foreign.delete(url);
    this.index.devices = this.index.devices.flatMap((d) =>
      d.id !== url ? [d] : d.catalog === undefined ? [] : [{ ...d, own: undefined }]
    );
  }

  /**
   * Takes a preset, a config.json or the header of a .gguf file. An engine of its own tries it first, so that what is
   * refused changes nothing. It never replaces a preset that comes with the page: then it gets another id. Throws EdgewiseError.
   */
  async take(
    input: string | Uint8Array,
    name: string,
    options: { id?: string; kinds?: Kind[] } = {}
  ): Promise<Taken> {
    let json: unknown;
    if (typeof input === 'string')
      try {
        json = JSON.parse(input);
      } catch (error) {
        throw new Error(fill(en.files.syntax, { message: (error as Error).message }), { cause: error });
      }
    const type = (json as { type?: unknown } | null | undefined)?.type;
    const isPreset = typeof type === 'string';
    const kind: Kind = !isPreset ? 'model' : type === 'model' || type === 'device' ? type : 'other';
    if (options.kinds && (!options.kinds.includes(kind) || (options.id && !isPreset)))
      throw new Error(fill(en.files.wrongKind, { kinds: options.kinds.join(', ') }));
    if (json !== undefined && !isPreset) name = configName(json, name);

    const trial = await load({ wasmUrl });
    trial.addPresets(this.#base);
    const asked = isPreset ? trial.addPreset(input as string) : trial.importModel(input, name);
    if (kind === 'other') return { kind, id: this.#wasm.addPreset(input as string), asked };

    const plural = kind === 'model' ? 'models' : 'devices';
    // A preset's id may be anything but the address of another, and what comes with the page keeps its own.
    const id =
      options.id ??
      (this.#bundled[plural].has(asked) || isAddress(asked)
        ? `${tame(asked).replace(/[^\w.-]+/g, '-')}~own`
        : asked);
    if (isPreset) {
      const preset = json as { id: string; name: string };
      input = JSON.stringify({ ...preset, id, name: tame(preset.name) });
      this.#wasm.addPreset(input);
    } else this.#wasm.importModel(input, id);
    this.#catalog = undefined;
    if (kind === 'device') this.#asked.set(id, asked);
    if (typeof input === 'string') this.#texts.set(`${plural}/${id}.json`, input);
    if (kind === 'model') {
      const m = this.catalog.models.find((x) => x.id === id)!;
      this.index.models = [
        {
          id,
          name: m.name,
          family: m.family,
          parameters: m.parameters,
          vision: m.vision ? 1 : undefined,
          own: true
        },
        ...this.index.models.filter((x) => x.id !== id)
      ];
    } else {
      const d = this.device(id)!;
      const listed = this.index.devices.find((x) => x.id === id);
      const entry: DeviceEntry = {
        ...listed,
        id,
        name: d.name,
        class: d.class,
        gib: d.memory_gib,
        own: true
      };
      this.index.devices = listed
        ? this.index.devices.map((x) => (x.id === id ? entry : x))
        : [entry, ...this.index.devices];
    }
    return { kind, id, asked };
  }
}

/** Every configuration file is called config.json: its content says better what it is of. */
function configName(json: unknown, file: string): string {
  if (file !== 'config') return file;
  const { _name_or_path: path, model_type: type } = (json ?? {}) as {
    _name_or_path?: unknown;
    model_type?: unknown;
  };
  const name = [path, type].find((x): x is string => typeof x === 'string' && x !== '');
  return name?.split('/').pop() ?? file;
}

export function problems(error: unknown): EdgewiseProblem[] {
  if (error instanceof EdgewiseError) return error.errors;
  return [{ code: 'failed', path: '', message: error instanceof Error ? error.message : String(error) }];
}
