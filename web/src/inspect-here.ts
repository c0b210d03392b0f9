import { load } from 'edgewise';
import wasmUrl from 'edgewise/edgewise-engine.wasm?url';
import { inspect } from './preset';
import type { Inspected, Inspection } from './types';

/** Reads what others wrote on the page's own thread. */
export const inspectHere = (what: Inspection): Promise<Inspected> => inspect(() => load({ wasmUrl }), what);
