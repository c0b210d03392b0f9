import { html, nothing, type TemplateResult } from 'lit';
import type { Act, Answer } from '../acts';
import { painted } from '../breath';
import { takeFiles } from '../files';
import { show, whole } from '../format';
import { fill, msg } from '../i18n';
import { bring } from '../i18n/bring';
import { usual } from '../hub';
import { hostOfSource, sourceOf } from '../sources';
import type { Rejected, State } from '../state';
import { facts, problemList } from '../ui/list';
import { catalogs } from './catalogs';
import { nameIn } from '../importer';

type Entry = State['bringing']['brought'][number];
type Own = { kind: 'model' | 'device'; id: string; name: string };

/** The one box that takes models and devices: by name, address, file or text; and what came of it. */
export function importing(state: State, a: Answer, act: Act): TemplateResult {
  const chosen = (e: Event): void => {
    const input = e.target as HTMLInputElement;
    void takeFiles([...(input.files ?? [])], act);
    input.value = '';
  };
  return html`<p class="hint">${msg.files.text}</p>
    ${box(state, act)}
    <p class="row">
      <label class="button"
        >${msg.files.choose}<input
          class="vh"
          type="file"
          multiple
          accept=".json,.gguf,.safetensors,.txt,application/json"
          @change=${chosen}
      /></label>
    </p>
    ${underWay(state, act)}${offer(state, a, act)}${choice(state, act)}${state.rejected ? refusal(state.rejected, act) : nothing}
    ${state.bringing.brought.map((entry) => brought(entry, state, a, act))}${own(state, a, act)}
    ${catalogs(state, act)}`;
}

function box({ draft, bringing: { hub } }: State, act: Act): TemplateResult {
  const source = sourceOf(draft, hub, location.href);
  const read = (): void => void act({ do: 'read', text: draft });
  const keyed = (e: KeyboardEvent): void => {
    if (e.key !== 'Enter' || e.shiftKey || /\n/.test(draft)) return;
    e.preventDefault();
    read();
  };
  return html`<label for="paste">${bring.label}</label>
    <textarea
      id="paste"
      rows="2"
      spellcheck="false"
      autocapitalize="off"
      placeholder=${bring.example}
      .value=${draft}
      @keydown=${keyed}
      @input=${(e: Event) => void act({ draft: (e.target as HTMLTextAreaElement).value })}
    ></textarea>
    ${source ? html`<p class="hint">${fill(bring.asks, { host: hostOfSource(source, hub) })}</p>` : nothing}
    <button type="button" class="button" ?disabled=${draft.trim() === ''} @click=${read}>
      ${bring.read}
    </button>`;
}

/** What is under way, and the way out of it. */
function underWay({ bringing }: State, act: Act): TemplateResult | typeof nothing {
  const now = bringing.reading;
  if (!now) return nothing;
  const { file, progress } = now;
  return html`<div class="note reading">
    <p>${fill(msg.files.reading, { file })}</p>
    ${progress ? html`<p class="quiet">${fill(bring.progress, { ...progress, bytes: show(progress.bytes, 'B') })}</p>` : nothing}
    <button type="button" class="button" @click=${() => void act({ do: 'stop' })}>${bring.stop}</button>
  </div>`;
}

function offer({ bringing }: State, a: Answer, act: Act): TemplateResult | typeof nothing {
  const found = bringing.offer;
  if (!found) return nothing;
  const { text, model, quant } = found;
  const name = a.engine?.index.models.find((m) => m.id === model)?.name ?? model;
  const done = { ...bringing, offer: undefined };
  return html`<div class="note">
    <p>${fill(bring.offer, { id: text.trim(), name })}</p>
    <p class="row">
      <button
        type="button"
        class="button primary"
        @click=${() => void act({ bringing: done, draft: '', query: { model, quant } })}
      >
        ${bring.usePreset}
      </button>
      ${
        sourceOf(text, bringing.hub, location.href)
          ? html`<button
              type="button"
              class="button"
              @click=${() => void act({ do: 'read', text, anyway: true })}
            >
              ${bring.readAnyway}
            </button>`
          : nothing
      }
    </p>
  </div>`;
}

function choice({ bringing, draft }: State, act: Act): TemplateResult | typeof nothing {
  const open = bringing.choice;
  if (!open) return nothing;
  const { source, choices } = open;
  const label = (c: (typeof choices)[number]): string =>
    c.bytes === undefined ? c.label : fill(bring.choice, { label: c.label, size: show(c.bytes, 'B') });
  const read = (e: Event): void => {
    const select = (e.currentTarget as HTMLElement).closest('.choice')!.querySelector('select')!;
    void act({ do: 'read', text: draft, source, files: choices[Number(select.value)].files });
  };
  return html`<div class="note choice">
    <label for="which">${bring.choose}</label>
    <div class="select">
      <select id="which">
        ${choices.map((c, i) => html`<option value=${i} ?selected=${c === usual(choices)}>${label(c)}</option>`)}
      </select>
    </div>
    <button type="button" class="button primary" @click=${read}>${bring.read}</button>
  </div>`;
}

