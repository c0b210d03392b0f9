import { html, nothing, type TemplateResult } from 'lit';
import type { Act, Answer } from '../acts';
import { digits, known as isKnown, parseNumber } from '../format';
import { msg, fill } from '../i18n';
import { problemText } from '../i18n/problems';
import { parted } from '../known';
import { reason } from '../problems';
import type { State } from '../state';
import type { Result } from '../types';
import { download } from '../ui/clipboard';

const metrics = ['decode', 'prefill', 'ttft', 'power'] as const;

/** Numbers that were measured on this device: typed or pasted, and what became of them. */
export function knownNumbers(state: State, a: Answer, act: Act): TemplateResult {
  const now = parted(state.query.known);
  const set = (all: string[]): void => void act({ query: { known: all.join('\n') } });
  const wrong = a.errors.filter((e) => e.path.startsWith('known'));
  const { length: n } = now;
  const title = n === 0 ? msg.known.title : fill(msg.known.titleSet, { n });
  return html`<details class="more known" ?open=${n > 0 || wrong.length > 0}>
    <summary>${title}</summary>
    <p class="hint">${msg.known.text}</p>
    ${entries(now, a.result, set)}
    ${wrong.map((e) => html`<p class="field-error" role="alert">${problemText(e)}</p>`)}
    ${n > 0 && a.result ? savePreset(a, act) : nothing} ${typed(a, (text) => set([...now, text]))}
    ${pasted((text) => set([...now, text]))}
  </details>`;
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
      ? fill(msg.known.item, {
          value: digits(k.value),
          unit: k.unit,
          kind: k.kind,
          name: text.split(' ').slice(1, 3).join(' ')
        })
      : text;
    const expected =
      k && isKnown(k.expected)
        ? html` <span class="quiet">${fill(msg.known.expected, { value: digits(k.expected) })}</span>`
        : nothing;
    return html`<li>
      <span>${name}${expected}</span>
      <button
        type="button"
        class="plain"
        aria-label=${fill(msg.known.remove, { name })}
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
    <button type="button" class="button" @click=${() => void run()}>${msg.known.save}</button>
  </p>`;
}

/** A number of the model that is asked about. */
function typed({ result }: Answer, add: (text: string) => void): TemplateResult | typeof nothing {
  if (!result) return nothing;
  const { model, quantization } = result;
  const take = (from: HTMLElement): void => {
    const box = from.closest('.known')!;
    const input = box.querySelector<HTMLInputElement>('#known-value')!;
    const metric = box.querySelector<HTMLSelectElement>('#known-metric')!.value;
    const value = parseNumber(input.value.trim());
    if (!(value > 0)) {
      input.focus();
      return;
    }
    input.value = '';
    add(`${metric}=${value} ${model.id} ${quantization.id}`);
  };
  return html`<p class="legend-like">${fill(msg.known.of, { model: model.name, quant: quantization.id })}</p>
    <div class="field">
      <label for="known-metric">${msg.known.metric}</label>
      <div class="select">
        <select id="known-metric">
          ${metrics.map((m) => html`<option value=${m}>${msg.known[m]}</option>`)}
        </select>
      </div>
    </div>
    <div class="field">
      <label for="known-value">${msg.known.value}</label>
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
        ${msg.known.use}
      </button>
    </p>`;
}

/** Statements of any model, or the lines of an engine. */
function pasted(add: (text: string) => void): TemplateResult {
  const take = (e: Event): void => {
    const area = (e.target as HTMLElement).closest('.paste')!.querySelector('textarea')!;
    const text = area.value.trim();
    if (!text) return;
    area.value = '';
    add(text);
  };
  return html`<details class="paste">
    <summary>${msg.known.paste}</summary>
    <label for="known-paste">${msg.known.pasteLabel}</label>
    <textarea id="known-paste" rows="3" spellcheck="false"></textarea>
    <button type="button" class="button" @click=${take}>${msg.known.use}</button>
  </details>`;
}
