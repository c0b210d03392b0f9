import { LitElement, html, nothing, type PropertyValues } from 'lit';
import { en, fill } from '../i18n/en';

export interface Option {
  id: string;
  name: string;
  group: string;
  detail: string;
  search: string;
}

const plain = (s: string): string =>
  s
    .toLowerCase()
    .normalize('NFKD')
    .replace(/[^a-z0-9.]+/g, ' ')
    .trim();
let serial = 0;

/** An editable combobox with a grouped list, as the ARIA practices describe it. Fires `choose`. */
export class Combobox extends LitElement {
  static properties = {
    label: {},
    value: {},
    options: { attribute: false },
    invalid: { type: Boolean },
    open: { state: true },
    text: { state: true },
    active: { state: true }
  };
  declare label: string;
  declare value: string;
  declare options: Option[];
  declare open: boolean;
  declare text: string | null;
  declare active: number;
  #id = `combo-${++serial}`;
  #shown: Option[] = [];

  constructor() {
    super();
    this.label = '';
    this.value = '';
    this.options = [];
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
    if (changed.has('text') || changed.has('options') || changed.has('open')) {
      const words = plain(this.text ?? '')
        .split(' ')
        .filter(Boolean);
      const found = words.length
        ? this.options.filter((o) => {
            const s = plain(o.search);
            const tight = s.replace(/ /g, '');
            return words.every((w) => s.includes(w) || tight.includes(w));
          })
        : this.options;
      const exact = words.join(' ');
      // What begins with the text comes first within its group; groups keep their order.
      const groups = new Map<string, Option[]>();
      for (const o of found) (groups.get(o.group) ?? groups.set(o.group, []).get(o.group)!).push(o);
      this.#shown = [...groups.values()].flatMap((list) =>
        exact
          ? [
              ...list.filter((o) => plain(o.name).startsWith(exact)),
              ...list.filter((o) => !plain(o.name).startsWith(exact))
            ]
          : list
      );
      if (changed.has('text') && this.text) this.active = this.#shown.length ? 0 : -1;
    }
  }
  protected updated(changed: PropertyValues): void {
    if (this.open && (changed.has('active') || changed.has('open')) && this.active >= 0)
      this.querySelector(`#${this.#id}-${this.active}`)?.scrollIntoView({ block: 'nearest' });
  }

  #show(): void {
    if (this.open) return;
    this.open = true;
    this.text = null;
    this.active = this.options.findIndex((o) => o.id === this.value);
  }
  #hide(): void {
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
  #key(e: KeyboardEvent): void {
    const last = this.#shown.length - 1;
    switch (e.key) {
      case 'ArrowDown':
      case 'ArrowUp':
        e.preventDefault();
        if (!this.open) {
          this.#show();
          break;
        }
        this.active = e.key === 'ArrowDown' ? Math.min(last, this.active + 1) : Math.max(0, this.active - 1);
        break;
      case 'PageDown':
      case 'PageUp':
        if (!this.open) return;
        e.preventDefault();
        this.active = Math.max(0, Math.min(last, this.active + (e.key === 'PageDown' ? 8 : -8)));
        break;
      case 'Enter':
        if (!this.open) return;
        e.preventDefault();
        this.#choose(this.#shown[this.active]);
        break;
      case 'Escape':
        if (!this.open) return;
        e.preventDefault();
        e.stopPropagation();
        this.#hide();
        break;
      case 'Tab':
        if (this.open && this.text && this.#shown[this.active]) this.#choose(this.#shown[this.active]);
        break;
    }
  }

  render() {
    const list = `${this.#id}-list`;
    return html` <label for=${this.#id}>${this.label}</label>
      <div
        class="combo"
        @focusout=${(e: FocusEvent) => {
          if (this.open && !this.contains(e.relatedTarget as Node | null)) this.#hide();
        }}
      >
        <input
          id=${this.#id}
          type="text"
          role="combobox"
          autocomplete="off"
          autocapitalize="off"
          spellcheck="false"
          aria-autocomplete="list"
          aria-expanded=${this.open ? 'true' : 'false'}
          aria-controls=${list}
          aria-activedescendant=${this.open && this.active >= 0 ? `${this.#id}-${this.active}` : nothing}
          .value=${this.text ?? this.#chosen?.name ?? this.value}
          @input=${(e: Event) => {
            this.open = true;
            this.text = (e.target as HTMLInputElement).value;
          }}
          @click=${() => {
            if (!this.open) {
              this.#show();
              this.#input.select();
            }
          }}
          @keydown=${(e: KeyboardEvent) => this.#key(e)}
        />
        <button
          type="button"
          class="combo-open"
          tabindex="-1"
          aria-label=${fill(en.form.open, { label: this.label })}
          @mousedown=${(e: Event) => e.preventDefault()}
          @click=${() => {
            if (this.open) this.#hide();
            else {
              this.#input.focus();
              this.#show();
            }
          }}
        >
          <svg viewBox="0 0 16 16" aria-hidden="true"><path d="M4 6l4 4 4-4" /></svg>
        </button>
        <div
          id=${list}
          class="combo-list"
          role="listbox"
          aria-label=${this.label}
          ?hidden=${!this.open}
          @mousedown=${(e: Event) => e.preventDefault()}
        >
          ${this.open ? this.#list() : nothing}
        </div>
        ${this.open && this.#shown.length === 0 ? html`<p class="combo-none">${fill(en.form.noMatch, { text: this.text ?? '' })}</p>` : nothing}
        <span class="vh" role="status"
          >${this.open && this.text ? fill(en.form.results, { n: this.#shown.length }) : ''}</span
        >
      </div>`;
  }
  #list() {
    const groups: [string, [Option, number][]][] = [];
    this.#shown.forEach((o, i) => {
      if (groups[groups.length - 1]?.[0] !== o.group) groups.push([o.group, []]);
      groups[groups.length - 1][1].push([o, i]);
    });
    return groups.map(
      ([group, members]) =>
        html` <div role="group" aria-label=${group}>
          <div class="combo-group" aria-hidden="true">${group}</div>
          ${members.map(
            ([o, i]) =>
              html`<div
                id=${`${this.#id}-${i}`}
                role="option"
                aria-selected=${o.id === this.value ? 'true' : 'false'}
                class=${i === this.active ? 'active' : ''}
                @click=${() => this.#choose(o)}
              >
                <span>${o.name}</span><span class="detail">${o.detail}</span>
              </div>`
          )}
        </div>`
    );
  }
}
customElements.get('ew-combobox') || customElements.define('ew-combobox', Combobox);
