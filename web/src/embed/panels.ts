import { LitElement, html, nothing, unsafeCSS, css, type TemplateResult } from 'lit';
import type { Act, Answer } from '../acts';
import { setUnits } from '../format';
import { wantTerms } from '../i18n/terms';
import { reason } from '../problems';
import type { State } from '../state';
import answer from '../styles/answer.css?inline';
import base from '../styles/base.css?inline';
import charts from '../styles/charts.css?inline';
import colours from '../styles/colours.css?inline';
import controls from '../styles/controls.css?inline';
import form from '../styles/form.css?inline';
import frame from '../styles/frame.css?inline';
import media from '../styles/media.css?inline';
import plot from '../styles/plot.css?inline';
import views from '../styles/views.css?inline';
import why from '../styles/why.css?inline';
import type { Result } from '../types';
import '../ui/picture-menu';
import { linkOf } from './card';
import here from './panels.css?inline';
import type { Shown } from './look';
import { palette } from './styles';

/** Where a number comes from, once somebody asks. */
let derivation: ((state: State, a: Answer, act: Act) => TemplateResult) | undefined;

/** Panels of the page, each as it is there. */
export type Drawing = (state: State, a: Answer, r: Result, act: Act) => TemplateResult;

/** Panels of the page under its style sheets, which nothing else is to meet; numbers open their derivations. */
class Panels extends LitElement {
  static properties = {
    state: { attribute: false },
    answer: { attribute: false },
    act: { attribute: false },
    drawing: { attribute: false }
  };
  declare state: State;
  declare answer: Answer;
  declare act: Act;
  declare drawing: Drawing;
  static styles = [
    ...[colours, base, frame, form, controls, answer, charts, plot, views, why, media].map((sheet) =>
      unsafeCSS(sheet)
    ),
    css`
      :host {
        ${palette}
      }
    `,
    unsafeCSS(here)
  ];

  /** Another view is one of the page. */
  readonly #act: Act = async (change) => {
    if ('do' in change || !change.view) return this.act(change);
    const { view, term } = change;
    open(linkOf(this, { view, term }), '_blank', 'noopener');
  };
  protected updated(): void {
    if (this.state.why.length && !derivation) void this.#explain();
  }
  /** Fetches what derives numbers, and the larger engine, which knows how. */
  async #explain(): Promise<void> {
    try {
      const [part] = await Promise.all([import('../parts/why'), wantTerms(), this.answer.engine?.grow()]);
      derivation = part.why;
      this.requestUpdate();
    } catch (error) {
      await this.act({ toast: reason(error), why: [] });
    }
  }
  render(): TemplateResult {
    const { state, answer: a } = this;
    setUnits(state.units);
    return html`${this.drawing(state, a, a.result!, this.#act)}${derivation?.(state, a, this.#act) ?? nothing}
    ${state.toast ? html`<p class="alert" role="alert">${state.toast}</p>` : nothing}`;
  }
}
if (!customElements.get('ew-panels')) customElements.define('ew-panels', Panels);

export const panels = (
  { questions: [question], scheme }: Shown,
  drawing: Drawing,
  inside = false
): TemplateResult =>
  html`<ew-panels
    data-scheme=${scheme}
    ?data-inside=${inside}
    .state=${question.state}
    .answer=${question.answer}
    .act=${question.act}
    .drawing=${drawing}
  ></ew-panels>`;
