import { LitElement, html, nothing, type TemplateResult } from 'lit';
import { boxed, digits, known, parseNumber } from '../format';
import { msg, fill } from '../i18n';

let serial = 0;

/** A number written as people write numbers. Empty means "not set" where that is allowed. Fires `choose`. */
export class NumberField extends LitElement {
  static properties = {
    label: {},
    unit: {},
    placeholder: {},
    value: { type: Number },
    min: { type: Number },
    max: { type: Number },
    whole: { type: Boolean },
    optional: { type: Boolean },
    empty: { type: Number },
    error: { state: true },
    problem: {}
  };
  declare label: string;
  declare unit: string;
  declare placeholder: string;
  declare value: number | undefined;
  declare min: number;
  declare max: number;
  declare whole: boolean;
  declare optional: boolean;
  /** The value that an empty box stands for. */
  declare empty: number | undefined;
  declare error: string;
  /** What the engine says about this field. */
  declare problem: string | undefined;
  #id = `number-${++serial}`;

  constructor() {
    super();
    this.label = this.unit = this.placeholder = this.error = '';
    this.min = 0;
    this.max = 1e12;
    this.whole = this.optional = false;
  }
  protected createRenderRoot(): HTMLElement {
    return this;
  }
  get #text(): string {
    return !known(this.value) || (this.optional && this.value === this.empty) ? '' : boxed(this.value);
  }

  #commit(input: HTMLInputElement, typed = input.value): void {
    // Chinese keyboards write digits in full width.
    const text = typed.normalize('NFKC').trim();
    let value: number | undefined;
    if (text === '' && this.optional) value = this.empty;
    else {
      value = parseNumber(text);
      if (Number.isNaN(value)) {
        this.error = msg.form.badNumber;
        return;
      }
      if (this.whole && !Number.isInteger(value)) {
        this.error = msg.form.notWhole;
        return;
      }
      if (value < this.min || value > this.max) {
        this.error = fill(msg.form.outOfRange, { min: digits(this.min), max: digits(this.max) });
        return;
      }
    }
    this.error = '';
    const changed = value !== this.value;
    this.value = value;
    input.value = this.#text;
    if (changed) this.dispatchEvent(new CustomEvent('choose', { detail: { value } }));
  }
  #step(e: KeyboardEvent): void {
    if (e.key === 'Enter') {
      this.#commit(e.target as HTMLInputElement);
      return;
    }
    if (!this.whole || (e.key !== 'ArrowUp' && e.key !== 'ArrowDown')) return;
    e.preventDefault();
    const input = e.target as HTMLInputElement;
    const now = parseNumber(input.value) || 0;
    // Token counts double and halve, small counts go by one.
    const next = now >= 32 ? (e.key === 'ArrowUp' ? now * 2 : now / 2) : now + (e.key === 'ArrowUp' ? 1 : -1);
    this.#commit(input, boxed(Math.min(this.max, Math.max(this.min, Math.round(next)))));
  }

  render(): TemplateResult {
    const wrong = this.error || this.problem;
    return html` <label for=${this.#id}>${this.label}</label>
      <div class="box ${wrong ? 'wrong' : ''}">
        <input
          id=${this.#id}
          type="text"
          inputmode="decimal"
          autocomplete="off"
          placeholder=${this.placeholder || nothing}
          .value=${this.#text}
          aria-invalid=${wrong ? 'true' : 'false'}
          aria-describedby=${`${this.#id}-unit`}
          @change=${(e: Event) => this.#commit(e.target as HTMLInputElement)}
          @keydown=${(e: KeyboardEvent) => this.#step(e)}
        />
        <span class="unit" id=${`${this.#id}-unit`}
          >${this.unit}${wrong ? html`<span class="vh">. ${wrong}</span>` : nothing}</span
        >
      </div>
      ${wrong ? html`<p class="field-error" aria-hidden="true">${wrong}</p>` : nothing}`;
  }
}
if (!customElements.get('ew-number')) customElements.define('ew-number', NumberField);
