import { html, type TemplateResult } from 'lit';
import type { Act, Answer } from '../../acts';
import { show } from '../../format';
import { fill, msg } from '../../i18n';
import { compare as words } from '../../i18n/compare';
import type { State } from '../../state';
import { closeButton } from '../../ui/dialog';
import { choosers, howItRuns } from '../form';
import { letter, termOf, type Column } from './data';
import { verdict } from './head';

/** One choice of the comparison, to be changed: the choosers of the calculator, asked about that choice. */
export function editor(state: State, a: Answer, columns: Column[], act: Act): TemplateResult {
  const { changing } = state;
  const column =
    changing === 'now' ? columns.find((c) => c.now) : columns.filter((c) => !c.now)[changing ?? -1];
  const shut = (): void => void act({ changing: undefined });
  return html`<ew-dialog
    .name=${'why edit-choice'}
    .label=${'changing-title'}
    .depth=${0}
    .content=${column && form(state, a, column, columns.indexOf(column), act, shut)}
    @shut=${shut}
  ></ew-dialog>`;
}

function form(state: State, a: Answer, c: Column, i: number, act: Act, shut: () => void): TemplateResult {
  const of = { ...state, query: c.query };
  const answer: Answer = { ...a, query: c.query, result: c.result, errors: [] };
  const alter: Act = async (change) => {
    if (c.now || 'do' in change || !change.query) return act(change);
    return act({ do: 'alter', pin: c.query, query: change.query });
  };
  const speed = termOf(c, { id: 'decode_tok_s' });
  const memory = termOf(c, { id: 'memory_B' });
  return html`<header>
      <h2 id="changing-title" tabindex="-1">${fill(words.editing, { letter: letter(i) })}</h2>
      ${closeButton(shut)}
    </header>
    ${choosers(of, answer, alter)}
    <form class="panel" aria-label=${msg.form.settings} @submit=${(e: Event) => e.preventDefault()}>
      ${howItRuns(of, answer, alter)}
    </form>
    <p class="row spread outcome" role="status">
      <span>${verdict(c)}</span>
      <span>${show(speed?.value, speed?.unit ?? 'tok/s')} · ${show(memory?.value, memory?.unit ?? 'B')}</span>
      <button type="button" class="button primary" @click=${shut}>${words.done}</button>
    </p>`;
}
