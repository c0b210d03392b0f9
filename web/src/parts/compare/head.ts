import { html, nothing, svg, type SVGTemplateResult, type TemplateResult } from 'lit';
import type { Act } from '../../acts';
import { workload } from '../../export';
import { fill, listed, msg } from '../../i18n';
import { compare as words } from '../../i18n/compare';
import { verdictMark } from '../../ui/verdict';
import { letter, type Column } from './data';

/** What a choice goes by: it stays in sight. */
export const head = ({ result: r, query }: Column, i: number): TemplateResult =>
  html`<th scope="col">
    <span class="name"><b class="letter s${i}">${letter(i)}</b>${r?.model.name ?? query.model}</span>
    <span class="dim">${r?.device.name ?? query.device}</span>
  </th>`;

/** What else it is, and what can be done with it. */
export function about(c: Column, i: number, columns: Column[], act: Act): TemplateResult {
  const { result: r } = c;
  const mode = c.mode && ` · ${c.mode}`;
  return html`<td>
    <span class="dim">${r ? `${r.quantization.id} · ${r.runtime.name}${mode}` : ''}</span>
    <span class="dim">${r ? workload(r) : ''}</span>
    ${c.now ? html`<span class="tag">${words.now}</span>` : nothing} ${tools(c, i, columns, act)}
  </td>`;
}

export const verdict = ({ result: r, failed }: Column): unknown =>
  r
    ? html`<span class="small-verdict">${verdictMark(r.verdict)} ${msg.verdict[r.verdict]}</span>`
    : (failed ?? words.gone);

const icons = {
  open: svg`<path d="M9 5H5v14h14v-4M13 5h6v6M19 5l-8 8" />`,
  duplicate: svg`<path d="M9 9h10v10H9zM5 15V5h10" />`,
  remove: svg`<path d="M6 6l12 12M18 6L6 18" />`
};

function tools(c: Column, i: number, columns: Column[], act: Act): TemplateResult {
  const name = listed([
    letter(i),
    c.result?.model.name ?? c.query.model,
    c.result?.device.name ?? c.query.device
  ]);
  const pins = columns.filter((x) => !x.now);
  const icon = (drawn: SVGTemplateResult, label: string, run: () => void): TemplateResult =>
    html`<button
      type="button"
      class="icon small"
      aria-label=${fill(label, { name })}
      title=${fill(label, { name })}
      @click=${run}
    >
      <svg viewBox="0 0 24 24" aria-hidden="true">${drawn}</svg>
    </button>`;
  const text = (label: string, long: string, run: () => void): TemplateResult =>
    html`<button type="button" class="plain" aria-label=${fill(long, { name })} @click=${run}>
      ${label}
    </button>`;
  const open = (): void => void act(c.now ? { view: 'calculator' } : { query: c.query, view: 'calculator' });
  // The present choice is no longer beside the pinned ones where it is one of them.
  const remove = (): void => void act(c.now ? { query: pins[0].query } : { do: 'unpin', pin: c.query });
  const copied = (): void => void act(c.now ? { do: 'pin' } : { do: 'copy', pin: c.query });
  return html`<span class="row tools">
    ${text(words.change, words.changeOf, () => void act({ changing: c.now ? 'now' : pins.indexOf(c) }))}
    ${c.now ? text(words.keep, words.keepOf, copied) : icon(icons.duplicate, words.duplicate, copied)}
    ${icon(icons.open, words.show, open)}
    ${c.now && !pins.length ? nothing : icon(icons.remove, words.remove, remove)}
  </span>`;
}
