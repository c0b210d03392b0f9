import type { Estimator, ExploreRow } from 'edgewise';
import { load } from 'edgewise/estimate';
import wasmUrl from 'edgewise/edgewise-estimate.wasm?url';
import { reason } from './problems';
import { fetchText } from './site';
import type { Query } from './types';

/** Searches every combination away from the page's thread, with every preset loaded. */
export interface Search {
  id: number;
  query: Partial<Query>;
  bounds: Record<string, number>;
  quant: 'default' | 'any';
  /** Presets of the user's own. */
  own: string[];
}
export type Found = { id: number; rows: ExploreRow[]; count: number } | { id: number; error: string };

let engine: Promise<Estimator> | undefined;
const taken = new Set<string>();

async function start(): Promise<Estimator> {
  const [wasm, base, everything] = await Promise.all([
    load({ wasmUrl }),
    fetchText('base.json'),
    fetchText('everything.json')
  ]);
  wasm.addPresets(base);
  try {
    wasm.addPresets(everything);
  } catch {
    // A preset that this engine does not read is left out; the others are in.
  }
  return wasm;
}

function take(wasm: Estimator, own: Search['own']): void {
  for (const text of own) {
    if (taken.has(text)) continue;
    taken.add(text);
    wasm.addPreset(text);
  }
}

async function answer(search: Search): Promise<Found> {
  try {
    const wasm = await (engine ??= start());
    take(wasm, search.own);
    const query = { ...search.query, quant: search.quant === 'any' ? undefined : 'default' };
    const { rows, count } = wasm.explore(query, search.bounds, 5000);
    return { id: search.id, rows, count };
  } catch (error) {
    if (!(await engine?.catch(() => undefined))) engine = undefined;
    return { id: search.id, error: reason(error) };
  }
}

addEventListener('message', (event: MessageEvent<Search>) => {
  void answer(event.data).then((found) => postMessage(found));
});
