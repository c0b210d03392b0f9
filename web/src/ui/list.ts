import { html, nothing, type TemplateResult } from 'lit';
import { problemText } from '../i18n/problems';
import type { EdgewiseProblem } from '../types';

/** Names and values, side by side. */
export const facts = (rows: [string, TemplateResult | string][]): TemplateResult =>
  html`<dl class="facts">
    ${rows.map(
      ([label, value]) =>
        html`<div>
          <dt>${label}</dt>
          <dd>${value}</dd>
        </div>`
    )}
  </dl>`;

/** What went wrong, each with the field that it is about; `plain` makes a line of what a stranger wrote. */
export const problemList = (
  errors: EdgewiseProblem[],
  plain = (text: string, _most: number): string => text
): TemplateResult =>
  html`<ul>
    ${errors.slice(0, 8).map((e) => {
      const path = e.path ? html`<code>${plain(e.path, 200)}</code> ` : nothing;
      return html`<li>${path}${plain(problemText(e), 400)}</li>`;
    })}
  </ul>`;
