import { LitElement, html, type TemplateResult } from 'lit';
import type { Answer } from './acts';
import { plain } from './beginning';
import { breath, painted } from './breath';
import { lateImporter, loadCatalog, takeFiles } from './bringing';
import type { Catalog } from './catalogs';
import { keepCatalogs, keeper, ownCatalogs } from './kept';
import { isUnits, setUnits, type Units } from './format';
import { fill, isLanguage, msg, spoken, tags } from './i18n';
import { problemText } from './i18n/problems';
import { linkTo } from './link';
import { page, parts } from './parts/frame';
import { fetchRemote } from './remote';
import { sentences } from './sentences';
import { readSite } from './settings';
import { Shelf } from './shelf';
import { ahead, asksNothing, type State } from './state';
import { remember, remembered } from './storage';
import { Store } from './store';
import { savesData } from './thrift';
import { startEngine } from './wasm';

const isDark = (): boolean => {
  const chosen = document.documentElement.dataset.theme;
  return chosen ? chosen === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
};

const units = (): Units => {
  const own = remembered('edgewise-units');
  return isUnits(own) ? own : 'GiB';
};

/** Not before whoever came has seen an answer. */
const afterAnswer_ms = 2000;
/** Frames show what their page embeds; who saves data does not want what may never be used. */
const canKeep = (): boolean =>
  import.meta.env.PROD && 'serviceWorker' in navigator && window.top === window && !savesData();

