import { html, nothing, type TemplateResult } from 'lit';
import type { Act, Answer } from '../acts';
import { known, range, show, signedPercent } from '../format';
import { msg } from '../i18n';
import { inWords } from '../i18n/terms';
import { made } from '../remembered';
import { site } from '../site';
import type { State } from '../state';
import type { ExplainedTerm, Result } from '../types';
import { closeButton } from '../ui/dialog';
import { needs } from '../ui/terms';

type Terms = Map<string, ExplainedTerm>;

/** The derivation of a term: formula, values, inputs with where they come from, and what would change it. */
export function why({ why: trail }: State, a: Answer, act: Act): TemplateResult {
  const by = trail.length ? explained(a) : undefined;
  const term = by?.get(trail.at(-1)!);
  const content = by && term && a.result ? panel(trail, a, a.result, term, by, act) : undefined;
  return html`<ew-dialog
    .name=${'why'}
    .label=${'why-title'}
    .depth=${trail.length}
    .content=${content}
    @shut=${() => void act({ why: [] })}
  ></ew-dialog>`;
}

/** Every term of a result is some hundred kilobytes of text: read once. */
const read = new WeakMap<Result, ExplainedTerm[]>();

export function explained({ engine, query, result }: Answer): Terms | undefined {
  const terms = (): ExplainedTerm[] | undefined => {
    const there = engine?.explain(query);
    return there?.length ? there : undefined; // the larger engine is on its way
  };
  try {
    return result && new Map(made(read, result, terms)?.map((t) => [t.id, inWords(t)]));
  } catch {
    return undefined; // the calculator says what is wrong with the present choice
  }
}

function panel(trail: string[], a: Answer, r: Result, t: ExplainedTerm, by: Terms, act: Act): TemplateResult {
  const back = html`<button type="button" class="plain" @click=${() => void act({ why: trail.slice(0, -1) })}>
    ← ${msg.why.back}
  </button>`;
  const close = closeButton(() => void act({ why: [] }));
  const fields = [...new Set([t.field, ...t.inputs.map((i) => i.field)].filter(Boolean))];
  return html`<header>${trail.length > 1 ? back : html`<span></span>`}${close}</header>
    <h2 id="why-title" tabindex="-1">${t.label}</h2>
    ${head(r, t)}${t.formula ? formula(t.formula, by) : nothing}
    ${
      t.field
        ? html`<h3>${msg.why.field}</h3>
            <p><code>${t.field}</code></p>`
        : nothing
    }
    ${t.inputs.length ? inputs(t, (id) => void act({ why: [...trail, id] })) : nothing}
    ${t.sensitivity.length ? levers(t, by) : nothing}${sources(a, r, fields)}
    <p>
      <button type="button" class="plain" @click=${() => void act({ why: [], view: 'method', term: t.id })}>
        ${msg.why.glossary}
      </button>
    </p>`;
}

function head(r: Result, t: ExplainedTerm): TemplateResult {
  const isKnown = known(t.value);
  const fields = needs(r, t.id);
  const spread =
    known(t.value) && known(t.low) && known(t.high)
      ? html`<span class="dim">${msg.why.range}: ${range(t.low, t.high, t.value, t.unit)}</span>`
      : nothing;
  const list = fields.map((f, i) => html`${i ? ', ' : ''}<code>${f}</code>`);
  return html`<p class="why-value ${isKnown ? '' : 'missing'}">${show(t.value, t.unit)}${spread}</p>
    <p>${t.note}</p>
    ${!isKnown && fields.length ? html`<p class="note">${msg.why.unknown} ${list}</p>` : nothing}`;
}

/** Words of a formula that stand for terms. */
const isTerm = (word: string, by: Terms): boolean =>
  /_|^batch$|^layers$|^parameters$|^images$/.test(word) && by.has(word);
const replaced = (text: string, by: Terms, put: (t: ExplainedTerm) => string): string =>
  text.replace(/[A-Za-z_]\w*/g, (word) => (isTerm(word, by) ? put(by.get(word)!) : word));
/** Within a formula a label begins small, unless it begins with an abbreviation. */
const lowered = (label: string): string =>
  /^[A-Z][a-z]/.test(label) ? label.charAt(0).toLowerCase() + label.slice(1) : label;

export function formula(text: string, by: Terms): TemplateResult {
  const values = replaced(text, by, (t) => show(t.value, t.unit));
  return html`<h3>${msg.why.formula}</h3>
    <p class="formula">${replaced(text, by, (t) => lowered(t.label))}</p>
    ${
      values === text
        ? nothing
        : html`<h3>${msg.why.values}</h3>
            <p class="formula">${values}</p>`
    }`;
}

function inputs(t: ExplainedTerm, go: (id: string) => void): TemplateResult {
  const item = (i: ExplainedTerm['inputs'][number]): TemplateResult =>
    html`<li>
      <button type="button" class="plain" @click=${() => go(i.id)}>${i.label}</button
      ><span class="num flat ${known(i.value) ? '' : 'missing'}">${show(i.value, i.unit)}</span>${
        i.field ? html`<code>${i.field}</code>` : html`<span></span>`
      }
    </li>`;
  return html`<h3>${msg.why.inputs}</h3>
    <ul class="inputs-list">
      ${t.inputs.map(item)}
    </ul>`;
}

function levers({ sensitivity }: ExplainedTerm, by: Terms): TemplateResult {
  const name = (id: string): string =>
    by.get(id)?.label ?? (id === 'compute_rate' ? msg.why.computeRate : id.replace(/_/g, ' '));
  const largest = Math.max(...sensitivity.map((s) => Math.abs(s.change)), 1e-9);
  const item = ({ input, change }: ExplainedTerm['sensitivity'][number]): TemplateResult => {
    const size = `inline-size:${(100 * Math.abs(change)) / largest}%`;
    return html`<li>
      <span>${name(input)}</span>
      <span class="lever"><i .style=${size} class=${change < 0 ? 'down' : ''}></i></span>
      <span class="n">${signedPercent(change)}</span>
    </li>`;
  };
  return html`<h3>${msg.why.sensitivity}</h3>
    <p class="hint">${msg.why.sensitivityNote}</p>
    <ul class="levers">
      ${sensitivity.slice(0, 5).map(item)}
    </ul>`;
}

/** Where the fields of the device and the model were read. */
function sources({ engine }: Answer, r: Result, fields: string[]): TemplateResult[] {
  const about = (prefix: string): boolean => fields.some((f) => f.startsWith(prefix));
  const kinds = [
    ...(about('device') ? (['devices'] as const) : []),
    ...(about('model') || fields.includes('quantization') ? (['models'] as const) : [])
  ];
  return kinds.flatMap((kind) => {
    const { id, name } = kind === 'devices' ? r.device : r.model;
    const preset = engine?.preset(kind, id);
    if (!preset) return [];
    const list = Array.isArray(preset.sources) ? (preset.sources as unknown[]).slice(0, 6) : [];
    const own = engine?.index[kind].find((x) => x.id === id)?.own;
    const file = html`<li>
      <a href=${new URL(`presets/${kind}/${id}.json`, site).href}>${msg.why.preset}</a>
    </li>`;
    return html`<h3>${msg.why.sources}: ${name}</h3>
      <ul class="sources">
        ${list.map(source)}${own ? nothing : file}
      </ul>`;
  });
}
function source(s: unknown): TemplateResult {
  const text = typeof s === 'string' ? s : JSON.stringify(s);
  const isLink = /^https:\/\/\S+$/.test(text);
  return html`<li>${isLink ? html`<a href=${text} rel="noreferrer noopener">${text}</a>` : text}</li>`;
}
