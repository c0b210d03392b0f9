import { html, nothing, type TemplateResult } from 'lit';
import type { App, Pinned } from '../app';
import { known, show, whole } from '../format';
import { en, fill } from '../i18n/en';
import { sureness } from '../sentences';
import { defaults, maxPins } from '../state';
import type { Result } from '../types';
import { verdictMark } from './answer';

const rows: { id: string; label: string; best?: 'min' | 'max' }[] = [
  { id: 'decode_tok_s', label: en.big.speed, best: 'max' },
  { id: 'ttft_s', label: en.big.ttft, best: 'min' },
  { id: 'total_latency_s', label: en.energy.latency, best: 'min' },
  { id: 'memory_B', label: en.big.memory, best: 'min' },
  { id: 'free_B', label: en.memory.free, best: 'max' },
  { id: 'max_context_tokens', label: en.memory.maxContext, best: 'max' },
  { id: 'max_batch', label: en.memory.maxBatch, best: 'max' },
  { id: 'decode_w', label: en.energy.power, best: 'min' },
  { id: 'energy_per_token_J', label: en.big.energy, best: 'min' },
  { id: 'battery_h', label: en.energy.battery, best: 'max' },
  { id: 'usd_per_Mtok', label: en.energy.perM, best: 'min' },
  { id: 'price_usd', label: en.compare.price, best: 'min' }
];

/** The workload where it is not the default one. */
function workload(r: Result): string {
  const q = r.query;
  const parts = [`${whole(q.prompt ?? 0)} + ${whole(q.generate ?? 0)} ${en.form.tokens}`];
  if (q.depth) parts.push(`${en.form.depth}: ${whole(q.depth)}`);
  if ((q.batch ?? 1) !== defaults.batch) parts.push(`${en.form.batch}: ${whole(q.batch ?? 1)}`);
  return parts.join(', ');
}

export function comparison(app: App): TemplateResult | typeof nothing {
  if (!app.pins.length) return nothing;
  const columns: (Pinned & { index: number })[] = app.pins.map((p, index) => ({ ...p, index }));
  if (app.result && !app.pinned && app.pins.length < maxPins && !app.errors.length)
    columns.unshift({ query: app.state.query, result: app.result, index: -1 });
  const shown = rows.filter((row) => columns.some((c) => known(c.result?.terms[row.id]?.value)));
  const best = (row: (typeof rows)[number]): number | undefined => {
    const values = columns.map((c) => c.result?.terms[row.id]?.value).filter(known);
    if (values.length < 2 || !row.best) return undefined;
    const value = row.best === 'min' ? Math.min(...values) : Math.max(...values);
    return values.every((v) => v === value) ? undefined : value;
  };
  return html` <section class="panel compare" aria-labelledby="compare-title">
    <div class="heading">
      <h2 id="compare-title">${en.compare.title}</h2>
      <button type="button" class="plain" @click=${() => app.unpinAll()}>${en.compare.clear}</button>
    </div>
    <div class="scroll" tabindex="0" role="region" aria-label=${en.compare.table}>
      <table class="rows">
        <thead>
          <tr>
            <td></td>
            ${columns.map(
              (c) =>
                html`<th scope="col">
                  <span class="name">${c.result?.model.name ?? c.query.model}</span>
                  <span class="dim">${c.result?.device.name ?? c.query.device}</span>
                  <span class="dim"
                    >${c.result ? `${c.result.quantization.id} · ${c.result.runtime.name}${c.result.device.power_mode ? ` · ${c.result.device.power_mode}` : ''}` : ''}</span
                  >
                  <span class="dim">${c.result ? workload(c.result) : ''}</span>
                  ${
                    c.index < 0
                      ? html`<span class="tag">${en.compare.now}</span>`
                      : html`<span class="row"
                          ><button
                            type="button"
                            class="plain"
                            @click=${() => {
                              void app.change({ ...c.query });
                              scrollTo({ top: 0 });
                            }}
                          >
                            ${en.compare.show}<span class="vh">
                              ${c.result?.model.name ?? c.query.model}</span
                            >
                          </button>
                          <button
                            type="button"
                            class="plain"
                            aria-label=${fill(en.compare.remove, { name: `${c.result?.model.name ?? c.query.model}, ${c.result?.device.name ?? c.query.device}` })}
                            @click=${() => app.unpin(c.index)}
                          >
                            ✕
                          </button></span
                        >`
                  }
                </th>`
            )}
          </tr>
        </thead>
        <tbody>
          <tr>
            <th scope="row">${en.compare.verdict}</th>
            ${columns.map((c) => html`<td>${c.result ? html`<span class="small-verdict">${verdictMark(c.result.verdict)} ${en.verdict[c.result.verdict]}</span>` : (c.failed ?? en.compare.gone)}</td>`)}
          </tr>
          ${shown.map((row) => {
            const winner = best(row);
            return html`<tr>
              <th scope="row">${row.label}</th>
              ${columns.map((c) => {
                const t = c.result?.terms[row.id];
                const won = known(t?.value) && t.value === winner;
                return html`<td class=${won ? 'best' : ''}>
                  ${c.result ? show(t?.value, t?.unit ?? '') : ''}${won ? html` <span class="tag">${en.compare.best}</span>` : nothing}
                </td>`;
              })}
            </tr>`;
          })}
          <tr>
            <th scope="row">${en.compare.sure}</th>
            ${columns.map((c) => html`<td>${c.result ? sureness(c.result).title : ''}</td>`)}
          </tr>
        </tbody>
      </table>
    </div>
  </section>`;
}
