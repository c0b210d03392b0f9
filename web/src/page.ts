import { LitElement, html, type TemplateResult } from 'lit';
import type { Answer } from './acts';
import { keepCatalogs, loadCatalog, ownCatalogs, readSite, type Catalog } from './catalogs';
import { takeFiles } from './files';
import { msg, fill } from './i18n';
import { linkTo } from './link';
import { page } from './parts/frame';
import { fetchRemote } from './remote';
import { sentences } from './sentences';
import type { State } from './state';
import { remember } from './storage';
import { Store } from './store';
import { startEngine } from './wasm';

const isDark = (): boolean => {
  const chosen = document.documentElement.dataset.theme;
  return chosen ? chosen === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
};

/** The page: a store, drawn, and what only a window can do. */
export class Page extends LitElement {
  readonly #store = new Store(
    {
      start: () => startEngine(fetchRemote),
      here: location.href,
      site: readSite,
      catalogs: { own: ownCatalogs, keep: keepCatalogs, load: loadCatalog }
    },
    { dark: isDark() }
  );
  /** What was drawn last. */
  #drawn: { state: State; answer: Answer } | undefined;
  #written = '';
  #live = '';
  #writing: ReturnType<typeof setTimeout> | undefined;
  #speaking: ReturnType<typeof setTimeout> | undefined;
  #toasting: ReturnType<typeof setTimeout> | undefined;

  /** Renders in place of the prerendered answer. */
  protected createRenderRoot(): HTMLElement {
    this.replaceChildren();
    return this;
  }
  protected firstUpdated(): void {
    this.#store.subscribe(() => this.requestUpdate());
    addEventListener('hashchange', () => {
      if (location.hash.slice(1) !== this.#written) this.#open();
    });
    addEventListener('paste', (e: ClipboardEvent) => this.#paste(e));
    for (const type of ['dragenter', 'dragover', 'dragleave', 'drop'] as const)
      addEventListener(type, (e: DragEvent) => this.#drag(e));
    this.#open();
    void this.#store.act({ do: 'start' });
  }
  #open(): void {
    clearTimeout(this.#writing);
    this.#written = location.hash.slice(1);
    void this.#store.open(location.hash);
  }

  link(): string {
    return linkTo(this.#store.state, this.#store.answer);
  }
  get catalogs(): Catalog[] {
    return this.#store.state.catalogs;
  }

  render(): TemplateResult {
    const { state, answer, act } = this.#store;
    return html`${page(state, answer, act)}
      <p class="vh" role="status" aria-live="polite" id="live">${state.toast || this.#live}</p>`;
  }

  protected updated(): void {
    const { state, answer, address } = this.#store;
    const before = this.#drawn?.state;
    if (answer !== this.#drawn?.answer) this.#announce();
    this.#drawn = { state, answer };
    if (address !== undefined && address !== this.#written) this.#write(address);
    if (!before) return;
    if (state.view !== before.view) {
      this.querySelector<HTMLElement>('main h1')?.focus({ preventScroll: true });
      scrollTo({ top: 0 });
    }
    if (state.dark !== before.dark) this.#theme(state.dark);
    if (state.toast && state.toast !== before.toast) this.#toast();
    if (state.rejected !== before.rejected)
      this.querySelector('.files .alert')?.scrollIntoView({ block: 'nearest' });
  }

  // --- what follows from the state ---

  #write(address: string): void {
    this.#written = address;
    clearTimeout(this.#writing);
    // Browsers limit how often the address may change; it is written once things are quiet.
    this.#writing = setTimeout(() => {
      const url = address ? `#${address}` : location.pathname + location.search;
      try {
        history.replaceState(history.state, '', url);
      } catch {
        // The address stays as it was; the page works all the same.
      }
    }, 400);
  }
  #announce(): void {
    clearTimeout(this.#speaking);
    this.#speaking = setTimeout(() => {
      const { result, errors } = this.#store.answer;
      if (errors.length) this.#live = `${msg.notes.error}: ${errors[0].message}`;
      else if (result) this.#live = fill(msg.announce, sentences(result));
      this.requestUpdate();
    }, 700);
  }
  #toast(): void {
    clearTimeout(this.#toasting);
    this.#toasting = setTimeout(() => void this.#store.act({ toast: '' }), 4000);
  }
  #theme(dark: boolean): void {
    const theme = dark ? 'dark' : 'light';
    document.documentElement.dataset.theme = theme;
    remember('edgewise-theme', theme);
  }

  // --- what comes from the window ---

  /** What is pasted outside a box is a preset, where it is JSON at all. */
  #paste(e: ClipboardEvent): void {
    if (e.target instanceof Element && e.target.closest('input, textarea, [contenteditable]')) return;
    const { act } = this.#store;
    const files = [...(e.clipboardData?.files ?? [])];
    const text = e.clipboardData?.getData('text/plain').trim() ?? '';
    if (files.length) void takeFiles(files, act);
    else if (text.startsWith('{')) void act({ do: 'take', input: text, file: msg.files.pasted });
    else return;
    e.preventDefault();
  }
  #drag(e: DragEvent): void {
    if (!e.dataTransfer?.types.includes('Files')) return;
    e.preventDefault();
    const { act } = this.#store;
    const left = e.type === 'dragleave' && e.relatedTarget === null;
    if (e.type === 'drop') void takeFiles([...e.dataTransfer.files], act);
    const dragging = e.type !== 'drop' && !left;
    if (dragging !== this.#store.state.dragging) void act({ dragging });
  }
}
if (!customElements.get('edgewise-app')) customElements.define('edgewise-app', Page);
