import { html, nothing, type TemplateResult } from 'lit';
import type { Act } from '../../acts';
import type { Exploring, Side } from '../../exploring';
import { digits, known, largest, parameterCount } from '../../format';
import { written } from '../../numbers';
import { fill, listed, msg } from '../../i18n';
import { explore as words } from '../../i18n/explore';
import type { State } from '../../state';
import { isMeasured } from '../../sentences';
import type { ExploreRow } from '../../types';
import type { Names } from '../../worker';
import { kept, nameOf, score } from './rows';
import { choiceOf, use } from './scatter';

type Column = keyof typeof words.columns;
type Numeric = 'decode_tok_s' | 'ttft_s' | 'memory_B' | 'energy_per_token_J' | 'price_usd';

// One unit per column, so that numbers can be compared by eye.
const units: Record<Exclude<Numeric, 'memory_B'>, [factor: number, unit: string]> = {
  decode_tok_s: [1, 'tok/s'],
  ttft_s: [1, 's'],
  energy_per_token_J: [1, 'J'],
  price_usd: [1, 'USD']
};
function unitOf(c: Numeric): [factor: number, unit: string] {
  if (c !== 'memory_B') return units[c];
  const { factor, unit } = largest('B');
  return [factor, unit];
}
const isNumeric = (c: Column): c is Numeric => c === 'memory_B' || c in units;
const isText = (c: Column): boolean => c === 'model' || c === 'device' || c === 'quant';
/** What sorts downwards at first: where more is better. */
const down: ReadonlySet<Column> = new Set<Column>(['parameters', 'decode_tok_s', 'quality', 'retention']);

/** What is the same in every row is left out. */
const hidden: Record<Side, Column[]> = {
  model: ['device', 'price_usd'],
  device: ['model', 'parameters', 'quality', 'retention'],
  quant: ['model', 'device', 'parameters', 'price_usd']
};
export const columnsOf = (open: Side): Column[] =>
  (Object.keys(words.columns) as Column[]).filter((c) => !hidden[open].includes(c));

const label = (c: Column): string =>
  isNumeric(c) ? `${words.columns[c]}, ${unitOf(c)[1]}` : words.columns[c];

export function table({ explore: e }: State, names: Names, act: Act, rows: ExploreRow[]): TemplateResult {
  const columns = columnsOf(e.open);
  const decimals = new Map(columns.filter(isNumeric).map((c) => [c, decimalsOf(rows, c)]));
  const cell = (r: ExploreRow, c: Column): TemplateResult => {
    if (c === e.open) return name(r, e, names, act);
    return html`<td role="cell" class=${isText(c) ? '' : 'n'} data-label=${label(c)}>
      ${isNumeric(c) ? number(r, c, decimals.get(c)!) : content(r, c, names)}
    </td>`;
  };
  return html`<div class="scroll" tabindex="0" role="region" aria-label=${words.table}>
      <table class="rows found" role="table">
        <caption class="vh">
          ${words.table}
        </caption>
        <thead role="rowgroup">
          <tr role="row">
            ${columns.map((c) => heading(c, e, act))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          ${rows.map(
            (r) =>
              html`<tr role="row">
                ${columns.map((c) => cell(r, c))}
              </tr>`
          )}
        </tbody>
      </table>
    </div>
    <p class="hint"><span class="front on"></span>${words.paretoNote}</p>`;
}

function heading(c: Column, e: Exploring, act: Act): TemplateResult {
  const sorted = e.sort === c;
  const sort = (): void => void act({ explore: { ...e, sort: c, up: sorted ? !e.up : !down.has(c) } });
  const direction = sorted ? (e.up ? 'ascending' : 'descending') : nothing;
  const arrow = sorted ? (e.up ? ' ↑' : ' ↓') : '';
  return html`<th scope="col" role="columnheader" class=${isText(c) ? '' : 'n'} aria-sort=${direction}>
    <button type="button" class="sort" @click=${sort}>
      ${label(c)}<span aria-hidden="true">${arrow}</span>
    </button>
  </th>`;
}

/** So many that the smallest of them has two digits, and no more than three: the points of a column stand in line. */
function decimalsOf(rows: ExploreRow[], c: Numeric): number {
  let least = Infinity;
  for (const r of rows) {
    const x = (r[c] ?? NaN) / unitOf(c)[0];
    if (x > 0 && x < least) least = x;
  }
  return Number.isFinite(least) ? Math.min(3, Math.max(0, 1 - Math.floor(Math.log10(least)))) : 0;
}
const fixed = (x: number, decimals: number): string => written(x, { decimals, least: decimals });

/** The number, its range beneath it, and of the speed whether it was estimated. */
function number(r: ExploreRow, c: Numeric, decimals: number): TemplateResult {
  const x = r[c];
  if (!known(x)) return html`<span class="missing">${msg.unknown}</span>`;
  const [factor] = unitOf(c);
  const [low, high] = c === 'price_usd' ? [null, null] : [r[`${c}_low`], r[`${c}_high`]];
  const ends = known(low) && known(high) ? `${digits(low / factor)}–${digits(high / factor)}` : '';
  const beneath = listed([ends, qualified(r, c)]);
  return html`${c === 'decode_tok_s' ? sureness(r) : nothing}${fixed(x / factor, decimals)}${
    beneath ? html`<span class="ends">${beneath}</span>` : nothing
  }`;
}
/** What a number is of: the numbers of a column are not all of the same. */
function qualified(r: ExploreRow, c: Numeric): string {
  if (c === 'price_usd') return r.host_centric ? words.cardAlone : '';
  return c === 'energy_per_token_J' ? (words.energyOf[r.power_scope] ?? '') : '';
}
const sureness = (r: ExploreRow): TemplateResult =>
  html`<span class="sure-mark ${isMeasured(r.sure) ? 'on' : ''}" title=${words.sure[r.sure]}
    ><span class="vh">${words.sure[r.sure]}: </span></span
  >`;

function content(r: ExploreRow, c: Column, { runtimes }: Names): string | TemplateResult {
  if (c === 'parameters') return parameterCount(r.parameters);
  if (c === 'quality')
    return r.quality_basis ? html`<span title=${words.bases[r.quality_basis]}>${score(r)}</span>` : missing();
  if (c === 'retention') return known(r.retention) ? kept(r) : missing();
  if (c === 'quant') return html`${r.quant}<span class="ends">${runtimes[r.runtime]}</span>`;
  return String(r[c]);
}
const missing = (): TemplateResult => html`<span class="missing">${msg.unknown}</span>`;

function name(r: ExploreRow, e: Exploring, names: Names, act: Act): TemplateResult {
  const shown = nameOf(r, e, names);
  const mark = r.pareto ? html`<span class="vh">${words.pareto}: </span>` : nothing;
  return html`<th scope="row" role="rowheader">
    <span class="front ${r.pareto ? 'on' : ''}">${mark}</span
    ><button
      type="button"
      class="plain"
      title=${fill(msg.actions.use, { name: shown })}
      @click=${() => use(r, act)}
    >
      ${shown}
    </button>
    <span class="ends"
      >${msg.verdict[r.verdict]} ·
      <button
        type="button"
        class="plain"
        aria-label=${fill(msg.actions.compareThis, { name: shown })}
        @click=${() => void act({ do: 'pin', query: choiceOf(r) })}
      >
        ${msg.actions.compare}
      </button></span
    >
  </th>`;
}
