import { html, nothing, type TemplateResult } from 'lit';
import type { Act, Answer } from '../acts';
import { msg, fill } from '../i18n';
import type { State } from '../state';
import { reason } from '../problems';
import type { CatalogList, Query } from '../types';
import '../ui/combobox';
import type { Option } from '../ui/search';
import { select } from '../ui/select';
import { files } from './files';
import { once, plainOption } from './options';
import { presetBox } from './presets';
import type * as Quants from './quants';
import { knownNumbers } from './views';
import { workload } from './workload';

/** The question: model, format and device. */
export function choosers(state: State, a: Answer, act: Act): TemplateResult {
  const { query: q } = state;
  const choose = (query: Partial<Query>): void => void act({ query });
  return html`<form
    class="panel choose"
    aria-label=${msg.form.title}
    @submit=${(e: Event) => e.preventDefault()}
  >
    ${presetBox('model', q.model, a, (model) => choose({ model }))} ${quantizations(a, act)}
    ${presetBox('device', q.device, a, (device) => choose({ device }))}
  </form>`;
}

/** How they run; on a phone it is below the answer and closed. */
export function settings(state: State, a: Answer, act: Act): TemplateResult {
  const toggled = (e: Event): void => {
    const { open } = e.target as HTMLDetailsElement;
    if (e.target === e.currentTarget && open !== state.settings) void act({ settings: open });
  };
  return html`<details class="panel settings" ?open=${state.settings} @toggle=${toggled}>
    <summary>${msg.form.settings}</summary>
    <form aria-label=${msg.form.settings} @submit=${(e: Event) => e.preventDefault()}>
      ${howItRuns(state, a, act)} ${knownNumbers(state, a, act)} ${files(state, a, act)}
      <p class="row end">
        <button type="button" class="plain" @click=${() => void act({ do: 'reset' })}>
          ${msg.form.reset}
        </button>
      </p>
    </form>
  </details>`;
}

/** Power mode, runtime and workload. */
export function howItRuns(state: State, a: Answer, act: Act): TemplateResult {
  const choose = (query: Partial<Query>): void => void act({ query });
  return html`${modes(state, a, choose)}${runtimes(state, a, choose)}${workload(state, a, act)}`;
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

/** What is said of them once somebody asks: fetched then. */
let asked: typeof Quants | undefined;

/** Of what the runtime runs; one's own first, where a file says what it is. */
function plainQuants(a: Answer): Option[] {
  const { engine, result } = a;
  const runtime = result && engine?.runtime(result.runtime.id);
  const runs = new Set(runtime?.quantizations);
  const checkpoint = checkpointOf(a);
  const own = checkpoint?.recipe?.id;
  const byDefault = checkpoint?.quantizations?.find((id) => runs.has(id)) ?? runtime?.default_quantization;
  const all = engine?.catalog.quantizations.filter((x) => runs.has(x.id)) ?? [];
  return [
    ...(own === undefined ? [] : [plainOption('', fill(msg.form.asInFile, { name: own }), msg.form.file)]),
    ...all.map(({ id, family }) => plainOption(id, marked(id, own === undefined && id === byDefault), family))
  ];
}

function quantOptions(a: Answer): Option[] {
  const { result: r } = a;
  if (!r) return [];
  const plain = once(r, () => plainQuants(a));
  return asked && a.engine?.isWhole ? asked.detailed(plain, a, r) : plain;
}

function quantizations(a: Answer, act: Act): TemplateResult {
  const { result: r } = a;
  const opened = async (): Promise<void> => {
    try {
      const [quants] = await Promise.all([import('./quants'), a.engine?.grow()]);
      asked = quants;
      await act({}); // drawn anew
    } catch (error) {
      await act({ toast: reason(error) });
    }
  };
  return html`<ew-combobox
    id="quant"
    class="field"
    .label=${msg.form.quant}
    .value=${r?.quantization.of_file ? '' : (r?.quantization.id ?? '')}
    .options=${quantOptions(a)}
    .columns=${asked && a.engine?.isWhole ? asked.columns() : none}
    @opened=${() => void opened()}
    @choose=${(e: CustomEvent<string>) => void act({ query: { quant: e.detail } })}
  ></ew-combobox>`;
}
const none: string[] = [];

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
