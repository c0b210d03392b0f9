import { LitElement, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import type { Act, Answer } from '../../acts';
import { whole } from '../../format';
import { msg, fill } from '../../i18n';
import { explore as words } from '../../i18n/explore';
import type { State } from '../../state';
import { joined } from '../../known';
import { download } from '../../ui/clipboard';
import { pending } from '../../ui/pending';
import { piece } from '../../ui/piece';
import type { Explored } from 'edgewise';
import type { ExploreRow } from '../../types';
import { prepare, search } from '../../searcher';
import '../../styles/explore.css';
import type { Found, Known, Search } from '../../worker';
import { against, form } from './bounds';
import { axes } from './chips';
import { blame, leftOut } from './left-out';
import { arranged, csvOf } from './rows';
import { scatter } from './scatter';
import { table } from './table';

/** So many rows at once: on a phone, where each takes several lines, fewer. */
const page = (): number => (matchMedia('(min-width: 56.25em)').matches ? 50 : 10);

/**
 * Which models run on this device, or which devices run this model. A worker searches; this holds what it
 * found.
 */
export class Explore extends LitElement {
  static properties = {
    state: { attribute: false },
    answer: { attribute: false },
    found: { state: true },
    at: { state: true },
    searching: { state: true },
    failed: { state: true },
    shown: { state: true }
  };
  declare state: State;
  declare answer: Answer;
  declare act: Act;
  declare found: Explored | undefined;
  /** The mark of the plot that is looked at. */
  declare at: number | undefined;
  declare searching: boolean;
  declare failed: string;
  declare shown: number;
  #turn = 0;
  /** Whether anything was shown yet: all of it comes at once. */
  #begun = false;
  #asked = '';
  #known: Known | undefined;
  #arranged: { of: ExploreRow[]; as: unknown; rows: ExploreRow[] } | undefined;

  constructor() {
    super();
    this.found = undefined;
    this.searching = false;
    this.failed = '';
    this.shown = page();
  }
  get #names(): Known['names'] {
    return this.#known?.names ?? { models: {}, devices: {}, runtimes: {} };
  }
  get rows(): ExploreRow[] {
    return this.found?.rows ?? [];
  }
  protected createRenderRoot(): HTMLElement {
    return this;
  }
  connectedCallback(): void {
    super.connectedCallback();
    prepare();
  }
  disconnectedCallback(): void {
    super.disconnectedCallback();
    ++this.#turn;
    this.#asked = '';
  }
  protected willUpdate(changed: PropertyValues): void {
    const before = changed.get('state') as State | undefined;
    // What was found for the other side means nothing here.
    if (before && before.explore.open !== this.state.explore.open) this.found = undefined;
    if (this.answer.engine) this.#search();
  }

  #question(): Omit<Search, 'id'> {
    const { query: q, explore: e } = this.state;
    const { prompt, generate, depth, batch, threads } = q;
    const device = { device: q.device, power_mode: q.power_mode };
    const given = { model: device, device: { model: q.model }, quant: { model: q.model, ...device } }[e.open];
    // With all that it is of: where devices are open, it corrects its own alone.
    const corrected = { known: joined(this.answer.result?.query.known) };
    const query = { prompt, generate, depth, batch, threads, ...(corrected.known && corrected), ...given };
    // How it is shown is asked of nobody.
    const explore = { ...e, sort: 'model' as const, up: false, frontier: false };
    return { query, explore, own: this.answer.engine?.own ?? [] };
  }
  #search(): void {
    const asked = this.#question();
    const as = JSON.stringify(asked);
    if (as === this.#asked) return;
    this.#asked = as;
    this.searching = true;
    void this.#searchFor(asked, ++this.#turn);
  }
  async #searchFor(asked: Omit<Search, 'id'>, turn: number): Promise<void> {
    const found = await search(asked);
    if (turn === this.#turn) this.#found(found);
  }
  #found(found: Found): void {
    this.searching = false;
    this.shown = page();
    this.failed = 'error' in found ? found.error : '';
    this.at = undefined;
    if ('rows' in found) {
      this.#known = found;
      this.found = found;
    }
  }

  /** Sorted once for what was found and how it is shown, not for every move of the pointer. */
  #shownRows(): ExploreRow[] {
    const { sort, up, frontier: front, quant, open } = this.state.explore;
    const as = JSON.stringify([sort, up, front, quant, open, this.state.language]);
    if (this.#arranged?.of !== this.rows || this.#arranged.as !== as) {
      const rows = arranged(this.rows, this.state.explore, this.#names);
      this.#arranged = { of: this.rows, as, rows };
    }
    return this.#arranged.rows;
  }
  render(): TemplateResult {
    const { state, answer, act } = this;
    this.#begun ||= !!this.found || this.failed !== '';
    if (!this.#begun) return pending();
    const rows = this.#shownRows();
    return html`<div class="screen">
      ${piece(() => form(state, answer, act, this.#known?.scales ?? [], this.#known?.facets))}${piece(() => this.#below(rows))}
    </div>`;
  }
  #below(rows: ExploreRow[]): TemplateResult {
    const { found, searching } = this;
    return html`<section class="panel" aria-busy=${searching ? 'true' : 'false'}>
      <div class="heading">
        <p role="status">${this.#status(rows.length)}</p>
        ${this.#csv(rows)}
      </div>
      ${rows.length ? this.#results(rows) : this.#nothing()} ${found ? piece(() => leftOut(found)) : nothing}
    </section>`;
  }
  #results(rows: ExploreRow[]): TemplateResult {
    const { state, act, shown } = this;
    const e = state.explore;
    const more = html`<button type="button" class="button" @click=${() => (this.shown += page())}>
      ${msg.more}
    </button>`;
    const at = { now: this.at, to: (stop: number | undefined): void => void (this.at = stop) };
    return html`<div class="plot-tools">${against(e, act)}${axes(e, act)}${frontier(state, act)}</div>
      ${piece(() => html`${scatter(rows, e, this.#names, act, at)} ${this.#scopes(rows)}`)}
      ${piece(
        () =>
          html`${table(state, this.#names, act, rows.slice(0, shown))} ${rows.length > shown ? more : nothing}`
      )}`;
  }
  #nothing(): TemplateResult | typeof nothing {
    if (!this.found || this.searching) return nothing;
    return blame(this.found.refused, this.state.explore, this.act);
  }
  /** Powers of different scopes are side by side: said where the frontier weighs them. */
  #scopes(rows: ExploreRow[]): TemplateResult | typeof nothing {
    const { axes: asked, height } = this.state.explore;
    const weighs = asked.length ? asked.some((x) => x === 'energy' || x === 'power') : height === 'energy';
    const scopes = new Set(rows.map((r) => r.power_scope).filter(Boolean));
    return weighs && scopes.size > 1 ? html`<p class="hint">${words.scopes}</p>` : nothing;
  }
  #csv(rows: ExploreRow[]): TemplateResult | typeof nothing {
    if (!rows.length) return nothing;
    const { explore: e, query } = this.state;
    const mode = e.open === 'device' ? '' : query.power_mode;
    const save = (): void =>
      download('edgewise-explore.csv', 'text/csv', csvOf(rows, this.found?.scale, mode, this.#names));
    return html`<button type="button" class="button" @click=${save}>${words.csv}</button>`;
  }
  #status(n: number): string {
    if (this.searching) return words.searching;
    if (this.failed) return fill(words.failed, { message: this.failed });
    if (!n) return words.zero;
    return fill(words.count, { shown: whole(Math.min(this.shown, n)), n });
  }
}
if (!customElements.get('ew-explore')) customElements.define('ew-explore', Explore);

const frontier = ({ explore: e }: State, act: Act): TemplateResult =>
  html`<label class="check"
    ><input
      type="checkbox"
      .checked=${e.frontier}
      @change=${(event: Event) =>
        void act({ explore: { ...e, frontier: (event.target as HTMLInputElement).checked } })}
    />${words.paretoOnly}</label
  >`;

export const explore = (state: State, answer: Answer, act: Act): TemplateResult =>
  html`<ew-explore .state=${state} .answer=${answer} .act=${act}></ew-explore>`;
