import { html, type TemplateResult } from 'lit';
import type { Act, Answer } from '../../acts';
import { whole } from '../../format';
import { msg, fill } from '../../i18n';
import { explore as words } from '../../i18n/explore';
import { exploring, type Exploring, type State } from '../../state';
import '../../ui/combobox';
import '../../ui/number-field';
import { deviceOptions, modelOptions } from '../options';

const bounds = [
  ['speed', 'min_decode_tok_s'],
  ['ttft', 'max_ttft_s'],
  ['memory', 'max_memory_gib'],
  ['power', 'max_power_w'],
  ['price', 'max_price_usd'],
  ['size', 'min_parameters_b']
] as const;

/** What is looked for, and within which bounds. */
export function form(state: State, a: Answer, act: Act): TemplateResult {
  const { explore: e, query: q } = state;
  const pointless = e.open === 'model' ? 'price' : 'size';
  return html`<form class="panel" @submit=${(event: Event) => event.preventDefault()}>
    <fieldset class="switch">
      <legend class="vh">${words.which}</legend>
      ${(['model', 'device'] as const).map((kind) => side(kind, e, act))}
    </fieldset>
    <div class="grid">
      ${given(state, a, act)}${quantization(e, act)}
      ${bounds.filter(([key]) => key !== pointless).map((b) => bound(b, e, act))}
    </div>
    <p class="hint">${fill(words.workload, { prompt: whole(q.prompt), generate: whole(q.generate) })}</p>
  </form>`;
}

const side = (kind: Exploring['open'], e: Exploring, act: Act): TemplateResult =>
  html`<label
    ><input
      type="radio"
      name="open"
      .checked=${e.open === kind}
      @change=${() => void act({ explore: { ...exploring(kind, e.quant), frontier: e.frontier } })}
    /><span>${kind === 'model' ? words.models : words.devices}</span></label
  >`;

function given({ query: q, explore: { open } }: State, { engine }: Answer, act: Act): TemplateResult {
  const kind = open === 'model' ? 'device' : 'model';
  const options =
    kind === 'device' ? deviceOptions(engine?.index.devices) : modelOptions(engine?.index.models);
  return html`<ew-combobox
    class="field wide"
    .label=${msg.form[kind]}
    .value=${q[kind]}
    .options=${options}
    @choose=${(e: CustomEvent<string>) => void act({ query: { [kind]: e.detail } })}
  ></ew-combobox>`;
}

function quantization(e: Exploring, act: Act): TemplateResult {
  const choose = (event: Event): void => {
    const quant = (event.target as HTMLSelectElement).value as Exploring['quant'];
    void act({ explore: { ...e, quant } });
  };
  const standard = e.open === 'model' ? words.quantDefault : 'Q4_K_M';
  return html`<div class="field wide">
    <label for="explore-quant">${words.quant}</label>
    <div class="select">
      <select id="explore-quant" @change=${choose}>
        <option value="default" ?selected=${e.quant === 'default'}>${standard}</option>
        <option value="any" ?selected=${e.quant === 'any'}>${words.quantAny}</option>
      </select>
    </div>
  </div>`;
}

const bound = ([key, id]: (typeof bounds)[number], e: Exploring, act: Act): TemplateResult =>
  html`<div class="field">
    <ew-number
      .label=${words[key]}
      .unit=${words.units[key]}
      .placeholder=${words.any}
      .min=${0}
      .max=${1e9}
      .optional=${true}
      .value=${e.limits[id]}
      @choose=${(event: CustomEvent<{ value: number | undefined }>) =>
        void act({ explore: { ...e, limits: { ...e.limits, [id]: event.detail.value } } })}
    ></ew-number>
  </div>`;
