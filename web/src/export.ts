import type { Answer } from './acts';
import { known, show } from './format';
import { msg } from './i18n';
import { joined, parted } from './known';
import { linkTo } from './link';
import { isAddress } from './remote';
import type { State } from './state';
import type { Result } from './types';

/** A word of a command line, quoted where a shell would take it apart. */
const word = (s: string): string => (/^[\w@%+=:,./-]+$/.test(s) ? s : `'${s.replace(/'/g, `'\\''`)}'`);

/** The file of a device that does not come with the program. */
export function fileOf(device: string): string {
  const name = isAddress(device) ? new URL(device).pathname.split('/').pop()! : device;
  return `${name.replace(/\.json$/i, '').replace(/[^\w.-]+/g, '-') || 'device'}.json`;
}

/**
 * The line that gives the same answer in a terminal; a device that is not among the presets is read from a
 * file.
 */
export function command(r: Result, own: boolean): string {
  const q = r.query;
  const out = [
    'edgewise',
    'estimate',
    '--model',
    word(r.model.id),
    '--device',
    word(own ? `./${fileOf(r.device.id)}` : r.device.id)
  ];
  if (q.power_mode) out.push('--power-mode', word(q.power_mode));
  out.push(
    '--runtime',
    word(r.runtime.id),
    '--quant',
    word(r.quantization.id),
    '--kv-quant',
    word(q.kv_quant)
  );
  const count = (name: string, value: number | undefined, standard: number): void => {
    if (known(value) && value !== standard) out.push(`--${name}`, String(value));
  };
  out.push('--prompt', String(q.prompt), '--generate', String(q.generate));
  count('depth', q.depth, 0);
  count('batch', q.batch, 1);
  count('threads', q.threads, 0);
  count('images', q.images, 0);
  count('image-width', q.image_width, 0);
  count('image-height', q.image_height, 0);
  count('audio-s', q.audio_s, 0);
  count('context', q.context, 0);
  count('memory-taken-gib', q.memory_taken_gib, 0);
  count('gpu-memory-gib', q.gpu_memory_gib, NaN);
  if (q.session) out.push('--session', q.session);
  for (const number of parted(joined(q.known))) out.push('--known', word(number));
  return out.join(' ');
}

/** The document that the command line tool prints, with the versions that made it. */
export function jsonDocument(state: State, a: Answer, r: Result): string {
  const edgewise = { version: a.engine?.version, presets: a.engine?.index.revision };
  return `${JSON.stringify({ ...r, edgewise, link: linkTo(state, a) }, null, 2)}\n`;
}

/** A cell by RFC 4180; what a spreadsheet would take for a formula is made text. */
export function cell(value: string | number | null): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text;
}

export function csv(a: Answer, r: Result): string {
  const rows: (string | number | null)[][] = [['term', 'label', 'value', 'low', 'high', 'unit']];
  const labels = new Map(a.engine?.explain(a.query).map((t) => [t.id, t.label]));
  for (const [id, t] of Object.entries(r.terms))
    rows.push([id, labels.get(id) ?? id, t.value, t.low, t.high, t.unit]);
  return rows.map((row) => row.map(cell).join(',')).join('\r\n') + '\r\n';
}

export function markdown(r: Result): string {
  const cellOf = (id: string): string => {
    const t = r.terms[id];
    if (!t || !known(t.value)) return msg.unknown;
    return known(t.low) && known(t.high)
      ? `${show(t.value, t.unit)} (${show(t.low, t.unit, 2)} – ${show(t.high, t.unit, 2)})`
      : show(t.value, t.unit);
  };
  const head = [
    msg.form.model,
    msg.form.quant,
    msg.form.device,
    msg.form.runtime,
    msg.compare.verdict,
    msg.big.memory,
    msg.big.ttft,
    msg.big.speed,
    msg.big.energy
  ];
  const body = [
    r.model.name,
    r.quantization.id,
    r.device.name,
    r.runtime.name,
    msg.verdict[r.verdict],
    cellOf('memory_B'),
    cellOf('ttft_s'),
    cellOf('decode_tok_s'),
    cellOf('energy_per_token_J')
  ];
  const line = (cells: string[]): string =>
    `| ${cells.map((c) => c.replace(/\|/g, '\\|').replace(/\u00a0/g, ' ')).join(' | ')} |`;
  return `${line(head)}\n${line(head.map(() => '---'))}\n${line(body)}\n`;
}

/** An iframe for pages that allow frames. */
export function embedCode(state: State, a: Answer, r: Result): string {
  const title = `${msg.name}: ${r.model.name}, ${r.device.name}`.replace(/"/g, '&quot;');
  const address = linkTo(state, a, 'embed.html').replace(/&/g, '&amp;');
  const size = 'width="100%" height="300" style="border:0"';
  return `<iframe title="${title}" loading="lazy" ${size} src="${address}"></iframe>`;
}
