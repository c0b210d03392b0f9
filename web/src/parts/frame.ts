import { html, nothing, type TemplateResult } from 'lit';
import type { Act, Answer } from '../acts';
import { msg, fill } from '../i18n';
import { sentences } from '../sentences';
import type { State, View } from '../state';
import { text } from '../ui/terms';
import { answer } from './answer';
import { comparison } from './compare';
import { form } from './form';
import { origins } from './origins';
import { derivation, later, measured } from './views';

/** The whole page. */
export function page(state: State, a: Answer, act: Act): TemplateResult {
  const title = state.view === 'calculator' ? msg.tagline : msg.nav[state.view];
  return html`<a class="skip" href="#main" @click=${skip}>${msg.skip}</a>
    ${header(state, act)}
    <main id="main" tabindex="-1">
      <h1 tabindex="-1" class=${state.view === 'calculator' ? 'tagline' : ''}>${title}</h1>
      ${origins(state, a, act)}${state.notes.map((n) => html`<p class="note">${n}</p>`)}
      ${content(state, a, act)}
    </main>
    ${footer(a)}
    <div class="toast" ?hidden=${!state.toast}>${state.toast}</div>
    <div class="drop" ?hidden=${!state.dragging}><p>${msg.files.drop}</p></div>
    ${derivation(state, a, act)}`;
}

function skip(e: Event): void {
  e.preventDefault();
  (document.getElementById('answer') ?? document.getElementById('main'))?.focus();
}

function header({ view, dark }: State, act: Act): TemplateResult {
  const tab = (to: View): TemplateResult =>
    html`<button
      type="button"
      aria-current=${view === to ? 'page' : nothing}
      @click=${() => void act({ view: to })}
    >
      ${msg.nav[to]}
    </button>`;
  return html`<header class="top">
    <p class="brand">
      <svg viewBox="0 0 24 24" aria-hidden="true">
        <path d="M3 20V4h4M3 12h7M3 20h18" />
        <path class="accent" d="M10 16l4-7 3 4 4-8" />
      </svg>
      <span>${msg.name}</span>
    </p>
    <nav aria-label=${msg.nav.label}>
      ${tab('calculator')}${tab('explore')}${tab('method')}${tab('accuracy')}
    </nav>
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
  </header>`;
}

function content(state: State, a: Answer, act: Act): TemplateResult {
  if (state.fatal)
    return html`<div class="alert" role="alert">
      <p>${fill(msg.failed, { message: state.fatal })}</p>
      <button type="button" class="button" @click=${() => void act({ do: 'start' })}>${msg.retry}</button>
    </div>`;
  if (state.view !== 'calculator') return later(state.view)(state, a, act);
  return html`${measured(state, a, act)}
    <div class="columns">
      <div class="inputs">${form(state, a, act)}${peek(a)}</div>
      <div class="outputs" id="answer" tabindex="-1" aria-busy=${state.busy ? 'true' : 'false'}>
        ${answer(state, a, act)}
      </div>
    </div>
    ${comparison(a, act)}`;
}

/** On a phone the answer is below the form: its gist stays in view. */
function peek({ result: r, errors }: Answer): TemplateResult | typeof nothing {
  if (!r || errors.length) return nothing;
  const go = (): void => document.getElementById('answer')?.scrollIntoView();
  return html`<button type="button" class="peek" @click=${go}>
    <b>${sentences(r).verdict}</b><span>${text(r, 'memory_B')}</span><span>${text(r, 'decode_tok_s')}</span>
    <span aria-hidden="true">↓</span>
  </button>`;
}

function footer({ engine }: Answer): TemplateResult {
  const index = engine?.index;
  const counts = fill(msg.footer.counts, {
    models: index?.models.length ?? '…',
    devices: index?.devices.length ?? '…',
    runtimes: index?.runtimes.length ?? '…',
    quantizations: engine?.catalog.quantizations.length ?? '…'
  });
  const revision = index?.revision ?? '…';
  return html`<footer>
    <p>${msg.footer.privacy}</p>
    <p>${counts} ${fill(msg.footer.version, { version: engine?.version ?? '…', revision })}</p>
  </footer>`;
}
