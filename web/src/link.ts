import { frameOf, type Answer } from './acts';
import { isAddress } from './remote';
import { write, type State } from './state';
import type { Query } from './types';

/** What a link holds beside the address: the revision of the presets, and presets that no one else has. */
function extras({ engine }: Answer, queries: Query[]): [string, string][] {
  if (!engine) return [];
  const { index } = engine;
  const own = (kind: 'models' | 'devices', ids: string[]): [string, string][] =>
    [...new Set(ids)].flatMap((id) => {
      // An address is in the link already.
      if (isAddress(id) || !index[kind].some((x) => x.id === id && x.own)) return [];
      const packed = engine.packed(kind, id);
      return packed ? [packed] : [];
    });
  return [
    ['p', index.revision],
    ...own(
      'models',
      queries.map((q) => q.model)
    ),
    ...own(
      'devices',
      queries.map((q) => q.device)
    )
  ];
}

/**
 * A link to what the page shows; `page`: to another page of the site, which shows the present choice alone.
 */
export function linkTo(state: State, a: Answer, page = ''): string {
  const here = location.href;
  const frame = frameOf(a, here);
  const url = new URL(page || location.pathname, here);
  const alone = { query: state.query, pins: [], view: 'calculator' as const, unknown: [] };
  if (frame)
    url.hash = write(
      page ? alone : state,
      frame,
      extras(a, page ? [state.query] : [state.query, ...state.pins])
    );
  return url.href;
}
