import { html, type TemplateResult } from 'lit';
import type { Act, Answer } from '../acts';
import { known, show } from '../format';
import { method as words } from '../i18n/method';
import type { State } from '../state';
import type { ExplainedTerm } from '../types';
import { derived } from '../ui/terms';
import { explained } from './why';

/** Generated from the engine's own table of terms, so that it cannot drift from the code. */
export function method(_: State, a: Answer, act: Act): TemplateResult {
  const terms = [...(explained(a)?.values() ?? [])];
  const groups = [...new Set(terms.map((t) => t.group))];
  return html`<section class="panel prose">
      <p>${words.intro}</p>
      <p>${words.sure}</p>
      <p>${words.unknown}</p>
    </section>
    ${groups.map((group) =>
      panel(
        group,
        terms.filter((t) => t.group === group),
        act
      )
    )}`;
}

const panel = (group: string, terms: ExplainedTerm[], act: Act): TemplateResult =>
  html`<section class="panel" aria-labelledby=${`method-${group}`}>
    <h2 id=${`method-${group}`}>${words.groups[group] ?? group}</h2>
    <div class="terms">${terms.map((t) => definition(t, act))}</div>
  </section>`;

function definition(t: ExplainedTerm, act: Act): TemplateResult {
  const field = t.field ? html` ← <code>${t.field}</code>` : '';
  return html`<div class="term">
    <div class="heading">
      <h3>${t.label}</h3>
      ${derived(act, t.id, t.label, show(t.value, t.unit), known(t.value))}
    </div>
    <p>${t.note}</p>
    <p class="formula"><code>${t.id}</code>${t.formula ? ` = ${t.formula}` : field}</p>
  </div>`;
}
