import { html } from 'lit';
import type { Answer } from '../acts';
import { digits, known, largest } from '../format';
import { fill, listed, msg, prose } from '../i18n';
import { quality as words } from '../i18n/quality';
import type { Query, Result } from '../types';
import { keptText } from '../ui/quality';
import type { Option } from '../ui/search';
import type { Part } from './views';

// What is known of every quantization beside its name, for the chooser, and what is known of the quality of an answer.

/** Made once for each answer, and again when scores have come. */
const made = new WeakMap<Result, { scored: boolean; options: Option[] }>();

/** Heads of the columns. */
export const columns = (): string[] => [words.bits, largest('B').unit, words.rate, words.kept];

/** `plain` with what comes of each choice: those first that people choose between, then the larger first. */
export function detailed(plain: Option[], a: Answer, query: Query, r: Result): Option[] {
  const { engine } = a;
  const scores = engine?.quality(r.model.id);
  const before = made.get(r);
  if (before?.scored === !!scores && before.options.length === plain.length) return before.options;
  const swept = engine?.sweep(
    query,
    'quant',
    plain.map(({ id }) => id)
  );
  const usual = new Set(engine?.sweep(query, 'quant')?.names);
  if (!swept) return plain;
  const { bits_per_weight: bits, file_B: bytes, decode_tok_s: speed } = swept.columns;
  const shown = (x: number, n: number): string => (known(x) ? digits(x, n) : '–');
  const options = plain.map((o, i): Option => {
    const retention = scores?.retention[o.id || r.quantization.id];
    return {
      ...o,
      group: usual.has(o.id) || o.id === '' ? words.common : words.others,
      cells: [
        shown(bits[i], 2),
        shown(bytes[i] / largest('B').factor, 3),
        shown(speed[i], 3),
        retention ? keptText(retention) : scores ? msg.unknown : '…'
      ],
      verdict: swept.verdicts[i] ?? 'unknown'
    };
  });
  const size = new Map(options.map((o, i) => [o, bytes[i] || 0]));
  const rank = (o: Option): number => Number(o.group !== words.common);
  options.sort((x, y) => rank(x) - rank(y) || size.get(y)! - size.get(x)!);
  made.set(r, { scored: !!scores, options });
  return options;
}

/** What the quantization keeps of the model, and what the model scores. */
export const quality: Part = (_state, a) => {
  const r = a.result!;
  const found = a.engine?.qualityOf(a.query, r);
  if (!found) return html`<p class="quality">${msg.loading}</p>`;
  const { retention, scores } = found;
  const quant = r.quantization.id;
  const said = retention
    ? fill(words.keeps, { quant, kept: keptText(retention) })
    : fill(words.unknown, { quant });
  const basis = !retention
    ? ''
    : retention.by_definition
      ? words.published
      : fill(retention.estimated ? words.estimated : words.measured, { n: retention.count });
  const list = scores.slice(0, 3).map((s) => `${s.benchmark} ${digits(s.value)} %`);
  const scored = list.length ? fill(words.scores, { list: listed(list) }) : '';
  return html`<p class="quality">${prose(said, basis, scored)}</p>`;
};
