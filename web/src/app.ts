import { LitElement, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { Engine, problems } from './engine';
import { known, measure, range, show } from './format';
import { en, fill } from './i18n/en';
import { remember } from './storage';
import { defaults, maxPins, numbers, pack, read, same, unpack, write, type State, type View } from './state';
import type { EdgewiseProblem, Evidence, Query, Result, TermValue } from './types';
import './ui/combobox';
import './ui/number-field';
import { keepCatalogs, loadCatalog, ownCatalogs, readSite, type Catalog, type Site } from './catalogs';
import { address, isAddress } from './remote';
import { openWhy } from './ui/why';
import { answer } from './views/answer';
import { comparison } from './views/compare';
import { form } from './views/form';
import { origins } from './views/origins';
import { take, takeFiles } from './files';
import { sentences } from './sentences';

export interface Pinned {
  query: Query;
  result?: Result;
  failed?: string;
}

/** The page: state in the fragment, one engine, three views. */
export class App extends LitElement {
  static properties = {
    engine: { state: true },
    fatal: { state: true },
    busy: { state: true },
    state: { state: true },
    result: { state: true },
    errors: { state: true },
    pins: { state: true },
    notes: { state: true },
    toast: { state: true },
    dragging: { state: true },
    rejected: { state: true },
    live: { state: true },
    dark: { state: true },
    manual: { state: true },
    catalogs: { state: true },
    evidence: { state: true }
  };
  declare engine: Engine | undefined;
  declare fatal: string;
  declare busy: boolean;
  declare state: State;
  declare result: Result | undefined;
  declare errors: EdgewiseProblem[];
  declare pins: Pinned[];
  declare notes: string[];
  declare toast: string;
  declare dragging: boolean;
  declare rejected: { file: string; errors: EdgewiseProblem[] } | undefined;
  declare live: string;
  declare dark: boolean;
  /** What the browser would not copy, for copying by hand. */
  declare manual: string;
  declare catalogs: Catalog[];
  /** Who published what the present answer was fitted to, once somebody asks. */
  declare evidence: { of: Result; list: Evidence[] } | undefined;

  #site: Site = { device: '', catalogs: [] };
  #siteProblem = '';
  #loads = 0;
  #unknownKeys: [string, string][] = [];
  #turn = 0;
  #writing: ReturnType<typeof setTimeout> | undefined;
  #speaking: ReturnType<typeof setTimeout> | undefined;
  #toasting: ReturnType<typeof setTimeout> | undefined;
  #written = '';
  #views = new Map<View, (app: App) => TemplateResult>();
  #loadingView = new Set<View>();

  constructor() {
    super();
    this.fatal = this.toast = this.live = this.manual = '';
    this.busy = true;
    this.dragging = false;
    this.errors = [];
    this.pins = [];
    this.notes = [];
    this.catalogs = [];
    this.state = { query: { ...defaults }, pins: [], view: 'calculator' };
    this.dark = matchMedia('(prefers-color-scheme: dark)').matches;
    const forced = document.documentElement.dataset.theme;
    if (forced) this.dark = forced === 'dark';
  }
  /** Renders in place of the prerendered answer. */
  protected createRenderRoot(): HTMLElement {
    this.replaceChildren();
    return this;
  }

  /** A select shows what the state says, also where a choice was put aside. */
  protected updated(changed: PropertyValues): void {
    if (changed.has('rejected')) this.querySelector('.files .alert')?.scrollIntoView({ block: 'nearest' });
    for (const select of this.querySelectorAll<HTMLSelectElement>('select[data-value]'))
      if (select.value !== select.dataset.value) select.value = select.dataset.value!;
  }

  connectedCallback(): void {
    super.connectedCallback();
    addEventListener('hashchange', this.#fromLink);
    addEventListener('paste', this.#paste);
    for (const type of ['dragenter', 'dragover', 'dragleave', 'drop'] as const)
      addEventListener(type, this.#drag);
    void this.start();
  }
  disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener('hashchange', this.#fromLink);
    removeEventListener('paste', this.#paste);
    for (const type of ['dragenter', 'dragover', 'dragleave', 'drop'] as const)
      removeEventListener(type, this.#drag);
  }

  async start(): Promise<void> {
    this.fatal = '';
    this.busy = true;
    const settings = readSite().catch((error: Error) => error);
    try {
      this.engine = await Engine.start();
      const site = await settings;
      if (site instanceof Error) this.#siteProblem = site.message;
      else this.#site = site;
      await this.#load();
      void this.#loadCatalogs();
    } catch (error) {
      this.engine = undefined;
      this.fatal = error instanceof Error ? error.message : String(error);
    }
  }

  // --- the link ---

  #fromLink = (): void => {
    if (location.hash.slice(1) !== this.#written) void this.#load();
  };

  async #load(): Promise<void> {
    const engine = this.engine;
    if (!engine) return;
    const turn = ++this.#loads;
    const loaded = read(location.hash);
    const notes = this.#siteProblem ? [this.#siteProblem] : [];
    if (this.#site.device && location.hash.length < 2) loaded.state.query.device = this.#site.device;
    if (loaded.badVersion !== undefined) notes.push(fill(en.notes.badVersion, { v: loaded.badVersion }));
    if (loaded.revision && loaded.revision !== engine.index.revision) notes.push(en.notes.otherPresets);
    if (loaded.unknown.length)
      notes.push(fill(en.notes.unknownKeys, { keys: loaded.unknown.map(([k]) => k).join(', ') }));
    for (const packed of loaded.custom) {
      const text = unpack(packed);
      try {
        if (text === null) continue;
        // A link is a stranger's: it may bring a model and a device, not the tables that every answer rests on.
        const taken = await engine.take(text, loaded.state.query.model, { kinds: ['model', 'device'] });
        for (const q of [loaded.state.query, ...loaded.state.pins])
          if (taken.kind !== 'other' && q[taken.kind] === taken.asked) q[taken.kind] = taken.id;
      } catch (error) {
        this.rejected = { file: en.files.pasted, errors: problems(error) };
      }
    }
    if (turn !== this.#loads) return;
    for (const q of [loaded.state.query, ...loaded.state.pins]) this.#existing(q, notes);
    this.#unknownKeys = loaded.unknown;
    this.state = loaded.state;
    this.#written = location.hash.slice(1);
    const asked = { ...loaded.state.query };
    this.notes = notes;
    await this.#compute(loaded.state.query);
    if (turn !== this.#loads) return;
    const now = this.state.query;
    for (const [key, what] of [
      ['runtime', en.form.runtime],
      ['quant', en.form.quant],
      ['power_mode', en.form.mode]
    ] as const)
      if (asked[key] && asked[key].toLowerCase() !== now[key]!.toLowerCase())
        notes.push(fill(en.notes.replaced, { what, id: asked[key] }));
    this.notes = [...notes];
    await this.#computePins();
  }

  #existing(q: Query, notes: string[]): void {
    const index = this.engine!.index;
    const find = (list: { id: string }[], id: string): string | undefined =>
      list.find((x) => x.id === id)?.id ?? list.find((x) => x.id.toLowerCase() === id.toLowerCase())?.id;
    for (const [key, list, what] of [
      ['model', index.models, en.form.model],
      ['device', index.devices, en.form.device]
    ] as const) {
      if (key === 'device' && isAddress(q.device)) continue;
      const id = find(list, q[key]);
      if (id === undefined) notes.push(fill(en.notes.replaced, { what, id: q[key] }));
      q[key] = id ?? defaults[key];
    }
  }

  #remember(): void {
    clearTimeout(this.#writing);
    // Browsers limit how often the address may change; it is written once things are quiet.
    this.#writing = setTimeout(() => {
      // A bare address means the device of the site, where it has one.
      const text = write(this.state, this.#unknownKeys) || (this.#site.device ? 'v=1' : '');
      this.#written = text;
      try {
        history.replaceState(history.state, '', text ? `#${text}` : location.pathname + location.search);
      } catch {
        // The address stays as it was; the page works all the same.
      }
    }, 400);
  }

  link(query: Query = this.state.query, page = ''): string {
    const extra: [string, string][] = this.engine ? [['p', this.engine.index.revision]] : [];
    for (const [kind, id, list] of [
      ['models', query.model, this.engine?.index.models],
      ['devices', query.device, this.engine?.index.devices]
    ] as const) {
      if (isAddress(id)) continue; // it is in the link already
      if (!list?.some((x: { id: string; own?: true }) => x.id === id && x.own)) continue;
      const preset = this.engine!.preset(kind, id);
      if (preset) extra.push(['x', pack(JSON.stringify(preset))]);
    }
    const url = new URL(page || location.pathname, location.href);
    url.hash = write(
      { query, pins: page ? [] : this.state.pins, view: page ? 'calculator' : this.state.view },
      page ? [] : this.#unknownKeys,
      extra
    );
    return url.href;
  }

  async copyLink(): Promise<void> {
    await this.copy(this.link());
    const { index } = this.engine!;
    const { model } = this.state.query;
    const own = index.models.find((m) => m.id === model && m.own);
    if (own && !this.engine!.preset('models', model))
      this.say(fill(en.actions.linkWithout, { name: own.name }));
  }

  // --- choices ---

  async change(patch: Partial<Query>): Promise<void> {
    this.state = { ...this.state, query: { ...this.state.query, ...patch } };
    if (!this.engine) return;
    await this.#compute(this.state.query);
    this.#remember();
  }
  reset(): void {
    this.#unknownKeys = [];
    this.notes = [];
    void this.change({
      ...defaults,
      device: this.#site.device || defaults.device,
      ...Object.fromEntries(numbers.map((f) => [f.member, defaults[f.member]]))
    });
  }
  show(view: View): void {
    this.state = { ...this.state, view };
    this.#remember();
    this.updateComplete.then(() =>
      this.querySelector<HTMLElement>('main h1')?.focus({ preventScroll: true })
    );
    scrollTo({ top: 0 });
  }

  /** Puts aside what the new device, runtime or model does not have. */
  async settle(asked: Query): Promise<Query> {
    const engine = this.engine!;
    const q = { ...asked };
    await engine.ensure({ ...q, power_mode: '', runtime: '', quant: '', kv_quant: '', context: 0 });
    const device = engine.device(q.device);
    if (q.runtime && device && !device.runtimes.includes(q.runtime)) q.runtime = q.kv_quant = '';
    if (q.power_mode && device && !device.power_modes.some((m) => m.id === q.power_mode)) q.power_mode = '';
    if (q.quant) {
      const offered = (q.runtime ? [q.runtime] : (device?.runtimes ?? [])).flatMap((r) =>
        engine.quantizations(r)
      );
      q.quant =
        (
          offered.find((x) => x.id === q.quant) ??
          offered.find((x) => x.id.toLowerCase() === q.quant!.toLowerCase())
        )?.id ?? '';
    }
    const runtime = engine.runtime(
      q.runtime ||
        (device?.runtimes.find((r) => !q.quant || engine.quantizations(r).some((x) => x.id === q.quant)) ??
          '')
    );
    if (runtime && runtime.processor !== 'cpu') q.threads = 0;
    if (!engine.index.models.find((m) => m.id === q.model)?.vision) q.images = 0;
    await engine.ensure({ ...q, context: 0 });
    return q;
  }

  async #compute(asked: Query): Promise<void> {
    const turn = ++this.#turn;
    this.busy = true;
    try {
      const q = await this.settle(asked);
      if (turn !== this.#turn) return;
      this.state = { ...this.state, query: q };
      this.result = this.engine!.estimate(q);
      this.errors = [];
      if (this.evidence) void this.findEvidence();
    } catch (error) {
      if (turn !== this.#turn) return;
      this.errors = problems(error);
      // An answer for another device is none.
      if (this.engine!.foreign.get(asked.device)?.state === 'failed') this.result = undefined;
    }
    this.busy = false;
    this.#announce();
  }

  #announce(): void {
    clearTimeout(this.#speaking);
    this.#speaking = setTimeout(() => {
      if (this.errors.length) this.live = `${en.notes.error}: ${this.errors[0].message}`;
      else if (this.result) {
        const s = sentences(this.result);
        this.live = fill(en.announce, { verdict: s.verdict, sentence: s.sentence, speed: s.speed });
      }
    }, 700);
  }

  async findEvidence(): Promise<void> {
    const r = this.result;
    if (!r || this.evidence?.of === r) return;
    try {
      const list = await this.engine!.evidence(r);
      if (r === this.result) this.evidence = { of: r, list };
    } catch (error) {
      this.say((error as Error).message);
    }
  }

  // --- compare ---

  get pinned(): boolean {
    return !!this.result && this.pins.some((p) => same(p.query, this.#resolved()));
  }
  /** The present choice with the runtime and quantization that the engine chose, so that it stays what it is. */
  #resolved(): Query {
    const r = this.result!;
    return { ...this.state.query, runtime: r.runtime.id, quant: r.quantization.id };
  }
  pin(): void {
    if (!this.result || this.pinned || this.pins.length >= maxPins) return;
    this.#setPins([...this.pins, { query: this.#resolved(), result: this.result }]);
    this.say(en.actions.pinned);
  }
  unpin(index: number): void {
    this.#setPins(this.pins.filter((_, i) => i !== index));
  }
  unpinAll(): void {
    this.#setPins([]);
  }
  #setPins(pins: Pinned[]): void {
    this.pins = pins;
    this.state = { ...this.state, pins: pins.map((p) => p.query) };
    this.#remember();
  }
  async #computePins(): Promise<void> {
    const turn = this.#loads;
    const pins = await Promise.all(
      this.state.pins.map(async (query): Promise<Pinned> => {
        try {
          await this.engine!.ensure(query);
          return { query, result: this.engine!.estimate(query) };
        } catch (error) {
          return { query, failed: problems(error)[0].message };
        }
      })
    );
    if (turn === this.#loads) this.pins = pins;
  }

  // --- presets of others ---

  /** Addresses of devices that the page uses now. */
  get addresses(): string[] {
    return [...new Set([this.state.query, ...this.state.pins].map((q) => q.device).filter(isAddress))];
  }
  /** Asks once more for what failed. */
  async again(): Promise<void> {
    await this.change({});
    await this.#computePins();
  }
  forget(url: string): void {
    this.engine!.forget(url);
    this.#setPins(this.pins.filter((p) => p.query.device !== url));
    const home = this.#site.device === url ? '' : this.#site.device;
    if (this.state.query.device === url)
      void this.change({ device: home || defaults.device, runtime: '', power_mode: '' });
  }

  async #loadCatalogs(): Promise<void> {
    const wanted = [...new Set([...this.#site.catalogs, ...ownCatalogs()])];
    this.catalogs = wanted.map((url) => ({
      url,
      own: !this.#site.catalogs.includes(url),
      state: 'loading',
      errors: [],
      devices: []
    }));
    await Promise.all(this.catalogs.map((catalog) => this.#loadCatalog(catalog)));
  }
  async #loadCatalog(catalog: Catalog): Promise<void> {
    const loaded = await loadCatalog(catalog);
    if (!this.catalogs.some((c) => c.url === loaded.url)) return; // removed meanwhile
    this.catalogs = this.catalogs.map((c) => (c.url === loaded.url ? loaded : c));
    this.engine?.list(loaded.url, loaded.devices);
  }
  /** Adds a catalog for good; false: that is no address. */
  addCatalog(text: string): boolean {
    const url = address(text.trim());
    if (!url) return false;
    const catalog: Catalog = { url, own: true, state: 'loading', errors: [], devices: [] };
    const known = this.catalogs.find((c) => c.url === url);
    if (!known) keepCatalogs([...ownCatalogs(), url]);
    this.catalogs = [...this.catalogs.filter((c) => c.url !== url), { ...catalog, own: known?.own ?? true }];
    void this.#loadCatalog(this.catalogs.at(-1)!);
    return true;
  }
  removeCatalog(url: string): void {
    keepCatalogs(ownCatalogs().filter((c) => c !== url));
    this.catalogs = this.catalogs.filter((c) => c.url !== url);
    this.engine?.unlist(url);
  }

  // --- files ---

  /** What is pasted outside a box is a preset, where it is JSON at all. */
  #paste = (e: ClipboardEvent): void => {
    if (e.target instanceof Element && e.target.closest('input, textarea, [contenteditable]')) return;
    const files = [...(e.clipboardData?.files ?? [])];
    const text = e.clipboardData?.getData('text/plain').trim() ?? '';
    if (files.length) void takeFiles(this, files);
    else if (text.startsWith('{')) void take(this, text, en.files.pasted);
    else return;
    e.preventDefault();
  };

  #drag = (e: DragEvent): void => {
    if (!e.dataTransfer?.types.includes('Files')) return;
    e.preventDefault();
    if (e.type === 'drop') {
      this.dragging = false;
      void takeFiles(this, [...e.dataTransfer.files]);
    } else if (e.type === 'dragleave') {
      if (e.relatedTarget === null) this.dragging = false;
    } else this.dragging = true;
  };

  // --- small things ---

  say(text: string): void {
    this.toast = text;
    clearTimeout(this.#toasting);
    this.#toasting = setTimeout(() => {
      this.toast = '';
    }, 4000);
  }
  async copy(text: string): Promise<void> {
    try {
      await navigator.clipboard.writeText(text);
      this.manual = '';
      this.say(en.actions.copied);
    } catch {
      this.manual = text;
    }
  }
  term(id: string): TermValue {
    return this.result?.terms[id] ?? { value: null, low: null, high: null, unit: '' };
  }
  text(id: string, significant = 3): string {
    const t = this.term(id);
    return show(t.value, t.unit, significant);
  }
  range(id: string): string {
    const t = this.term(id);
    return known(t.value) && known(t.low) && known(t.high) ? range(t.low, t.high, t.value, t.unit) : '';
  }
  needs(id: string): string[] {
    return this.result?.unknown.find((u) => u.term === id)?.needs ?? [];
  }
  why(id: string): void {
    if (this.engine && this.result) openWhy(this, id);
  }
  /** A number that opens its derivation. */
  number(id: string, label: string, text: string = this.text(id)): TemplateResult {
    const missing = !known(this.term(id).value);
    return html`<button
      type="button"
      class="num ${missing ? 'missing' : ''}"
      data-term=${id}
      @click=${() => this.why(id)}
    >
      ${text}<span class="vh">. ${fill(en.big.why, { label })}</span>
    </button>`;
  }
  parts(id: string): { number: string; unit: string } | undefined {
    const t = this.term(id);
    return known(t.value) ? measure(t.value, t.unit) : undefined;
  }

  #theme(): void {
    this.dark = !this.dark;
    const theme = this.dark ? 'dark' : 'light';
    document.documentElement.dataset.theme = theme;
    remember('edgewise-theme', theme);
  }

  #lazy(view: View, load: () => Promise<(app: App) => TemplateResult>): TemplateResult {
    const ready = this.#views.get(view);
    if (ready) return ready(this);
    if (!this.#loadingView.has(view)) {
      this.#loadingView.add(view);
      load().then(
        (f) => {
          this.#views.set(view, f);
          this.requestUpdate();
        },
        (error: Error) => {
          this.#loadingView.delete(view);
          this.say(error.message);
        }
      );
    }
    return html`<p class="quiet">${en.loading}</p>`;
  }

  /** On a phone the answer is below the form: its gist stays in view. */
  #peek(): TemplateResult | typeof nothing {
    const r = this.result;
    if (!r || this.errors.length) return nothing;
    return html`<button
      type="button"
      class="peek"
      @click=${() => this.querySelector('#answer')?.scrollIntoView()}
    >
      <b>${sentences(r).verdict}</b><span>${this.text('memory_B')}</span
      ><span>${this.text('decode_tok_s')}</span><span aria-hidden="true">↓</span>
    </button>`;
  }

  #main(): TemplateResult {
    if (this.fatal)
      return html`<div class="alert" role="alert">
        <p>${fill(en.failed, { message: this.fatal })}</p>
        <button type="button" class="button" @click=${() => void this.start()}>${en.retry}</button>
      </div>`;
    switch (this.state.view) {
      case 'explore':
        return this.#lazy('explore', async () => (await import('./views/explore')).explore);
      case 'method':
        return this.#lazy('method', async () => (await import('./views/method')).method);
      case 'accuracy':
        return this.#lazy('accuracy', async () => (await import('./views/accuracy')).accuracy);
      default:
        return html` <div class="columns">
            <div class="inputs">${form(this)}${this.#peek()}</div>
            <div class="outputs" id="answer" tabindex="-1" aria-busy=${this.busy ? 'true' : 'false'}>
              ${answer(this)}
            </div>
          </div>
          ${comparison(this)}`;
    }
  }

  render(): TemplateResult {
    const tab = (view: View, label: string) =>
      html`<button
        type="button"
        aria-current=${this.state.view === view ? 'page' : nothing}
        @click=${() => this.show(view)}
      >
        ${label}
      </button>`;
    const index = this.engine?.index;
    return html` <a
        class="skip"
        href="#main"
        @click=${(e: Event) => {
          e.preventDefault();
          (this.querySelector<HTMLElement>('#answer') ?? this.querySelector<HTMLElement>('main'))?.focus();
        }}
        >${en.skip}</a
      >
      <header class="top">
        <p class="brand">
          <svg viewBox="0 0 24 24" aria-hidden="true">
            <path d="M3 20V4h4M3 12h7M3 20h18" />
            <path class="accent" d="M10 16l4-7 3 4 4-8" /></svg
          ><span>${en.name}</span>
        </p>
        <nav aria-label=${en.nav.label}>
          ${tab('calculator', en.nav.calculator)}${tab('explore', en.nav.explore)}${tab('method', en.nav.method)}${tab('accuracy', en.nav.accuracy)}
        </nav>
        <button
          type="button"
          class="icon"
          aria-label=${this.dark ? en.theme.toLight : en.theme.toDark}
          @click=${() => this.#theme()}
        >
          <svg viewBox="0 0 24 24" aria-hidden="true">
            <circle cx="12" cy="12" r="8" />
            <path class="solid" d="M12 4a8 8 0 0 1 0 16z" />
          </svg>
        </button>
      </header>
      <main id="main" tabindex="-1">
        <h1 tabindex="-1" class=${this.state.view === 'calculator' ? 'tagline' : ''}>
          ${this.state.view === 'calculator' ? en.tagline : en[this.state.view].title}
        </h1>
        ${origins(this)} ${this.notes.map((n) => html`<p class="note">${n}</p>`)} ${this.#main()}
      </main>
      <footer>
        <p>${en.footer.privacy}</p>
        <p>
          ${fill(en.footer.counts, { models: index?.models.length ?? '…', devices: index?.devices.length ?? '…', runtimes: index?.runtimes.length ?? '…', quantizations: this.engine?.catalog.quantizations.length ?? '…' })}
          ${fill(en.footer.version, { version: this.engine?.version ?? '…', revision: index?.revision ?? '…' })}
        </p>
      </footer>
      <div class="toast" ?hidden=${!this.toast}>${this.toast}</div>
      <div class="drop" ?hidden=${!this.dragging}><p>${en.files.drop}</p></div>
      <p class="vh" role="status" aria-live="polite" id="live">${this.toast || this.live}</p>`;
  }
}
customElements.get('edgewise-app') || customElements.define('edgewise-app', App);
