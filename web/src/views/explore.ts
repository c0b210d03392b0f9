import { LitElement, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import type { App } from '../app';
import { digits, known, parameterCount, whole } from '../format';
import { en, fill } from '../i18n/en';
import type { ExploreRow } from '../types';
import type { Found, Search } from '../worker';
import { deviceOptions, modelOptions } from './form';

type Column = keyof typeof en.explore.columns;
const first: Record<string, 'up' | 'down'> = {
  parameters: 'down',
  decode_tok_s: 'down',
  ttft_s: 'up',
  memory_B: 'up',
  energy_per_token_J: 'up',
  price_usd: 'up'
};
// One unit per column, so that numbers can be compared by eye.
const units: Record<string, [number, string]> = {
  decode_tok_s: [1, 'tok/s'],
  ttft_s: [1, 's'],
  memory_B: [1024 ** 3, 'GiB'],
  energy_per_token_J: [1, 'J'],
  price_usd: [1, 'USD']
};
const bounds = [
  ['speed', 'min_decode_tok_s'],
  ['ttft', 'max_ttft_s'],
  ['memory', 'max_memory_gib'],
  ['power', 'max_power_w'],
  ['price', 'max_price_usd'],
  ['size', 'min_parameters_b']
] as const;
const page = 50;

/** Which models run on this device, or which devices run this model. */
export class Explore extends LitElement {
  static properties = {
    app: { attribute: false },
    stamp: { attribute: false },
    open: { state: true },
    limits: { state: true },
    quant: { state: true },
    rows: { state: true },
    searching: { state: true },
    failed: { state: true },
    sort: { state: true },
    up: { state: true },
    shown: { state: true },
    frontier: { state: true }
  };
  declare app: App;
  /** Changes whenever the page's choice does. */
  declare stamp: string;
  declare open: 'model' | 'device';
  declare limits: Record<string, number | undefined>;
  declare quant: string;
  declare rows: ExploreRow[];
  declare searching: boolean;
  declare failed: string;
  declare sort: Column;
  declare up: boolean;
  declare shown: number;
  declare frontier: boolean;
  #worker: Worker | undefined;
  #turn = 0;
  #asked = '';
  #idle: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    super();
    this.open = 'model';
    this.limits = { min_decode_tok_s: 5 };
    this.quant = 'default';
    this.rows = [];
    this.searching = false;
    this.failed = '';
    this.sort = 'parameters';
    this.up = false;
    this.shown = page;
    this.frontier = false;
  }
  protected createRenderRoot(): HTMLElement {
    return this;
  }
  disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#end();
  }
  #end = (): void => {
    this.#worker?.terminate();
    this.#worker = undefined;
    this.#asked = '';
  };
  protected willUpdate(changed: PropertyValues): void {
    if (['open', 'limits', 'quant', 'stamp'].some((k) => changed.has(k))) this.#search();
  }

  #search(): void {
    const q = this.app.state.query;
    const query: Partial<typeof q> = {
      prompt: q.prompt,
      generate: q.generate,
      depth: q.depth,
      batch: q.batch,
      threads: q.threads
    };
    if (this.open === 'model') {
      query.device = q.device;
      query.power_mode = q.power_mode;
    } else query.model = q.model;
    const limits = Object.fromEntries(
      Object.entries(this.limits).filter((e): e is [string, number] => known(e[1]))
    );
    const search: Search = {
      id: 0,
      query,
      bounds: limits,
      quant: this.quant,
      own: this.app.engine?.own ?? []
    };
    const asked = JSON.stringify(search);
    if (asked === this.#asked) return;
    this.#asked = asked;
    if (!this.#worker) {
      this.#worker = new Worker(new URL('../worker.ts', import.meta.url), { type: 'module' });
      this.#worker.addEventListener('message', (e: MessageEvent<Found>) => this.#found(e.data));
      this.#worker.addEventListener('error', (e) =>
        this.#found({ id: this.#turn, error: e.message || 'worker' })
      );
    }
    clearTimeout(this.#idle);
    this.searching = true;
    search.id = ++this.#turn;
    this.#worker.postMessage(search);
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

  #sorted(): ExploreRow[] {
    let rows = this.frontier ? this.rows.filter((r) => r.pareto) : this.rows;
    if (this.quant === 'any') {
      // Of one model on one device, the largest that meets the bounds: the least is lost.
      const best = new Map<string, ExploreRow>();
      for (const r of rows) {
        const key = `${r.model}\n${r.device}`;
        const other = best.get(key);
        if (!other || r.memory_B > other.memory_B) best.set(key, r);
      }
      rows = [...best.values()];
    }
    const names = (r: ExploreRow): string =>
      this.sort === 'model'
        ? this.#model(r.model)
        : this.sort === 'device'
          ? this.#device(r.device)
          : r.quant;
    const sign = this.up ? 1 : -1;
    return rows.slice().sort((a, b) => {
      if (this.sort === 'model' || this.sort === 'device' || this.sort === 'quant')
        return sign * names(a).localeCompare(names(b), undefined, { numeric: true });
      const x = a[this.sort],
        y = b[this.sort];
      if (!known(x) || !known(y)) return Number(!known(x)) - Number(!known(y)); // unknown goes last either way
      return sign * (x - y) || (b.decode_tok_s ?? 0) - (a.decode_tok_s ?? 0);
    });
  }
  #model(id: string): string {
    return this.app.engine?.index.models.find((m) => m.id === id)?.name ?? id;
  }
  #device(id: string): string {
    return this.app.engine?.index.devices.find((d) => d.id === id)?.name ?? id;
  }

  render(): TemplateResult {
    const { app } = this;
    const q = app.state.query;
    const sorted = this.#sorted();
    const columns = (Object.keys(en.explore.columns) as Column[]).filter(
      (c) =>
        c !== (this.open === 'model' ? 'device' : 'model') &&
        !(this.open === 'model' && c === 'price_usd') &&
        !(this.open === 'device' && c === 'parameters')
    );
    const numeric = (c: Column): boolean => c in first;
    const cellOf = (r: ExploreRow, c: Column): string | TemplateResult => {
      if (c === 'parameters') return parameterCount(r.parameters);
      if (c === 'quant') return r.quant;
      if (c === 'model' || c === 'device') return '';
      return known(r[c]) ? digits(r[c] / units[c][0]) : html`<span class="missing">${en.unknown}</span>`;
    };
    const name = (r: ExploreRow): string =>
      this.open === 'model' ? this.#model(r.model) : this.#device(r.device);
    return html` <form class="panel" @submit=${(e: Event) => e.preventDefault()}>
        <fieldset class="switch">
          <legend class="vh">${en.explore.which}</legend>
          ${(['model', 'device'] as const).map(
            (kind) =>
              html`<label
                ><input
                  type="radio"
                  name="open"
                  .checked=${this.open === kind}
                  @change=${() => {
                    this.open = kind;
                    this.rows = [];
                    this.sort = kind === 'model' ? 'parameters' : 'decode_tok_s';
                    this.up = false;
                    this.limits = kind === 'model' ? { min_decode_tok_s: 5 } : {};
                  }}
                /><span>${kind === 'model' ? en.explore.models : en.explore.devices}</span></label
              >`
          )}
        </fieldset>
        <div class="grid">
          ${
            this.open === 'model'
              ? html`<ew-combobox
                  class="field wide"
                  .label=${en.form.device}
                  .value=${q.device}
                  .options=${deviceOptions(app.engine!.index.devices)}
                  @choose=${(e: CustomEvent<string>) => void app.change({ device: e.detail })}
                ></ew-combobox>`
              : html`<ew-combobox
                  class="field wide"
                  .label=${en.form.model}
                  .value=${q.model}
                  .options=${modelOptions(app.engine!.index.models)}
                  @choose=${(e: CustomEvent<string>) => void app.change({ model: e.detail })}
                ></ew-combobox>`
          }
          <div class="field wide">
            <label for="explore-quant">${en.explore.quant}</label>
            <div class="select">
              <select
                id="explore-quant"
                @change=${(e: Event) => {
                  this.quant = (e.target as HTMLSelectElement).value;
                }}
              >
                <option value="default" ?selected=${this.quant === 'default'}>
                  ${this.open === 'model' ? en.explore.quantDefault : 'Q4_K_M'}
                </option>
                <option value="any" ?selected=${this.quant === 'any'}>${en.explore.quantAny}</option>
              </select>
            </div>
          </div>
          ${bounds
            .filter(([key]) => key !== (this.open === 'model' ? 'price' : 'size'))
            .map(
              ([key, id]) =>
                html`<div class="field">
                  <ew-number
                    .label=${en.explore[key]}
                    .unit=${en.explore.units[key]}
                    .placeholder=${en.explore.any}
                    .min=${0}
                    .max=${1e9}
                    .optional=${true}
                    .value=${this.limits[id]}
                    @choose=${(e: CustomEvent<{ value: number | undefined }>) => {
                      this.limits = { ...this.limits, [id]: e.detail.value };
                    }}
                  ></ew-number>
                </div>`
            )}
        </div>
        <p class="hint">
          ${fill(en.explore.workload, { prompt: whole(q.prompt), generate: whole(q.generate) })}
        </p>
      </form>
      <section class="panel" aria-busy=${this.searching ? 'true' : 'false'}>
        <div class="heading">
          <p role="status">
            ${this.searching ? en.explore.searching : this.failed ? fill(en.explore.failed, { message: this.failed }) : sorted.length ? fill(en.explore.count, { shown: whole(Math.min(this.shown, sorted.length)), n: whole(sorted.length) }) : en.explore.zero}
          </p>
          <label class="check"
            ><input
              type="checkbox"
              .checked=${this.frontier}
              @change=${(e: Event) => {
                this.frontier = (e.target as HTMLInputElement).checked;
              }}
            />${en.explore.paretoOnly}</label
          >
        </div>
        ${
          sorted.length
            ? html` <div class="scroll" tabindex="0" role="region" aria-label=${en.explore.table}>
                  <table class="rows found">
                    <caption class="vh">
                      ${en.explore.table}
                    </caption>
                    <thead>
                      <tr>
                        ${columns.map(
                          (c) =>
                            html`<th
                              scope="col"
                              class=${numeric(c) ? 'n' : ''}
                              aria-sort=${this.sort === c ? (this.up ? 'ascending' : 'descending') : nothing}
                            >
                              <button
                                type="button"
                                class="sort"
                                @click=${() => {
                                  if (this.sort === c) this.up = !this.up;
                                  else {
                                    this.sort = c;
                                    this.up = first[c] !== 'down';
                                  }
                                }}
                              >
                                ${en.explore.columns[c]}${units[c] ? html`, ${units[c][1]}` : nothing}<span
                                  aria-hidden="true"
                                  >${this.sort === c ? (this.up ? ' ↑' : ' ↓') : ''}</span
                                >
                              </button>
                            </th>`
                        )}
                      </tr>
                    </thead>
                    <tbody>
                      ${sorted.slice(0, this.shown).map(
                        (r) =>
                          html`<tr>
                            ${columns.map((c) =>
                              c === 'model' || c === 'device'
                                ? html`<th scope="row">
                                    <span class="front ${r.pareto ? 'on' : ''}"
                                      >${r.pareto ? html`<span class="vh">${en.explore.pareto}: </span>` : nothing}</span
                                    ><button
                                      type="button"
                                      class="plain"
                                      title=${fill(en.explore.use, { name: name(r) })}
                                      @click=${() => this.#use(r)}
                                    >
                                      ${name(r)}
                                    </button>
                                  </th>`
                                : html`<td class=${numeric(c) ? 'n' : ''}>${cellOf(r, c)}</td>`
                            )}
                          </tr>`
                      )}
                    </tbody>
                  </table>
                </div>
                <p class="hint"><span class="front on"></span>${en.explore.paretoNote}</p>
                ${
                  sorted.length > this.shown
                    ? html`<button
                        type="button"
                        class="button"
                        @click=${() => {
                          this.shown += page;
                        }}
                      >
                        ${en.explore.more}
                      </button>`
                    : nothing
                }`
            : nothing
        }
      </section>`;
  }
  #use(r: ExploreRow): void {
    void this.app.change({
      model: r.model,
      device: r.device,
      runtime: r.runtime,
      quant: r.quant,
      kv_quant: ''
    });
    this.app.show('calculator');
  }
}
customElements.get('ew-explore') || customElements.define('ew-explore', Explore);

export function explore(app: App): TemplateResult {
  return app.engine
    ? html`<ew-explore
        .app=${app}
        .stamp=${JSON.stringify([app.state.query, app.engine.own.map(([id]) => id)])}
      ></ew-explore>`
    : html`<p class="quiet">${en.loading}</p>`;
}
