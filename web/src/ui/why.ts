import { html, nothing, render, type TemplateResult } from 'lit';
import type { App } from '../app';
import { known, range, show, signedPercent } from '../format';
import { en } from '../i18n/en';
import type { ExplainedTerm } from '../types';

let dialog: HTMLDialogElement | undefined;
let trail: string[] = [];

/** The derivation of one term: formula, values, inputs with where they come from, and what would change it. */
export function openWhy(app: App, id: string): void {
  if (!dialog) {
    dialog = document.createElement('dialog');
    dialog.className = 'why';
    dialog.setAttribute('aria-labelledby', 'why-title');
    dialog.addEventListener('click', (e) => {
      if (e.target === dialog) dialog.close();
    });
    document.body.append(dialog);
  }
  trail = [id];
  draw(app);
  if (!dialog.open) dialog.showModal();
}

function draw(app: App): void {
  let terms: ExplainedTerm[];
  try {
    terms = app.engine!.explain(app.state.query);
  } catch {
    return;
  }
  const by = new Map(terms.map((t) => [t.id, t]));
  const term = by.get(trail[trail.length - 1]);
  if (term) render(panel(app, term, by), dialog!);
  dialog!.scrollTop = 0;
}

/** The formula with every id replaced by its present value. */
function withValues(formula: string, by: Map<string, ExplainedTerm>): string {
  let replaced = false;
  const text = formula.replace(/[A-Za-z_]\w*/g, (word) => {
    const t = by.get(word);
    if (!t || !/_|^batch$|^layers$|^parameters$|^images$/.test(word)) return word;
    replaced = true;
    return show(t.value, t.unit);
  });
  return replaced ? text : '';
}
const named = (formula: string, by: Map<string, ExplainedTerm>): string =>
  formula.replace(/[a-zA-Z_]\w*/g, (word) =>
    /_|^batch$|^layers$|^images$/.test(word) && by.has(word) ? lowered(by.get(word)!.label) : word
  );
/** Within a formula a label begins small, unless it begins with an abbreviation. */
const lowered = (label: string): string =>
  /^[A-Z][a-z]/.test(label) ? label.charAt(0).toLowerCase() + label.slice(1) : label;

function panel(app: App, t: ExplainedTerm, by: Map<string, ExplainedTerm>): TemplateResult {
  const go = (id: string): void => {
    trail.push(id);
    draw(app);
    dialog!.querySelector<HTMLElement>('h2')?.focus();
  };
  const values = t.formula ? withValues(t.formula, by) : '';
  const needs = app.needs(t.id);
  const lever = (id: string): string =>
    by.get(id)?.label ?? (id === 'compute_rate' ? en.why.computeRate : id.replace(/_/g, ' '));
  const largest = Math.max(...t.sensitivity.map((s) => Math.abs(s.change)), 1e-9);
  const fields = [...new Set([t.field, ...t.inputs.map((i) => i.field)].filter(Boolean))];
  return html` <header>
      ${
        trail.length > 1
          ? html`<button
              type="button"
              class="plain"
              @click=${() => {
                trail.pop();
                draw(app);
              }}
            >
              ← ${en.why.back}
            </button>`
          : html`<span></span>`
      }
      <button type="button" class="icon" aria-label=${en.close} @click=${() => dialog!.close()}>
        <svg viewBox="0 0 24 24" aria-hidden="true"><path d="M6 6l12 12M18 6L6 18" /></svg>
      </button>
    </header>
    <h2 id="why-title" tabindex="-1">${t.label}</h2>
    <p class="why-value ${known(t.value) ? '' : 'missing'}">
      ${show(t.value, t.unit)}${known(t.value) && known(t.low) && known(t.high) ? html`<span class="dim">${en.why.range}: ${range(t.low, t.high, t.value, t.unit)}</span>` : nothing}
    </p>
    <p>${t.note}</p>
    ${!known(t.value) && needs.length ? html`<p class="note">${en.why.unknown} ${needs.map((f, i) => html`${i ? ', ' : ''}<code>${f}</code>`)}</p>` : nothing}
    ${
      t.formula
        ? html`<h3>${en.why.formula}</h3>
            <p class="formula">${named(t.formula, by)}</p>
            ${
              values
                ? html`<h3>${en.why.values}</h3>
                    <p class="formula">${values}</p>`
                : nothing
            }`
        : nothing
    }
    ${
      t.field
        ? html`<h3>${en.why.field}</h3>
            <p><code>${t.field}</code></p>`
        : nothing
    }
    ${
      t.inputs.length
        ? html`<h3>${en.why.inputs}</h3>
            <ul class="inputs-list">
              ${t.inputs.map((i) => html`<li><button type="button" class="plain" @click=${() => go(i.id)}>${i.label}</button><span class="num flat ${known(i.value) ? '' : 'missing'}">${show(i.value, i.unit)}</span>${i.field ? html`<code>${i.field}</code>` : html`<span></span>`}</li>`)}
            </ul>`
        : nothing
    }
    ${
      t.sensitivity.length
        ? html`<h3>${en.why.sensitivity}</h3>
            <p class="hint">${en.why.sensitivityNote}</p>
            <ul class="levers">
              ${t.sensitivity.slice(0, 5).map(
                (s) =>
                  html`<li>
                    <span>${lever(s.input)}</span
                    ><span class="lever"
                      ><i
                        style=${`inline-size:${(100 * Math.abs(s.change)) / largest}%`}
                        class=${s.change < 0 ? 'down' : ''}
                      ></i></span
                    ><span class="n">${signedPercent(s.change)}</span>
                  </li>`
              )}
            </ul>`
        : nothing
    }
    ${sources(app, fields)}`;
}

/** Where the fields of the device and the model were read. */
function sources(app: App, fields: string[]): TemplateResult | typeof nothing {
  const r = app.result!;
  const out: TemplateResult[] = [];
  for (const [prefix, kind, id, name] of [
    ['device', 'devices', r.device.id, r.device.name],
    ['model', 'models', r.model.id, r.model.name]
  ] as const) {
    if (!fields.some((f) => f.startsWith(prefix)) && !(kind === 'models' && fields.includes('quantization')))
      continue;
    const preset = app.engine?.preset(kind, id);
    if (!preset) continue;
    const list = Array.isArray(preset.sources) ? (preset.sources as unknown[]).slice(0, 6) : [];
    const own = (kind === 'devices' ? app.engine!.index.devices : app.engine!.index.models).find(
      (x) => x.id === id
    )?.own;
    out.push(
      html`<h3>${en.why.sources}: ${name}</h3>
        <ul class="sources">
          ${list.map((s) => {
            const text = typeof s === 'string' ? s : JSON.stringify(s);
            return html`<li>
              ${/^https:\/\/\S+$/.test(text) ? html`<a href=${text} rel="noreferrer noopener">${text}</a>` : text}
            </li>`;
          })}
          ${own ? nothing : html`<li><a href=${`presets/${kind}/${id}.json`}>${en.why.preset}</a></li>`}
        </ul>`
    );
  }
  return out.length ? html`${out}` : nothing;
}
