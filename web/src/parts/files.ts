import { html, nothing, type TemplateResult } from 'lit';
import type { Act, Answer } from '../acts';
import { msg } from '../i18n';
import type { State } from '../state';
import { importing } from './views';

let opened = false;

/** Models and devices of the user's own: what takes them is fetched when the box is opened. */
export function files(state: State, a: Answer, act: Act): TemplateResult {
  const { brought, offer, choice } = state.bringing;
  opened ||=
    state.rejected !== undefined || brought.length > 0 || offer !== undefined || choice !== undefined;
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
