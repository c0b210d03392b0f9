import { html, nothing, type TemplateResult } from 'lit';
import type { Act, Answer } from '../acts';
import { msg } from '../i18n';
import type { State } from '../state';
import { importing } from './views';

let opened = false;
/** What was in it the last time: the box opens by itself for what is new, and stays as it is put. */
let before: unknown[] = [];

/** Models and devices of the user's own: what takes them is fetched when the box is opened. */
export function files(state: State, a: Answer, act: Act): TemplateResult {
  const { brought, offer, choice, reading } = state.bringing;
  const present = [state.rejected, brought[0], offer, choice, reading?.file, state.draft || undefined];
  opened ||= present.some((x, i) => x !== undefined && x !== before[i]);
  before = present;
  const toggled = (e: Event): void => {
    if (e.target !== e.currentTarget) return;
    opened = (e.target as HTMLDetailsElement).open;
    void act({});
  };
  return html`<details class="more files" ?open=${opened} @toggle=${toggled}>
    <summary>${msg.files.title}</summary>
    ${opened ? importing(state, a, act) : nothing}
  </details>`;
}
