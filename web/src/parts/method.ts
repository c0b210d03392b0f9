import { html, nothing, type TemplateResult } from 'lit';
import type { Act, Answer } from '../acts';
import { known, show } from '../format';
import { fill, msg } from '../i18n';
import { levers } from '../i18n/levers';
import { method as words } from '../i18n/method';
import type { State } from '../state';
import type { ExplainedTerm, OperatorRow, Result } from '../types';
import { pending } from '../ui/pending';
import { piece, piecesOf } from '../ui/piece';
import { derived } from '../ui/terms';
import { rooflinePanel } from './levers/roofline';
import { explained, formula } from './why';

type Terms = Map<string, ExplainedTerm>;

/** A worked example of the present question, what sureness means, and the engine's own table of terms. */
export function method(state: State, a: Answer, act: Act): TemplateResult {
  const wait = a.result ? !a.engine?.isWhole : state.busy;
  if (wait) a.engine?.hasten();
  return html`${introduction()}
  ${wait ? pending() : html`<div class="screen">${piece(() => rest(state, a, act))}</div>`}`;
}

export const introduction = (): TemplateResult =>
  html`<section class="panel prose"><p>${words.intro}</p></section>`;

function rest(state: State, a: Answer, act: Act): TemplateResult[] {
  const by: Terms = explained(a) ?? new Map<string, ExplainedTerm>();
  const found = matching([...by.values()], state.term ?? '');
  const groups = [...new Set(found.map((t) => t.group))];
  const { result: r } = a;
  return [
    ...(r ? [piece(() => example(r, by, act)), piece(() => roofline(a, r))] : []),
    piece(sureness),
    piece(() => glossary(state, found.length, act)),
    ...groups.map((group) => {
      const of = found.filter((t) => t.group === group);
      return piece(() => panel(group, of, act));
    }),
    piece(notices)
  ];
}

const sureness = (): TemplateResult =>
  html`<section class="panel prose" aria-labelledby="method-sure">
    <h2 id="method-sure">${words.sureTitle}</h2>
    <p>${words.sure}</p>
    <p>${words.unknown}</p>
  </section>`;
const notices = (): TemplateResult =>
  html`<p class="quiet"><a href="./third-party-notices.txt">${words.notices}</a></p>`;

const phases = [
  ['decode', 'token', ['decode_bytes', 'bandwidth_Bps', 'tpot_mean_s', 'decode_tok_s']],
  ['prefill', 'prompt', ['prefill_operations', 'prefill_weights_per_s', 'ttft_s', 'prefill_tok_s']]
] as const;

function example(r: Result, by: Terms, act: Act): TemplateResult {
  const title = { model: r.model.name, quant: r.quantization.id, device: r.device.name };
  const part = ([phase, name, ids]: (typeof phases)[number]): TemplateResult =>
    html`<div>
      <h3>${words[name]}</h3>
      <ol class="steps">
        ${ids.map((id) => (by.has(id) ? step(by.get(id)!, r.breakdown[phase], by, act) : nothing))}
      </ol>
    </div>`;
  return html`<section class="panel prose example" aria-labelledby="method-example">
    <h2 id="method-example">${fill(words.example, title)}</h2>
    <div class="phases">${phases.map(part)}</div>
  </section>`;
}

/** What binds both phases of the example, beside what the processor could do. */
const roofline = (a: Answer, r: Result): TemplateResult =>
  html`<section class="panel" aria-labelledby="method-roofline">
    <h2 id="method-roofline">${levers.roofline.title}</h2>
    ${rooflinePanel(a, r)}
  </section>`;

/** One number of the example: what it is, its formula with and without values, and where its inputs come from. */
function step(t: ExplainedTerm, rows: OperatorRow[], by: Terms, act: Act): TemplateResult {
  const whole = t.id === 'tpot_mean_s' || t.id === 'ttft_s';
  const input = (i: ExplainedTerm['inputs'][number]): TemplateResult =>
    html`<li>${i.label}: ${show(i.value, i.unit)} ${i.field ? html`<code>${i.field}</code>` : nothing}</li>`;
  const stated = t.inputs.filter((i) => known(i.value) && i.field);
  return html`<li>
    <p><strong>${t.label}</strong> ${derived(act, t.id, t.label, show(t.value, t.unit), known(t.value))}</p>
    <p>${words.steps[t.id]}</p>
    ${whole ? html`<p>${partsOf(rows)}</p>` : nothing}
    <details>
      <summary>${msg.why.formula}</summary>
      ${formula(t.formula, by)}
      ${
        stated.length
          ? html`<ul class="sources">
              ${stated.map(input)}
            </ul>`
          : nothing
      }
    </details>
  </li>`;
}

function partsOf(rows: OperatorRow[]): string {
  const sum = (of: (row: OperatorRow) => number | null): string =>
    show(
      rows.reduce((all, row) => all + (of(row) ?? NaN), 0),
      's'
    );
  return fill(words.parts, {
    memory: sum((row) => row.memory_s),
    compute: sum((row) => row.compute_s),
    fixed: sum((row) => row.fixed_s),
    total: sum((row) => row.total_s)
  });
}

/** Every word must be in the id, the label or the unit. */
function matching(terms: ExplainedTerm[], text: string): ExplainedTerm[] {
  const wanted = text.toLowerCase().split(/\s+/).filter(Boolean);
  return terms.filter((t) => {
    const all = `${t.id} ${t.label} ${t.unit}`.toLowerCase();
    return wanted.every((word) => all.includes(word));
  });
}

function glossary(state: State, n: number, act: Act): TemplateResult {
  const type = (e: Event): void => void act({ term: (e.target as HTMLInputElement).value || undefined });
  return html`<section class="panel" id="glossary" aria-labelledby="method-glossary">
    <h2 id="method-glossary">${words.glossary}</h2>
    <div class="field">
      <label for="glossary-filter">${words.filter}</label>
      <input
        id="glossary-filter"
        type="search"
        autocomplete="off"
        spellcheck="false"
        .value=${state.term ?? ''}
        @input=${type}
      />
    </div>
    <p class="hint" role="status">${fill(words.matches, { n })}</p>
  </section>`;
}

const panel = (group: string, terms: ExplainedTerm[], act: Act): TemplateResult =>
  html`<section class="panel" aria-labelledby=${`method-${group}`}>
    <h2 id=${`method-${group}`}>${words.groups[group] ?? group}</h2>
    <div class="terms">${piecesOf(terms, (t) => definition(t, act))}</div>
  </section>`;

function definition(t: ExplainedTerm, act: Act): TemplateResult {
  const field = t.field ? html` ← <code>${t.field}</code>` : '';
  return html`<div class="term">
    <div class="heading">
      <h3>${t.label}</h3>
      ${derived(act, t.id, t.label, show(t.value, t.unit), known(t.value))}
    </div>
    <p>${t.note}</p>
    <p class="formula"><code>${t.id}</code>${t.formula ? ` = ${t.formula}` : field}</p>
  </div>`;
}
