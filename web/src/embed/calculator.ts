import { LitElement, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import type { Engine } from '../engine';
import { known, measure } from '../format';
import { listed, msg, prose, sentence } from '../i18n';
import { problemText } from '../i18n/problems';
import { sentences, sureness } from '../sentences';
import { site } from '../site';
import { complete, write } from '../state';
import { Store } from '../store';
import type { Query, Result } from '../types';
import { spread, term } from '../ui/terms';
import { styles } from './styles';

let engine: Promise<Engine> | undefined;
/** One engine for all cards of a page, loaded when the first of them comes into view. */
const shared = (): Promise<Engine> =>
  (engine ??= start().catch((error: unknown) => {
    engine = undefined;
    throw error;
  }));
async function start(): Promise<Engine> {
  const { startEngine } = await import('../wasm');
  // What others measured needs to be said whose it is; a card has no room for that.
  return startEngine(() => Promise.reject(new Error(msg.embed.address)));
}

const texts = ['model', 'device', 'quant', 'runtime', 'kv', 'mode'] as const;
const counts = ['prompt', 'generate', 'depth', 'batch'] as const;

/**
 * <edgewise-calculator model="llama-3.2-1b" device="raspberry-pi-5-8gb" quant="Q4_K_M">fallback</edgewise-
 * calculator>
 * The answer and four numbers. Until it is there, and if it cannot be had, its own content is shown.
 */
export class EdgewiseCalculator extends LitElement {
  static properties = {
    ...Object.fromEntries(texts.map((name) => [name, {}])),
    ...Object.fromEntries(counts.map((name) => [name, { type: Number }])),
    theme: {},
    address: { attribute: false }
  };
  declare model: string | undefined;
  declare device: string | undefined;
  declare quant: string | undefined;
  declare runtime: string | undefined;
  declare kv: string | undefined;
  declare mode: string | undefined;
  declare theme: string | undefined;
  declare prompt: number | undefined;
  declare generate: number | undefined;
  declare depth: number | undefined;
  declare batch: number | undefined;
  /** The fragment of a link, in place of the attributes. */
  declare address: string | undefined;
  static styles = styles;

  readonly #store = new Store({ start: shared, here: location.href, strict: true });
  #seen = false;
  #observer: IntersectionObserver | undefined;

  connectedCallback(): void {
    super.connectedCallback();
    if (this.#seen) return;
    this.#observer = new IntersectionObserver((entries) => this.#see(entries), { rootMargin: '200px' });
    this.#observer.observe(this);
  }
  disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#observer?.disconnect();
  }
  #see(entries: IntersectionObserverEntry[]): void {
    if (this.#seen || !entries.some((e) => e.isIntersecting)) return;
    this.#seen = true;
    this.#observer?.disconnect();
    this.#store.subscribe(() => this.requestUpdate());
    this.#ask();
    void this.#store.act({ do: 'start' });
  }
  protected updated(changed: PropertyValues): void {
    if (this.#seen && [...texts, ...counts, 'address'].some((name) => changed.has(name))) this.#ask();
  }
  #ask(): void {
    const { frame, act } = this.#store;
    if (this.address !== undefined) void this.#store.open(this.address);
    else void act({ query: frame ? complete(this.#query, frame.defaults) : this.#query });
  }
  get #query(): Query {
    const count = (x: number | undefined, least = 0): number | undefined =>
      known(x) && x >= 0 ? Math.max(least, Math.round(x)) : undefined;
    return {
      model: this.model,
      device: this.device,
      quant: this.quant,
      runtime: this.runtime,
      kv_quant: this.kv,
      power_mode: this.mode,
      prompt: count(this.prompt),
      generate: count(this.generate),
      depth: count(this.depth),
      batch: count(this.batch, 1)
    } as Query;
  }

  render(): TemplateResult {
    const { state, answer } = this.#store;
    const failed = state.fatal || answer.errors.map(problemText)[0];
    if (answer.result && !failed) return this.#card(answer.result);
    const note = html`<p><small>${msg.embed.unavailable} ${failed}</small></p>`;
    return html`<slot></slot>${failed ? note : nothing}`;
  }
  #card(r: Result): TemplateResult {
    const s = sentences(r);
    const how = prose(sureness(r).title, sentence(listed([r.quantization.id, r.runtime.name])));
    return html`<article class=${r.verdict}>
      <h2>${s.verdict}</h2>
      <p>${prose(s.sentence, s.speed)}</p>
      <dl>
        ${item(r, 'memory_B', msg.big.memory)}${item(r, 'ttft_s', msg.big.ttft)}
        ${item(r, 'decode_tok_s', msg.big.speed)}${item(r, 'energy_per_token_J', msg.big.energy)}
      </dl>
      <footer>
        <span>${how}</span><a href=${this.#link()} target="_blank" rel="noopener">${msg.embed.open}</a>
      </footer>
    </article>`;
  }
  #link(): string {
    const { answer, frame } = this.#store;
    const link = new URL('./', site);
    link.hash = write({ query: answer.query, pins: [], view: 'calculator', unknown: [] }, frame!);
    return link.href;
  }
}

function item(r: Result, id: string, label: string): TemplateResult {
  const t = term(r, id);
  const { number, unit } = known(t.value) ? measure(t.value, t.unit) : { number: msg.unknown, unit: '' };
  const range = known(t.value) ? html`<small>${spread(t)}</small>` : nothing;
  return html`<div>
    <dt>${label}</dt>
    <dd><b>${number}</b> ${unit}${range}</dd>
  </div>`;
}
