import { html } from 'lit';
import type { Answer } from '../acts';
import { digits, known, largest } from '../format';
import { fill, listed, msg, prose } from '../i18n';
import { quality as words } from '../i18n/quality';
import { made } from '../remembered';
import type { Result, Sweep } from '../types';
import { keptText } from '../ui/quality';
import { once } from './options';
import type { Retention } from 'edgewise';
import type { Option } from '../ui/search';
import '../styles/quants.css';
import type { Part } from './views';

// What is known of every quantization beside its name, for the chooser, and what is known of the quality of an answer.

/** Heads of the columns. */
export const columns = (): string[] => [words.bits, largest('B').unit, words.rate, words.kept];

/** What comes of each choice, and which are those that people choose between. */
interface Known {
  swept: Sweep;
  usual: Set<string>;
}
const cache = new WeakMap<Result, Known>();
function ask({ engine, query }: Answer, plain: Option[]): Known | undefined {
  const ids = plain.map(({ id }) => id);
  const swept = engine?.sweep(query, 'quant', ids);
  return swept && { swept, usual: new Set(engine?.sweep(query, 'quant')?.names) };
}

/** `plain` with what comes of each choice: those first that people choose between, then the larger first. */
export function detailed(plain: Option[], a: Answer, r: Result): Option[] {
  const found = made(cache, r, () => ask(a, plain));
  if (!found) return plain;
  const scores = a.engine?.quality(r);
  return once(plain, () => inOrder(plain, found, scores?.retention, r), `${!!scores} ${largest('B').unit}`);
}

function inOrder(
  plain: Option[],
  { swept, usual }: Known,
  retention: Record<string, Retention> | undefined,
  r: Result
): Option[] {
  const { bits_per_weight: bits, file_B: bytes, decode_tok_s: speed } = swept.columns;
  const shown = (x: number, n: number): string => (known(x) ? digits(x, n) : '–');
  const all = plain.map((o, i) => {
    const kept = retention?.[o.id || r.quantization.id];
    const isUsual = usual.has(o.id) || o.id === '';
    const option: Option = {
      ...o,
      group: isUsual ? words.common : words.others,
      cells: [
        shown(bits[i], 2),
        shown(bytes[i] / largest('B').factor, 3),
        shown(speed[i], 3),
        kept ? keptText(kept) : retention ? msg.unknown : '…'
      ],
      verdict: swept.verdicts[i] ?? 'unknown'
    };
    return { option, rank: Number(!isUsual), size: bytes[i] || 0 };
  });
  return all.sort((x, y) => x.rank - y.rank || y.size - x.size).map(({ option }) => option);
}

/** What the quantization keeps of the model, and what the model scores. */
export const quality: Part = (_state, a) => {
  const r = a.result!;
  const found = a.engine?.qualityOf(a.query, r);
  if (!found) return html`<p class="quality">${msg.loading}</p>`;
  const { retention, scores } = found;
  const quant = r.quantization.id;
  const said = retention
    ? fill(retention.kind === 'recovery' ? words.keeps : words.differs, { quant, kept: keptText(retention) })
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
