import { html, nothing, type TemplateResult } from 'lit';
import type { Act, Answer } from '../../acts';
import {
  allAxes,
  exploring,
  heights,
  sides,
  type Exploring,
  type Height,
  type Limited,
  type Side
} from '../../exploring';
import { whole } from '../../format';
import { fill, listed } from '../../i18n';
import { explore as words } from '../../i18n/explore';
import type { State } from '../../state';
import type { Facets } from '../../worker';
import type { Scale } from 'edgewise';
import '../../ui/number-field';
import { piece } from '../../ui/piece';
import { modeOf } from '../mode';
import { presetBox } from '../presets';
import { chips, licences } from './chips';

/** The bounds that most people set, and the others. */
const first: Record<Side, Limited[]> = {
  model: ['min_decode_tok_s', 'max_ttft_s', 'max_memory_gib', 'min_parameters_b'],
  device: ['min_decode_tok_s', 'max_ttft_s', 'max_price_usd', 'max_power_w'],
  quant: ['min_decode_tok_s', 'max_memory_gib']
};
const second: Record<Side, Limited[]> = {
  model: ['max_parameters_b', 'min_quality', 'max_power_w', 'max_energy_per_token_j'],
  device: ['max_energy_per_token_j', 'max_memory_gib'],
  quant: ['max_ttft_s', 'min_quality', 'max_power_w', 'max_energy_per_token_j']
};

/** What is looked for, and within which bounds. */
export function form(
  state: State,
  a: Answer,
  act: Act,
  scales: Scale[],
  facets: Facets | undefined
): TemplateResult {
  const { explore: e, query: q } = state;
  const more = second[e.open];
  const mode = e.open === 'device' ? '' : modeOf(a.engine, q.device, q.power_mode);
  const open =
    more.some((limit) => e.limits[limit] !== undefined) || e.benchmark !== '' || e.lists.licences.length > 0;
  return html`<form class="panel" @submit=${(event: Event) => event.preventDefault()}>
    <fieldset class="switch">
      <legend class="vh">${words.which}</legend>
      ${sides.map((kind) => side(kind, e, act))}
    </fieldset>
    <div class="grid">
      ${piece(
        () =>
          html`${e.open === 'device' ? nothing : given('device', state, a, act)}
          ${e.open === 'model' ? nothing : given('model', state, a, act)}`
      )}${piece(
        () =>
          html`${e.open === 'quant' ? nothing : quantization(e, act)}${first[e.open].map((b) => bound(b, e, act))}`
      )}
    </div>
    ${piece(() => chips(e, facets, act))}
    ${piece(
      () =>
        html`<details class="more" ?open=${open}>
            <summary>${words.more}</summary>
            ${piece(() => html`<div class="grid">${more.map((b) => bound(b, e, act))}</div>`)}
            ${piece(() => html`${licences(e, facets, act)}${benchmark(e, act, scales)}`)}
          </details>
          <p class="hint">${words.boundsNote}</p>
          <p class="hint">
            ${fill(words.workload, { prompt: whole(q.prompt), generate: whole(q.generate) })}
            ${q.batch > 1 ? fill(words.together, { n: q.batch }) : nothing}
            ${mode ? fill(words.mode, { mode }) : nothing}
          </p>`
    )}
  </form>`;
}

const side = (kind: Side, e: Exploring, act: Act): TemplateResult =>
  html`<label
    ><input
      type="radio"
      name="open"
      .checked=${e.open === kind}
      @change=${() => void act({ explore: { ...exploring(kind, e.quant), benchmark: e.benchmark } })}
    /><span>${words[kind]}</span></label
  >`;

const given = (kind: 'model' | 'device', { query: q }: State, a: Answer, act: Act): TemplateResult =>
  presetBox(kind, q[kind], a, (id) => void act({ query: { [kind]: id } }), { look: 'wide' });

const choice = (
  id: string,
  label: string,
  options: [value: string, text: string][],
  value: string,
  choose: (value: string) => void
): TemplateResult =>
  html`<div class="field wide">
    <label for=${id}>${label}</label>
    <div class="select">
      <select id=${id} @change=${(event: Event) => choose((event.target as HTMLSelectElement).value)}>
        ${options.map(([v, text]) => html`<option value=${v} ?selected=${v === value}>${text}</option>`)}
      </select>
    </div>
  </div>`;

const quantization = (e: Exploring, act: Act): TemplateResult =>
  choice(
    'explore-quant',
    words.quantization,
    [
      ['default', words.quantDefault],
      ['any', words.quantAny]
    ],
    e.quant,
    (quant) => void act({ explore: { ...e, quant: quant as Exploring['quant'] } })
  );

/** How a score was measured and where, in a line. */
function scaleName(s: Scale): string {
  const how = listed([
    s.shots ? fill(words.shots, { n: s.shots }) : '',
    words.variants[s.variant] ?? s.variant,
    s.metric
  ]);
  const source = s.source.replace(/^https:\/\//, '');
  return fill(words.scale, { benchmark: s.benchmark, how, source, n: s.models });
}
const benchmark = (e: Exploring, act: Act, scales: Scale[]): TemplateResult | typeof nothing =>
  scales.length === 0
    ? nothing
    : html`<div class="grid">
          ${choice(
            'explore-benchmark',
            words.benchmark,
            scales.map((s) => [s.id, scaleName(s)]),
            e.benchmark || scales[0].id,
            (id) => void act({ explore: { ...e, benchmark: id === scales[0].id ? '' : id } })
          )}
        </div>
        <p class="hint">${words.scaleNote}</p>`;

/** What the frontier weighs besides stays. */
const turned = ({ axes, height: was }: Exploring, height: Height): Pick<Exploring, 'height' | 'axes'> => ({
  height,
  axes: allAxes.filter((a) => (axes.includes(was) && a === height) || (axes.includes(a) && a !== was))
});
/** What stands against the speed. */
export const against = (e: Exploring, act: Act): TemplateResult =>
  choice(
    'explore-against',
    words.against,
    heights.map((h) => [h, words.heights[h]]),
    e.height,
    (height) => void act({ explore: { ...e, ...turned(e, height as Height) } })
  );

const bound = (id: Limited, e: Exploring, act: Act): TemplateResult =>
  html`<div class="field">
    <ew-number
      .label=${words.limits[id]}
      .unit=${words.units[id]}
      .placeholder=${words.any}
      .min=${0}
      .max=${1e9}
      .optional=${true}
      .value=${e.limits[id]}
      @choose=${(event: CustomEvent<{ value: number | undefined }>) =>
        void act({ explore: { ...e, limits: { ...e.limits, [id]: event.detail.value } } })}
    ></ew-number>
  </div>`;
