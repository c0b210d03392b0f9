import { html, nothing, type TemplateResult } from 'lit';
import type { Answer } from '../acts';
import { known } from '../format';
import { msg, fill } from '../i18n';
import { problemText } from '../i18n/problems';
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
    <legend>${msg.form.workload}</legend>
    <div class="pair">
      ${field({ member: 'prompt', label: msg.form.prompt, unit: msg.form.tokens })}
      ${field({ member: 'generate', label: msg.form.generate, unit: msg.form.tokens })}
    </div>
    <details class="more">
      <summary>${n ? fill(msg.form.moreCount, { n }) : msg.form.more}</summary>
      ${running(state, a, choose, field)}
      <p class="legend-like">${msg.form.economics}</p>
      <div class="pair">${economics.map(field)}</div>
      <p class="hint">${msg.form.hint}</p>
    </details>
  </fieldset>`;
}

const economics: Field[] = [
  { member: 'battery_wh', label: msg.form.battery, unit: msg.form.wh, empty: msg.none },
  { member: 'requests_per_day', label: msg.form.requests, unit: msg.form.perDay, empty: msg.form.always },
  {
    member: 'electricity_usd_per_kwh',
    label: msg.form.electricity,
    unit: msg.form.perKwh,
    empty: msg.form.optional
  },
  { member: 'device_life_years', label: msg.form.life, unit: msg.form.years, empty: msg.form.optional }
];

function running(
  state: State,
  { engine, result }: Answer,
  choose: Choose,
  field: (f: Field) => TemplateResult
): TemplateResult {
  const model = engine?.index.models.find((m) => m.id === state.query.model);
  const runtime = result && engine?.runtime(result.runtime.id);
  const threads: Field = { member: 'threads', label: msg.form.threads, empty: msg.form.threadsAuto };
  const context: Field = {
    member: 'context',
    label: msg.form.context,
    unit: msg.form.tokens,
    empty: msg.form.contextAuto
  };
  const kv = result?.query.kv_quant ?? '';
  const formats = runtime?.kv_formats ?? [];
  const shown = formats.includes(kv) || !kv ? formats : [kv, ...formats];
  return html`<div class="pair">
    ${field({ member: 'depth', label: msg.form.depth, unit: msg.form.tokens })}
    ${field({ member: 'batch', label: msg.form.batch })} ${model?.vision ? images(state, field) : nothing}
    ${model?.audio ? field({ member: 'audio_s', label: msg.form.audio, unit: msg.form.seconds }) : nothing}
    ${runtime?.processor === 'cpu' ? field(threads) : nothing}${field(context)}
    ${select({
      id: 'kv',
      label: msg.form.kv,
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
  const taken: Field = { member: 'memory_taken_gib', label: msg.form.taken, unit: msg.form.gib };
  const lent: Field = {
    member: 'gpu_memory_gib',
    label: msg.form.gpuMemory,
    unit: msg.form.gib,
    empty: msg.form.asDelivered
  };
  const shared = result?.device.kind === 'soc-integrated' && result.runtime.processor === 'gpu';
  const sessions = (result && engine?.device(result.device.id)?.sessions) ?? [];
  return html`${field(taken)}${shared ? field(lent) : nothing}${
    sessions.length
      ? select({
          id: 'session',
          label: msg.form.session,
          groups: [['', sessions.map((s) => [s, msg.form.sessions[s]] as const)]],
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
    field({ member, label, unit: msg.form.pixels, empty: msg.form.imageAuto });
  return html`${field({ member: 'images', label: msg.form.images })}
  ${query.images > 0 ? [side('image_width', msg.form.imageWidth), side('image_height', msg.form.imageHeight)] : nothing}`;
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
      .problem=${a.errors.filter((e) => e.path === f.member).map(problemText)[0]}
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
