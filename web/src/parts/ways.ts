import { html, nothing, type TemplateResult } from 'lit';
import { changeOf, type Act, type Answer } from '../acts';
import { show, whole } from '../format';
import { msg, fill, type Values } from '../i18n';
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
      ${found.map((way) => html`<li>${button(way, r, act)}</li>`)}
    </ul>
  </div>`;
}

/** What is a name says itself. */
function labelOf({ kind, change, label }: WayOut): string {
  const words = Object.hasOwn(msg.ways.kinds, kind) ? msg.ways.kinds[kind] : '';
  const values = Object.entries(change).flatMap(([key, x]) =>
    typeof x === 'string' ? [[key, x]] : typeof x === 'number' ? [[key, key === 'batch' ? x : whole(x)]] : []
  );
  // A context is what prompt and what went before come to: the engine's label counts it.
  const context = kind === 'context' ? [['context', /\d+/.exec(label)?.[0] ?? '']] : [];
  const text = fill(words, Object.fromEntries([...values, ...context]) as Values);
  return words && !text.includes('{') ? text : label;
}

function button(way: WayOut, { slow }: Result, act: Act): TemplateResult {
  const numbers = {
    memory: show(way.memory_B, 'B'),
    speed: show(way.decode_tok_s.value, 'tok/s', 2),
    ttft: show(way.ttft_s, 's', 2)
  };
  return html`<button
    type="button"
    class="button"
    title=${fill(msg.ways.label, { label: labelOf(way), verdict: msg.verdict[way.verdict] })}
    @click=${() => void act({ query: changeOf(way.change) })}
  >
    ${verdictMark(way.verdict)}${labelOf(way)}<small
      >${fill(slow.ttft ? msg.ways.numbersTtft : msg.ways.numbers, numbers)}</small
    >
  </button>`;
}
