import { html, nothing, type TemplateResult } from 'lit';
import { msg } from '../i18n';
import { more as words } from '../i18n/more';
import type { Answer } from '../acts';
import { yesNo, type State } from '../state';
import type { Query } from '../types';
import type { Option } from '../ui/search';
import { select } from '../ui/select';
import { orNone } from './options';
import { presetBox } from './presets';
import type { Part } from './views';
import { numberOf, type Choose, type Field } from './workload';

/** What is asked less often: how it runs, where its parts are, what drafts for it, power and cost. */
export const more: Part = (state, a, act) => {
  const choose: Choose = (query) => void act({ query });
  const field = (f: Field): TemplateResult => numberOf(state, a, choose, f);
  const title = (text: string): TemplateResult => html`<p class="legend-like">${text}</p>`;
  return html`${running(state, a, choose, field)}
    ${title(words.placement)}${placement(state, a, choose, field)}
    ${title(words.drafting)}${drafting(state, a, choose, field)}${title(words.economics)} ${scopes(a, choose)}
    <div class="pair">${economics().map(field)}</div>
    <p class="hint">${msg.form.hint}</p>`;
};

/** Where the parts of the model are. */
function placement(
  { query: q }: State,
  a: Answer,
  choose: Choose,
  field: (f: Field) => TemplateResult
): TemplateResult {
  const { result } = a;
  const onDevice = result?.runtime.processor !== 'cpu';
  const yes = [
    ['0', words.onDevice],
    ['1', words.onHost]
  ] as const;
  const list = (options: Option[]): Option[] => orNone(options, words.hostTypical);
  const host = (): TemplateResult =>
    presetBox('host', q.host ?? '', a, (id) => choose({ host: id }), { list });
  return html`<div class="pair">
      ${field({ member: 'devices', label: words.devices })}
      ${onDevice ? field({ member: 'gpu_layers', label: words.gpuLayers, empty: words.asFit }) : nothing}
      ${onDevice ? field({ member: 'cpu_moe', label: words.cpuMoe, empty: words.asFit }) : nothing}
      ${
        onDevice
          ? select({
              id: 'nkvo',
              label: words.kvCache,
              groups: [['', [...yes]]],
              value: String(q.kv_on_host ?? 0),
              result,
              choose: (value) => choose({ kv_on_host: Number(value) })
            })
          : nothing
      }
    </div>
    ${result?.device.kind === 'host-centric' ? host() : nothing}`;
}

const orNobody = (options: Option[]): Option[] => orNone(options, msg.none);
/** Whether a model comes with heads of its own for further tokens. */
const hasHeads = ({ engine, result }: Answer): boolean => {
  const { config } = (result && engine?.preset('models', result.model.id)) ?? {};
  return Number((config as { mtp_layers?: number } | undefined)?.mtp_layers) > 0;
};
/** A smaller model, or heads of its own, that draft tokens for this one to verify: one or the other. */
const drafting = (
  { query: q }: State,
  a: Answer,
  choose: Choose,
  field: (f: Field) => TemplateResult
): TemplateResult =>
  html`${presetBox('draft_model', q.draft_model ?? '', a, (id) => choose({ draft_model: id, mtp: undefined }), { list: orNobody })}
  ${
    q.mtp || hasHeads(a)
      ? select({
          id: 'mtp',
          label: words.heads,
          groups: [
            [
              '',
              [
                ['', words.no],
                ['1', words.yes]
              ]
            ]
          ],
          value: q.mtp ? '1' : '',
          result: a.result,
          choose: (heads) =>
            choose(heads ? { mtp: true, draft_model: '', draft_quant: undefined } : { mtp: undefined })
        })
      : nothing
  }
  ${
    q.draft_model || q.mtp
      ? html`<div class="pair">
          ${field({ member: 'draft_tokens', label: words.draftTokens, empty: words.fastest })}
          ${field({ member: 'acceptance', label: words.acceptance, empty: words.published })}
        </div>`
      : nothing
  }`;

/** What power and energy are of. */
const scopes = ({ result }: Answer, choose: Choose): TemplateResult =>
  select({
    id: 'scope',
    label: words.scope,
    groups: [['', Object.entries(words.scopes)]],
    value: result?.query.power_scope ?? '',
    result,
    choose: (power_scope) => choose({ power_scope: power_scope as Query['power_scope'] })
  });

const economics = (): Field[] => [
  { member: 'battery_wh', label: msg.form.battery, unit: words.wh, empty: msg.none },
  { member: 'requests_per_day', label: msg.form.requests, unit: words.perDay, empty: words.always },
  {
    member: 'electricity_usd_per_kwh',
    label: msg.form.electricity,
    unit: words.perKwh,
    empty: msg.form.optional
  },
  { member: 'device_life_years', label: words.life, unit: words.years, empty: msg.form.optional }
];

function running(
  state: State,
  { engine, result }: Answer,
  choose: Choose,
  field: (f: Field) => TemplateResult
): TemplateResult {
  const model = engine?.index.models.find((m) => m.id === state.query.model);
  const runtime = result && engine?.runtime(result.runtime.id);
  const threads: Field = { member: 'threads', label: msg.form.threads, empty: words.threadsAuto };
  const context: Field = {
    member: 'context',
    label: msg.form.context,
    unit: msg.form.tokens,
    empty: words.contextAuto
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
    ${/llama\.cpp/.test(runtime?.family ?? '') ? flashAttention(state, result, choose) : nothing}
    ${memory(engine, result, choose, field)}
  </div>`;
}

/** As programs of llama.cpp are told: on, off, or as they choose. */
const flashAttention = (
  { query: { flash_attention: is } }: State,
  result: Answer['result'],
  choose: Choose
): TemplateResult =>
  select({
    id: 'fa',
    label: words.flash,
    groups: [
      [
        '',
        [
          ['', words.byDefault],
          ['1', words.on],
          ['0', words.off]
        ]
      ]
    ],
    value: is === undefined ? '' : yesNo(is),
    result,
    choose: (to) => choose({ flash_attention: to ? to === '1' : undefined })
  });

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
    label: words.gpuMemory,
    unit: msg.form.gib,
    empty: words.asDelivered
  };
  const shared = result?.device.kind === 'soc-integrated' && result.runtime.processor === 'gpu';
  const sessions = (result && engine?.device(result.device.id)?.sessions) ?? [];
  return html`${field(taken)}${shared ? field(lent) : nothing}${
    sessions.length
      ? select({
          id: 'session',
          label: msg.form.session,
          groups: [['', sessions.map((s) => [s, words.sessions[s]] as const)]],
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
    field({ member, label, unit: words.pixels, empty: words.imageAuto });
  return html`${field({ member: 'images', label: msg.form.images })}
  ${query.images > 0 ? [side('image_width', words.imageWidth), side('image_height', words.imageHeight)] : nothing}`;
}
