import { load } from 'edgewise';
import wasmUrl from 'edgewise/edgewise-engine.wasm?url';
import { inspect } from './preset';
import { problems } from './problems';
import type { EdgewiseProblem, Inspected, Inspection } from './types';

/** Reads what others wrote, away from the page's thread: it may be large. */
export type Verdict = { inspected: Inspected } | { errors: EdgewiseProblem[] };

addEventListener('message', (event: MessageEvent<Inspection>) => {
  void inspect(() => load({ wasmUrl }), event.data).then(
    (inspected) => postMessage({ inspected } satisfies Verdict),
    (error: unknown) => postMessage({ errors: problems(error) } satisfies Verdict)
  );
});
