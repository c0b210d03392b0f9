import { html, nothing, render, type TemplateResult } from 'lit';
import { isPinned, type Act, type Answer } from '../acts';
import { msg, fill } from '../i18n';
import { linkTo } from '../link';
import { fileOf } from '../remote';
import { maxPins, type State } from '../state';
import { titleOf } from '../sentences';
import type { Result } from '../types';
import { copy } from '../ui/clipboard';

/** Longer links are cut by some programs that people send them with. */
const longLink = 8000;

/** What can be done with an answer. */
export function actions(state: State, a: Answer, r: Result, act: Act): TemplateResult {
  const { model, device } = ownedBy(a, r);
  const pinned = isPinned(a);
  const full = a.pins.length >= maxPins;
  const pin = pinned
    ? msg.actions.pinned
    : full
      ? fill(msg.actions.pinFull, { n: maxPins })
      : msg.actions.pin;
  const files = [...(model ? [fileOf(r.model.id)] : []), ...(device ? [fileOf(r.device.id)] : [])];
  const ran = files.length ? fill(msg.actions.commandWith, { file: files.join(', ') }) : msg.actions.copied;
  const here = linkTo(state, a);
  const copyLink = (): void => {
    const long = here.length > longLink;
    void copy(here, act, long ? fill(msg.actions.longLink, { n: here.length }) : msg.actions.copied);
  };
  const copyCommand = (): void =>
    void copy(
      import('../commands').then(({ command }) => command(a, r, { model, device })),
      act,
      ran
    );
  return html`
    <div class="actions" role="group" aria-label=${msg.actions.label}>
      <button
        type="button"
        class="button primary"
        ?disabled=${pinned || full}
        @click=${() => void act({ do: 'pin' })}
      >
        ${pin}
      </button>
      <button type="button" class="button" @click=${copyLink}>${msg.actions.link}</button>
      <button type="button" class="button" @click=${copyCommand}>${msg.actions.command}</button>
      ${exportMenu(state, a, r, act)}
    </div>
    ${state.manual ? byHand(state.manual) : nothing}
    <p class="printed">${titleOf(r)}<br /><a href=${here}>${here}</a></p>
  `;
}

/** Whether model and device are the user's own. */
function ownedBy({ engine }: Answer, r: Result): { model: boolean; device: boolean } {
  const owns = (list: { id: string; own?: true }[] = [], id: string): boolean =>
    list.some((x) => x.id === id && x.own);
  return { model: owns(engine?.index.models, r.model.id), device: owns(engine?.index.devices, r.device.id) };
}

/** What can be saved and handed on is fetched when the menu is opened. */
function exportMenu(state: State, a: Answer, r: Result, act: Act): TemplateResult {
  const show = async (e: Event): Promise<void> => {
    const { open, lastElementChild } = e.currentTarget as HTMLDetailsElement;
    if (!open) return;
    const { exports } = await import('./exports');
    render(exports(state, a, r, ownedBy(a, r), act), lastElementChild as HTMLElement);
  };
  return html`<details
    class="menu"
    @focusout=${leave}
    @keydown=${escape}
    @toggle=${(e: Event) => void show(e)}
  >
    <summary class="button">${msg.actions.export}</summary>
    <div></div>
  </details>`;
}

function leave(e: FocusEvent): void {
  const menu = e.currentTarget as HTMLDetailsElement;
  if (e.relatedTarget && !menu.contains(e.relatedTarget as Node)) menu.open = false;
}
function escape(e: KeyboardEvent): void {
  if (e.key !== 'Escape') return;
  const menu = e.currentTarget as HTMLDetailsElement;
  menu.open = false;
  menu.querySelector('summary')!.focus();
}

const byHand = (content: string): TemplateResult =>
  html`<div class="note">
    <label for="manual">${msg.actions.copyFailed}</label>
    <textarea
      id="manual"
      rows="3"
      readonly
      .value=${content}
      @focus=${(e: Event) => (e.target as HTMLTextAreaElement).select()}
    ></textarea>
  </div>`;
