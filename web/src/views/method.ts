import { html, type TemplateResult } from 'lit';
import type { App } from '../app';
import { show } from '../format';
import { en } from '../i18n/en';
import type { ExplainedTerm } from '../types';

/** Generated from the engine's own table of terms, so that it cannot drift from the code. */
export function method(app: App): TemplateResult {
  let terms: ExplainedTerm[] = [];
  try {
    terms = app.engine?.explain(app.state.query) ?? [];
  } catch {
    // The calculator says what is wrong with the present choice.
  }
  const groups = [...new Set(terms.map((t) => t.group))];
  return html` <section class="panel prose">
      <p>${en.method.intro}</p>
      <p>${en.method.sure}</p>
      <p>${en.method.unknown}</p>
    </section>
    ${groups.map(
      (g) =>
        html`<section class="panel" aria-labelledby=${`method-${g}`}>
          <h2 id=${`method-${g}`}>${en.method.groups[g] ?? g}</h2>
          <div class="terms">
            ${terms
              .filter((t) => t.group === g)
              .map(
                (t) =>
                  html` <div class="term">
                    <div class="heading">
                      <h3>${t.label}</h3>
                      ${app.number(t.id, t.label, show(t.value, t.unit))}
                    </div>
                    <p>${t.note}</p>
                    ${t.formula ? html`<p class="formula"><code>${t.id}</code> = ${t.formula}</p>` : html`<p class="formula"><code>${t.id}</code>${t.field ? html` ← <code>${t.field}</code>` : ''}</p>`}
                  </div>`
              )}
          </div>
        </section>`
    )}`;
}
