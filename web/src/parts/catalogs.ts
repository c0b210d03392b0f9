import { html, nothing, type TemplateResult } from 'lit';
import type { Act } from '../acts';
import type { Catalog } from '../catalogs';
import { fill } from '../i18n';
import { catalogs as words } from '../i18n/catalogs';
import { problemText } from '../i18n/problems';
import { address } from '../remote';
import type { State } from '../state';

/** Lists of devices that others measured: those of the site, and the user's own. */
export function catalogs({ catalogs: list }: State, act: Act): TemplateResult {
  return html`<details class="paste catalogs" ?open=${list.some((c) => c.own)}>
    <summary>${words.title}</summary>
    <p class="hint">${words.text}</p>
    ${
      list.length
        ? html`<ul>
            ${list.map((c) => item(c, act))}
          </ul>`
        : nothing
    }${box(act)}
  </details>`;
}

function said({ state, errors, devices }: Catalog): string {
  if (state === 'loading') return words.loading;
  if (state === 'failed') return fill(words.failed, { reason: problemText(errors[0]) });
  const n = devices.length;
  return fill(words.count, { n });
}

function item(c: Catalog, act: Act): TemplateResult {
  const button = (label: string, run: () => void): TemplateResult =>
    html`<button type="button" class="plain" @click=${run}>
      ${label}<span class="vh"> ${c.url}</span>
    </button>`;
  const remove = (): void => void act({ do: 'unlist', catalog: c.url });
  return html`<li class=${c.state}>
    <span><code>${c.url}</code> ${said(c)}</span>
    ${button(words.again, () => void act({ do: 'list', catalog: c.url }))}
    ${c.own ? button(words.remove, remove) : nothing}
  </li>`;
}

function box(act: Act): TemplateResult {
  const add = (e: Event): void => {
    const input = (e.target as HTMLElement).closest('.catalogs')!.querySelector('input')!;
    const url = address(input.value.trim(), location.href);
    input.setCustomValidity(url === undefined ? words.noAddress : '');
    if (url === undefined) input.reportValidity();
    else {
      input.value = '';
      void act({ do: 'list', catalog: url });
    }
  };
  const key = (e: KeyboardEvent): void => {
    if (e.key !== 'Enter') return;
    e.preventDefault();
    add(e);
  };
  return html`<label for="catalog">${words.label}</label>
    <p class="row">
      <input
        id="catalog"
        type="text"
        inputmode="url"
        spellcheck="false"
        placeholder="https://…/catalog.json"
        @input=${(e: Event) => (e.target as HTMLInputElement).setCustomValidity('')}
        @keydown=${key}
      />
      <button type="button" class="button" @click=${add}>${words.add}</button>
    </p>`;
}
