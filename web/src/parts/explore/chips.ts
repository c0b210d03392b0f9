import { html, nothing, type TemplateResult } from 'lit';
import type { Act } from '../../acts';
import { allAxes, type Exploring, type Listed } from '../../exploring';
import { classes } from '../../i18n';
import { explore as words } from '../../i18n/explore';
import type { Facets } from '../../worker';

/** Of vendors and licences so many are shown, beside those that are chosen. */
const most = 14;

/** A button that is on or off. */
const chip = (label: string, on: boolean, toggle: (on: boolean) => void): TemplateResult =>
  html`<button type="button" class="chip" aria-pressed=${on ? 'true' : 'false'} @click=${() => toggle(!on)}>
    ${label}
  </button>`;

const group = (name: string, buttons: unknown): TemplateResult =>
  html`<div class="chips" role="group" aria-label=${name}>
    <span class="chips-name" aria-hidden="true">${name}</span>${buttons}
  </div>`;

const changed = <T>(values: readonly T[], value: T, on: boolean): T[] =>
  on ? [...values, value] : values.filter((x) => x !== value);

function list(kind: Listed, e: Exploring, facets: Facets, act: Act): TemplateResult | typeof nothing {
  const chosen = e.lists[kind];
  const offered = facets[kind];
  const shown = [...offered.slice(0, most), ...chosen.filter((x) => !offered.slice(0, most).includes(x))];
  if (!shown.length) return nothing;
  const toggle = (value: string, on: boolean): void =>
    void act({ explore: { ...e, lists: { ...e.lists, [kind]: changed(chosen, value, on) } } });
  const label = (value: string): string => (kind === 'classes' ? (classes[value] ?? value) : value);
  return group(
    words.lists[kind],
    shown.map((value) => chip(label(value), chosen.includes(value), (on) => toggle(value, on)))
  );
}

function takes(e: Exploring, act: Act): TemplateResult {
  const toggle = (value: 'vision' | 'audio', on: boolean): void =>
    void act({ explore: { ...e, takes: changed(e.takes, value, on) } });
  return group(
    words.lists.takes,
    (['vision', 'audio'] as const).map((t) =>
      chip(words.takes[t], e.takes.includes(t), (on) => toggle(t, on))
    )
  );
}

/** Which devices, or which models, are looked at. */
export function chips(e: Exploring, facets: Facets | undefined, act: Act): TemplateResult | typeof nothing {
  if (!facets || e.open === 'quant') return nothing;
  const shown =
    e.open === 'device' ? [list('classes', e, facets, act), list('vendors', e, facets, act)] : takes(e, act);
  return html`<div class="chip-groups">${shown}</div>`;
}
/** The licences of the models that are looked at, where they differ. */
export const licences = (
  e: Exploring,
  facets: Facets | undefined,
  act: Act
): TemplateResult | typeof nothing =>
  facets && e.open === 'model'
    ? html`<div class="chip-groups">${list('licences', e, facets, act)}</div>`
    : nothing;

/** What the frontier weighs. */
export function axes(e: Exploring, act: Act): TemplateResult {
  const now = e.axes.length ? e.axes : ['speed' as const, e.height];
  const toggle = (value: (typeof allAxes)[number], on: boolean): void =>
    void act({ explore: { ...e, axes: allAxes.filter((a) => changed(now, value, on).includes(a)) } });
  return group(
    words.axes,
    allAxes.map((a) => chip(words.axisNames[a], now.includes(a), (on) => toggle(a, on)))
  );
}
