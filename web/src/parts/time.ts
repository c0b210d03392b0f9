import { html, nothing, type TemplateResult } from 'lit';
import type { Act } from '../acts';
import { percent, show } from '../format';
import { msg, fill, prose, sentence } from '../i18n';
import type { OperatorRow, Result } from '../types';
import { bar, swatch } from '../ui/bar';
import { needed, number, term, text, value } from '../ui/terms';

/** Where the time goes, by operator, and what limits it. */
export function time(r: Result, act: Act): TemplateResult {
  const decode = msg.time.decodeBound as Record<string, string>;
  const prefill = msg.time.prefillBound as Record<string, string>;
  // The bandwidth of the device explains no time of others.
  const other = value(r, 'paging_s') > 0 ? 'paging' : value(r, 'host_s') > 0 ? 'host' : undefined;
  const limit = fill(decode[other ?? r.bound.decode] ?? decode.unknown, {
    bytes: text(r, 'decode_bytes'),
    bandwidth: text(r, 'bandwidth_Bps'),
    time: text(r, 'tpot_mean_s'),
    host: text(r, 'host_s'),
    crossing: text(r, 'crossing_s'),
    paging: text(r, 'paging_s')
  });
  const reads = term(r, 'prompt_tokens').value !== 0;
  return html`<section class="panel" aria-labelledby="time-title">
    <h2 id="time-title">${msg.time.title}</h2>
    <p class="lead">
      <strong>${sentence(msg.time.limit)}</strong
      >${msg.between}${prose(limit, (reads && prefill[r.bound.prefill]) || '')}
    </p>
    <div class="phases">
      ${phase(r, act, value(r, 'draft_tokens') > 0 ? msg.time.undrafted : msg.time.decode, r.breakdown.decode, 'tpot_mean_s')}
      ${reads ? phase(r, act, msg.time.prefill, r.breakdown.prefill, 'ttft_s') : nothing}
    </div>
  </section>`;
}

const operator = (id: string): string => msg.operators[id] ?? id.replace(/_/g, ' ');
type Timed = OperatorRow & { total_s: number };

function phase(r: Result, act: Act, title: string, rows: OperatorRow[], id: string): TemplateResult {
  const total = rows.reduce((sum, row) => sum + (row.total_s ?? NaN), 0);
  if (!(total > 0))
    return html`<div class="phase">
      <h3>${title}</h3>
      <p class="missing">${fill(msg.colon, { label: msg.unknown, value: needed(r, id) })}</p>
    </div>`;
  const sorted = rows.filter((x): x is Timed => (x.total_s ?? 0) > 0).sort((a, b) => b.total_s - a.total_s);
  const [top] = sorted;
  const desc = fill(msg.time.desc, {
    phase: title,
    total: show(total, 's'),
    operator: operator(top.operator),
    share: percent(top.total_s / total)
  });
  const parts = sorted.map((x) => ({ id: x.operator, label: operator(x.operator), value: x.total_s }));
  return html`<div class="phase" data-chart>
    <div class="row phase-head">
      <h3>${title}</h3>
      <ew-picture .label=${fill(msg.time.chart, { phase: title })}></ew-picture>
      ${number(r, act, id, title, show(total, 's'))}
    </div>
    ${bar(parts, total, { title: fill(msg.time.chart, { phase: title }), desc })}${table(title, sorted, total)}
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
      <td>${(msg.boundsShort as Record<string, string>)[x.bound] ?? x.bound}</td>
    </tr>`;
  return html`<div
    class="scroll"
    tabindex="0"
    role="region"
    aria-label=${fill(msg.time.chart, { phase: title })}
  >
    <table class="rows">
      <caption class="vh">
        ${fill(msg.time.chart, { phase: title })}
      </caption>
      <thead>
        <tr>
          <th scope="col">${msg.time.operator}</th>
          <th scope="col" class="n">${msg.time.timeColumn}</th>
          <th scope="col" class="n">${msg.time.share}</th>
          <th scope="col">${msg.time.bound}</th>
        </tr>
      </thead>
      <tbody>
        ${rows.map(row)}
      </tbody>
    </table>
  </div>`;
}
