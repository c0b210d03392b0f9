import { LitElement, html, nothing, svg, type TemplateResult } from 'lit';
import { fill, msg } from '../i18n';
import { reason } from '../problems';
import { download, downloadBlob } from './clipboard';

/** Saves the chart of its place as a picture. What draws pictures is fetched then. */
class PictureMenu extends LitElement {
  static properties = { label: {}, failed: { state: true } };
  /** What the picture is headed with. */
  declare label: string;
  declare failed: string;

  constructor() {
    super();
    this.label = '';
    this.failed = '';
  }
  protected createRenderRoot(): HTMLElement {
    return this;
  }
  get #menu(): HTMLDetailsElement {
    return this.querySelector('details')!;
  }
  async #save(kind: 'svg' | 'png'): Promise<void> {
    const chart = this.closest('ew-plot, [data-chart]')?.querySelector('svg[role=img], table.bars');
    if (!chart) return;
    this.failed = '';
    try {
      const { picture, png } = await import('./picture');
      const drawn = picture(chart, this.label);
      const name = `edgewise-${this.label.replace(/[^\p{L}\p{N}.]+/gu, '-')}.${kind}`;
      if (kind === 'svg') download(name, 'image/svg+xml', drawn);
      else downloadBlob(name, await png(drawn));
      this.#menu.open = false;
    } catch (error) {
      this.failed = reason(error);
    }
  }
  #left(e: FocusEvent): void {
    if (e.relatedTarget && !this.contains(e.relatedTarget as Node)) this.#menu.open = false;
  }
  #key(e: KeyboardEvent): void {
    if (e.key !== 'Escape' || !this.#menu.open) return;
    e.stopPropagation();
    this.#menu.open = false;
    this.querySelector('summary')!.focus();
  }
  render(): TemplateResult {
    const name = fill(msg.plot.picture, { label: this.label });
    const item = (kind: 'svg' | 'png'): TemplateResult =>
      html`<button type="button" @click=${() => void this.#save(kind)}>${kind.toUpperCase()}</button>`;
    return html`<details
      class="picture-menu"
      @focusout=${(e: FocusEvent) => this.#left(e)}
      @keydown=${(e: KeyboardEvent) => this.#key(e)}
    >
      <summary class="icon small" aria-label=${name} title=${name}>
        <svg viewBox="0 0 24 24" aria-hidden="true">${svg`<path d="M12 4v11M7 11l5 5 5-5M5 20h14" />`}</svg>
      </summary>
      <div>
        ${item('svg')}${item('png')}${this.failed ? html`<p role="alert">${this.failed}</p>` : nothing}
      </div>
    </details>`;
  }
}
if (!customElements.get('ew-picture')) customElements.define('ew-picture', PictureMenu);
