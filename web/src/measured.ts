import type { Answer } from './acts';
import type { Engine } from './engine';
import type { State } from './state';

/**
 * The site's board beside what it was before it was measured, by code that only such a site fetches. Nothing where
 * another question was asked meanwhile.
 */
export async function showBoard(engine: Engine, state: () => State): Promise<Partial<Answer>> {
  const { query } = state();
  try {
    const { measuredBoard } = await import('./board');
    const board = await measuredBoard(engine, state());
    return state().query === query ? { board } : {};
  } catch {
    return { board: [] }; // the answer stands without it
  }
}
