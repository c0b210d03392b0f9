import { html, type TemplateResult } from 'lit';
import type { Act, Answer } from '../acts';
import { msg } from '../i18n';
import type { State } from '../state';
import { problemList } from '../ui/list';
import { energy } from './energy';
import { hero } from './hero';
import { memory } from './memory';
import { time } from './time';
import { context, levers } from './views';

const waiting = (said: string): TemplateResult =>
  html`<section class="panel hero skeleton"><p class="quiet">${said}</p></section>`;

export function answer(state: State, a: Answer, act: Act): TemplateResult {
  const foreign = state.foreign[state.query.device]?.state;
  if (foreign === 'loading') return waiting(msg.loadingDevice);
  if (foreign === 'failed') return waiting(msg.origin.absent);
  if (a.errors.length)
    return html`<section class="panel">
      <div class="alert" role="alert">
        <p><strong>${msg.notes.error}</strong></p>
        ${problemList(a.errors)}
      </div>
    </section>`;
  const r = a.result;
  if (!r) return waiting(msg.loading);
  return html`${hero(state, a, r, act)}${memory(state, r, act)}${time(r, act)}${context(state, a, act)}${energy(r, act)}${levers(state, a, act)}`;
}
