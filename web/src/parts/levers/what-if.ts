import { html, nothing, type TemplateResult } from 'lit';
import type { Act, Answer } from '../../acts';
import { digits, known, show, whole } from '../../format';
import { fill, msg } from '../../i18n';
import { levers } from '../../i18n/levers';
import type { Result, WhatIf } from '../../types';
import { term } from '../../ui/terms';
import { toggle } from '../../ui/toggle';
import { modeOf } from '../mode';
import { speedOf } from '../ways';
import { verdictMark } from '../../ui/verdict';

const words = levers.whatIf;
export type Wanted = keyof typeof words.terms;

const found = new WeakMap<Result, Map<Wanted, WhatIf[]>>();
/** Asked once of each result. */
function ask({ engine, query }: Answer, r: Result, wanted: Wanted): WhatIf[] {
  const of = found.get(r) ?? new Map<Wanted, WhatIf[]>();
  found.set(r, of);
  let list = of.get(wanted);
  if (!list) of.set(wanted, (list = engine!.levers.whatIf(query, wanted)));
  return list;
}

/** What would help a number most, each as a button that tries it. */
export function whatIf(
  a: Answer,
  r: Result,
  wanted: Wanted,
  choose: (wanted: Wanted) => void,
  act: Act
): TemplateResult {
  const list = ask(a, r, wanted);
  const options = Object.entries(words.terms) as [Wanted, string][];
  const most = Math.max(...list.map((w) => w.gain));
  const { unit } = term(r, wanted);
  return html`${toggle('what-if', words.term, options, wanted, choose)}
    ${list.length ? nothing : html`<p class="hint">${words.none}</p>`}
    <ol class="what-if">
      ${list.map((w) => item(a, w, unit, most, act))}
    </ol>`;
}

/** What it changes to, in words: the engine's label is English. */
function detail({ change, label }: WhatIf, { engine, result }: Answer): string {
  const [member, to] = Object.entries(change ?? {}).find(([, x]) => x !== null) ?? ['', ''];
  if (typeof to === 'number') return member === 'batch' ? whole(to) : show(to, 'tokens');
  if (member === 'runtime') return engine?.runtime(String(to))?.name ?? label;
  if (member === 'power_mode') return modeOf(engine, result!.device.id, String(to));
  return typeof to === 'string' && to ? to : label;
}

function item(a: Answer, w: WhatIf, unit: string, most: number, act: Act): TemplateResult {
  const label = fill(words.kinds[w.kind], { label: detail(w, a) });
  const { value: x } = w.value;
  const value = unit === 'tok/s' ? speedOf(x, w.change?.batch ?? a.query.batch) : show(x, unit);
  const share = most > 1 ? Math.log(w.gain) / Math.log(most) : 0;
  const { change } = w;
  const button = change
    ? html`<button
        type="button"
        class="button"
        aria-label=${fill(words.applyLabel, { label })}
        @click=${() => void act({ do: 'try', change })}
      >
        ${words.apply}
      </button>`
    : html`<span class="dim">${words.software}</span>`;
  return html`<li data-kind=${w.kind}>
    <span class="name">${label}</span>
    <span class="gain" aria-hidden="true"><i style=${`inline-size:${(100 * share).toFixed(0)}%`}></i></span>
    <span class="n"
      >${known(x) ? value : ''} <small>${fill(words.gain, { gain: digits(w.gain, 3) })}</small></span
    >
    <span class="small-verdict" title=${msg.verdict[w.verdict]}
      >${verdictMark(w.verdict)}<span class="vh">${msg.verdict[w.verdict]}</span></span
    >
    ${button}
  </li>`;
}
