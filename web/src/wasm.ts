import { load as answer } from 'edgewise/answer';
import answerUrl from 'edgewise/edgewise-answer.wasm?url';
import largerUrl from 'edgewise/edgewise-estimate.wasm?url';
import type { Estimator } from 'edgewise';
import { Engine, type Sources } from './engine';
import { msg } from './i18n';
import type { Verdict } from './inspector';
import { fetchText } from './site';
import type { Inspected, Inspection } from './types';

/** The whole engine is fetched by a worker, each time that it is needed; browsers keep the file. */
function inspectAway(worker: Worker, what: Inspection): Promise<Inspected> {
  return new Promise<Inspected>((resolve, reject) => {
    worker.addEventListener('message', ({ data }: MessageEvent<Verdict>) => {
      if ('inspected' in data) resolve(data.inspected);
      else reject(Object.assign(new Error(data.errors[0].message), { errors: data.errors }));
    });
    worker.addEventListener('error', (e) => reject(new Error(e.message || msg.files.unread)));
    worker.postMessage(what);
  }).finally(() => worker.terminate());
}
function inspector(): Worker | undefined {
  try {
    return new Worker(new URL('./inspector.ts', import.meta.url), { type: 'module' });
  } catch {
    return undefined; // the component on a page of another site, which may have no worker of this one
  }
}
async function inspect(what: Inspection): Promise<Inspected> {
  const worker = inspector();
  return worker ? inspectAway(worker, what) : (await import('./inspect-here')).inspectHere(what);
}

const larger = async (): Promise<Estimator> =>
  (await import('edgewise/estimate')).load({ wasmUrl: largerUrl });

/**
 * The engine of a browser: WebAssembly, with the presets of this site. `remote`: how files of other addresses
 * are had.
 */
export const startEngine = (remote: Sources['remote']): Promise<Engine> =>
  Engine.start({
    answer: () => answer({ wasmUrl: answerUrl }),
    load: larger,
    inspect,
    text: fetchText,
    remote
  });
