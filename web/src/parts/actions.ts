import { html, nothing, type TemplateResult } from 'lit';
import { isPinned, type Act, type Answer } from '../acts';
import { command, csv, embedCode, fileOf, jsonDocument, markdown } from '../export';
import { msg, fill } from '../i18n';
import { linkTo } from '../link';
import { maxPins, type State } from '../state';
import type { Result } from '../types';
import { copy, download } from '../ui/clipboard';

/** What can be done with an answer. */
export function actions(state: State, a: Answer, r: Result, act: Act): TemplateResult {
  const { model, device } = ownedBy(a, r);
  const pinned = isPinned(a);
  const full = a.pins.length >= maxPins;
  const pin = pinned ? msg.actions.pinned : full ? msg.actions.pinFull : msg.actions.pin;
  const carried = !model || a.engine?.preset('models', r.model.id) !== undefined;
  const linked = carried ? msg.actions.copied : fill(msg.actions.linkWithout, { name: r.model.name });
  const ran = device ? fill(msg.actions.commandWith, { file: fileOf(r.device.id) }) : msg.actions.copied;
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
      <button type="button" class="button" @click=${() => void copy(linkTo(state, a), act, linked)}>
        ${msg.actions.link}
      </button>
      <button type="button" class="button" @click=${() => void copy(command(r, device), act, ran)}>
        ${msg.actions.command}
      </button>
      ${exports(state, a, r, act)}
    </div>
    ${state.manual ? byHand(state.manual) : nothing}
  `;
}

/** Whether model and device are the user's own. */
function ownedBy({ engine }: Answer, r: Result): { model: boolean; device: boolean } {
  const owns = (list: { id: string; own?: true }[] = [], id: string): boolean =>
    list.some((x) => x.id === id && x.own);
  return { model: owns(engine?.index.models, r.model.id), device: owns(engine?.index.devices, r.device.id) };
}

function exports(state: State, a: Answer, r: Result, act: Act): TemplateResult {
  const own = ownedBy(a, r);
  const name = `edgewise-${r.model.id}-${r.device.id}-${r.quantization.id}`.replace(/[^\w.-]+/g, '-');
  const save = (file: string, type: string, content: string): void => {
    download(file, type, content);
    void act({ toast: fill(msg.actions.saved, { name: file }) });
  };
  const item = (label: string, run: () => void): TemplateResult =>
    html`<button type="button" @click=${run}>${label}</button>`;
  const table = async (): Promise<void> => {
    await a.engine?.grow(); // it knows what the terms are called
    save(`${name}.csv`, 'text/csv', csv(a, r));
  };
  const preset = (): void => save(fileOf(r.device.id), 'application/json', a.engine!.ownDevice(r.device.id));
  const embed = (): void => void copy(embedCode(state, a, r), act);
  return html`<details class="menu" @focusout=${leave} @keydown=${escape}>
    <summary class="button">${msg.actions.export}</summary>
    <div>
      ${item(msg.actions.json, () => save(`${name}.json`, 'application/json', jsonDocument(state, a, r)))}
      ${item(msg.actions.csv, () => void table())}
      ${item(msg.actions.markdown, () => void copy(markdown(r), act))}
      ${own.device ? item(msg.actions.preset, preset) : nothing}
      ${own.device || own.model ? nothing : item(msg.actions.embed, embed)}
    </div>
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
