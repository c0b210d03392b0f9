import { html, type TemplateResult } from 'lit';
import type { Act, Answer } from '../acts';
import { en } from '../i18n/en';
import type { State, View } from '../state';

export type Part = (state: State, answer: Answer, act: Act) => TemplateResult;
type Later = Exclude<View, 'calculator'>;

const loaders: Record<Later, () => Promise<Part>> = {
  explore: async () => (await import('./explore/explore')).explore,
  method: async () => (await import('./method')).method,
  accuracy: async () => (await import('./accuracy/accuracy')).accuracy
};
const loaded = new Map<Later, Part>();
const loading = new Set<Later>();

/** A view that is fetched when it is first asked for. */
export const lazy =
  (view: Later): Part =>
  (state, answer, act) => {
    const part = loaded.get(view);
    if (part && answer.engine) return part(state, answer, act);
    if (!part && !loading.has(view)) void load(view, act);
    return html`<p class="quiet">${en.loading}</p>`;
  };

async function load(view: Later, act: Act): Promise<void> {
  loading.add(view);
  try {
    loaded.set(view, await loaders[view]());
    await act({}); // drawn anew
  } catch (error) {
    await act({ toast: (error as Error).message });
  }
  loading.delete(view);
}
