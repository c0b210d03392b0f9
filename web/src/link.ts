import { frameOf, type Answer } from './acts';
import { isAddress } from './remote';
import { pack, write, type State } from './state';
import type { Query } from './types';

/** What a link holds beside the address: the revision of the presets, and presets that no one else has. */
function extras({ engine }: Answer, { model, device }: Query): [string, string][] {
  if (!engine) return [];
  const { index } = engine;
  const out: [string, string][] = [['p', index.revision]];
  for (const [kind, id, list] of [
    ['models', model, index.models],
    ['devices', device, index.devices]
  ] as const) {
    // An address is in the link already.
    if (isAddress(id) || !list.some((x) => x.id === id && x.own)) continue;
    const preset = engine.preset(kind, id);
    if (preset) out.push(['x', pack(JSON.stringify(preset))]);
  }
  return out;
}

/**
 * A link to what the page shows; `page`: to another page of the site, which shows the present choice alone.
 */
export function linkTo(state: State, a: Answer, page = ''): string {
  const here = location.href;
  const frame = frameOf(a, here);
  const url = new URL(page || location.pathname, here);
  const alone = { query: state.query, pins: [], view: 'calculator' as const, unknown: [] };
  if (frame) url.hash = write(page ? alone : state, frame, extras(a, state.query));
  return url.href;
}
