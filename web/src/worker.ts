import type { Estimator, Explored, Scale } from 'edgewise';
import { boundsOf, type Exploring } from './exploring';
import { load } from 'edgewise/estimate';
import wasmUrl from 'edgewise/edgewise-estimate.wasm?url';
import { reason } from './problems';
import { fetchText } from './site';
import type { Query, WayOut } from './types';

/** Searches every combination away from the page's thread, with every preset loaded. */
export interface Search {
  id: number;
  query: Partial<Query>;
  explore: Exploring;
  /** Presets of the user's own. */
  own: string[];
}
/** What may be chosen among, the most frequent first. */
export type Facets = Record<'classes' | 'vendors' | 'licences', string[]>;
/** What is called how, by id. */
export type Names = Record<'models' | 'devices' | 'runtimes', Record<string, string>>;
/** What holds of all that there is, whatever is looked for. */
export interface Known {
  scales: Scale[];
  facets: Facets;
  names: Names;
}
export type Found = (Explored & Known & { id: number }) | { id: number; error: string };

/** What to change of a question that does not run well. */
export interface Ways {
  id: number;
  ways: Query;
  own: string[];
}
export type WaysFound = { id: number; ways: WayOut[] } | { id: number; error: string };

/** Fewer models are no axis worth the choice. */
const leastModels = 4;
let scales: Scale[] = [];
let known: Known | undefined;

const taken = new Set<string>();

async function start(): Promise<Estimator> {
  const scores = fetchText('quality.csv');
  scores.catch(() => undefined); // told below
  const [wasm, base, everything] = await Promise.all([
    load({ wasmUrl }),
    fetchText('base.json'),
    fetchText('everything.json')
  ]);
  wasm.addPresets(base);
  try {
    wasm.addPreset(await scores);
    scales = wasm.benchmarks().filter((s) => s.models >= leastModels);
  } catch {
    // Without scores quality is unknown; the rest stands.
  }
  try {
    wasm.addPresets(everything);
  } catch {
    // A preset that this engine does not read is left out; the others are in.
  }
  return wasm;
}
/** Begun at once: nobody starts a worker without asking it soon. */
let engine: Promise<Estimator> | undefined = start();
engine.catch(() => undefined); // told to who asks

/** Known words, the most frequent first. */
function frequent(values: string[]): string[] {
  const counts = new Map<string, number>();
  for (const value of values) if (value) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1]).map(([value]) => value);
}
const namesOf = (list: { id: string; name: string }[]): Record<string, string> =>
  Object.fromEntries(list.map(({ id, name }) => [id, name]));
function knownOf(wasm: Estimator): Known {
  const { devices, models, runtimes } = wasm.catalog();
  return {
    scales,
    facets: {
      classes: frequent(devices.map((d) => d.class)),
      vendors: frequent(devices.map((d) => d.vendor)),
      licences: frequent(models.map((m) => m.licence))
    },
    names: { models: namesOf(models), devices: namesOf(devices), runtimes: namesOf(runtimes) }
  };
}

function take(wasm: Estimator, own: Search['own']): void {
  for (const text of own) {
    if (taken.has(text)) continue;
    taken.add(text);
    wasm.addPreset(text);
    known = undefined;
  }
}

/** Asks the engine, with everything in it. */
async function asked<T extends object>(
  { id, own }: { id: number; own: string[] },
  ask: (wasm: Estimator) => T
): Promise<(T & { id: number }) | { id: number; error: string }> {
  try {
    const wasm = await (engine ??= start());
    take(wasm, own);
    return { ...ask(wasm), id };
  } catch (error) {
    if (!(await engine?.catch(() => undefined))) engine = undefined;
    return { id, error: reason(error) };
  }
}

const answer = (search: Search): Promise<Found> =>
  asked(search, (wasm) => {
    const { explore } = search;
    const every = explore.quant === 'any' || explore.open === 'quant';
    const query = { ...search.query, ...(every ? {} : { quant: 'default' }) };
    const found = wasm.explore(query, boundsOf(explore, scales[0]?.id ?? ''), 10_000);
    return { ...found, ...(known ??= knownOf(wasm)) };
  });
const waysOut = (question: Ways): Promise<WaysFound> =>
  asked(question, (wasm) => ({
    ways: wasm.choose({ ...question.ways, ways_out: true }).answer?.ways_out ?? []
  }));

let warm = false;
/** What every quantization makes of every model is the same for all devices: once it is known, all answers are quick. */
async function warmUp({ query: { device } }: Search): Promise<void> {
  if (warm || !device) return;
  warm = true;
  (await engine)?.explore({ device }, {}, 0);
}

async function reply(order: Search | Ways): Promise<void> {
  if ('ways' in order) return postMessage(await waysOut(order));
  postMessage(await answer(order));
  setTimeout(() => void warmUp(order).catch(() => undefined), 100);
}
addEventListener('message', ({ data }: MessageEvent<Search | Ways>) => void reply(data));
