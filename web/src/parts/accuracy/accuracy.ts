import { LitElement, html, type TemplateResult } from 'lit';
import type { Act, Answer } from '../../acts';
import { whole } from '../../format';
import { msg, fill } from '../../i18n';
import { accuracy as words } from '../../i18n/accuracy';
import { reason } from '../../problems';
import { fetchText } from '../../site';
import type { State } from '../../state';
import { chart } from './chart';
import { namesOf, situations, type Data, type Place, type Shown } from './data';
import { leftOut } from './left-out';
import { byClass, byRuntime, kinds, peers, worst } from './tables';
import '../../styles/accuracy.css';
import { pending } from '../../ui/pending';
import { piece } from '../../ui/piece';

/**
 * How far predictions were from measurements that they had not seen. Holds the data and what is shown of
 * them.
 */
export class Accuracy extends LitElement {
  static properties = {
    state: { attribute: false },
    answer: { attribute: false },
    data: { state: true },
    failed: { state: true },
    shown: { state: true }
  };
  declare state: State;
  declare answer: Answer;
  declare act: Act;
  declare data: Data | undefined;
  declare failed: string;
  declare shown: Shown;

  constructor() {
    super();
    this.failed = '';
    this.shown = { kind: 0, only: false, near: undefined, side: 'all', misses: 'calibrated', every: false };
  }
  protected createRenderRoot(): HTMLElement {
    return this;
  }
  connectedCallback(): void {
    super.connectedCallback();
    void this.#load();
  }
  async #load(): Promise<void> {
    this.failed = '';
    try {
      this.data ??= JSON.parse(await fetchText('accuracy.json')) as Data;
    } catch (error) {
      this.failed = reason(error);
    }
    await this.act({}); // the page waits for it
  }

  render(): TemplateResult {
    const { data: d, failed, shown } = this;
    if (failed)
      return html`<div class="alert" role="alert">
        <p>${fill(words.failed, { message: failed })}</p>
        <button type="button" class="button" @click=${() => void this.#load()}>${msg.retry}</button>
      </div>`;
    if (!d) return html`<div data-empty>${pending()}</div>`;
    const names = namesOf(d, this.answer);
    const show = (patch: Partial<Shown>): void => {
      this.shown = { ...this.shown, ...patch };
    };
    const open = (place: Place): void => void this.act(calculated(d, place));
    const parts = [
      (): unknown => meanings(d),
      (): unknown => chart(d, this.state.query.device, names, shown, show, open),
      (): unknown => kinds(d),
      (): unknown => leftOut(d),
      (): unknown => peers(d, shown, show),
      (): unknown => byClass(d),
      (): unknown => byRuntime(d, names, shown, show),
      (): unknown => worst(d, names, shown, show, open)
    ];
    return html`<div class="screen">${parts.map(piece)}</div>`;
  }
}
if (!customElements.get('ew-accuracy')) customElements.define('ew-accuracy', Accuracy);

/** Opens a configuration in the calculator. */
const calculated = (d: Data, [device, model, quant, runtime, mode]: Place): Parameters<Act>[0] => ({
  view: 'calculator',
  query: {
    model: d.models[model],
    device: d.devices[device],
    quant: d.quants[quant],
    runtime: d.runtimes[runtime],
    power_mode: d.modes[mode],
    kv_quant: ''
  }
});

/** What came with the page. */
export function introduction({ counts }: Pick<Data, 'counts'>): TemplateResult {
  const numbers = Object.fromEntries(Object.entries(counts).map(([k, n]) => [k, whole(n)]));
  return html`<p>${fill(words.intro, numbers)}</p>
    <p class="hint">${words.error}</p>`;
}

function meanings(d: Data): TemplateResult {
  const meaning = situations.map(
    (s) =>
      html`<div>
        <dt>${words[s]}</dt>
        <dd>${words[`${s}Text`]}</dd>
      </div>`
  );
  return html`<section class="panel prose">
    ${introduction(d)}
    <dl class="situations">${meaning}</dl>
  </section>`;
}

export const accuracy = (state: State, answer: Answer, act: Act): TemplateResult =>
  html`<ew-accuracy .state=${state} .answer=${answer} .act=${act}></ew-accuracy>`;
