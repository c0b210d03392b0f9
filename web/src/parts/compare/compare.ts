import { html, nothing, type TemplateResult } from 'lit';
import { isPinned, type Act, type Answer } from '../../acts';
import { known, show } from '../../format';
import { fill, msg } from '../../i18n';
import { compare as words } from '../../i18n/compare';
import { linkTo } from '../../link';
import { isMeasured, sureness } from '../../sentences';
import { maxPins, type State } from '../../state';
import { copy, download } from '../../ui/clipboard';
import { bars, type BarRow } from '../../ui/plot/tables';
import { pending } from '../../ui/pending';
import { piece } from '../../ui/piece';
import { warnings } from '../hero';
import { modeOf } from '../mode';
import '../../styles/compare.css';
import { scopeOf, spread } from '../../ui/terms';
import { curves } from './curves';
import { bestOf, csv, drawn, letter, namesOf, ofPower, rows, termOf, type Column, type Row } from './data';
import { editor } from './editor';
import { about, head, verdict } from './head';

/** Choices side by side: the present one, and those that were pinned. */
export function compare(state: State, a: Answer, act: Act): TemplateResult {
  if (!a.engine || (state.busy && !a.result) || a.pins.length < state.pins.length) return pending();
  const present = a.result && !isPinned(a) && a.pins.length < maxPins && !a.errors.length;
  const columns: Column[] = [
    ...(present ? [{ query: a.query, result: a.result, now: true }] : []),
    ...a.pins
  ].map((c) => ({ ...c, mode: modeOf(a.engine, c.query.device, c.query.power_mode) }));
  const shown = rows().filter((r) => columns.some((c) => known(termOf(c, r)?.value)));
  return html`<div class="screen">
    ${columns.length > 1 ? nothing : html`<p class="note">${words.empty}</p>`}
    <section class="panel compare" aria-labelledby="compare-title">
      <div class="heading">
        <h2 id="compare-title">${words.side}</h2>
        ${buttons(state, a, columns, shown, act)}
      </div>
      ${table(columns, shown, act)}
    </section>
    ${piece(() => barCharts(columns, shown))}${piece(() => curves(a, columns))}
    ${editor(state, a, columns, act)}
  </div>`;
}

function barCharts(columns: Column[], shown: Row[]): TemplateResult {
  const charts = shown.filter((r) => drawn.has(r.id)).map((r) => piece(() => chart(r, columns)));
  return html`<section class="panel" aria-labelledby="compare-bars">
    <h2 id="compare-bars">${words.bars}</h2>
    <p class="hint">${words.barsHint}</p>
    <div class="charts wide">${charts}</div>
  </section>`;
}

function buttons(state: State, a: Answer, columns: Column[], shown: Row[], act: Act): TemplateResult {
  const plain = (label: string, run: () => void): TemplateResult =>
    html`<button type="button" class="plain" @click=${run}>${label}</button>`;
  const full = a.pins.length >= maxPins;
  return html`<span class="row">
    ${plain(words.csv, () => download('edgewise-compare.csv', 'text/csv', csv(columns, shown)))}
    ${a.pins.length ? plain(words.clear, () => void act({ do: 'unpin' })) : nothing}
    <button type="button" class="button" @click=${() => void copy(linkTo(state, a), act, msg.actions.copied)}>
      ${words.link}
    </button>
    <button
      type="button"
      class="button"
      ?disabled=${full || !a.result}
      title=${full ? fill(words.full, { n: maxPins }) : nothing}
      @click=${() => void act({ do: 'copy' })}
    >
      ${words.add}
    </button>
  </span>`;
}

function table(columns: Column[], shown: Row[], act: Act): TemplateResult {
  return html`<div class="scroll" tabindex="0" role="region" aria-label=${words.table}>
    <table class="rows ${columns.length > 4 ? 'many' : ''}">
      <thead>
        <tr>
          <td></td>
          ${columns.map(head)}
        </tr>
        <tr>
          <td></td>
          ${columns.map((c, i) => about(c, i, columns, act))}
        </tr>
      </thead>
      <tbody>
        ${line(words.verdict, columns, verdict)}${shown.map((r) => numbers(r, columns))}
        ${line(words.sure, columns, (c) => (c.result ? sureness(c.result).title : ''))}
        ${columns.some((c) => notesOf(c).length) ? line(words.notes, columns, noted) : nothing}
      </tbody>
    </table>
  </div>`;
}

const notesOf = ({ result: r }: Column): string[] => (r ? warnings(r) : []);
const noted = (c: Column): unknown => {
  const notes = notesOf(c);
  return notes.length
    ? html`<details class="noted">
        <summary>${fill(words.notesOf, { n: notes.length })}</summary>
        ${notes.map((said) => html`<p class="dim">${said}</p>`)}
      </details>`
    : '';
};

const line = (label: string, columns: Column[], cellOf: (c: Column) => unknown): TemplateResult =>
  html`<tr>
    <th scope="row">${label}</th>
    ${columns.map((c) => html`<td>${cellOf(c)}</td>`)}
  </tr>`;

function numbers(r: Row, columns: Column[]): TemplateResult {
  const winner = bestOf(r, columns);
  const cellOf = (c: Column): TemplateResult => {
    const t = termOf(c, r);
    const won = winner === c;
    return html`<td class=${won ? 'best' : ''}>
      ${c.result ? show(t?.value, t?.unit ?? '') : ''}${won ? html` <span class="tag">${words.best}</span>` : nothing}
      ${t && spread(t) ? html`<span class="dim block">${spread(t)}</span>` : nothing}${
        ofScope(r, c) ? html`<span class="dim block">${ofScope(r, c)}</span>` : nothing
      }
    </td>`;
  };
  return html`<tr>
    <th scope="row">${r.label}</th>
    ${columns.map(cellOf)}
  </tr>`;
}

/** What a power or an energy is of. */
const ofScope = (r: Row, c: Column): string =>
  ofPower.has(r.id) && known(termOf(c, r)?.value) ? scopeOf(c.result!) : '';

function chart(r: Row, columns: Column[]): TemplateResult {
  const names = namesOf(columns);
  const of = columns.map((c, i): BarRow => {
    const t = termOf(c, r);
    const [first, ...more] = names[i];
    return {
      name: html`<b class="letter">${letter(i)}</b>
        <span
          >${first}${more.length ? html` <span class="dim block">${more.join(' · ')}</span>` : nothing}</span
        >`,
      value: t?.value ?? NaN,
      low: t?.low ?? NaN,
      high: t?.high ?? NaN,
      text: show(t?.value, t?.unit ?? ''),
      range: t ? spread(t) : '',
      note: ofScope(r, c),
      series: i,
      hollow: c.result && !isMeasured(c.result.sure.level)
    };
  });
  return html`<div data-chart>
    <div class="row">
      <h3>${r.label}</h3>
      <ew-picture .label=${r.label}></ew-picture>
    </div>
    ${bars(r.label, of)}
  </div>`;
}
