import { load, type Edgewise, type ExploreRow } from 'edgewise';
import wasmUrl from 'edgewise/edgewise-engine.wasm?url';
import { fetchText } from './site';
import type { Query } from './types';

/** Searches every combination away from the page's thread, with every preset loaded. */
export interface Search {
  id: number;
  query: Partial<Query>;
  bounds: Record<string, number>;
  quant: 'default' | 'any' | string;
  own: [string, string][];
}
export type Found = { id: number; rows: ExploreRow[]; count: number } | { id: number; error: string };

let engine: Promise<Edgewise> | undefined;
const taken = new Set<string>();

async function start(): Promise<Edgewise> {
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

addEventListener('message', async (event: MessageEvent<Search>) => {
  const { id, query, bounds, quant, own } = event.data;
  try {
    const wasm = await (engine ??= start());
    for (const [name, text] of own) {
      if (taken.has(text)) continue;
      taken.add(text);
      if (typeof (JSON.parse(text) as { type?: unknown }).type === 'string') wasm.addPreset(text);
      else wasm.importModel(text, name);
    }
    const ask: Partial<Query> = { ...query };
    if (quant === 'default' && query.device) {
      const catalog = wasm.catalog();
      const device = catalog.devices.find((d) => d.id === query.device);
      ask.quant = catalog.runtimes.find((r) => r.id === device?.runtimes[0])?.default_quantization;
    } else if (quant !== 'any') ask.quant = quant === 'default' ? 'Q4_K_M' : quant;
    const { rows, count } = wasm.explore(ask, bounds, 5000);
    postMessage({ id, rows, count } satisfies Found);
  } catch (error) {
    if (!(await engine?.catch(() => undefined))) engine = undefined;
    postMessage({ id, error: error instanceof Error ? error.message : String(error) } satisfies Found);
  }
});
