import { load } from 'edgewise';
import wasmUrl from 'edgewise/edgewise-engine.wasm?url';
import { setLanguage, type Language } from './i18n';
import { tasks, type Task } from './tasks';
import { problems } from './problems';
import type { EdgewiseProblem, Progress } from './types';

/** What is asked of the whole engine, away from the page's thread: it may be large. `language`: of what is said. */
export interface Order {
  task: Task;
  what: unknown;
  language: Language;
}
export type Verdict = { done: unknown } | { errors: EdgewiseProblem[] } | { progress: Progress };

async function carryOut({ task, what, language }: Order): Promise<unknown> {
  await setLanguage(language);
  const told = (progress: Progress): void => postMessage({ progress } satisfies Verdict);
  return tasks[task](() => load({ wasmUrl }), what as never, told);
}

addEventListener('message', (event: MessageEvent<Order>) => {
  void carryOut(event.data).then(
    (done) => postMessage({ done } satisfies Verdict),
    (error: unknown) => postMessage({ errors: problems(error) } satisfies Verdict)
  );
});
