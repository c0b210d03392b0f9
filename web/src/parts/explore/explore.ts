import { LitElement, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import type { Act, Answer } from '../../acts';
import { known, whole } from '../../format';
import { msg, fill } from '../../i18n';
import { explore as words } from '../../i18n/explore';
import type { State } from '../../state';
import { joined } from '../../known';
import type { ExploreRow } from '../../types';
import type { Found, Search } from '../../worker';
import { form } from './bounds';
import { arranged } from './rows';
import { table } from './table';

const page = 50;

/**
 * Which models run on this device, or which devices run this model. A worker searches; this holds what it
 * found.
 */
export class Explore extends LitElement {
  static properties = {
    state: { attribute: false },
    answer: { attribute: false },
    rows: { state: true },
    searching: { state: true },
    failed: { state: true },
    shown: { state: true }
  };
  declare state: State;
  declare answer: Answer;
  declare act: Act;
  declare rows: ExploreRow[];
  declare searching: boolean;
  declare failed: string;
  declare shown: number;
  #worker: Worker | undefined;
  #turn = 0;
  #asked = '';
  #idle: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    super();
    this.rows = [];
    this.searching = false;
    this.failed = '';
    this.shown = page;
  }
  protected createRenderRoot(): HTMLElement {
    return this;
  }
  disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#end();
    this.#asked = '';
  }
  #end = (): void => {
    this.#worker?.terminate();
    this.#worker = undefined;
  };
  protected willUpdate(changed: PropertyValues): void {
    const before = changed.get('state') as State | undefined;
    // What was found for the other side means nothing here.
    if (before && before.explore.open !== this.state.explore.open) this.rows = [];
    this.#search();
  }

  #question(): Omit<Search, 'id'> {
    const { query: q, explore: e } = this.state;
    const { prompt, generate, depth, batch, threads } = q;
    const given = e.open === 'model' ? { device: q.device, power_mode: q.power_mode } : { model: q.model };
    const bounds = Object.fromEntries(
      Object.entries(e.limits).filter((x): x is [string, number] => known(x[1]))
    );
    // With all that it is of: where devices are open, it corrects its own alone.
    const corrected = { known: joined(this.answer.result?.query.known) };
    const query = { prompt, generate, depth, batch, threads, ...(corrected.known && corrected), ...given };
    return { query, bounds, quant: e.quant, own: this.answer.engine?.own ?? [] };
  }
  #search(): void {
    const search = this.#question();
    const asked = JSON.stringify(search);
    if (asked === this.#asked) return;
    this.#asked = asked;
    clearTimeout(this.#idle);
    this.searching = true;
    this.#started().postMessage({ ...search, id: ++this.#turn } satisfies Search);
  }
  #started(): Worker {
    if (this.#worker) return this.#worker;
    const worker = new Worker(new URL('../../worker.ts', import.meta.url), { type: 'module' });
    worker.addEventListener('message', (e: MessageEvent<Found>) => this.#found(e.data));
    worker.addEventListener('error', (e) => this.#found({ id: this.#turn, error: e.message || 'worker' }));
    return (this.#worker = worker);
  }
  #found(found: Found): void {
    if (found.id !== this.#turn) return;
    this.searching = false;
    this.shown = page;
    this.failed = 'error' in found ? found.error : '';
    if ('rows' in found) this.rows = found.rows;
    // An idle worker keeps memory; it is ended after a while and started again when needed.
    this.#idle = setTimeout(this.#end, 60_000);
  }

  render(): TemplateResult {
    const { state, answer, act, shown } = this;
    const rows = arranged(this.rows, state.explore, answer.engine?.index);
    const more = html`<button type="button" class="button" @click=${() => (this.shown += page)}>
      ${msg.more}
    </button>`;
    return html`${form(state, answer, act)}
      <section class="panel" aria-busy=${this.searching ? 'true' : 'false'}>
        <div class="heading">
          <p role="status">${this.#status(rows.length)}</p>
          ${frontier(state, act)}
        </div>
        ${rows.length ? table(state, answer, act, rows.slice(0, shown)) : nothing}
        ${rows.length > shown ? more : nothing}
      </section>`;
  }
  #status(n: number): string {
    if (this.searching) return words.searching;
    if (this.failed) return fill(words.failed, { message: this.failed });
    return n ? fill(words.count, { shown: whole(Math.min(this.shown, n)), n: whole(n) }) : words.zero;
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
