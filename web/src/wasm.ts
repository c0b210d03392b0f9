import { load as answer } from 'edgewise/answer';
import answerUrl from 'edgewise/edgewise-answer.wasm?url';
import largerUrl from 'edgewise/edgewise-estimate.wasm?url';
import type { Estimator } from 'edgewise';
import { breath } from './breath';
import type { Begin } from './beginning';
import { Engine } from './engine';
import { language, msg } from './i18n';
import type { Order, Verdict } from './inspector';
import { fetchText } from './site';
import type { Done, Given, Sources, Task } from './tasks';
import type { Following } from './types';

/** The whole engine is fetched by a worker, each time that it is needed; browsers keep the file. */
function doAway<T extends Task>(
  worker: Worker,
  task: T,
  what: Given<T>,
  following?: Following
): Promise<Done<T>> {
  return new Promise<Done<T>>((resolve, reject) => {
    following?.signal.addEventListener('abort', () => reject(following.signal.reason as Error));
    worker.addEventListener('message', ({ data }: MessageEvent<Verdict>) => {
      if ('progress' in data) following?.told(data.progress);
      else if ('done' in data) resolve(data.done as Done<T>);
      else reject(Object.assign(new Error(data.errors[0].message), { errors: data.errors }));
    });
    worker.addEventListener('error', (e) => reject(new Error(e.message || msg.files.unread)));
    worker.postMessage({ task, what, language: language() } satisfies Order);
  }).finally(() => worker.terminate());
}
function inspector(): Worker | undefined {
  try {
    return new Worker(new URL('./inspector.ts', import.meta.url), { type: 'module' });
  } catch {
    return undefined; // the component on a page of another site, which may have no worker of this one
  }
}
async function whole<T extends Task>(task: T, what: Given<T>, following?: Following): Promise<Done<T>> {
  const worker = inspector();
  return worker ? doAway(worker, task, what, following) : (await import('./inspect-here')).doHere(task, what);
}

const larger = async (): Promise<Estimator> =>
  (await import('edgewise/estimate')).load({ wasmUrl: largerUrl });

/**
 * The engine of a browser: WebAssembly, with the presets of this site. `remote`: how files of other addresses
 * are had. `begin`: what it begins with. `whole`: more than an answer is asked for, at once.
 */
export async function startEngine(
  remote: Sources['remote'],
  { begin, whole: all = false }: { begin?: Begin; whole?: boolean }
): Promise<Engine> {
  const engine = await Engine.start(
    {
      ...(!all && { answer: () => answer({ wasmUrl: answerUrl }) }),
      load: larger,
      whole,
      text: fetchText,
      remote
    },
    begin
  );
  // Everything asks for it; what follows is a task of its own.
  void engine.catalog;
  await breath();
  return engine;
}
