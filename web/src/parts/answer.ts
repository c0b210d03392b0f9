import { html, noChange, type nothing, type TemplateResult } from 'lit';
import type { Act, Answer } from '../acts';
import { msg } from '../i18n';
import type { State } from '../state';
import type { Result } from '../types';
import { problemList } from '../ui/list';
import { energy } from './energy';
import { hero } from './hero';
import { memory } from './memory';
import { time } from './time';
import { context, levers } from './views';

const waiting = (said: string): TemplateResult =>
  html`<section class="panel hero skeleton"><p class="quiet">${said}</p></section>`;

const panels: ((state: State, a: Answer, r: Result, act: Act) => TemplateResult | typeof nothing)[] = [
  (state, _, r, act) => memory(state, r, act),
  (_state, _a, r, act) => time(r, act),
  (state, a, _, act) => context(state, a, act),
  (_state, _a, r, act) => energy(r, act),
  (state, a, _, act) => levers(state, a, act)
];
/** The answer and so many panels. */
export const answerParts = 1 + panels.length;
/** How much is drawn: so many parts so far, and of what is there already only what answers, or all. */
export interface Extent {
  parts: number;
  ahead: boolean;
}
/** The answer, with as many of the panels below it as `extent` counts. */
export function answer(state: State, a: Answer, act: Act, extent: Extent): TemplateResult {
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
  const drawn = panels.slice(0, extent.parts - 1);
  return html`${hero(state, a, r, act, extent.ahead)}${extent.ahead ? noChange : drawn.map((panel) => panel(state, a, r, act))}`;
}
