import { html, nothing, type TemplateResult } from 'lit';
import type { Act, Answer } from '../../acts';
import { digits, known } from '../../format';
import { fill } from '../../i18n';
import { levers } from '../../i18n/levers';
import { problemText } from '../../i18n/problems';
import { parted } from '../../known';
import { fileOf } from '../../remote';
import type { State } from '../../state';
import type { Editable, Result } from '../../types';
import { NumberField } from '../../ui/number-field';
import { download as save } from '../../ui/clipboard';
import { select } from '../../ui/select';
import { here } from './here';

const words = levers.edit;

/** The edits with another value of a field; undefined: as its preset states it. */
export function withEdit(set: string | undefined, field: string, value: number | string | undefined): string {
  const others = parted(set).filter((s) => s.slice(0, s.indexOf('=')) !== field);
  return [...others, ...(value === undefined ? [] : [`${field}=${value}`])].join(';');
}

export const shown = (x: number | string | null, unit: string): string =>
  typeof x === 'number'
    ? `${digits(x, 4)}\u00a0${unit}`.trim()
    : x === null
      ? words.unknown
      : (words.words[x] ?? x);

/** Every number of the device that may be changed, as the engine lists them. */
export function edit(state: State, a: Answer, r: Result, act: Act): TemplateResult {
  const { set } = state.query;
  const change = (next: string): void => void act({ query: { set: next } });
  // What cannot be is said in its box, and no edit is lost for it.
  const changeIn = (next: string, field: EventTarget | null): void => {
    const aside = a.engine!.levers.choose({ ...a.query, set: next }).put_aside.find((p) => p.field === 'set');
    if (field instanceof NumberField) field.problem = aside && problemText({ ...aside, path: 'set' });
    if (!aside) change(next);
  };
  const fields = a.engine!.levers.editable(a.query);
  const groups = [...new Set(fields.map((f) => f.group))];
  const row = (f: Editable): TemplateResult =>
    box(f, r, (value, from = null) => changeIn(withEdit(set, f.field, value), from));
  return html`<p class="lead">${words.lead}</p>
    <div class="edit-groups">
      ${groups.map(
        (g) =>
          html`<fieldset class="edit-group">
            <legend>${words.groups[g]}</legend>
            ${fields.filter((f) => f.group === g).map(row)}
          </fieldset>`
      )}
    </div>
    ${set ? kept(a, r, () => change('')) : nothing}${here(r, (value) =>
      change(withEdit(set, 'memory.capacity_gib', value))
    )}`;
}

type Chosen = (value: number | string | undefined, from?: EventTarget | null) => void;
function box(f: Editable, r: Result, choose: Chosen): TemplateResult {
  const name = words.fields[f.field] ?? f.label;
  const stated: Chosen = (value, from) => choose(value === f.stated ? undefined : value, from);
  const input = f.words
    ? select({
        id: `edit-${f.field.replace(/\W/g, '-')}`,
        label: name,
        groups: [['', f.words.map((w) => [w, words.words[w] ?? w] as const)]],
        value: String(f.value ?? ''),
        result: r,
        choose: stated
      })
    : html`<ew-number
        class="field"
        .label=${name}
        .unit=${f.unit}
        .value=${typeof f.value === 'number' ? f.value : undefined}
        .min=${f.min ?? 0}
        .max=${f.max ?? Infinity}
        .optional=${true}
        .placeholder=${words.unknown}
        @choose=${(e: CustomEvent<{ value?: number }>) => stated(e.detail.value, e.currentTarget)}
      ></ew-number>`;
  const said = [
    f.edited
      ? fill(words.changed, { from: shown(f.stated, f.unit), to: shown(f.value, f.unit) })
      : words.sources[f.source],
    ...(f.in_mode === f.value ? [] : [fill(words.inMode, { value: shown(f.in_mode, f.unit) })]),
    ...(f.counts ? [] : [words.noEffect])
  ];
  return html`<div class="edit-field ${f.edited ? 'edited' : ''}" data-field=${f.field}>
    ${input}
    <p class="hint">
      ${said.join(' · ')}
      ${
        f.edited
          ? html`<button
              type="button"
              class="plain"
              aria-label=${fill(words.undo, { label: name })}
              @click=${() => choose(undefined)}
            >
              ×
            </button>`
          : nothing
      }
    </p>
  </div>`;
}

/** What to do with the edits. */
function kept(a: Answer, r: Result, reset: () => void): TemplateResult {
  const preset = a.engine!.preset('devices', r.device.id);
  const id = `${fileOf(r.device.id).replace(/\.json$/, '')}-edited`;
  const write = (): void =>
    save(
      `${id}.json`,
      'application/json',
      a.engine!.levers.editedPreset(a.query, JSON.stringify(preset), id)
    );
  return html`<p class="row">
      <button type="button" class="button" @click=${reset}>${words.reset}</button>
      ${
        preset && known(r.edited?.length)
          ? html`<button type="button" class="button" @click=${write}>${words.save}</button>`
          : nothing
      }
    </p>
    <p class="hint">${fill(words.saved, { file: `${id}.json` })}</p>`;
}
