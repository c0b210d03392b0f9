import { html, nothing, render, type TemplateResult } from 'lit';
import { isPinned, type Act, type Answer } from '../acts';
import { msg, fill, listed } from '../i18n';
import { linkTo } from '../link';
import { fileOf } from '../remote';
import { maxPins, type State } from '../state';
import type { Result } from '../types';
import type * as Exports from '../export';
import { copy, download } from '../ui/clipboard';

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
  const copyLink = (): void => {
    const link = linkTo(state, a);
    const long = link.length > longLink;
    void copy(link, act, long ? fill(msg.actions.longLink, { n: link.length }) : msg.actions.copied);
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

type Make = (m: typeof Exports) => string;
/** What writes files is fetched when somebody wants one. */
const text = async (make: Make): Promise<string> => make(await import('../export'));
function save(file: string, type: string, content: string, act: Act): void {
  download(file, type, content);
  void act({ toast: fill(msg.actions.saved, { name: file }) });
}

function exports(state: State, a: Answer, r: Result, act: Act): TemplateResult {
  const own = ownedBy(a, r);
  const name = `edgewise-${r.model.id}-${r.device.id}-${r.quantization.id}`.replace(/[^\w.-]+/g, '-');
  const item = (label: string, run: () => unknown): TemplateResult =>
    html`<button type="button" @click=${run}>${label}</button>`;
  const results = [r, ...a.pins.flatMap((p) => (p.result && p.result !== r ? [p.result] : []))];
  const saved = (file: string, type: string, make: Make) => async (): Promise<void> => {
    await a.engine?.grow(); // it knows what the terms are called
    save(file, type, await text(make), act);
  };
  const copied = (make: Make) => (): Promise<void> => copy(text(make), act);
  const preset = (kind: 'model' | 'device', id: string): void => {
    const found = a.engine!.ownList.find((p) => p.kind === kind && p.id === id);
    const content =
      kind === 'device' ? a.engine!.ownDevice(id) : `${JSON.stringify(JSON.parse(found!.text), null, 2)}\n`;
    save(fileOf(id), 'application/json', content, act);
  };
  return html`<details
    class="menu"
    @focusout=${leave}
    @keydown=${escape}
    @toggle=${(e: Event) => void showPictures(e, r, name, act)}
  >
    <summary class="button">${msg.actions.export}</summary>
    <div>
      ${item(
        msg.actions.json,
        saved(`${name}.json`, 'application/json', (m) => m.jsonDocument(state, a, r))
      )}
      ${item(
        msg.actions.csv,
        saved(`${name}.csv`, 'text/csv', (m) => m.csv(a, results))
      )}
      ${item(
        msg.actions.summary,
        saved(`${name}-summary.csv`, 'text/csv', (m) => m.summary(a, results))
      )}
      ${item(
        msg.actions.markdown,
        copied((m) => m.markdown(r))
      )}
      ${item(msg.actions.bench, () => void copyBench(a, r, act))}
      ${own.model ? item(msg.actions.modelPreset, () => preset('model', r.model.id)) : nothing}
      ${own.device ? item(msg.actions.preset, () => preset('device', r.device.id)) : nothing}
      ${
        own.device || own.model
          ? nothing
          : item(
              msg.actions.embed,
              copied((m) => m.embedCode(state, a, r))
            )
      }
      <div class="pictures"></div>
    </div>
  </details>`;
}

async function copyBench(a: Answer, r: Result, act: Act): Promise<void> {
  void act({ toast: '' });
  const { benchmark } = await import('../benchmark');
  const found = benchmark(a, r);
  if (!found) return act({ toast: fill(msg.actions.noBench, { name: r.runtime.name }) });
  const rows = found.rows.length ? fill(msg.actions.benchRows, { rows: listed(found.rows) }) : undefined;
  return copy(found.line, act, rows);
}

/** What draws pictures is fetched when the menu is opened. */
async function showPictures(e: Event, r: Result, name: string, act: Act): Promise<void> {
  const menu = e.currentTarget as HTMLDetailsElement;
  if (!menu.open) return;
  const { pictures } = await import('./pictures');
  render(pictures(r, name, act), menu.querySelector<HTMLElement>('.pictures')!);
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
