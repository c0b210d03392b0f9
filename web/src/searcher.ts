import type { Found, Search, Ways, WaysFound } from './worker';

/** What a worker with every preset of the site is asked. */
type Asked = Omit<Search, 'id'> | Omit<Ways, 'id'>;
type Told = Found | WaysFound;

/** An idle worker keeps memory; it is ended after a while and started again when needed. */
const idle_ms = 60_000;

let worker: Worker | undefined;
let serial = 0;
let ending: ReturnType<typeof setTimeout> | undefined;
const waiting = new Map<number, (told: Told) => void>();

function end(): void {
  worker?.terminate();
  worker = undefined;
}
/** Ends it in a while, where nobody waits for it. */
function rest(): void {
  clearTimeout(ending);
  if (worker && !waiting.size) ending = setTimeout(end, idle_ms);
}
function started(): Worker {
  if (worker) return worker;
  worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
  const tell = (told: Told): void => {
    waiting.get(told.id)?.(told);
    waiting.delete(told.id);
    rest();
  };
  worker.addEventListener('message', (e: MessageEvent<Told>) => tell(e.data));
  worker.addEventListener('error', (e) => {
    for (const id of waiting.keys()) tell({ id, error: e.message || 'worker' });
    end();
  });
  return worker;
}

/** Has a worker fetch what it will need, for who is going to ask; who never does has it ended as others have. */
export function prepare(): void {
  started();
  rest();
}

async function ask<T extends Told>(asked: Asked): Promise<T> {
  clearTimeout(ending);
  const id = ++serial;
  const told = new Promise<T>((resolve) => waiting.set(id, resolve as (told: Told) => void));
  started().postMessage({ ...asked, id });
  return told;
}
/** Every combination that meets bounds. */
export const search = (asked: Omit<Search, 'id'>): Promise<Found> => ask<Found>(asked);
/** What to change, among everything that there is. */
export const waysFor = (asked: Omit<Ways, 'id'>): Promise<WaysFound> => ask<WaysFound>(asked);
