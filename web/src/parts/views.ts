import { html, type TemplateResult } from 'lit';
import type { Act, Answer } from '../acts';
import { fill, msg } from '../i18n';
import { wantTerms } from '../i18n/terms';
import { reason } from '../problems';
import { pending } from '../ui/pending';
import '../ui/seen';
import type { State, View } from '../state';

export type Part = (state: State, answer: Answer, act: Act) => TemplateResult;
type Later =
  | Exclude<View, 'calculator'>
  | 'why'
  | 'board'
  | 'levers'
  | 'context'
  | 'import'
  | 'quality'
  | 'more'
  | 'edited';

/** What is fetched when it is first asked for. */
const loaders: Record<Later, () => Promise<Part>> = {
  explore: async () => (await import('./explore/explore')).explore,
  compare: async () => (await import('./compare/compare')).compare,
  method: async () => (await Promise.all([import('./method'), wantTerms()]))[0].method,
  accuracy: async () => (await import('./accuracy/accuracy')).accuracy,
  why: async () => (await Promise.all([import('./why'), wantTerms()]))[0].why,
  board: async () => (await import('./board')).board,
  levers: async () => (await import('./levers/levers')).levers,
  context: async () => (await import('./context')).context,
  import: async () => (await import('./import')).importing,
  quality: async () => (await import('./quants')).quality,
  more: async () => (await import('./more')).more,
  edited: async () => (await import('./levers/edited')).edited
};
const loaded = new Map<Later, Part>();
const loading = new Set<Later>();

async function load(view: Later, act: Act): Promise<void> {
  if (loading.has(view)) return;
  loading.add(view);
  try {
    loaded.set(view, await loaders[view]());
    await act({}); // drawn anew
  } catch (error) {
    await act({ toast: reason(error) });
  }
  loading.delete(view);
}

export const later =
  (view: Exclude<View, 'calculator'>): Part =>
  (state, answer, act) => {
    const part = loaded.get(view);
    if (part && answer.engine) return part(state, answer, act);
    if (!part) void load(view, act);
    return pending();
  };

/** What a measurement changed, once there is something to compare. */
export const measured: Part = (state, answer, act) => {
  if (!answer.board.length) return html``;
  const part = loaded.get('board');
  if (part) return part(state, answer, act);
  void load('board', act);
  return html``;
};

/** How the answer changes with the context: drawn with the larger engine, when the reader comes to it. */
export const context: Part = (state, answer, act) => {
  const part = loaded.get('context');
  if (part && answer.engine?.isWhole) return part(state, answer, act);
  // The engine may have grown for another reason.
  if (answer.engine?.isWhole) void load('context', act);
  const seen = (): void => {
    void load('context', act);
    void answer.engine?.grow().catch(() => undefined);
  };
  return html`<ew-seen id="context" class="panel context-place" @seen=${seen}></ew-seen>`;
};

/** What may be changed and what comes of it: below the answer, folded until it is asked for. */
export const levers: Part = (state, answer, act) => {
  const part = loaded.get('levers');
  if (part && answer.engine) return part(state, answer, act);
  const fetched = (): void => void load('levers', act);
  return answer.result ? html`<ew-seen class="levers-place" @seen=${fetched}></ew-seen>` : html``;
};

export const derivation: Part = (state, answer, act) => {
  const part = loaded.get('why');
  if (part) return part(state, answer, act);
  if (state.why.length) void load('why', act);
  return html``;
};

export const importing: Part = (state, answer, act) => {
  const part = loaded.get('import');
  if (part) return part(state, answer, act);
  void load('import', act);
  return html``;
};

/** What the quantization costs: known once the larger engine is there, which a touch of the page fetches. */
export const quality: Part = (state, answer, act) => {
  const { engine, result } = answer;
  const part = loaded.get('quality');
  if (part && engine?.isWhole) return part(state, answer, act);
  if (engine?.isWhole) void load('quality', act);
  const asked = (): void => void engine?.grow().catch((error: unknown) => act({ toast: reason(error) }));
  return html`<p class="quality">
    <button type="button" class="plain" @click=${asked}>
      ${fill(msg.qualityOf, { quant: result?.quantization.id ?? '' })}
    </button>
  </p>`;
};

/** What was edited of the device: its fields are named where they are edited. */
export const edited: Part = (state, answer, act) => {
  if (!answer.result?.edited?.length) return html``;
  const part = loaded.get('edited');
  if (part) return part(state, answer, act);
  void load('edited', act);
  return html``;
};

/** Further settings: fetched when they are first unfolded, or set. */
export const more: Part = (state, answer, act) => {
  const part = loaded.get('more');
  if (part && answer.engine) return part(state, answer, act);
  return html`<ew-seen @seen=${() => void load('more', act)}></ew-seen>`;
};
