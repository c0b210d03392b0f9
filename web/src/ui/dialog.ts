import { LitElement, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { msg } from '../i18n';

/**
 * A dialog that is open while it has content. Closed by itself (Escape, a click beside it), it fires `shut`.
 */
export class Dialog extends LitElement {
  static properties = { name: {}, label: {}, depth: { type: Number }, content: { attribute: false } };
  declare name: string;
  /** The id of its heading. */
  declare label: string;
  /** How far one has gone into it: a step further moves the focus to the heading. */
  declare depth: number;
  declare content: TemplateResult | undefined;

  protected createRenderRoot(): HTMLElement {
    return this;
  }
  get #dialog(): HTMLDialogElement {
    return this.querySelector('dialog')!;
  }
  protected updated(changed: PropertyValues): void {
    const dialog = this.#dialog;
    if (!this.content) dialog.close();
    else if (!dialog.open) dialog.showModal();
    else if (changed.has('depth') && this.depth > (changed.get('depth') as number))
      dialog.querySelector('h2')?.focus();
    if (changed.has('depth')) dialog.scrollTop = 0;
  }
  #shut(): void {
    if (this.content) this.dispatchEvent(new CustomEvent('shut'));
  }
  render(): TemplateResult {
    return html`<dialog
      class=${this.name}
      aria-labelledby=${this.label}
      @close=${() => this.#shut()}
      @click=${(e: Event) => {
        if (e.target === this.#dialog) this.#dialog.close();
      }}
    >
      ${this.content ?? nothing}
    </dialog>`;
  }
}
if (!customElements.get('ew-dialog')) customElements.define('ew-dialog', Dialog);

export const closeButton = (close: () => void): TemplateResult =>
  html`<button type="button" class="icon" aria-label=${msg.close} @click=${close}>
    <svg viewBox="0 0 24 24" aria-hidden="true"><path d="M6 6l12 12M18 6L6 18" /></svg>
  </button>`;
