import type { Answer } from './acts';
import { known } from './format';
import { joined, parted } from './known';
import { fileOf } from './remote';
import type { Query, Result } from './types';

/** A word of a command line, quoted where a shell would take it apart. */
export const word = (s: string): string => (/^[\w@%+=:,./-]+$/.test(s) ? s : `'${s.replace(/'/g, `'\\''`)}'`);

/** What the command line calls a member of the question. */
const option = (member: string): string => `--${member.replace(/_/g, '-')}`;

/**
 * The line that gives the same answer in a terminal: every setting that is not as usual. Presets of the user's own are
 * read from files. `to`: what it does with it.
 */
export function command(
  a: Answer,
  r: Result,
  own: { model: boolean; device: boolean },
  to: 'estimate' | 'render' = 'estimate'
): string {
  const { engine, query: asked } = a;
  const q: Partial<Query> = { ...asked, runtime: asked.runtime || r.runtime.id, kv_quant: r.query.kv_quant };
  const usual = new Map<string, number | null>(engine?.catalog.limits.map((l) => [l.field, l.default]));
  const file = (id: string, isOwn: boolean): string => (isOwn ? `./${fileOf(id)}` : id);
  const out = ['edgewise', to, '--model', word(file(r.model.id, own.model))];
  out.push('--device', word(file(r.device.id, own.device)));
  // What a file holds is what is computed.
  if (!r.quantization.of_file) out.push('--quant', word(r.quantization.id));
  for (const [member, value] of Object.entries(q)) {
    if (['model', 'device', 'quant', 'known', 'set', 'ways_out', 'quality'].includes(member)) continue;
    if (typeof value === 'number') {
      const shown = member === 'prompt' || member === 'generate';
      if (known(value) && (shown || value !== usual.get(member))) out.push(option(member), String(value));
    } else if (typeof value === 'boolean') {
      if (member === 'flash_attention') out.push(option(member), value ? '1' : '0');
      else if (value) out.push(option(member));
    } else if (value) out.push(option(member), word(value));
  }
  for (const number of parted(joined(q.known))) out.push('--known', word(number));
  for (const edit of parted(joined(q.set))) out.push('--set', word(edit));
  return out.join(' ');
}
