import { html, nothing, type TemplateResult } from 'lit';
import { isPinned, type Act, type Answer } from '../../acts';
import { known, show } from '../../format';
import { fill, msg } from '../../i18n';
import { isUnmeasured, sureness } from '../../sentences';
import { maxPins, type State } from '../../state';
import { download } from '../../ui/clipboard';
import { bars, type BarRow } from '../../ui/plot/tables';
import { pending } from '../../ui/pending';
import { spread } from '../../ui/terms';
import { verdictMark } from '../../ui/verdict';
import { curves } from './curves';
import { bestOf, csv, drawn, namesOf, rows, termOf, workload, type Column, type Row } from './data';

/** Choices side by side: those that were pinned, and the present one. */
export function compare({ pins }: State, a: Answer, act: Act): TemplateResult {
  if (a.pins.length < pins.length) return pending();
  const present = a.result && !isPinned(a) && a.pins.length < maxPins && !a.errors.length;
  const columns: Column[] = [
    ...(present ? [{ query: a.query, result: a.result, now: true }] : []),
    ...a.pins
  ];
  const shown = rows().filter((r) => columns.some((c) => known(termOf(c, r)?.value)));
  return html`${a.pins.length ? nothing : html`<p class="note">${msg.compare.empty}</p>`}
    <section class="panel compare" aria-labelledby="compare-title">
      <div class="heading">
        <h2 id="compare-title">${msg.compare.side}</h2>
        ${buttons(a, columns, shown, act)}
      </div>
      ${table(columns, shown, act)}
    </section>
    <section class="panel" aria-labelledby="compare-bars">
      <h2 id="compare-bars">${msg.compare.bars}</h2>
      <p class="hint">${msg.compare.barsHint}</p>
      <div class="charts">${shown.filter((r) => drawn.has(r.id)).map((r) => chart(r, columns))}</div>
    </section>
    ${curves(a, columns)}`;
}

function buttons(a: Answer, columns: Column[], shown: Row[], act: Act): TemplateResult {
  const save = (): void => download('edgewise-compare.csv', 'text/csv', csv(columns, shown));
  return html`<span class="row">
    <button type="button" class="plain" @click=${save}>${msg.compare.csv}</button>
    ${
      a.pins.length
        ? html`<button type="button" class="plain" @click=${() => void act({ do: 'unpin' })}>
            ${msg.compare.clear}
          </button>`
        : nothing
    }
  </span>`;
}

function table(columns: Column[], shown: Row[], act: Act): TemplateResult {
  return html`<div class="scroll" tabindex="0" role="region" aria-label=${msg.compare.table}>
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
  </div>`;
}

function head(c: Column, act: Act): TemplateResult {
  const { result: r, query } = c;
  const mode = r?.device.power_mode ? ` · ${r.device.power_mode}` : '';
  return html`<th scope="col">
    <span class="name">${r?.model.name ?? query.model}</span>
    <span class="dim">${r?.device.name ?? query.device}</span>
    <span class="dim">${r ? `${r.quantization.id} · ${r.runtime.name}${mode}` : ''}</span>
    <span class="dim">${r ? workload(r) : ''}</span>
    ${c.now ? html`<span class="tag">${msg.compare.now}</span>` : ofPin(c, act)}
  </th>`;
}

function ofPin({ query, result: r }: Column, act: Act): TemplateResult {
  const model = r?.model.name ?? query.model;
  const name = `${model}, ${r?.device.name ?? query.device}`;
  return html`<span class="row"
    ><button type="button" class="plain" @click=${() => void act({ query, view: 'calculator' })}>
      ${msg.compare.show}<span class="vh"> ${name}</span>
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

const line = (label: string, columns: Column[], cellOf: (c: Column) => unknown): TemplateResult =>
  html`<tr>
    <th scope="row">${label}</th>
    ${columns.map((c) => html`<td>${cellOf(c)}</td>`)}
  </tr>`;

const verdict = ({ result: r, failed }: Column): unknown =>
  r
    ? html`<span class="small-verdict">${verdictMark(r.verdict)} ${msg.verdict[r.verdict]}</span>`
    : (failed ?? msg.compare.gone);

function numbers(r: Row, columns: Column[]): TemplateResult {
  const winner = bestOf(r, columns);
  const cellOf = (c: Column): TemplateResult => {
    const t = termOf(c, r);
    const won = winner === c;
    return html`<td class=${won ? 'best' : ''}>
      ${c.result ? show(t?.value, t?.unit ?? '') : ''}${won ? html` <span class="tag">${msg.compare.best}</span>` : nothing}
      ${t && spread(t) ? html`<span class="dim block">${spread(t)}</span>` : nothing}
    </td>`;
  };
  return html`<tr>
    <th scope="row">${r.label}</th>
    ${columns.map(cellOf)}
  </tr>`;
}

function chart(r: Row, columns: Column[]): TemplateResult {
  const names = namesOf(columns);
  const of = columns.map((c, i): BarRow => {
    const t = termOf(c, r);
    return {
      name: names[i],
      value: t?.value ?? NaN,
      low: t?.low ?? NaN,
      high: t?.high ?? NaN,
      text: html`${show(t?.value, t?.unit ?? '')}${t && known(t.low) ? html` <span class="dim">${spread(t)}</span>` : nothing}`,
      series: i,
      hollow: c.result && isUnmeasured(c.result.sure)
    };
  });
  return html`<div>
    <h3>${r.label}</h3>
    ${bars(r.label, of)}
  </div>`;
}
