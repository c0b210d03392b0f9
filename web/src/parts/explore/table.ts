import { html, nothing, type TemplateResult } from 'lit';
import type { Act, Answer } from '../../acts';
import { digits, known, parameterCount } from '../../format';
import { msg, fill } from '../../i18n';
import { explore as words } from '../../i18n/explore';
import type { Exploring, State } from '../../state';
import type { ExploreRow } from '../../types';
import { nameIn } from './rows';

type Column = keyof typeof words.columns;
type Numeric = Exclude<Column, 'model' | 'device' | 'quant' | 'parameters'>;

// One unit per column, so that numbers can be compared by eye.
const units: Record<Numeric, [factor: number, unit: string]> = {
  decode_tok_s: [1, 'tok/s'],
  ttft_s: [1, 's'],
  memory_B: [1024 ** 3, 'GiB'],
  energy_per_token_J: [1, 'J'],
  price_usd: [1, 'USD']
};
const isNumeric = (c: Column): c is Numeric => c in units;
const aligned = (c: Column): string => (isNumeric(c) || c === 'parameters' ? 'n' : '');
/** What sorts downwards at first: where more is better. */
const down: ReadonlySet<Column> = new Set<Column>(['parameters', 'decode_tok_s']);

/** The one that is looked for comes first; what is the same in every row is left out. */
function columnsOf(open: Exploring['open']): Column[] {
  const hidden: Column[] = open === 'model' ? ['device', 'price_usd'] : ['model', 'parameters'];
  return (Object.keys(words.columns) as Column[]).filter((c) => !hidden.includes(c));
}

export function table({ explore: e }: State, a: Answer, act: Act, rows: ExploreRow[]): TemplateResult {
  const columns = columnsOf(e.open);
  const cell = (r: ExploreRow, c: Column): TemplateResult => {
    if (c === e.open) return name(r, e.open, a, act);
    return html`<td class=${aligned(c)}>${content(r, c)}</td>`;
  };
  return html`<div class="scroll" tabindex="0" role="region" aria-label=${words.table}>
      <table class="rows found">
        <caption class="vh">
          ${words.table}
        </caption>
        <thead>
          <tr>
            ${columns.map((c) => heading(c, e, act))}
          </tr>
        </thead>
        <tbody>
          ${rows.map(
            (r) =>
              html`<tr>
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
  const unit = isNumeric(c) ? `, ${units[c][1]}` : '';
  return html`<th scope="col" class=${aligned(c)} aria-sort=${direction}>
    <button type="button" class="sort" @click=${sort}>
      ${words.columns[c]}${unit}<span aria-hidden="true">${arrow}</span>
    </button>
  </th>`;
}

function content(r: ExploreRow, c: Column): string | TemplateResult {
  if (c === 'parameters') return parameterCount(r.parameters);
  if (!isNumeric(c)) return r[c];
  const x = r[c];
  return known(x) ? digits(x / units[c][0]) : html`<span class="missing">${msg.unknown}</span>`;
}

function name(r: ExploreRow, open: Exploring['open'], { engine }: Answer, act: Act): TemplateResult {
  const list = open === 'model' ? engine?.index.models : engine?.index.devices;
  const shown = nameIn(list, r[open]);
  const { model, device, runtime, quant } = r;
  const use = (): void =>
    void act({ view: 'calculator', query: { model, device, runtime, quant, kv_quant: '' } });
  const mark = r.pareto ? html`<span class="vh">${words.pareto}: </span>` : nothing;
  return html`<th scope="row">
    <span class="front ${r.pareto ? 'on' : ''}">${mark}</span
    ><button type="button" class="plain" title=${fill(msg.actions.use, { name: shown })} @click=${use}>
      ${shown}
    </button>
  </th>`;
}
