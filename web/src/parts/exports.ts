import { html, nothing, type TemplateResult } from 'lit';
import type { Act, Answer } from '../acts';
import { benchmark } from '../benchmark';
import { csv, jsonDocument, markdown, summary } from '../export';
import { fill, listed, msg } from '../i18n';
import { fileOf } from '../remote';
import type { State } from '../state';
import type { Result } from '../types';
import { copy, download } from '../ui/clipboard';
import { pictures } from './pictures';

/** What can be saved of an answer, copied from it and handed on. `own`: whether model and device are the user's own. */
export function exports(
  state: State,
  a: Answer,
  r: Result,
  own: { model: boolean; device: boolean },
  act: Act
): TemplateResult {
  const name = `edgewise-${r.model.id}-${r.device.id}-${r.quantization.id}`.replace(/[^\w.-]+/g, '-');
  const item = (label: string, run: () => unknown): TemplateResult =>
    html`<button type="button" @click=${run}>${label}</button>`;
  const results = [r, ...a.pins.flatMap((p) => (p.result && p.result !== r ? [p.result] : []))];
  const save = (file: string, type: string, content: string): void => {
    download(file, type, content);
    void act({ toast: fill(msg.actions.saved, { name: file }) });
  };
  const saved = (file: string, type: string, make: () => string) => async (): Promise<void> => {
    await a.engine?.grow(); // it knows what the terms are called
    save(file, type, make());
  };
  const preset = (kind: 'model' | 'device', id: string): void => {
    const found = a.engine!.ownList.find((p) => p.kind === kind && p.id === id);
    const content =
      kind === 'device' ? a.engine!.ownDevice(id) : `${JSON.stringify(JSON.parse(found!.text), null, 2)}\n`;
    save(fileOf(id), 'application/json', content);
  };
  return html`
    ${item(
      msg.actions.json,
      saved(`${name}.json`, 'application/json', () => jsonDocument(state, a, r))
    )}
    ${item(
      msg.actions.csv,
      saved(`${name}.csv`, 'text/csv', () => csv(a, results))
    )}
    ${item(
      msg.actions.summary,
      saved(`${name}-summary.csv`, 'text/csv', () => summary(a, results))
    )}
    ${item(msg.actions.markdown, () => void copy(markdown(state, a, r), act))}
    ${item(msg.actions.bench, () => void copyBench(a, r, act))}
    ${own.model ? item(msg.actions.modelPreset, () => preset('model', r.model.id)) : nothing}
    ${own.device ? item(msg.actions.preset, () => preset('device', r.device.id)) : nothing}
    ${own.device || own.model ? nothing : item(msg.actions.embed, () => void hand(state, a, r, act))}
    <div class="pictures">${pictures(r, name, act)}</div>
  `;
}

async function copyBench(a: Answer, r: Result, act: Act): Promise<void> {
  void act({ toast: '' });
  const found = benchmark(a, r);
  if (!found) return act({ toast: fill(msg.actions.noBench, { name: r.runtime.name }) });
  const rows = found.rows.length ? fill(msg.actions.benchRows, { rows: listed(found.rows) }) : undefined;
  return copy(found.line, act, rows);
}

/** What hands an answer to other pages is fetched when somebody wants it. */
async function hand(state: State, a: Answer, r: Result, act: Act): Promise<void> {
  void act({ toast: '' });
  const { openHanding } = await import('./handing');
  openHanding(state, a, r, act);
}
