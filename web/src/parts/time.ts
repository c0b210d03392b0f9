import { html, type TemplateResult } from 'lit';
import type { Act } from '../acts';
import { percent, show } from '../format';
import { en, fill } from '../i18n/en';
import type { OperatorRow, Result } from '../types';
import { bar, swatch } from '../ui/bar';
import { needed, number, text } from '../ui/terms';

/** Where the time goes, by operator, and what limits it. */
export function time(r: Result, act: Act): TemplateResult {
  const decode = en.time.decodeBound as Record<string, string>;
  const prefill = en.time.prefillBound as Record<string, string>;
  const limit = fill(decode[r.bound.decode] ?? decode.unknown, {
    bytes: text(r, 'decode_bytes'),
    bandwidth: text(r, 'bandwidth_Bps'),
    time: text(r, 'tpot_mean_s')
  });
  return html`<section class="panel" aria-labelledby="time-title">
    <h2 id="time-title">${en.time.title}</h2>
    <p class="lead"><strong>${en.time.limit}.</strong> ${limit} ${prefill[r.bound.prefill] ?? ''}</p>
    <div class="phases">
      ${phase(r, act, en.time.decode, r.breakdown.decode, 'tpot_mean_s')}
      ${phase(r, act, en.time.prefill, r.breakdown.prefill, 'ttft_s')}
    </div>
  </section>`;
}

const operator = (id: string): string => en.operators[id] ?? id.replace(/_/g, ' ');
type Timed = OperatorRow & { total_s: number };

function phase(r: Result, act: Act, title: string, rows: OperatorRow[], id: string): TemplateResult {
  const total = rows.reduce((sum, row) => sum + (row.total_s ?? NaN), 0);
  if (!(total > 0))
    return html`<div class="phase">
      <h3>${title}</h3>
      <p class="missing">${en.unknown}: ${needed(r, id)}</p>
    </div>`;
  const sorted = rows.filter((x): x is Timed => (x.total_s ?? 0) > 0).sort((a, b) => b.total_s - a.total_s);
  const [top] = sorted;
  const desc = fill(en.time.desc, {
    phase: title,
    total: show(total, 's'),
    operator: operator(top.operator),
    share: percent(top.total_s / total)
  });
  const parts = sorted.map((x) => ({ id: x.operator, label: operator(x.operator), value: x.total_s }));
  return html`<div class="phase">
    <h3>${title} ${number(r, act, id, title, show(total, 's'))}</h3>
    ${bar(parts, total, { title: fill(en.time.chart, { phase: title }), desc })}${table(title, sorted, total)}
  </div>`;
}

function table(title: string, rows: Timed[], total: number): TemplateResult {
  const row = (x: Timed, i: number): TemplateResult =>
    html`<tr>
      <th scope="row">
        <span class="key">${swatch(i)}<span>${operator(x.operator)}</span></span>
      </th>
      <td class="n">${show(x.total_s, 's', 2)}</td>
      <td class="n">${percent(x.total_s / total)}</td>
      <td>${(en.boundsShort as Record<string, string>)[x.bound] ?? x.bound}</td>
    </tr>`;
  return html`<div class="scroll">
    <table class="rows">
      <caption class="vh">
        ${fill(en.time.chart, { phase: title })}
      </caption>
      <thead>
        <tr>
          <th scope="col">${en.time.operator}</th>
          <th scope="col" class="n">${en.time.timeColumn}</th>
          <th scope="col" class="n">${en.time.share}</th>
          <th scope="col">${en.time.bound}</th>
        </tr>
      </thead>
      <tbody>
        ${rows.map(row)}
      </tbody>
    </table>
  </div>`;
}
