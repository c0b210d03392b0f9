import { html, nothing, type TemplateResult } from 'lit';
import { changeOf, frameOf, type Act, type Answer } from '../acts';
import { exploring } from '../exploring';
import { known, show, whole } from '../format';
import { msg, fill, listed, type Values } from '../i18n';
import { write, type State } from '../state';
import { savesData } from '../thrift';
import type { Result, WayOut } from '../types';
import { followed } from '../ui/followed';
import { verdictMark } from '../ui/verdict';

/** What was found among everything that there is, of each result once. */
const everywhere = new WeakMap<Result, WayOut[]>();
const asking = new WeakSet<Result>();
/** Who only looks at an answer is shown them later: they need more than the first answer did. */
const patience_ms = 3000;
let looking: ReturnType<typeof setTimeout> | undefined;

/** Asks a worker, which knows every model, device and runtime; the page knows those of its question. */
async function lookFurther(a: Answer, r: Result, act: Act): Promise<void> {
  if (asking.has(r)) return;
  asking.add(r);
  const { waysFor } = await import('../searcher');
  const found = await waysFor({ ways: a.query, own: a.engine?.own ?? [] });
  // What is there stays where it is.
  const shown = a.engine?.waysOut(a.query, r) ?? [];
  const has = new Set(shown.map(({ change }) => JSON.stringify(change)));
  const others = 'error' in found ? [] : found.ways.filter(({ change }) => !has.has(JSON.stringify(change)));
  everywhere.set(r, [...shown, ...others]);
  await act({}); // drawn anew
}

function look(a: Answer, r: Result, act: Act, after_ms: number): void {
  clearTimeout(looking);
  if (after_ms && savesData()) return;
  // Where no worker comes, as without a network, what is there is all.
  const none = (): void => void everywhere.set(r, a.engine?.waysOut(a.query, r) ?? []);
  looking = setTimeout(() => void lookFurther(a, r, act).catch(none), after_ms);
}

/** What to change where it does not run well: each a button that changes it, with what then comes of it. */
export function ways(state: State, a: Answer, r: Result, act: Act): TemplateResult | typeof nothing {
  if (r.verdict === 'runs_well') return nothing;
  const far = everywhere.get(r);
  const found = far ?? a.engine?.waysOut(a.query, r) ?? [];
  if (!far) look(a, r, act, a.engine?.isWhole || !found.length ? 0 : patience_ms);
  return html`<div class="ways" role="group" aria-labelledby="ways-title">
    <h3 id="ways-title">${msg.ways.title}</h3>
    <ul>
      ${found.map((way) => html`<li>${button(way, r, act)}${beside(way, act)}</li>`)}
      ${far || savesData() ? nothing : html`<li class="dim">${msg.ways.looking}</li>`}
      <li>${more(state, a, act)}</li>
    </ul>
  </div>`;
}

/** Every device that runs the model. */
function more(state: State, a: Answer, act: Act): TemplateResult | typeof nothing {
  const frame = frameOf(a, location.href);
  if (!frame) return nothing;
  const to = { view: 'explore' as const, explore: exploring('device') };
  return html`<a
    class="button"
    href=${`#${write({ ...state, ...to }, frame)}`}
    @click=${followed(() => void act(to))}
    >${msg.ways.more}</a
  >`;
}

/** What a smaller context leaves of what was asked. */
const shorter = (change: WayOut['change']): string[] =>
  (['prompt', 'depth'] as const).flatMap((part) => {
    const n = change[part];
    return typeof n !== 'number' ? [] : [fill(msg.ways.shorter[part], { n: whole(n) })];
  });

/** What is a name says itself. */
function labelOf({ kind, change, label }: WayOut): string {
  const words = Object.hasOwn(msg.ways.kinds, kind) ? msg.ways.kinds[kind] : '';
  const values = Object.entries(change).flatMap(([key, x]) =>
    typeof x === 'string' ? [[key, x]] : typeof x === 'number' ? [[key, key === 'batch' ? x : whole(x)]] : []
  );
  // A context is what prompt and what went before come to: the engine's label counts it.
  const context = kind === 'context' ? [['context', /\d+/.exec(label)?.[0] ?? '']] : [];
  // What is left to the engine has no value.
  const option = kind === 'option' ? [['option', listed(Object.keys(change))]] : [];
  const text = fill(words, Object.fromEntries([...values, ...context, ...option]) as Values);
  if (!words || text.includes('{')) return label;
  return kind === 'context' ? listed([text, ...shorter(change)]) : text;
}

/** For comparing it with the present choice, which stays. */
const beside = (way: WayOut, act: Act): TemplateResult =>
  html`<button
    type="button"
    class="plain beside"
    aria-label=${fill(msg.actions.compareThis, { name: labelOf(way) })}
    title=${fill(msg.actions.compareThis, { name: labelOf(way) })}
    @click=${() => void act({ do: 'pin', query: changeOf(way.change) })}
  >
    <svg viewBox="0 0 16 16" aria-hidden="true"><path d="M3 2v12M8 6v8M13 9v5M1 14h14" /></svg>
  </button>`;

/** A speed of several requests together, and of each. */
export function speedOf(total: number | null, n: number): string {
  const speed = show(total, 'tok/s');
  return known(total) && n > 1 ? fill(msg.ways.each, { speed, rate: show(total / n, 'tok/s') }) : speed;
}

function button(way: WayOut, { slow, query }: Result, act: Act): TemplateResult {
  const numbers = {
    memory: show(way.memory_B, 'B'),
    speed: speedOf(way.decode_tok_s.value, way.change.batch ?? query.batch ?? 1),
    ttft: show(way.ttft_s, 's', 2)
  };
  return html`<button
    type="button"
    class="button"
    title=${fill(msg.ways.label, { label: labelOf(way), verdict: msg.verdict[way.verdict] })}
    @click=${() => void act({ do: 'try', change: way.change })}
  >
    ${verdictMark(way.verdict)}<span>${labelOf(way)}</span
    ><small>${fill(slow.ttft ? msg.ways.numbersTtft : msg.ways.numbers, numbers)}</small>
  </button>`;
}
