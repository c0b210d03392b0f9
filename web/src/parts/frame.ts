import { html, nothing, type TemplateResult } from 'lit';
import { frameOf, type Act, type Answer } from '../acts';
import { problemText } from '../i18n/problems';
import { fill, languages, msg, prose, sentence, stopped, tags, type Language } from '../i18n';
import { views, write, type Note, type State, type View } from '../state';
import { followed } from '../ui/followed';
import { answer, answerParts, type Extent } from './answer';
import { choosers, settings } from './form';
import { origins } from './origins';
import { derivation, later, measured } from './views';

/** The choosers and the settings. */
const inputParts = 2;
/** Of so many parts: what is there before an answer is, and with one. */
export const parts = { before: inputParts + 1, all: inputParts + answerParts };
/** The whole page. */
export function page(state: State, a: Answer, act: Act, extent: Extent): TemplateResult {
  return html`<a class="skip" href="#main" @click=${skip}>${msg.skip}</a>
    ${header(state, a, act, state.view)}
    <main id="main" tabindex="-1">
      ${heading(state.view)}
      ${origins(state, a, act)}${[...state.notes.map(noteText), ...state.aside.map((why) => stopped(problemText(why)))].map((said) => html`<p class="note">${said}</p>`)}
      ${content(state, a, act, extent)}
    </main>
    ${footer(a)}
    <div class="toast" aria-hidden="true" ?hidden=${!state.toast}>${state.toast}</div>
    ${state.newer ? newer(act) : nothing}
    <div class="drop" ?hidden=${!state.dragging}><p>${msg.files.drop}</p></div>
    ${derivation(state, a, act)}`;
}

export const heading = (view: View): TemplateResult =>
  view === 'calculator'
    ? html`<h1 tabindex="-1" class="tagline">${msg.tagline}</h1>`
    : html`<h1 tabindex="-1">${msg.nav[view]}</h1>`;

const newer = (act: Act): TemplateResult =>
  html`<p class="newer" role="status">
    ${msg.newer.here}
    <button type="button" class="button" @click=${() => void act({ do: 'renew' })}>${msg.newer.take}</button>
  </p>`;

function skip(e: Event): void {
  e.preventDefault();
  (document.getElementById('verdict') ?? document.getElementById('main'))?.focus();
}

/** `current`: the view that is marked as the present one. */
export function header(state: State, a: Answer, act: Act, current?: View): TemplateResult {
  const { dark, language } = state;
  const other: Language = language === 'en' ? 'zh' : 'en';
  return html`<header class="top">
    <p class="brand">
      <svg viewBox="0 0 24 24" aria-hidden="true">
        <path d="M3 20V4h4M3 12h7M3 20h18" />
        <path class="accent" d="M10 16l4-7 3 4 4-8" />
      </svg>
      <span>${msg.name}</span>
    </p>
    <nav aria-label=${msg.nav.label}>${views.map((view) => tab(view, state, a, act, view === current))}</nav>
    <span class="switches">
      <button
        type="button"
        class="icon"
        lang=${tags[other]}
        @click=${() => void act({ do: 'speak', language: other })}
      >
        ${languages[other]}
      </button>
      <button
        type="button"
        class="icon"
        aria-label=${dark ? msg.theme.toLight : msg.theme.toDark}
        @click=${() => void act({ dark: !dark })}
      >
        <svg viewBox="0 0 24 24" aria-hidden="true">
          <circle cx="12" cy="12" r="8" />
          <path class="solid" d="M12 4a8 8 0 0 1 0 16z" />
        </svg>
      </button>
    </span>
  </header>`;
}

/** A link, so that it can be opened elsewhere; followed here without leaving the page. */
function tab(view: View, state: State, a: Answer, act: Act, current: boolean): TemplateResult {
  const frame = a.engine && frameOf(a, location.href);
  const href = frame ? write({ ...state, view }, frame) || 'v=1' : `v=1&view=${view}`;
  // Before the engine is there, the address alone says what is asked.
  const follow = frame ? followed(() => void act({ view })) : nothing;
  const count =
    view === 'compare' && state.pins.length > 0 ? html`<i class="count">${state.pins.length}</i>` : nothing;
  return html`<a href=${`#${href}`} aria-current=${current ? 'page' : nothing} @click=${follow}
    >${msg.nav[view]}${count}</a
  >`;
}

/** Said at once, while what it is about is fetched. */
export const lede = (view: View): TemplateResult | typeof nothing =>
  view === 'explore' || view === 'compare' ? html`<p class="lede">${msg.lede[view]}</p>` : nothing;

function content(state: State, a: Answer, act: Act, extent: Extent): TemplateResult {
  if (state.fatal)
    return html`<div class="alert" role="alert">
      <p>${fill(msg.failed, { message: state.fatal })}</p>
      <button type="button" class="button" @click=${() => void act({ do: 'start' })}>${msg.retry}</button>
    </div>`;
  if (state.view !== 'calculator') return html`${lede(state.view)}${later(state.view)(state, a, act)}`;
  return html`${measured(state, a, act)}
    <div class="columns">
      <div class="inputs">
        ${extent.parts > 0 ? choosers(state, a, act) : nothing}${extent.parts > 1 ? settings(state, a, act) : nothing}
      </div>
      <div class="outputs" id="answer" aria-busy=${state.busy ? 'true' : 'false'}>
        ${extent.parts > inputParts ? answer(state, a, act, { ...extent, parts: extent.parts - inputParts }) : nothing}
      </div>
    </div>`;
}

/** What a link asked for and did not get. */
function noteText(note: Note): string {
  if (note.kind === 'said') return note.text;
  if (note.kind === 'otherPresets') return msg.notes.otherPresets;
  if (note.kind === 'badVersion') return fill(msg.notes.badVersion, { v: note.v });
  if (note.kind === 'unknownKeys') return fill(msg.notes.unknownKeys, { keys: note.keys });
  if (note.kind === 'badValue') return fill(msg.notes.badValue, { key: note.key, value: note.value });
  const names: Partial<Record<typeof note.field, string>> = {
    model: msg.form.model,
    device: msg.form.device,
    power_mode: msg.form.mode,
    runtime: msg.form.runtime,
    quant: msg.form.quant,
    kv_quant: msg.form.kv,
    session: msg.form.session,
    draft_model: msg.form.draft,
    host: msg.form.host
  };
  const why = note.why ? problemText(note.why) : msg.notes.absent;
  return sentence(fill(msg.notes.replaced, { what: names[note.field] ?? note.field, id: note.id, why }));
}

function footer({ engine }: Answer): TemplateResult {
  const index = engine?.index;
  const counts = fill(msg.footer.counts, {
    models: index?.counts.models ?? '…',
    devices: index?.counts.devices ?? '…',
    runtimes: index?.counts.runtimes ?? '…',
    quantizations: index?.counts.quantizations ?? '…'
  });
  const revision = index?.revision ?? '…';
  return html`<footer>
    <p>${msg.footer.privacy}</p>
    <p>${prose(counts, fill(msg.footer.version, { version: engine?.version ?? '…', revision }))}</p>
  </footer>`;
}
