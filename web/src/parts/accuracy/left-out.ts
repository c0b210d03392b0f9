import { html, nothing, type TemplateResult } from 'lit';
import { whole } from '../../format';
import { fill } from '../../i18n';
import { accuracy as words } from '../../i18n/accuracy';
import { ways, type Data, type Noise, type OfKind, type Summary, type Way } from './data';
import { error, headings, inRange, panel, table } from './tables';

const cell = (s: Summary | undefined): TemplateResult => {
  const share = inRange(s);
  const n = whole(s?.[0] ?? 0);
  return error(s, 1, html`<span class="sub">${share ? fill(words.leftOutCell, { share, n }) : n}</span>`);
};

const floor = (n: Noise | undefined): TemplateResult => cell(n ? [n.configurations, n.median, n.p90] : null);

const meaning = (name: Way | 'noise'): TemplateResult =>
  html`<div>
    <dt>${words.leftOut[name]}</dt>
    <dd>${words.leftOutText[name]}</dd>
  </div>`;

/**
 * Errors by how much a fit had not seen, and the floor below them. Nothing where the report holds no more
 * than what the table of kinds shows.
 */
export function leftOut(d: Data): TemplateResult | typeof nothing {
  const list = Object.entries(d.kinds);
  const any = (name: keyof OfKind): boolean => list.some(([, of]) => of[name]);
  if (!(['row', 'study', 'class', 'noise'] as const).some(any)) return nothing;
  const shown = ways.filter(any);
  const columns = any('noise') ? [...shown, 'noise' as const] : shown;
  const rows = list.map(
    ([k, of]) =>
      html`<tr>
        <th scope="row">${words.kinds[k] ?? k}</th>
        ${columns.map((c) => (c === 'noise' ? floor(of.noise) : cell(of[c])))}
      </tr>`
  );
  const head = [words.what, ...columns.map((c) => words.leftOut[c])];
  return panel(
    'accuracy-left-out',
    words.leftOutTitle,
    html`<p class="lead">${words.leftOutLead}</p>
      <dl class="situations">${columns.map(meaning)}</dl>
      ${table(
        words.leftOutTitle,
        headings(head, (i) => i > 0),
        rows
      )}
      <p class="hint">${words.cells} ${words.leftOutBelow}</p>`
  );
}
