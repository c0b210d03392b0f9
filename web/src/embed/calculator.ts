import { LitElement, css, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import type { Engine } from '../engine';
import { known, measure, range } from '../format';
import { en } from '../i18n/en';
import { sentences, sureness } from '../sentences';
import { isAddress } from '../remote';
import { site } from '../site';
import { defaults, write } from '../state';
import type { Query, Result } from '../types';

let engine: Promise<Engine> | undefined;
/** One engine for all cards of a page, loaded when the first of them comes into view. */
const shared = (): Promise<Engine> =>
  (engine ??= import('../engine')
    .then(({ Engine }) => Engine.start())
    .catch((error: unknown) => {
      engine = undefined;
      throw error;
    }));

/**
 * <edgewise-calculator model="llama-3.2-1b" device="raspberry-pi-5-8gb" quant="Q4_K_M">fallback</edgewise-calculator>
 * The answer and four numbers. Until it is there, and if it cannot be had, its own content is shown.
 */
export class EdgewiseCalculator extends LitElement {
  static properties = {
    model: {},
    device: {},
    quant: {},
    runtime: {},
    kv: {},
    mode: {},
    theme: {},
    prompt: { type: Number },
    generate: { type: Number },
    depth: { type: Number },
    batch: { type: Number },
    result: { state: true },
    failed: { state: true }
  };
  declare model: string;
  declare device: string;
  declare quant: string;
  declare runtime: string;
  declare kv: string;
  declare mode: string;
  declare theme: string;
  declare prompt: number | undefined;
  declare generate: number | undefined;
  declare depth: number | undefined;
  declare batch: number | undefined;
  declare result: Result | undefined;
  declare failed: string;
  #seen = false;
  #observer: IntersectionObserver | undefined;
  #turn = 0;

  static styles = css`
    :host {
      display: block;
      color-scheme: light dark;
      --ink: light-dark(#16202a, #e8edf2);
      --dim: light-dark(#566270, #a3afbb);
      --line: light-dark(#d9dfe5, #35404a);
      --paper: light-dark(#fff, #161c22);
      --accent: light-dark(#0b6e63, #4fd0bf);
      --bad: light-dark(#a52a1c, #ff9a8a);
      --mid: light-dark(#855400, #f0bb60);
      font:
        15px/1.45 system-ui,
        sans-serif;
      color: var(--ink);
      container-type: inline-size;
    }
    :host([hidden]) {
      display: none;
    }
    :host([theme='light']) {
      color-scheme: light;
    }
    :host([theme='dark']) {
      color-scheme: dark;
    }
    article {
      background: var(--paper);
      border: 1px solid var(--line);
      border-radius: 10px;
      padding: 1rem 1.1rem;
    }
    h2 {
      font-size: 1.15rem;
      line-height: 1.3;
      margin: 0 0 0.2rem;
    }
    .fits h2 {
      color: var(--accent);
    }
    .tight h2 {
      color: var(--mid);
    }
    .no h2 {
      color: var(--bad);
    }
    p {
      margin: 0 0 0.6rem;
    }
    dl {
      display: grid;
      grid-template-columns: repeat(2, 1fr);
      gap: 0.8rem;
      margin: 0.8rem 0;
    }
    @container (min-width: 34rem) {
      dl {
        grid-template-columns: repeat(4, 1fr);
      }
    }
    dt,
    small,
    footer {
      color: var(--dim);
      font-size: 0.8rem;
    }
    dd {
      margin: 0;
      font-variant-numeric: tabular-nums;
    }
    dd b {
      font-size: 1.35rem;
      font-weight: 600;
    }
    dd small {
      display: block;
      min-height: 1.2em;
    }
    footer {
      display: flex;
      flex-wrap: wrap;
      gap: 0.2rem 1rem;
      justify-content: space-between;
    }
    a {
      color: var(--accent);
    }
    a:focus-visible {
      outline: 2px solid;
      outline-offset: 2px;
    }
  `;

  constructor() {
    super();
    this.model = defaults.model;
    this.device = defaults.device;
    this.quant = this.runtime = this.kv = this.mode = this.failed = '';
    this.theme = 'auto';
  }
  connectedCallback(): void {
    super.connectedCallback();
    if (this.#seen) return;
    this.#observer = new IntersectionObserver(
      (entries) => {
        if (!entries.some((e) => e.isIntersecting)) return;
        this.#seen = true;
        this.#observer?.disconnect();
        void this.#compute();
      },
      { rootMargin: '200px' }
    );
    this.#observer.observe(this);
  }
  disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#observer?.disconnect();
  }
  get query(): Query {
    const count = (x: number | undefined, standard: number): number =>
      known(x) && x >= 0 ? Math.round(x) : standard;
    return {
      ...defaults,
      model: this.model,
      device: this.device,
      quant: this.quant,
      runtime: this.runtime,
      kv_quant: this.kv,
      power_mode: this.mode,
      prompt: count(this.prompt, defaults.prompt),
      generate: count(this.generate, defaults.generate),
      depth: count(this.depth, 0),
      batch: Math.max(1, count(this.batch, 1))
    };
  }
  protected updated(changed: PropertyValues): void {
    const inputs = [
      'model',
      'device',
      'quant',
      'runtime',
      'kv',
      'mode',
      'prompt',
      'generate',
      'depth',
      'batch'
    ];
    if (this.#seen && inputs.some((k) => changed.has(k))) void this.#compute();
  }
  async #compute(): Promise<void> {
    const turn = ++this.#turn;
    try {
      const query = this.query;
      // What others measured needs to be said whose it is; a card has no room for that.
      if (isAddress(query.device)) throw new Error(en.embed.address);
      const ready = await shared();
      await ready.ensure(query);
      if (turn !== this.#turn) return;
      this.result = ready.estimate(query);
      this.failed = '';
    } catch (error) {
      if (turn !== this.#turn) return;
      this.result = undefined;
      this.failed = error instanceof Error ? error.message : String(error);
    }
  }

  render(): TemplateResult {
    const r = this.result;
    if (!r)
      return html`<slot></slot
        >${this.failed ? html`<p><small>${en.embed.unavailable} ${this.failed}</small></p>` : nothing}`;
    const s = sentences(r);
    const item = (id: string, label: string): TemplateResult => {
      const t = r.terms[id];
      if (!known(t.value))
        return html`<div>
          <dt>${label}</dt>
          <dd><b>${en.unknown}</b></dd>
        </div>`;
      const m = measure(t.value, t.unit);
      return html`<div>
        <dt>${label}</dt>
        <dd>
          <b>${m.number}</b> ${m.unit}<small
            >${known(t.low) && known(t.high) ? range(t.low, t.high, t.value, t.unit) : ''}</small
          >
        </dd>
      </div>`;
    };
    const link = new URL('./', site);
    link.hash = write({ query: this.query, pins: [], view: 'calculator' });
    return html`<article class=${r.verdict}>
      <h2>${s.verdict}</h2>
      <p>${s.sentence} ${s.speed}</p>
      <dl>
        ${item('memory_B', en.big.memory)}${item('ttft_s', en.big.ttft)}${item('decode_tok_s', en.big.speed)}${item('energy_per_token_J', en.big.energy)}
      </dl>
      <footer>
        <span>${sureness(r).title}. ${r.quantization.id}, ${r.runtime.name}.</span
        ><a href=${link.href} target="_blank" rel="noopener">${en.embed.open}</a>
      </footer>
    </article>`;
  }
}
