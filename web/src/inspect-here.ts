import { load } from 'edgewise';
import wasmUrl from 'edgewise/edgewise-engine.wasm?url';
import { tasks, type Done, type Given, type Task } from './tasks';

/** Does a task of the whole engine on the page's own thread. */
export const doHere = <T extends Task>(task: T, what: Given<T>): Promise<Done<T>> =>
  tasks[task](() => load({ wasmUrl }), what as never) as Promise<Done<T>>;
