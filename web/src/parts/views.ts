import { html, nothing, type TemplateResult } from 'lit';
import type { Act, Answer } from '../acts';
import { fill, msg } from '../i18n';
import { wantTerms } from '../i18n/terms';
import { parted } from '../known';
import { reason } from '../problems';
import '../ui/seen';
import type { State, View } from '../state';

export type Part = (state: State, answer: Answer, act: Act) => TemplateResult;
/** A part that may not be here yet. */
type Shown = (...drawn: Parameters<Part>) => Drawn;
type Later =
  | Exclude<View, 'calculator'>
  | 'why'
  | 'board'
  | 'levers'
  | 'context'
  | 'import'
  | 'provenance'
  | 'quality'
  | 'more'
  | 'known'
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
  provenance: async () => (await import('./provenance')).provenance,
  quality: async () => (await import('./quants')).quality,
  more: async () => (await import('./more')).more,
  known: async () => (await import('./known')).known,
  edited: async () => (await import('./levers/edited')).edited
};
const loaded = new Map<Later, Part>();
const loading = new Set<Later>();
/** Why a part could not be had. It is not asked for again by itself: a page that is drawn often would ask without end. */
const failed = new Map<Later, string>();

async function load(part: Later, act: Act): Promise<void> {
  if (loading.has(part)) return;
  loading.add(part);
  failed.delete(part);
  try {
    const [draw] = await Promise.all([loaders[part](), import('../styles/later')]);
    loaded.set(part, draw);
  } catch (error) {
    failed.set(part, reason(error));
  }
  loading.delete(part);
  await act({}); // drawn anew
}

type Drawn = TemplateResult | typeof nothing;
/** The part, once it is here; `meanwhile` what fetches it, or stands in its place while it is fetched. */
function fetched(part: Later, [state, answer, act]: Parameters<Part>, meanwhile?: () => Drawn): Drawn {
  const draw = loaded.get(part);
  if (draw) return draw(state, answer, act);
  const message = failed.get(part);
  if (message !== undefined)
    return html`<p class="alert" role="alert">
      ${fill(msg.partFailed, { message })}
      <button type="button" class="plain" @click=${() => void load(part, act)}>${msg.retry}</button>
    </p>`;
  if (meanwhile) return meanwhile();
  void load(part, act);
  return nothing;
}

export const later =
  (view: Exclude<View, 'calculator'>): Shown =>
  (...drawn) =>
    fetched(view, drawn, () => {
      void load(view, drawn[2]);
      // Without a word, which what the view begins with would push down.
      return html`<div class="screen" data-empty></div>`;
    });

/** What a measurement changed, once there is something to compare. */
export const measured: Shown = (...drawn) => (drawn[1].board.length ? fetched('board', drawn) : nothing);

/** How the answer changes with the context: drawn with the larger engine, when the reader comes to it. */
export const context: Shown = (...drawn) => {
  const [, { engine }, act] = drawn;
  const place = (): Drawn => {
    // The engine may have grown for another reason.
    if (engine?.isWhole) void load('context', act);
    const seen = (): void => {
      void load('context', act);
      engine?.hasten();
    };
    return html`<ew-seen id="context" class="panel context-place" @seen=${seen}></ew-seen>`;
  };
  return engine?.isWhole || failed.has('context') ? fetched('context', drawn, place) : place();
};

/** What may be changed and what comes of it: below the answer, folded until it is asked for. */
export const levers: Shown = (...drawn) => {
  const [, { engine, result }, act] = drawn;
  const place = (): Drawn =>
    result ? html`<ew-seen class="levers-place" @seen=${() => void load('levers', act)}></ew-seen>` : nothing;
  return engine ? fetched('levers', drawn, place) : place();
};

export const derivation: Shown = (...drawn) =>
  drawn[0].why.length || loaded.has('why') ? fetched('why', drawn) : nothing;

/** By whom and when numbers were found, once somebody wants to know. */
export const provenance: Shown = (...drawn) => {
  const [state, , act] = drawn;
  const toggled = (e: Event): void => {
    if ((e.target as HTMLDetailsElement).open && !state.evidence) void act({ evidence: true });
  };
  return html`<details class="table origins" @toggle=${toggled}>
    <summary>${msg.origins}</summary>
    ${state.evidence ? fetched('provenance', drawn) : nothing}
  </details>`;
};

export const importing: Shown = (...drawn) => fetched('import', drawn);

/** What the quantization costs: known once the larger engine is there, which a touch of the page fetches. */
export const quality: Shown = (...drawn) => {
  const [, { engine, result }, act] = drawn;
  const asked = (): void => void engine?.grow().catch((error: unknown) => act({ toast: reason(error) }));
  const place = (): Drawn => {
    if (engine?.isWhole) void load('quality', act);
    return html`<p class="quality">
      <button type="button" class="plain" @click=${asked}>
        ${fill(msg.qualityOf, { quant: result?.quantization.id ?? '' })}
      </button>
    </p>`;
  };
  return engine?.isWhole ? fetched('quality', drawn, place) : place();
};

/** What was edited of the device: its fields are named where they are edited. */
export const edited: Shown = (...drawn) =>
  drawn[1].result?.edited?.length ? fetched('edited', drawn) : nothing;

/** Numbers of one's own: what takes them is fetched when it is first unfolded, or where there are some. */
export const knownNumbers: Shown = (...drawn) => {
  const [{ query }, { errors }, act] = drawn;
  const n = parted(query.known).length;
  const any = n > 0 || errors.some((e) => e.path.startsWith('known'));
  const toggled = (e: Event): void => {
    if ((e.target as HTMLDetailsElement).open) void load('known', act);
  };
  return html`<details class="more known" ?open=${any} @toggle=${toggled}>
    <summary>${n ? fill(msg.known.titleSet, { n }) : msg.known.title}</summary>
    ${fetched('known', drawn, any ? undefined : () => nothing)}
  </details>`;
};

/** Further settings: fetched when they are first unfolded, or set. */
export const more: Shown = (...drawn) => {
  const place = (): Drawn => html`<ew-seen @seen=${() => void load('more', drawn[2])}></ew-seen>`;
  return drawn[1].engine ? fetched('more', drawn, place) : place();
};
