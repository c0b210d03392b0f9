import { html, nothing, type TemplateResult } from 'lit';
import type { Answer } from '../acts';
import { known } from '../format';
import { en, fill } from '../i18n/en';
import { limitOf, type State } from '../state';
import type { Query } from '../types';
import '../ui/number-field';
import { select } from '../ui/select';

type Choose = (query: Partial<Query>) => void;
interface Field {
  member: keyof Query;
  label: string;
  unit?: string;
  /** May be empty; then this is shown in its place. */
  empty?: string;
}

/** What is asked of the model: tokens, requests, power and cost. */
export function workload(state: State, a: Answer, choose: Choose): TemplateResult {
  const field = (f: Field): TemplateResult => number(state, a, choose, f);
  const n = count(state, a);
  return html`<fieldset>
    <legend>${en.form.workload}</legend>
    <div class="pair">
      ${field({ member: 'prompt', label: en.form.prompt, unit: en.form.tokens })}
      ${field({ member: 'generate', label: en.form.generate, unit: en.form.tokens })}
    </div>
    <details class="more">
      <summary>${n ? fill(en.form.moreCount, { n }) : en.form.more}</summary>
      ${running(state, a, choose, field)}
      <p class="legend-like">${en.form.economics}</p>
      <div class="pair">${economics.map(field)}</div>
      <p class="hint">${en.form.hint}</p>
    </details>
  </fieldset>`;
}

const economics: Field[] = [
  { member: 'battery_wh', label: en.form.battery, unit: en.form.wh, empty: en.none },
  { member: 'requests_per_day', label: en.form.requests, unit: en.form.perDay, empty: en.form.always },
  {
    member: 'electricity_usd_per_kwh',
    label: en.form.electricity,
    unit: en.form.perKwh,
    empty: en.form.optional
  },
  { member: 'device_life_years', label: en.form.life, unit: en.form.years, empty: en.form.optional }
];

function running(
  state: State,
  { engine, result }: Answer,
  choose: Choose,
  field: (f: Field) => TemplateResult
): TemplateResult {
  const model = engine?.index.models.find((m) => m.id === state.query.model);
  const runtime = result && engine?.runtime(result.runtime.id);
  const threads: Field = { member: 'threads', label: en.form.threads, empty: en.form.threadsAuto };
  const context: Field = {
    member: 'context',
    label: en.form.context,
    unit: en.form.tokens,
    empty: en.form.contextAuto
  };
  const kv = result?.query.kv_quant ?? '';
  const formats = runtime?.kv_formats ?? [];
  const shown = formats.includes(kv) || !kv ? formats : [kv, ...formats];
  return html`<div class="pair">
    ${field({ member: 'depth', label: en.form.depth, unit: en.form.tokens })}
    ${field({ member: 'batch', label: en.form.batch })} ${model?.vision ? images(state, field) : nothing}
    ${model?.audio ? field({ member: 'audio_s', label: en.form.audio, unit: en.form.seconds }) : nothing}
    ${runtime?.processor === 'cpu' ? field(threads) : nothing}${field(context)}
    ${select({
      id: 'kv',
      label: en.form.kv,
      groups: [['', shown.map((f) => [f, f] as const)]],
      value: kv,
      result,
      choose: (kv_quant) => choose({ kv_quant })
    })}
    ${memory(engine, result, choose, field)}
  </div>`;
}

/** What others take of the memory, and what the system lends. */
function memory(
  engine: Answer['engine'],
  result: Answer['result'],
  choose: Choose,
  field: (f: Field) => TemplateResult
): TemplateResult {
  const taken: Field = { member: 'memory_taken_gib', label: en.form.taken, unit: en.form.gib };
  const lent: Field = {
    member: 'gpu_memory_gib',
    label: en.form.gpuMemory,
    unit: en.form.gib,
    empty: en.form.asDelivered
  };
  const shared = result?.device.kind === 'soc-integrated' && result.runtime.processor === 'gpu';
  const sessions = (result && engine?.device(result.device.id)?.sessions) ?? [];
  return html`${field(taken)}${shared ? field(lent) : nothing}${
    sessions.length
      ? select({
          id: 'session',
          label: en.form.session,
          groups: [['', sessions.map((s) => [s, en.form.sessions[s]] as const)]],
          value: result?.query.session ?? '',
          result,
          choose: (session) => choose({ session: session as Query['session'] })
        })
      : nothing
  }`;
}

/** The size of the images is asked for where there are any. */
function images({ query }: State, field: (f: Field) => TemplateResult): TemplateResult {
  const side = (member: keyof Query, label: string): TemplateResult =>
    field({ member, label, unit: en.form.pixels, empty: en.form.imageAuto });
  return html`${field({ member: 'images', label: en.form.images })}
  ${query.images > 0 ? [side('image_width', en.form.imageWidth), side('image_height', en.form.imageHeight)] : nothing}`;
}

function number(state: State, a: Answer, choose: Choose, f: Field): TemplateResult {
  const { limits, default_query: defaults } = a.engine?.catalog ?? {};
  const limit = limitOf(limits ?? [], f.member);
  return html`<div class="field">
    <ew-number
      .label=${f.label}
      .unit=${f.unit ?? ''}
      .min=${limit?.min ?? 0}
      .max=${limit?.max ?? Infinity}
      .whole=${limit?.whole ?? false}
      .optional=${f.empty !== undefined}
      .placeholder=${f.empty ?? ''}
      .empty=${defaults?.[f.member]}
      .value=${state.query[f.member]}
      .problem=${a.errors.find((e) => e.path === f.member)?.message}
      @choose=${(e: CustomEvent<{ value: number | undefined }>) => choose({ [f.member]: e.detail.value })}
    ></ew-number>
  </div>`;
}

/** How many of the further settings are set; a batch says so itself. */
function count({ query: q }: State, { engine }: Answer): number {
  const defaults = engine?.catalog.default_query;
  const counts = [
    'depth',
    'images',
    'image_width',
    'image_height',
    'audio_s',
    'threads',
    'context',
    'memory_taken_gib'
  ] as const;
  const set = counts.filter((k) => q[k] !== defaults?.[k]);
  const named = [...economics.map(({ member }) => member), 'gpu_memory_gib' as const].filter((member) =>
    known(q[member] as number | undefined)
  );
  const chosen = [q.kv_quant, q.session].filter(Boolean);
  return engine ? set.length + named.length + chosen.length : 0;
}
