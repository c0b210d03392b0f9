import { html, nothing, render, type TemplateResult } from 'lit';
import type { Act, Answer } from '../acts';
import { address, code, forms, handed, type Form, type Handed, type Made } from '../handing';
import { fill } from '../i18n';
import { handing as words } from '../i18n/handing';
import { site } from '../site';
import type { State } from '../state';
import '../styles/handing.css';
import type { Result } from '../types';
import { copy } from '../ui/clipboard';
import { closeButton } from '../ui/dialog';

/** What the dialog is of, and what was chosen in it. */
interface Shown {
  state: State;
  a: Answer;
  r: Result;
  act: Act;
  form: Form;
  pinned: boolean;
  /** Draws it with this choice. */
  choose: (change: Partial<Pick<Shown, 'form' | 'pinned'>>) => void;
  close: () => void;
}

/**
 * Shows in a dialog how the answer goes into pages and documents of others: the code, and what it shows there, which is
 * the thing itself. It is of the answer that there was when it was opened.
 */
export function openHanding(state: State, a: Answer, r: Result, act: Act): void {
  const host = document.createElement('div');
  document.body.append(host);
  const shown: Shown = {
    state,
    a,
    r,
    act,
    form: 'card',
    pinned: false,
    close: () => {
      host.remove();
      // The menu that it was opened from has closed.
      document.querySelector<HTMLElement>('details.menu > summary')?.focus();
    },
    choose: (change) => {
      Object.assign(shown, change);
      const dialog = html`<ew-dialog
        .name=${'why handing'}
        .label=${'handing-title'}
        .depth=${0}
        .content=${content(shown)}
        @shut=${shown.close}
      ></ew-dialog>`;
      render(dialog, host);
    }
  };
  shown.choose({});
}

function content(s: Shown): TemplateResult {
  const h = handed(s.form, s.state, s.a, s.r, s.pinned);
  const text = code(h);
  const line = 'line' in h;
  return html`<header>
      <h2 id="handing-title" tabindex="-1">${words.title}</h2>
      ${closeButton(s.close)}
    </header>
    <fieldset class="switch">
      <legend class="vh">${words.form}</legend>
      ${forms.map((form) => choice(form, s))}
    </fieldset>
    <p class="hint">${words.about[s.form]}</p>
    ${line ? nothing : pinning(s)}
    <h3 id="handing-code">${line ? words.line : words.code}</h3>
    <pre tabindex="0" aria-labelledby="handing-code"><code>${text}</code></pre>
    <p>
      <button type="button" class="button primary" @click=${() => void copy(text, s.act)}>
        ${words.copy}
      </button>
    </p>
    ${!line && h.script.module ? html`<p class="hint">${fill(words.reading, { host: site.host })}</p>` : nothing}
    ${line ? nothing : preview(h, s.a)}`;
}

const choice = (form: Form, s: Shown): TemplateResult =>
  html`<label
    ><input
      type="radio"
      name="handing"
      value=${form}
      .checked=${form === s.form}
      @change=${() => s.choose({ form })}
    /><span>${words.forms[form]}</span></label
  >`;

function pinning({ a, pinned, choose }: Shown): TemplateResult {
  const { version, index } = a.engine!;
  const change = (e: Event): void => choose({ pinned: (e.target as HTMLInputElement).checked });
  return html`<div class="pinning">
    <label
      ><input type="checkbox" .checked=${pinned} @change=${change} />
      ${fill(words.pinned, { version, revision: index.revision })}</label
    >
    <p class="hint">${words.pinnedNote}</p>
  </div>`;
}

let elements: Promise<unknown> | undefined;
/** What other pages load; the preview is what they show. */
const load = (a: Answer): Promise<unknown> =>
  (elements ??= import(/* @vite-ignore */ address('embed.js', a, false)).catch((error: unknown) => {
    elements = undefined;
    throw error;
  }));

function preview(h: Exclude<Handed, { line: string }>, a: Answer): TemplateResult {
  void load(a);
  return html`<section aria-labelledby="handing-preview">
    <h3 id="handing-preview">${words.preview}</h3>
    <div class="handing-preview">${made(h.element)}</div>
  </section>`;
}

/** The same as the code says. */
function made({ tag, attributes, text }: Made): HTMLElement {
  const element = document.createElement(tag);
  for (const [name, value] of attributes) element.setAttribute(name, value);
  element.textContent = text;
  return element;
}
