import { html, nothing, type TemplateResult } from 'lit';
import type { Act, Answer, Measured, Pinned } from '../acts';
import { known, show, signedPercent } from '../format';
import { msg } from '../i18n';
import { board as words } from '../i18n/board';
import { compare } from '../i18n/compare';
import type { State } from '../state';
import { spread, term, text } from '../ui/terms';
import { explained } from './why';

const rows: readonly [id: string, label: string][] = [
  ['decode_tok_s', words.decode],
  ['prefill_tok_s', words.prefill],
  ['memory_B', words.memory],
  ['energy_per_token_J', words.energy]
];
/** What a measurement gives: rates that are reached, fixed times, power. */
const parameters = [
  'bandwidth_Bps',
  'kv_bandwidth_Bps',
  'decode_weights_per_s',
  'prefill_weights_per_s',
  'decode_attention_flops',
  'prefill_attention_flops',
  'prefill_step_s',
  'step_overhead_s',
  'launch_overhead_s',
  'idle_w',
  'full_w'
];

/** The site's own board beside what the page would say of it without its measurement. */
export function board(_: State, a: Answer, act: Act): TemplateResult {
  return html`<section class="panel board" aria-labelledby="board-title">
    <h2 id="board-title">${words.title}</h2>
    <p class="dim">${words.about}</p>
    <div class="boards">${a.board.map((m) => model(m, act))}</div>
    ${moved(a)}
  </section>`;
}

function model({ before, after }: Measured, act: Act): TemplateResult {
  const { query, result: r } = after;
  const choose = (): void => void act({ query: { model: query.model, quant: query.quant } });
  return html`<table class="rows">
    <caption>
      <button type="button" class="plain" @click=${choose}>${r?.model.name ?? query.model}</button>
      <span class="dim">${r ? `${r.quantization.id} · ${r.runtime.name}` : ''}</span>
    </caption>
    <thead>
      <tr>
        <td></td>
        <th scope="col">${words.before}</th>
        <th scope="col">${words.after}</th>
      </tr>
    </thead>
    <tbody>
      ${rows.map(
        ([id, label]) =>
          html`<tr data-term=${id}>
            <th scope="row">${label}</th>
            ${cell(before, id, 'before')}${cell(after, id, 'after')}
          </tr>`
      )}
    </tbody>
  </table>`;
}

function cell({ result: r, failed }: Pinned, id: string, kind: string): TemplateResult {
  if (!r) return html`<td class=${kind}>${failed ?? compare.gone}</td>`;
  if (r.verdict === 'does_not_run' && !known(term(r, id).value))
    return html`<td class=${kind}>${msg.verdict.does_not_run}</td>`;
  const range = spread(term(r, id));
  return html`<td class=${kind}>
    ${text(r, id)}${range ? html`<span class="dim">${range}</span>` : nothing}
  </td>`;
}

/** Which parameters the measurement moved, of the present model. */
function moved(a: Answer): TemplateResult | typeof nothing {
  const first = a.board[0];
  const [before, after] = [first?.before.result, first?.after.result];
  const terms = explained(a);
  if (!before || !after || !terms) return nothing;
  const changed = parameters.flatMap((id) => {
    const [x, y] = [term(before, id).value, term(after, id).value];
    const label = terms.get(id)?.label;
    if (!label || !known(y) || x === y) return [];
    const change = known(x) && x !== 0 ? y / x - 1 : undefined;
    return change !== undefined && Math.abs(change) < 0.005
      ? []
      : [
          html`<tr>
            <th scope="row">${label}</th>
            <td class="before">${text(before, id)}</td>
            <td class="after">${show(y, term(after, id).unit)}</td>
            <td>${change === undefined ? '' : signedPercent(change)}</td>
          </tr>`
        ];
  });
  if (!changed.length) return nothing;
  return html`<details>
    <summary>${words.moved}</summary>
    <div class="scroll" tabindex="0" role="region" aria-label=${words.moved}>
      <table class="rows">
        <thead>
          <tr>
            <td></td>
            <th scope="col">${words.before}</th>
            <th scope="col">${words.after}</th>
            <th scope="col">${words.change}</th>
          </tr>
        </thead>
        <tbody>
          ${changed}
        </tbody>
      </table>
    </div>
  </details>`;
}