const refusal = ({ file, errors }: Rejected, act: Act): TemplateResult =>
  html`<div class="alert" role="alert">
    <p><strong>${fill(msg.files.rejected, { file })}</strong></p>
    ${problemList(errors)}
    <button type="button" class="button" @click=${() => void act({ rejected: undefined })}>
      ${msg.files.dismiss}
    </button>
  </div>`;

/** What was read of a model, and what was not. */
function brought(entry: Entry, state: State, a: Answer, act: Act): TemplateResult {
  const { kind, id, from, reading } = entry;
  const plural = kind === 'model' ? 'models' : 'devices';
  const preset = a.engine?.preset(plural, id) as Preset | undefined;
  if (!preset) return html``;
  const rows: [string, string][] = [[bring.from, from || bring.here]];
  if (kind === 'model') rows.push(...described(preset, a, id));
  const files = (reading?.files ?? []).map((f) =>
    f.of === undefined
      ? fill(bring.file, { name: f.name, bytes: show(f.bytes, 'B') })
      : fill(bring.fileOf, { name: f.name, bytes: show(f.bytes, 'B'), size: show(f.of, 'B') })
  );
  const left = (reading?.left ?? []).map((x) => fill(bring.left[x.why], { name: x.name }));
  const lines = (title: string, list: string[]): TemplateResult | typeof nothing =>
    list.length
      ? html`<p class="legend-like">${title}</p>
          <ul>
            ${list.map((x) => html`<li>${x}</li>`)}
          </ul>`
      : nothing;
  return html`<section class="brought">
    <p><strong>${fill(bring.got, { name: preset.name })}</strong></p>
    ${facts(rows)}${lines(bring.files, files)}${lines(bring.notRead, left)}
    ${
      state.query[kind] === id
        ? nothing
        : html`<button type="button" class="button" @click=${() => void act({ query: { [kind]: id } })}>
            ${bring.use}
          </button>`
    }
  </section>`;
}

interface Preset {
  name: string;
  family?: string;
  config?: Record<string, unknown>;
  checkpoint?: { recipe?: { id?: string } };
}
function described({ family, config = {}, checkpoint }: Preset, a: Answer, id: string): [string, string][] {
  const number = (key: string): string =>
    typeof config[key] === 'number' ? whole(config[key]) : msg.unknown;
  const parameters = a.engine?.index.models.find((m) => m.id === id)?.parameters;
  return [
    [bring.family, family ?? msg.unknown],
    [bring.layers, number('num_hidden_layers')],
    [bring.hidden, number('hidden_size')],
    [
      bring.heads,
      fill(bring.headsOf, { n: number('num_attention_heads'), kv: number('num_key_value_heads') })
    ],
    [bring.context, number('max_position_embeddings')],
    [bring.parameters, typeof parameters === 'number' ? whole(parameters) : msg.unknown],
    [bring.format, checkpoint?.recipe?.id ?? msg.unknown]
  ];
}

/** All that is the user's own: to be used, renamed, kept and removed. */
function own(state: State, { engine }: Answer, act: Act): TemplateResult | typeof nothing {
  const list = (engine?.ownList ?? []).map(({ kind, id, text }): Own => ({
    kind,
    id,
    name: nameIn(text)
  }));
  const { dropped } = state.bringing;
  if (!list.length && !dropped) return nothing;
  return html`<p class="legend-like">${bring.yours}</p>
    ${
      list.length
        ? html`<ul class="own">
            ${list.map((x) => item(x, state, act))}
          </ul>`
        : nothing
    }
    ${dropped ? takeBack(dropped, act) : nothing}`;
}
/** The button is where the focus goes that the removed one had. */
const takeBack = (
  { name, text, used }: NonNullable<State['bringing']['dropped']>,
  act: Act
): TemplateResult =>
  html`<p class="quiet">
    <span role="status">${fill(bring.removed, { name })}</span>
    <button
      type="button"
      class="plain"
      id="take-back"
      @click=${() => void act({ do: 'take', input: text, file: name, beside: !used })}
    >
      ${bring.takeBack}
    </button>
  </p>`;
/** Once the button is there: where the list is drawn anew, the focus may lie on another's. */
async function drop(kind: Own['kind'], id: string, act: Act): Promise<void> {
  await act({ do: 'drop', kind, id });
  await painted();
  document.getElementById('take-back')?.focus();
}
function item({ kind, id, name }: Own, { bringing, query }: State, act: Act): TemplateResult {
  const kept = bringing.kept.includes(`${kind}/${id}`);
  const button = (label: string, run: () => void): TemplateResult =>
    html`<button type="button" class="plain" @click=${run}>${label}<span class="vh"> ${name}</span></button>`;
  const rename = (e: Event): void =>
    void act({ do: 'rename', kind, id, name: (e.target as HTMLInputElement).value });
  return html`<li>
    <span class="box"><input type="text" aria-label=${bring.name} .value=${name} @change=${rename} /></span>
    <span class="quiet">${kept ? bring.keptHere : bring.notKept}</span>
    ${query[kind] === id ? nothing : button(bring.use, () => void act({ query: { [kind]: id } }))}
    ${kept ? nothing : button(bring.keep, () => void act({ do: 'keep', kind, id }))}
    ${button(bring.remove, () => void drop(kind, id, act))}
  </li>`;
}
