import { html, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import type { Act, Answer } from '../acts';
import { msg, fill } from '../i18n';
import { problemText } from '../i18n/problems';
import { limitOf, type State } from '../state';
import type { Query } from '../types';
import '../ui/number-field';
import { more } from './views';

export type Choose = (query: Partial<Query>) => void;
export interface Field {
  member: keyof Query;
  label: string;
  unit?: string;
  /** May be empty; then this is shown in its place. */
  empty?: string;
}

/** What is asked of the model: tokens, requests, power and cost. */
export function workload(state: State, a: Answer, act: Act): TemplateResult {
  const choose: Choose = (query) => void act({ query });
  const field = (f: Field): TemplateResult => numberOf(state, a, choose, f);
  const n = count(state, a);
  return html`<fieldset>
    <legend>${msg.form.workload}</legend>
    <div class="pair">
      ${field({ member: 'prompt', label: msg.form.prompt, unit: msg.form.tokens })}
      ${field({ member: 'generate', label: msg.form.generate, unit: msg.form.tokens })}
    </div>
    <details class="more">
      <summary>${n ? fill(msg.form.moreCount, { n }) : msg.form.more}</summary>
      ${more(state, a, act)}
    </details>
  </fieldset>`;
}

export function numberOf(state: State, a: Answer, choose: Choose, f: Field): TemplateResult {
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
      .value=${live(state.query[f.member])}
      .problem=${a.errors.filter((e) => e.path === f.member).map(problemText)[0]}
      @choose=${(e: CustomEvent<{ value: number | undefined }>) => choose({ [f.member]: e.detail.value })}
    ></ew-number>
  </div>`;
}

/** Asked for beside what is always shown: what differs from the default. */
function count({ query: q }: State, { engine }: Answer): number {
  if (!engine) return 0;
  const { default_query: usual, limits, texts, flags } = engine.catalog;
  const shown = new Set<keyof Query>([
    'prompt',
    'generate',
    'batch',
    'model',
    'device',
    'quant',
    'runtime',
    'power_mode'
  ]);
  return [...limits, ...texts, ...flags].filter(
    ({ field: f }) => !shown.has(f) && (q[f] ?? '') !== (usual[f] ?? '')
  ).length;
}
