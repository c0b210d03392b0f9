import { html, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import type { Result } from '../types';

export interface Choices {
  id: string;
  label: string;
  /** Groups of values and their names; a group without a name stands for itself. */
  groups: [group: string, options: (readonly [value: string, name: string])[]][];
  value: string;
  result: Result | undefined;
  choose: (value: string) => void;
}
/** A select that shows what the state says, also where a choice was put aside. */
export function select({ id, label, groups, value, result, choose }: Choices): TemplateResult {
  const option = ([v, name]: readonly [string, string]): TemplateResult =>
    html`<option value=${v} ?selected=${v === value} .selected=${live(v === value)}>${name}</option>`;
  const list = groups.map(([group, options]) =>
    group ? html`<optgroup label=${group}>${options.map(option)}</optgroup>` : options.map(option)
  );
  return html`<div class="field">
    <label for=${id}>${label}</label>
    <div class="select">
      <select
        id=${id}
        ?disabled=${!result}
        @change=${(e: Event) => choose((e.target as HTMLSelectElement).value)}
      >
        ${list}
      </select>
    </div>
  </div>`;
}