/** The page: a store, drawn, and what only a window can do. */
export class Page extends LitElement {
  declare readonly renderRoot: HTMLElement;
  readonly #store = new Store(
    {
      start: () =>
        startEngine(fetchRemote, {
          begin: asksNothing(location.hash) ? plain : undefined,
          // scripts/prerender.mjs has the larger engine fetched for the same views.
          whole: ['compare', 'method'].includes(ahead(location.hash).view)
        }),
      here: location.href,
      site: readSite,
      shelf: (...of) => new Shelf({ own: ownCatalogs, keep: keepCatalogs, load: loadCatalog }, ...of),
      importer: (room) => lateImporter(keeper(), room),
      renew: () => this.#renew?.()
    },
    { dark: isDark(), units: units(), settings: matchMedia('(min-width: 56.25em)').matches }
  );
  /** What was drawn last. */
  #drawn: { state: State; answer: Answer } | undefined;
  #written = '';
  /** The fragment in the address bar, as far as the page knows. */
  #stands = '';
  #live = '';
  #writing: ReturnType<typeof setTimeout> | undefined;
  #speaking: ReturnType<typeof setTimeout> | undefined;
  #toasting: ReturnType<typeof setTimeout> | undefined;
  #renew: (() => void) | undefined;
  /** How many parts of the page were drawn: the first time, each is in a task of its own. */
  #parts = 0;
  /** Whether what answers was drawn and the rest of it was not. */
  #ahead = false;
  /** Whether the language is there in which everything is said. */
  #speaks = false;

  /** The answer that came with the page stays until there is one of this question. */
  protected createRenderRoot(): HTMLElement {
    const root = document.createElement('div');
    root.hidden = true;
    this.append(root);
    return root;
  }
  /** Another answer is seen in the frame after the input; all else is in a task of its own: what led to it may have taken long. */
  protected async scheduleUpdate(): Promise<void> {
    if (!this.#replaces()) await (this.#ahead ? painted() : this.#pause());
    const way = document.activeElement?.closest('.ways');
    void super.scheduleUpdate();
    // A way out that was taken is no longer there: what came of it is.
    if (way && document.activeElement === document.body)
      document.getElementById('verdict')?.focus({ preventScroll: true });
  }
  /** Between an answer and all that is drawn of it; what to change of it is found in a task of its own. */
  async #pause(): Promise<void> {
    await breath();
    const { engine, query, result } = this.#store.answer;
    const unseen = this.#store.state.view !== 'calculator' || result === this.#drawn?.answer.result;
    if (!engine || !result || result.verdict === 'runs_well' || unseen) return;
    engine.waysOut(query, result);
    await breath();
  }
  /** Whether there is another answer than the one that is shown. */
  #replaces(): boolean {
    const { state, answer } = this.#store;
    const shown = this.#drawn;
    return (
      this.#parts === parts.all &&
      state.view === 'calculator' &&
      shown?.state.view === state.view &&
      !shown.answer.errors.length &&
      shown.answer.result !== answer.result
    );
  }
  protected firstUpdated(): void {
    this.#store.subscribe(() => this.requestUpdate());
    addEventListener('hashchange', () => {
      if (location.hash.slice(1) !== this.#written) this.#open();
      else this.#stands = location.hash;
    });
    // Who moves towards something will want everything that there is, and who touches it to know more.
    for (const type of ['pointerover', 'focusin'] as const)
      addEventListener(type, () => void this.#store.answer.engine?.fill().catch(() => undefined), {
        once: true
      });
    for (const type of ['pointerdown', 'keydown'] as const)
      addEventListener(type, () => this.#store.answer.engine?.hasten(), {
        once: true
      });
    addEventListener('paste', (e: ClipboardEvent) => this.#paste(e));
    for (const type of ['dragenter', 'dragover', 'dragleave', 'drop'] as const)
      addEventListener(type, (e: DragEvent) => this.#drag(e));
    this.#open();
    void breath().then(() => this.#start());
  }
  async #start(): Promise<void> {
    const { act } = this.#store;
    const { lang } = ahead(location.hash);
    const own = remembered('edgewise-language');
    const language = lang ?? (isLanguage(own) ? own : spoken(navigator.languages));
    const speaking = act({ do: 'speak', language, lang }).finally(() => {
      this.#speaks = true;
      this.requestUpdate();
    });
    await Promise.all([speaking, act({ do: 'start' })]);
    if (canKeep()) setTimeout(() => void this.#keep(), afterAnswer_ms);
  }
  /** For use without a network. */
  async #keep(): Promise<void> {
    try {
      const { keep } = await import('./offline/keep');
      await keep((take) => {
        this.#renew = take;
        void this.#store.act({ newer: true });
      });
    } catch {
      // The browser keeps nothing: the page works all the same.
    }
  }
  #open(): void {
    clearTimeout(this.#writing);
    this.#writing = undefined;
    this.#stands = location.hash;
    this.#written = this.#stands.slice(1);
    void this.#store.open(this.#stands);
  }

  link(): string {
    return linkTo(this.#store.state, this.#store.answer);
  }
  get catalogs(): Catalog[] {
    return this.#store.state.catalogs;
  }

  render(): TemplateResult {
    const { state, answer, act } = this.#store;
    setUnits(state.units);
    this.#ahead = this.#replaces();
    return html`${page(state, answer, act, { parts: this.#parts, ahead: this.#ahead })}
      <p class="vh" role="status" aria-live="polite" id="live">${state.toast || this.#live}</p>`;
  }

  protected updated(): void {
    const { state, answer, address } = this.#store;
    const before = this.#drawn?.state;
    if (answer !== this.#drawn?.answer) this.#announce();
    this.#drawn = { state, answer };
    const wanted = state.view !== 'calculator' ? 0 : answer.result ? parts.all : parts.before;
    if (this.#ahead) this.requestUpdate();
    if (this.#parts < wanted) this.requestUpdate('parts', this.#parts++);
    else if (this.renderRoot.hidden && this.#speaks && this.#isWorthwhile(state)) this.#show();
    const moved = before !== undefined && state.view !== before.view;
    const step = moved || (before !== undefined && state.steps !== before.steps);
    if (address !== undefined && address !== this.#written) {
      this.#write(address, step);
      if (moved) scrollTo({ top: 0 });
    }
    document.title = this.#title();
    if (!before) return;
    if (moved) this.querySelector<HTMLElement>('main h1')?.focus({ preventScroll: true });
    if (state.dark !== before.dark) this.#theme(state.dark);
    if (state.language !== before.language) this.#spoken(state);
    if (state.units !== before.units) remember('edgewise-units', state.units);
    if (state.toast && state.toast !== before.toast) this.#toast();
    if (state.rejected !== before.rejected)
      this.querySelector('.files .alert')?.scrollIntoView({ block: 'nearest' });
    const box = this.querySelector('.files');
    if (state.draft && !before.draft && !box?.contains(document.activeElement))
      box?.scrollIntoView({ block: 'nearest' });
  }
  /** Other views have more than what came with the page, and the calculator its answer, or why there is none yet. */
  #isWorthwhile({ view, busy, fatal, foreign }: State): boolean {
    if (fatal) return true;
    if (view !== 'calculator') return !this.renderRoot.querySelector('[data-empty]');
    return !busy || Object.keys(foreign).length > 0;
  }
  /** In place of what came with the page. */
  #show(): void {
    const root = this.renderRoot;
    while (root.previousSibling) root.previousSibling.remove();
    root.hidden = false;
  }
  #title(): string {
    const { state, answer } = this.#store;
    if (state.view !== 'calculator') return fill(msg.title.other, { view: msg.nav[state.view] });
    const r = answer.result;
    return r
      ? fill(msg.title.calculator, { model: r.model.name, device: r.device.name })
      : fill(msg.colon, { label: msg.name, value: msg.tagline });
  }

  // --- what follows from the state ---

  /** `step`: one of the history. */
  #write(address: string, step: boolean): void {
    if (step && this.#writing !== undefined) this.#put('replaceState');
    this.#written = address;
    clearTimeout(this.#writing);
    if (step) this.#put('pushState');
    // Browsers limit how often the address may change; it is written once things are quiet.
    else this.#writing = setTimeout(() => this.#put('replaceState'), 400);
  }
  #put(how: 'pushState' | 'replaceState'): void {
    this.#writing = undefined;
    // Another address came meanwhile, and is about to be opened.
    if (location.hash !== this.#stands) return;
    try {
      history[how](null, '', this.#written ? `#${this.#written}` : location.pathname + location.search);
    } catch {
      // The address stays as it was; the page works all the same.
    }
    this.#stands = location.hash;
  }
  #announce(): void {
    clearTimeout(this.#speaking);
    this.#speaking = setTimeout(() => {
      const { result, errors } = this.#store.answer;
      if (errors.length) this.#live = fill(msg.announceError, { message: problemText(errors[0]) });
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

  #spoken({ language, lang }: State): void {
    document.documentElement.lang = tags[language];
    this.#announce();
    // A link's language is for this visit.
    if (!lang) remember('edgewise-language', language);
  }

  // --- what comes from the window ---

  /** What is pasted outside a box is a preset, where it is JSON at all. */
  #paste(e: ClipboardEvent): void {
    if (e.target instanceof Element && e.target.closest('input, textarea, [contenteditable]')) return;
    const { act } = this.#store;
    const files = [...(e.clipboardData?.files ?? [])];
    const text = e.clipboardData?.getData('text/plain').trim() ?? '';
    if (files.length) void takeFiles(files, act);
    else if (/^[{[]|\bt\/s\b|eval rate:|tok\/s/m.test(text))
      void act({ do: 'take', input: text, file: msg.files.pasted });
    // Nothing is asked of others before the button is pressed.
    else if (/^(https?:\/\/|hf:\/\/|hf\.co\/|huggingface\.co\/)\S+$/.test(text))
      void act({ draft: text, settings: true });
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
