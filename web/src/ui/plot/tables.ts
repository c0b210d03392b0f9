import { html, nothing, svg, type TemplateResult } from 'lit';
import { fill, msg } from '../../i18n';
import '../picture-menu';
import { linear } from './scale';

/**
 * The numbers of a chart, folded away beneath it. The first cell of a row names it; the others are numbers. `of`: what
 * they are of, which tells them from those of other charts.
 */
export const numbers = (
  summary: string,
  head: readonly unknown[],
  rows: readonly (readonly unknown[])[],
  of: string
): TemplateResult =>
  html`<details class="table">
    <summary>${summary}</summary>
    <div
      class="scroll"
      tabindex="0"
      role="region"
      aria-label=${fill(msg.colon, { label: of, value: summary })}
    >
      <table class="rows">
        <thead>
          <tr>
            ${head.map((h, i) => html`<th scope="col" class=${i ? 'n' : ''}>${h}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${rows.map(
            ([name, ...cells]) =>
              html`<tr>
                <th scope="row">${name}</th>
                ${cells.map((c) => html`<td class="n">${c}</td>`)}
              </tr>`
          )}
        </tbody>
      </table>
    </div>
  </details>`;

export interface BarRow {
  name: unknown;
  value: number;
  low?: number;
  high?: number;
  /** The value with its unit. */
  text: unknown;
  /** In words, beneath it. */
  range?: string;
  /** What the number is of, below its range. */
  note?: string;
  series?: number;
  /** An estimate that rests on no measurement. */
  hollow?: boolean;
}
/**
 * Bars with whiskers from zero on, on one scale: a table, each row a name, a bar and its number. What is unknown has no
 * bar. `most`: the end of the scale, if it is shared with other bars.
 */
export function bars(caption: string, rows: readonly BarRow[], most = mostOf(rows)): TemplateResult {
  const scale = linear(0, most > 0 ? most : 1);
  const percent = (v: number): string => `${(100 * scale.share(v)).toFixed(2)}%`;
  const range = ({ low, high }: BarRow): unknown =>
    Number.isFinite(low) && Number.isFinite(high)
      ? svg`<line class="whisker" x1=${percent(low!)} x2=${percent(high!)} y1="10" y2="10" />
        ${[low!, high!].map((v) => svg`<line class="whisker" x1=${percent(v)} x2=${percent(v)} y1="5" y2="15" />`)}`
      : nothing;
  const bar = (r: BarRow): unknown =>
    Number.isFinite(r.value)
      ? svg`<rect class=${`bar s${r.series ?? 0}${r.hollow ? ' hollow' : ''}`} y="2" height="16" rx="2" width=${percent(r.value)} />`
      : nothing;
  // Laid out as a grid, it has the roles of a table by name alone.
  return html`<table class="bars" role="table">
    <caption class="vh">
      ${caption}
    </caption>
    ${rows.map(
      (r) =>
        html`<tr role="row">
          <th scope="row" role="rowheader">${r.name}</th>
          <td aria-hidden="true" class="drawn">
            <svg class="plot" width="100%" height="20">${bar(r)}${range(r)}</svg>
          </td>
          <td class="n" role="cell">
            ${r.text}${[r.range, r.note].map((line) => (line ? html`<span class="dim block">${line}</span>` : nothing))}
          </td>
        </tr>`
    )}
  </table>`;
}
export const mostOf = (rows: readonly BarRow[]): number =>
  Math.max(0, ...rows.flatMap((r) => [r.value, r.high ?? NaN]).filter(Number.isFinite));
