import type {
  CatalogList as OldCatalog,
  Edgewise,
  EdgewiseProblem,
  Query as Asked,
  Result as Old
} from 'edgewise';
import type { Query } from './types';

// What the engine is about to say by itself, said for it until then.

export type { EdgewiseProblem, ExplainedTerm, ExploreRow, OperatorRow, Sweep, TermValue } from 'edgewise';
export interface Choice {
  query: Asked;
  put_aside: PutAside[];
  needs: Need[];
  answer: Result | null;
  errors: EdgewiseProblem[];
}
export interface PutAside {
  field: 'model' | 'device' | 'power_mode' | 'runtime' | 'quant' | 'kv_quant' | 'threads' | 'images';
  asked: string;
  taken: string;
  message: string;
}
export interface Need {
  type:
    | 'model'
    | 'device'
    | 'runtime'
    | 'calibrations'
    | 'quantizations'
    | 'formats'
    | 'intervals'
    | 'device-classes';
  id: string;
}
export interface Limit {
  field: string;
  min: number;
  max: number;
  whole: boolean;
  default: number | null;
}
export type Result = Omit<Old, 'calibration'> & {
  instead: null | {
    kind: 'host' | 'paging' | 'out_of_memory';
    layers_on_device: number | null;
    layers: number;
    tpot_s: number | null;
  };
  sure: { level: 'measured' | 'fitted' | 'related' | 'datasheet'; configurations: number };
  calibration: null | {
    origin: 'measured' | 'fitted';
    configurations: number;
    power_mode: string;
    source: 'device' | 'calibrations';
    index: number;
  };
};
export interface CatalogList extends OldCatalog {
  limits: Limit[];
  default_query: Query;
  devices: (OldCatalog['devices'][number] & { kind: 'soc-integrated' | 'host-centric' })[];
  runtimes: (OldCatalog['runtimes'][number] & { kv_formats: string[]; default_kv_format: string })[];
}

const limits: [string, number, number, boolean][] = [
  ['prompt', 0, 1e8, true],
  ['generate', 0, 1e8, true],
  ['depth', 0, 1e8, true],
  ['batch', 1, 1e5, true],
  ['images', 0, 1e4, true],
  ['threads', 0, 1024, true],
  ['context', 0, 1e8, true],
  ['requests_per_day', 1e-3, 1e12, false],
  ['battery_wh', 1e-3, 1e9, false],
  ['electricity_usd_per_kwh', 1e-6, 1e4, false],
  ['device_life_years', 1e-3, 1e3, false]
];
const default_query: Query = {
  model: 'llama-3.2-1b',
  device: 'raspberry-pi-5-8gb',
  power_mode: '',
  runtime: '',
  quant: '',
  kv_quant: '',
  prompt: 512,
  generate: 128,
  depth: 0,
  batch: 1,
  threads: 0,
  images: 0,
  context: 0
};

export function catalogOf(wasm: Edgewise): CatalogList {
  const old = wasm.catalog();
  const run = (list: string[]): string[] =>
    old.quantizations.filter((q) => list.includes(q.id) || list.includes(q.family)).map((q) => q.id);
  return {
    ...old,
    devices: old.devices.map((d) => ({
      ...d,
      kind: ['dgpu', 'laptop-dgpu', 'dc-gpu', 'npu-module'].includes(d.class)
        ? 'host-centric'
        : 'soc-integrated'
    })),
    runtimes: old.runtimes.map((r) => ({
      ...r,
      quantizations: run(r.quantizations),
      default_kv_format: 'F16',
      kv_formats: r.family.includes('llama.cpp')
        ? ['F32', 'F16', 'BF16', 'Q8_0', 'Q5_1', 'Q5_0', 'Q4_1', 'Q4_0']
        : ['F32', 'F16', 'BF16', 'FP8', 'INT8']
    })),
    limits: limits.map(([field, min, max, whole]) => ({ field, min, max, whole, default: null })),
    default_query
  };
}

function settle(
  asked: Query,
  catalog: CatalogList,
  vision: boolean
): { query: Query; put_aside: PutAside[] } {
  const query = { ...asked };
  const put_aside: PutAside[] = [];
  const drop = (field: PutAside['field'], empty: string | number): void => {
    put_aside.push({ field, asked: String(query[field]), taken: '', message: '' });
    Object.assign(query, { [field]: empty });
  };
  const device = catalog.devices.find((d) => d.id === query.device)!;
  if (query.runtime && !device.runtimes.includes(query.runtime)) {
    drop('runtime', '');
    if (query.kv_quant) drop('kv_quant', '');
  }
  if (query.power_mode && !device.power_modes.some((m) => m.id === query.power_mode)) drop('power_mode', '');
  const runs = (id: string): string[] => catalog.runtimes.find((r) => r.id === id)?.quantizations ?? [];
  if (query.quant) {
    const offered = (query.runtime ? [query.runtime] : device.runtimes).flatMap(runs);
    const found = offered.find((x) => x.toLowerCase() === query.quant.toLowerCase());
    if (found === undefined) drop('quant', '');
    else query.quant = found;
  }
  const chosen = query.runtime || device.runtimes.find((r) => !query.quant || runs(r).includes(query.quant));
  if (query.threads && catalog.runtimes.find((r) => r.id === chosen)?.processor !== 'cpu') drop('threads', 0);
  if (query.images && !vision) drop('images', 0);
  return { query, put_aside };
}

function said(r: Old, catalog: CatalogList, find: (r: Old) => Result['calibration']): Result {
  const host = catalog.devices.find((d) => d.id === r.device.id)!.kind === 'host-centric';
  const tpot = r.terms.paging_tpot_s?.value ?? null;
  const kind = host ? 'host' : tpot !== null && tpot > 0 ? 'paging' : 'out_of_memory';
  const layers = Math.floor(r.terms.layers_on_device?.value ?? 0);
  return {
    ...r,
    instead:
      r.verdict === 'no'
        ? { kind, layers_on_device: layers, layers: r.terms.layers?.value ?? 0, tpot_s: tpot }
        : null,
    sure: {
      level: r.calibration?.origin ?? (r.situation === 'related' ? 'related' : 'datasheet'),
      configurations: r.calibration?.configurations ?? 0
    },
    calibration: find(r)
  };
}

export function choose(
  wasm: Edgewise,
  catalog: CatalogList,
  asked: Query,
  find: (r: Old) => Result['calibration']
): Choice {
  const at = <T extends { id: string }>(list: T[], id: string): T | undefined =>
    list.find((x) => x.id === id) ?? list.find((x) => x.id.toLowerCase() === id.toLowerCase());
  const model = at(catalog.models, asked.model);
  const device = at(catalog.devices, asked.device);
  const needs: Need[] = [
    ...(model ? [] : [{ type: 'model', id: asked.model } as Need]),
    ...(device ? [] : [{ type: 'device', id: asked.device } as Need])
  ];
  if (!model || !device) {
    const lacking = needs.map((n) => ({ code: 'unknown', path: n.type, message: `no ${n.type} ${n.id}` }));
    return { query: asked, put_aside: [], needs, answer: null, errors: lacking };
  }
  const { query, put_aside } = settle(
    { ...asked, model: model.id, device: device.id },
    catalog,
    model.vision
  );
  try {
    const answer = said(wasm.estimate(query), catalog, find);
    return { query, put_aside, needs: [{ type: 'calibrations', id: answer.runtime.id }], answer, errors: [] };
  } catch (error) {
    const errors = (error as { errors?: EdgewiseProblem[] }).errors ?? [];
    return { query, put_aside, needs: [], answer: null, errors };
  }
}
