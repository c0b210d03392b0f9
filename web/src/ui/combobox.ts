import { LitElement, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { msg, fill } from '../i18n';
import { find, grouped, romanized, type Meant, type Option } from './search';
import { verdictMark } from './verdict';

let serial = 0;
/** How far the keys for pages go. */
const leap = 8;

/**
 * An editable combobox with a grouped list, as the ARIA practices describe it. Fires `choose`, and `opened`, when
 * what the list says may be fetched.
 */
export class Combobox extends LitElement {
  static properties = {
    label: {},
    value: {},
    options: { attribute: false },
    meant: { attribute: false },
    columns: { attribute: false },
    partial: { type: Boolean },
    open: { state: true },
    text: { state: true },
    active: { state: true }
  };
  declare label: string;
  declare value: string;
  declare options: Option[];
  declare meant: (text: string) => Meant;
  /** Heads of what options say beside their names. */
  declare columns: string[];
  /** Whether more options are on their way: what is typed is not looked up before. */
  declare partial: boolean;
  declare open: boolean;
  /** What was typed; null: nothing since it opened. */
  declare text: string | null;
  declare active: number;
  readonly #id = `combo-${++serial}`;
  #shown: Option[] = [];
  /** Whether what was typed is to be taken once the options are there. */
  #waits = false;

  constructor() {
    super();
    this.label = '';
    this.value = '';
    this.options = [];
    this.meant = () => ({ ids: [], sure: false });
    this.columns = [];
    this.partial = false;
    this.open = false;
    this.text = null;
    this.active = -1;
  }
  protected createRenderRoot(): HTMLElement {
    return this;
  }
  get #input(): HTMLInputElement {
    return this.querySelector('input')!;
  }
  get #chosen(): Option | undefined {
    return this.options.find((o) => o.id === this.value);
  }

  protected willUpdate(changed: PropertyValues): void {
    if (!this.open || !['text', 'options', 'open'].some((p) => changed.has(p))) return;
    const wanted = romanized(this.text ?? '', msg.form.names);
    const found = find(this.options, wanted, this.meant, msg.form.alike);
    // Groups stay together, in the order of the first of each.
    this.#shown = grouped(found).flatMap(([, members]) => members);
    // What it says may come while it is open, in another order.
    if (changed.has('options') && this.open && this.text === null)
      this.active = this.#shown.findIndex((o) => o.id === this.value);
    if (this.text && (changed.has('text') || changed.has('options')))
      this.active = this.#likeliest(this.text.trim().toLowerCase());
  }
  /** The option that is called just so; else the first, but for what nobody asked for. */
  #likeliest(text: string): number {
    if (this.#shown[0]?.group === msg.form.alike) return -1;
    const called = this.#shown.findIndex((o) => o.name.toLowerCase() === text || o.id === text);
    return called >= 0 ? called : Math.min(0, this.#shown.length - 1);
  }
  protected updated(changed: PropertyValues): void {
    if (this.#waits && !this.partial) {
      this.#waits = false;
      this.#choose(this.#shown[this.active]);
    }
    if (this.open && ['active', 'open', 'options'].some((p) => changed.has(p)) && this.active >= 0)
      this.querySelector(`#${this.#id}-${this.active}`)?.scrollIntoView({ block: 'nearest' });
  }

  #open(text: string | null): void {
    if (!this.open) this.dispatchEvent(new Event('opened'));
    this.open = true;
    this.text = text;
  }
  #show(): void {
    if (this.open) return;
    this.#open(null);
    this.active = this.options.findIndex((o) => o.id === this.value);
  }
  #hide(): void {
    this.#waits = false;
    this.open = false;
    this.text = null;
    this.#input.value = this.#chosen?.name ?? this.value;
  }
  #choose(option: Option | undefined): void {
    if (!option) return;
    const changed = option.id !== this.value;
    this.value = option.id;
    this.#hide();
    if (changed) this.dispatchEvent(new CustomEvent('choose', { detail: option.id }));
  }

  /** What a key does while the list is open. */
  readonly #keys: Record<string, () => void> = {
    ArrowDown: () => this.#move(1),
    ArrowUp: () => this.#move(-1),
    PageDown: () => this.#move(leap),
    PageUp: () => this.#move(-leap),
    Enter: () => this.#take(),
    Escape: () => this.#hide()
  };
  /** What is at the cursor. */
  #take(): void {
    if (this.text && this.partial) this.#waits = true;
    else this.#choose(this.#shown[this.active]);
  }
  #move(by: number): void {
    this.active = Math.max(0, Math.min(this.#shown.length - 1, this.active + by));
  }
  #key(e: KeyboardEvent): void {
    if (e.key === 'Tab') {
      if (this.open && this.text) this.#take();
    } else if (this.open && Object.hasOwn(this.#keys, e.key)) {
      e.preventDefault();
      if (e.key === 'Escape') e.stopPropagation();
      this.#keys[e.key]();
    } else if (e.key === 'ArrowDown' || e.key === 'ArrowUp') {
      e.preventDefault();
      this.#show();
    }
  }

  #leave(e: FocusEvent): void {
    if (this.open && !this.#waits && !this.contains(e.relatedTarget as Node | null)) this.#hide();
  }
  #click(): void {
    if (this.open) return;
    this.#show();
    this.#input.select();
  }
  #toggle(): void {
    if (this.open) return this.#hide();
    this.#input.focus();
    this.#show();
  }

  render(): TemplateResult {
    const { open, text } = this;
    const none = html`<p class="combo-none">
      ${this.partial ? msg.loading : fill(msg.form.noMatch, { text: text ?? '' })}
    </p>`;
    const found = open && text ? fill(msg.form.results, { n: this.#shown.length }) : '';
    return html`<label for=${this.#id}>${this.label}</label>
      <div class="combo" @focusout=${(e: FocusEvent) => this.#leave(e)}>
        ${this.#box()}
        <button
          type="button"
          class="combo-open"
          tabindex="-1"
          aria-label=${fill(msg.form.open, { label: this.label })}
          @mousedown=${stay}
          @click=${() => this.#toggle()}
        >
          <svg viewBox="0 0 16 16" aria-hidden="true"><path d="M4 6l4 4 4-4" /></svg>
        </button>
        <div
          id=${`${this.#id}-list`}
          class="combo-list ${this.columns.length ? 'columned' : ''}"
          style=${this.columns.length ? `--columns: ${this.columns.length}` : nothing}
          role="listbox"
          aria-label=${this.label}
          ?hidden=${!open}
          @mousedown=${stay}
        >
          ${open && this.columns.length ? this.#heads() : nothing}${open ? this.#list() : nothing}
        </div>
        ${open && this.#shown.length === 0 ? none : nothing}
        <span class="vh" role="status">${found}</span>
      </div>`;
  }
  #box(): TemplateResult {
    const active = this.open && this.active >= 0 ? `${this.#id}-${this.active}` : nothing;
    return html`<input
      id=${this.#id}
      type="text"
      role="combobox"
      autocomplete="off"
      autocapitalize="off"
      spellcheck="false"
      aria-autocomplete="list"
      aria-expanded=${this.open ? 'true' : 'false'}
      aria-controls=${`${this.#id}-list`}
      aria-activedescendant=${active}
      .value=${this.text ?? this.#chosen?.name ?? this.value}
      @input=${(e: Event) => this.#open((e.target as HTMLInputElement).value)}
      @click=${() => this.#click()}
      @keydown=${(e: KeyboardEvent) => this.#key(e)}
    />`;
  }
  #list(): TemplateResult[] {
    const at = new Map(this.#shown.map((o, i) => [o, i]));
    return grouped(this.#shown).map(
      ([group, members]) =>
        html`<div role="group" aria-label=${group}>
          <div class="combo-group" aria-hidden="true">${group}</div>
          ${members.map((o) => this.#option(o, at.get(o)!))}
        </div>`
    );
  }
  #heads(): TemplateResult {
    return html`<div class="combo-heads" role="presentation" aria-hidden="true">
      <span></span>${this.columns.map((c) => html`<span>${c}</span>`)}
    </div>`;
  }
  /** What else it says, read out with its heads. */
  #cells({ cells, verdict }: Option): TemplateResult[] {
    const said = verdict
      ? html`<span class="vh">, ${(msg.verdict as Record<string, string>)[verdict] ?? ''}</span>`
      : nothing;
    return cells!.map(
      (cell, i) =>
        html`<span class="cell"
          >${i === 0 ? said : nothing}<span class="vh">, ${this.columns[i]} </span>${cell}</span
        >`
    );
  }
  #option(o: Option, i: number): TemplateResult {
    return html`<div
      id=${`${this.#id}-${i}`}
      role="option"
      aria-selected=${o.id === this.value ? 'true' : 'false'}
      class=${i === this.active ? 'active' : ''}
      @click=${() => this.#choose(o)}
    >
      <span>${o.verdict ? verdictMark(o.verdict) : nothing}${o.name}</span>${
        o.cells ? this.#cells(o) : html`<span class="detail">${o.detail}</span>`
      }
    </div>`;
  }
}
/** The focus stays in the box. */
const stay = (e: Event): void => e.preventDefault();

if (!customElements.get('ew-combobox')) customElements.define('ew-combobox', Combobox);
