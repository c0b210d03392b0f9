import { html, nothing, type TemplateResult } from 'lit';
import type { Act, Answer } from '../acts';
import { digits, known as isKnown, parseNumber } from '../format';
import { msg, fill } from '../i18n';
import { known as words } from '../i18n/known';
import { problemText } from '../i18n/problems';
import { parted } from '../known';
import { reason } from '../problems';
import type { Result } from '../types';
import { download } from '../ui/clipboard';
import type { Part } from './views';

const metrics = ['decode', 'prefill', 'ttft', 'power'] as const;

/** Numbers that were measured on this device: typed or pasted, and what became of them. */
export const known: Part = (state, a, act) => {
  const now = parted(state.query.known);
  const set = (all: string[]): void => void act({ query: { known: all.join('\n') } });
  const take = (text: string, box: Box): void => {
    const all = joining(now, text);
    const why = problemOf(a, all);
    if (why !== undefined) return refuse(box, why);
    box.value = '';
    set(all);
  };
  const wrong = a.errors.filter((e) => e.path.startsWith('known'));
  return html`<p class="hint">${words.text}</p>
    ${entries(now, a.result, set)}
    ${wrong.map((e) => html`<p class="field-error" role="alert">${problemText(e)}</p>`)}
    ${now.length > 0 && a.result ? savePreset(a, act) : nothing} ${typed(a, take)} ${pasted(take)}`;
};

/** Where a number is written. */
type Box = HTMLInputElement | HTMLTextAreaElement;
/** Says at the box why what is written there is not taken, until something else is. */
function refuse(box: Box, why: string): void {
  box.setCustomValidity(why);
  box.reportValidity();
  box.addEventListener('input', () => box.setCustomValidity(''), { once: true });
}
/** What a statement is of: `decode llama-3.2-1b Q4_K_M` of `decode=11.2 llama-3.2-1b Q4_K_M`. */
const subject = (statement: string): string => statement.replace(/=\S+/, '');
/** With a statement more, in place of one of the same. */
const joining = (now: string[], text: string): string[] => [
  ...now.filter((one) => subject(one) !== subject(text)),
  text
];
/** Why the engine does not take it; undefined: it does, or must fetch something first to know. */
function problemOf({ engine, query }: Answer, all: string[]): string | undefined {
  const errors = engine?.choose({ ...query, known: all.join('\n') }).errors ?? [];
  const own = errors.find((e) => e.path.startsWith('known'));
  return own && problemText(own);
}

function entries(
  now: string[],
  result: Result | undefined,
  set: (all: string[]) => void
): TemplateResult | typeof nothing {
  if (!now.length) return nothing;
  const item = (text: string, i: number): TemplateResult => {
    const k = now.length === result?.known?.length ? result.known[i] : undefined;
    const name = k
      ? fill(words.item, {
          value: digits(k.value),
          unit: k.unit,
          kind: k.kind,
          name: text.split(' ').slice(1, 3).join(' ')
        })
      : text;
    const expected =
      k && isKnown(k.expected)
        ? html` <span class="quiet">${fill(words.expected, { value: digits(k.expected) })}</span>`
        : nothing;
    return html`<li>
      <span>${name}${expected}</span>
      <button
        type="button"
        class="plain"
        aria-label=${fill(words.remove, { name })}
        @click=${() => set(now.filter((_, j) => j !== i))}
      >
        ×
      </button>
    </li>`;
  };
  return html`<ul class="numbers">
    ${now.map(item)}
  </ul>`;
}

/** The device with what these numbers say of it, as a preset to keep or to publish. */
function savePreset({ engine, query, result }: Answer, act: Act): TemplateResult {
  const run = async (): Promise<void> => {
    try {
      const name = `${result!.device.id}-measured.json`.replace(/[^\w.-]+/g, '-');
      download(
        name,
        'application/json',
        await engine!.knownPreset({ ...query, runtime: result!.runtime.id })
      );
      await act({ toast: fill(msg.actions.saved, { name }) });
    } catch (error) {
      await act({ toast: reason(error) });
    }
  };
  return html`<p class="row">
    <button type="button" class="button" @click=${() => void run()}>${words.save}</button>
  </p>`;
}

/** A number of the model that is asked about. */
function typed({ result }: Answer, add: (text: string, box: Box) => void): TemplateResult | typeof nothing {
  if (!result) return nothing;
  const { model, quantization } = result;
  const take = (from: HTMLElement): void => {
    const box = from.closest('.known')!;
    const input = box.querySelector<HTMLInputElement>('#known-value')!;
    const metric = box.querySelector<HTMLSelectElement>('#known-metric')!.value;
    const value = parseNumber(input.value.trim());
    if (!Number.isNaN(value)) add(`${metric}=${value} ${model.id} ${quantization.id}`, input);
    else refuse(input, msg.form.badNumber);
  };
  return html`<p class="legend-like">${fill(words.of, { model: model.name, quant: quantization.id })}</p>
    <div class="field">
      <label for="known-metric">${words.metric}</label>
      <div class="select">
        <select id="known-metric">
          ${metrics.map((m) => html`<option value=${m}>${words[m]}</option>`)}
        </select>
      </div>
    </div>
    <div class="field">
      <label for="known-value">${words.value}</label>
      <div class="box">
        <input
          id="known-value"
          type="text"
          inputmode="decimal"
          autocomplete="off"
          @keydown=${(e: KeyboardEvent) => e.key === 'Enter' && take(e.target as HTMLElement)}
        />
      </div>
    </div>
    <p class="row">
      <button type="button" class="button" @click=${(e: Event) => take(e.target as HTMLElement)}>
        ${words.use}
      </button>
    </p>`;
}

/** Statements of any model, or the lines of an engine. */
function pasted(add: (text: string, box: Box) => void): TemplateResult {
  const take = (e: Event): void => {
    const area = (e.target as HTMLElement).closest('.paste')!.querySelector('textarea')!;
    const text = area.value.trim();
    if (text) add(text, area);
  };
  return html`<details class="paste">
    <summary>${words.paste}</summary>
    <label for="known-paste">${words.pasteLabel}</label>
    <textarea id="known-paste" rows="3" spellcheck="false"></textarea>
    <button type="button" class="button" @click=${take}>${words.use}</button>
  </details>`;
}
