import { html, nothing, type TemplateResult } from 'lit';
import type { Act, Answer } from '../acts';
import { show } from '../format';
import { msg, fill } from '../i18n';
import type { Result, WayOut } from '../types';
import { verdictMark } from '../ui/verdict';

/** What to change where it does not run well: each a button that changes it, with what then comes of it. */
export function ways(a: Answer, r: Result, act: Act): TemplateResult | typeof nothing {
  if (r.verdict === 'runs_well') return nothing;
  const found = a.engine?.waysOut(a.query, r) ?? [];
  if (!found.length) return nothing;
  return html`<div class="ways" role="group" aria-labelledby="ways-title">
    <h3 id="ways-title">${msg.ways.title}</h3>
    <ul>
      ${found.map((way) => html`<li>${button(way, act)}</li>`)}
    </ul>
  </div>`;
}

function button(way: WayOut, act: Act): TemplateResult {
  const numbers = { memory: show(way.memory_B, 'B'), speed: show(way.decode_tok_s.value, 'tok/s', 2) };
  const change = Object.fromEntries(Object.entries(way.change).map(([k, v]) => [k, v ?? undefined]));
  return html`<button
    type="button"
    class="button"
    title=${fill(msg.ways.label, { label: way.label, verdict: msg.verdict[way.verdict] })}
    @click=${() => void act({ query: change })}
  >
    ${verdictMark(way.verdict)}${way.label}<small>${fill(msg.ways.numbers, numbers)}</small>
  </button>`;
}
