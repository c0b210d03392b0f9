import { EdgewiseError, load, type Edgewise } from 'edgewise';
import wasmUrl from 'edgewise/edgewise-engine.wasm?url';
import { en, fill } from './i18n/en';
import { fetchText } from './site';
import type { CatalogList, EdgewiseProblem, ExplainedTerm, Index, Query, Result, Sweep } from './types';

/** The engine with the presets that were needed so far. */
export class Engine {
  #wasm: Edgewise;
  #loaded = new Map<string, Promise<void>>();
  #texts = new Map<string, string>();
  #catalog: CatalogList | undefined;
  readonly index: Index;

  private constructor(wasm: Edgewise, index: Index) {
    this.#wasm = wasm;
    this.index = index;
  }

  static async start(): Promise<Engine> {
    const [wasm, base, index] = await Promise.all([load({ wasmUrl }), fetchText('base.json'), fetchText('index.json')]);
    wasm.addPresets(base);
    return new Engine(wasm, JSON.parse(index) as Index);
  }

  #need(path: string): Promise<void> {
    let promise = this.#loaded.get(path);
    if (!promise) {
      promise = fetchText(path).then((text) => {
        this.#wasm.addPreset(text);
        this.#texts.set(path, text);
        this.#catalog = undefined;
      });
      this.#loaded.set(path, promise);
      promise.catch(() => this.#loaded.delete(path));  // a later choice tries again
    }
    return promise;
  }

  /** Loads what a query needs. The runtime that the engine would choose decides about calibrations. */
  async ensure(q: Query): Promise<void> {
    const needs: Promise<void>[] = [];
    if (this.index.models.some((m) => m.id === q.model && !m.own)) needs.push(this.#need(`models/${q.model}.json`));
    if (this.index.devices.some((d) => d.id === q.device && !d.own)) needs.push(this.#need(`devices/${q.device}.json`));
    if (q.runtime && this.index.calibrated.includes(q.runtime)) needs.push(this.#need(`calibrations/${q.runtime}.json`));
    await Promise.all(needs);
    if (!q.runtime) {
      const chosen = this.#wasm.estimate(q).runtime.id;
      if (this.index.calibrated.includes(chosen)) await this.#need(`calibrations/${chosen}.json`);
    }
  }

  estimate(q: Query): Result { return this.#wasm.estimate(q); }
  explain(q: Query): ExplainedTerm[] { return this.#wasm.explain(q).terms; }
  sweep(q: Query, axis: string, values: number[]): Sweep { return this.#wasm.sweep(q, axis, values); }
  get catalog(): CatalogList { return (this.#catalog ??= this.#wasm.catalog()); }
  get version(): string { return this.#wasm.version().version; }
  device(id: string): CatalogList['devices'][number] | undefined { return this.catalog.devices.find((d) => d.id === id); }
  runtime(id: string): CatalogList['runtimes'][number] | undefined { return this.catalog.runtimes.find((r) => r.id === id); }

  /** Quantizations that a runtime runs: it names recipes, or families of them. */
  quantizations(runtimeId: string): CatalogList['quantizations'] {
    const runs = new Set(this.runtime(runtimeId)?.quantizations ?? []);
    return this.catalog.quantizations.filter((q) => runs.has(q.id) || runs.has(q.family));
  }

  /** The preset as it was loaded: to show where a number comes from. */
  preset(kind: 'models' | 'devices', id: string): Record<string, unknown> | undefined {
    const text = this.#texts.get(`${kind}/${id}.json`);
    return text === undefined ? undefined : (JSON.parse(text) as Record<string, unknown>);
  }

  /** What came from the user, by id. */
  get own(): [string, string][] {
    const paths = [...this.index.models.filter((m) => m.own).map((m) => [m.id, `models/${m.id}.json`]), ...this.index.devices.filter((d) => d.own).map((d) => [d.id, `devices/${d.id}.json`])];
    return paths.flatMap(([id, path]) => { const text = this.#texts.get(path!); return text === undefined ? [] : [[id!, text] as [string, string]]; });
  }

  /** Takes a preset, a config.json or the header of a .gguf file. Throws EdgewiseError. */
  take(input: string | Uint8Array, name: string): { kind: 'model' | 'device' | 'other'; id: string } {
    let kind: 'model' | 'device' | 'other' = 'model';
    let id: string;
    if (typeof input === 'string') {
      let json: unknown;
      try {
        json = JSON.parse(input);
      } catch (error) {
        throw new Error(fill(en.files.syntax, { message: (error as Error).message }));
      }
      const type = (json as { type?: unknown } | null)?.type;
      if (typeof type === 'string') {
        id = this.#wasm.addPreset(input);
        kind = type === 'model' || type === 'device' ? type : 'other';
      } else id = this.#wasm.importModel(input, configName(json, name));
    } else id = this.#wasm.importModel(input, name);
    this.#catalog = undefined;
    if (kind === 'model') {
      const m = this.catalog.models.find((x) => x.id === id);
      if (m) {
        this.index.models = [{ id, name: m.name, family: m.family, parameters: m.parameters, vision: m.vision ? 1 : undefined, own: true }, ...this.index.models.filter((x) => x.id !== id)];
        if (typeof input === 'string') this.#texts.set(`models/${id}.json`, input);
      }
    } else if (kind === 'device') {
      const d = this.device(id);
      if (d) {
        this.index.devices = [{ id, name: d.name, class: d.class, gib: d.memory_gib, own: true }, ...this.index.devices.filter((x) => x.id !== id)];
        if (typeof input === 'string') this.#texts.set(`devices/${id}.json`, input);
      }
    }
    return { kind, id };
  }
}

/** Every configuration file is called config.json: its content says better what it is of. */
function configName(json: unknown, file: string): string {
  if (file !== 'config') return file;
  const { _name_or_path: path, model_type: type } = (json ?? {}) as { _name_or_path?: unknown; model_type?: unknown };
  const name = [path, type].find((x): x is string => typeof x === 'string' && x !== '');
  return name?.split('/').pop() ?? file;
}

export function problems(error: unknown): EdgewiseProblem[] {
  if (error instanceof EdgewiseError) return error.errors;
  return [{ code: 'failed', path: '', message: error instanceof Error ? error.message : String(error) }];
}
