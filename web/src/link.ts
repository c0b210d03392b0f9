import { frameOf, resolved, type Answer } from './acts';
import type { Language } from './i18n';
import { isAddress } from './remote';
import { write, type Addressed, type State } from './state';
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

/** A link to what the page shows. */
export function linkTo(state: State, a: Answer): string {
  const here = location.href;
  const frame = frameOf(a, here);
  const url = new URL(location.pathname, here);
  if (frame) url.hash = write(state, frame, extras(a, [state.query, ...state.pins]));
  return url.href;
}

/**
 * A link to the answer alone, on `page`: it names all that was asked, also what is the default today. `at`: another view
 * of it.
 */
export function linkNaming(
  a: Answer,
  page: URL,
  language: Language,
  at: Pick<Addressed, 'view' | 'term'> = { view: 'calculator' }
): string {
  const url = new URL(page);
  const frame = frameOf(a, page.href);
  const query = resolved(a);
  if (!frame || !query) return url.href;
  const naming = { ...frame, defaults: { ...frame.defaults, model: '', device: '' } };
  const lang = language === 'en' ? {} : { lang: language };
  url.hash = write({ query, pins: [], unknown: [], ...at, ...lang }, naming, extras(a, [query]));
  return url.href;
}
