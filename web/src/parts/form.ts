import { html, nothing, type TemplateResult } from 'lit';
import type { Act, Answer } from '../acts';
import { msg, fill } from '../i18n';
import type { State } from '../state';
import type { CatalogList, Query } from '../types';
import '../ui/combobox';
import type { Meant } from '../ui/search';
import { select } from '../ui/select';
import { files } from './files';
import { knownNumbers } from './known';
import { deviceOptions, modelOptions } from './options';
import { workload } from './workload';

const nobody: Meant = { ids: [], sure: false };

/** The question: model, format and device. */
export function choosers(state: State, a: Answer, act: Act): TemplateResult {
  const { query: q } = state;
  const index = a.engine?.index;
  const choose = (query: Partial<Query>): void => void act({ query });
  return html`<form
    class="panel choose"
    aria-label=${msg.form.title}
    @submit=${(e: Event) => e.preventDefault()}
  >
    <ew-combobox
      class="field"
      .label=${msg.form.model}
      .value=${q.model}
      .options=${modelOptions(index?.models)}
      .meant=${(text: string) => a.engine?.meant('model', text) ?? nobody}
      @choose=${(e: CustomEvent<string>) => choose({ model: e.detail })}
    ></ew-combobox>
    ${quantizations(a, choose)}
    <ew-combobox
      class="field"
      .label=${msg.form.device}
      .value=${q.device}
      .options=${deviceOptions(index?.devices)}
      .meant=${(text: string) => a.engine?.meant('device', text) ?? nobody}
      @choose=${(e: CustomEvent<string>) => choose({ device: e.detail })}
    ></ew-combobox>
  </form>`;
}

/** How they run; on a phone it is below the answer and closed. */
export function settings(state: State, a: Answer, act: Act): TemplateResult {
  const choose = (query: Partial<Query>): void => void act({ query });
  const toggled = (e: Event): void => {
    const { open } = e.target as HTMLDetailsElement;
    if (e.target === e.currentTarget && open !== state.settings) void act({ settings: open });
  };
  return html`<details class="panel settings" ?open=${state.settings} @toggle=${toggled}>
    <summary>${msg.form.settings}</summary>
    <form aria-label=${msg.form.settings} @submit=${(e: Event) => e.preventDefault()}>
      ${modes(state, a, choose)}${runtimes(state, a, choose)}${workload(state, a, choose)}
      ${knownNumbers(state, a, act)} ${files(state, a, act)}
      <p class="row end">
        <button type="button" class="plain" @click=${() => void act({ do: 'reset' })}>
          ${msg.form.reset}
        </button>
      </p>
    </form>
  </details>`;
}

const marked = (name: string, isDefault: boolean): string =>
  isDefault ? fill(msg.defaultMark, { name }) : name;

/** How the published weights of a model are stored: as its file says, or in recipes. */
interface Checkpoint {
  recipe?: { id?: string };
  quantizations?: string[];
}
const checkpointOf = ({ engine, result }: Answer): Checkpoint | undefined => {
  const preset = result && engine?.preset('models', result.model.id);
  return (preset as { checkpoint?: Checkpoint } | undefined)?.checkpoint;
};

function quantizations(a: Answer, choose: (q: Partial<Query>) => void): TemplateResult {
  const { engine, result } = a;
  const runtime = result && engine?.runtime(result.runtime.id);
  const runs = new Set(runtime?.quantizations);
  const groups = new Map<string, [string, string][]>();
  const checkpoint = checkpointOf(a);
  const own = checkpoint?.recipe?.id;
  const byDefault = checkpoint?.quantizations?.find((id) => runs.has(id)) ?? runtime?.default_quantization;
  if (own !== undefined) groups.set(msg.form.file, [['', fill(msg.form.asInFile, { name: own })]]);
  for (const { id, family } of engine?.catalog.quantizations.filter((x) => runs.has(x.id)) ?? []) {
    if (!groups.has(family)) groups.set(family, []);
    groups.get(family)!.push([id, marked(id, own === undefined && id === byDefault)]);
  }
  return select({
    id: 'quant',
    label: msg.form.quant,
    groups: groups.size > 1 ? [...groups] : [['', [...groups.values()].flat()]],
    value: result?.quantization.of_file ? '' : (result?.quantization.id ?? ''),
    result,
    choose: (quant) => choose({ quant })
  });
}

const deviceOf = (state: State, { engine, result }: Answer): CatalogList['devices'][number] | undefined =>
  engine?.device(result?.device.id ?? state.query.device);

function modes(
  state: State,
  a: Answer,
  choose: (q: Partial<Query>) => void
): TemplateResult | typeof nothing {
  const power = deviceOf(state, a)?.power_modes ?? [];
  if (!power.length) return nothing;
  return select({
    id: 'mode',
    label: msg.form.mode,
    groups: [['', [['', msg.form.modeDefault], ...power.map((m) => [m.id, m.name] as const)]]],
    value: state.query.power_mode,
    result: a.result,
    choose: (power_mode) => choose({ power_mode })
  });
}

function runtimes(state: State, a: Answer, choose: (q: Partial<Query>) => void): TemplateResult {
  const ids = deviceOf(state, a)?.runtimes ?? [];
  const options = ids.map((id, i) => [id, marked(a.engine?.runtime(id)?.name ?? id, i === 0)] as const);
  return select({
    id: 'runtime',
    label: msg.form.runtime,
    groups: [['', options]],
    value: a.result?.runtime.id ?? '',
    result: a.result,
    choose: (runtime) => choose({ runtime, kv_quant: '' })
  });
}
