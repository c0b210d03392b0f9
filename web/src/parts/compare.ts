import { html, nothing, type TemplateResult } from 'lit';
import { isPinned, type Act, type Answer, type Pinned } from '../acts';
import { known, show, whole } from '../format';
import { msg, fill } from '../i18n';
import { sureness } from '../sentences';
import { maxPins, type State } from '../state';
import type { Result } from '../types';
import { verdictMark } from '../ui/verdict';

interface Row {
  id: string;
  label: string;
  best: 'min' | 'max';
}
const row = (id: string, label: string, best: Row['best']): Row => ({ id, label, best });
const rows: Row[] = [
  row('decode_tok_s', msg.big.speed, 'max'),
  row('ttft_s', msg.big.ttft, 'min'),
  row('total_latency_s', msg.energy.latency, 'min'),
  row('memory_B', msg.big.memory, 'min'),
  row('free_B', msg.memory.free, 'max'),
  row('max_context_tokens', msg.memory.maxContext, 'max'),
  row('max_batch', msg.memory.maxBatch, 'max'),
  row('decode_w', msg.energy.power, 'min'),
  row('energy_per_token_J', msg.big.energy, 'min'),
  row('battery_h', msg.energy.battery, 'max'),
  row('usd_per_Mtok', msg.energy.perM, 'min'),
  row('price_usd', msg.compare.price, 'min')
];

type Column = Pinned & { now?: boolean };
const valueOf = (c: Column, { id }: Row): number | null | undefined => c.result?.terms[id]?.value;

/** Pinned choices side by side, and the present one. */
export function compare(_: State, a: Answer, act: Act): TemplateResult {
  const present = a.result && !isPinned(a) && a.pins.length < maxPins && !a.errors.length;
  const columns: Column[] = [
    ...(present ? [{ query: a.query, result: a.result, now: true }] : []),
    ...a.pins
  ];
  const shown = rows.filter((r) => columns.some((c) => known(valueOf(c, r))));
  return html`<section class="panel compare" aria-labelledby="compare-title">
    <div class="heading">
      <h2 id="compare-title">${msg.compare.title}</h2>
      <button type="button" class="plain" @click=${() => void act({ do: 'unpin' })}>
        ${msg.compare.clear}
      </button>
    </div>
    <div class="scroll" tabindex="0" role="region" aria-label=${msg.compare.table}>
      <table class="rows">
        <thead>
          <tr>
            <td></td>
            ${columns.map((c) => head(c, act))}
          </tr>
        </thead>
        <tbody>
          ${line(msg.compare.verdict, columns, verdict)}${shown.map((r) => numbers(r, columns))}
          ${line(msg.compare.sure, columns, (c) => (c.result ? sureness(c.result).title : ''))}
        </tbody>
      </table>
    </div>
  </section>`;
}

function head(c: Column, act: Act): TemplateResult {
  const { result: r, query } = c;
  const mode = r?.device.power_mode ? ` · ${r.device.power_mode}` : '';
  return html`<th scope="col">
    <span class="name">${r?.model.name ?? query.model}</span>
    <span class="dim">${r?.device.name ?? query.device}</span>
    <span class="dim">${r ? `${r.quantization.id} · ${r.runtime.name}${mode}` : ''}</span>
    <span class="dim">${r ? workload(r) : ''}</span>
    ${c.now ? html`<span class="tag">${msg.compare.now}</span>` : buttons(c, act)}
  </th>`;
}

function buttons({ query, result: r }: Column, act: Act): TemplateResult {
  const model = r?.model.name ?? query.model;
  const name = `${model}, ${r?.device.name ?? query.device}`;
  const choose = (): void => {
    void act({ query });
    scrollTo({ top: 0 });
  };
  return html`<span class="row"
    ><button type="button" class="plain" @click=${choose}>
      ${msg.compare.show}<span class="vh"> ${model}</span>
    </button>
    <button
      type="button"
      class="plain"
      aria-label=${fill(msg.compare.remove, { name })}
      @click=${() => void act({ do: 'unpin', pin: query })}
    >
      ✕
    </button></span
  >`;
}

/** The workload where it is not the default one. */
function workload({ query: q }: Result): string {
  const parts = [`${whole(q.prompt ?? 0)} + ${whole(q.generate ?? 0)} ${msg.form.tokens}`];
  if (q.depth) parts.push(`${msg.form.depth}: ${whole(q.depth)}`);
  if ((q.batch ?? 1) !== 1) parts.push(`${msg.form.batch}: ${whole(q.batch ?? 1)}`);
  return parts.join(', ');
}

const line = (label: string, columns: Column[], cell: (c: Column) => unknown): TemplateResult =>
  html`<tr>
    <th scope="row">${label}</th>
    ${columns.map((c) => html`<td>${cell(c)}</td>`)}
  </tr>`;

const verdict = ({ result: r, failed }: Column): unknown =>
  r
    ? html`<span class="small-verdict">${verdictMark(r.verdict)} ${msg.verdict[r.verdict]}</span>`
    : (failed ?? msg.compare.gone);

function numbers(r: Row, columns: Column[]): TemplateResult {
  const winner = bestOf(r, columns);
  const cell = (c: Column): TemplateResult => {
    const won = winner !== undefined && valueOf(c, r) === winner;
    const shown = c.result ? show(valueOf(c, r), c.result.terms[r.id]?.unit ?? '') : '';
    return html`<td class=${won ? 'best' : ''}>
      ${shown}${won ? html` <span class="tag">${msg.compare.best}</span>` : nothing}
    </td>`;
  };
  return html`<tr>
    <th scope="row">${r.label}</th>
    ${columns.map(cell)}
  </tr>`;
}

/** The best of several; where all are alike, none is. */
function bestOf(r: Row, columns: Column[]): number | undefined {
  const values = columns.map((c) => valueOf(c, r)).filter(known);
  if (values.length < 2) return undefined;
  const value = Math[r.best](...values);
  return values.every((v) => v === value) ? undefined : value;
}
