import type { Measured } from './acts';
import type { Engine } from './engine';
import { answerPin } from './resolve';
import type { State } from './state';
import type { Need, Query } from './types';

/** From small to large, models that most people know; those that the site has are shown beside the present one. */
const usual = ['llama-3.2-1b', 'qwen3-4b', 'llama-3.1-8b'];

/**
 * The answers of the site's board for a few models, before and after it was measured; none where another device is
 * asked about.
 */
export async function measuredBoard(
  engine: Pick<Engine, 'choose' | 'offers' | 'catalog' | 'fetch' | 'index'>,
  { query, home, before }: Pick<State, 'query' | 'home' | 'before'>
): Promise<Measured[]> {
  if (query.device !== home) return [];
  const there = new Set(engine.index.models.map((m) => m.id));
  const models = [query.model, ...usual.filter((id) => id !== query.model && there.has(id))];
  const fetch = (need: Need): Promise<void> => engine.fetch(need);
  // What somebody knows of a board corrects both: nothing would be left of the difference.
  const asked = models.map((model): Query => ({
    ...query,
    model,
    quant: model === query.model ? query.quant : '',
    known: undefined
  }));
  return Promise.all(
    asked.map(async (q) => {
      const after = await answerPin(engine, q, fetch);
      // The same runtime and quantization, whatever the other would have taken.
      const same = { ...q, runtime: after.query.runtime, quant: after.query.quant };
      return { after, before: await answerPin(engine, { ...same, device: before }, fetch) };
    })
  );
}
