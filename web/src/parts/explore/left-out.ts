import { html, nothing, type TemplateResult } from 'lit';
import type { Explored } from 'edgewise';
import type { Act } from '../../acts';
import type { Exploring, Limited, Listed } from '../../exploring';
import { digits, known, whole } from '../../format';
import { fill, listed } from '../../i18n';
import { explore as words } from '../../i18n/explore';

type Refused = Explored['refused'][number];

const isLimit = (bound: string): bound is Limited => bound in words.limits;
const isList = (bound: string): bound is Listed =>
  bound === 'classes' || bound === 'vendors' || bound === 'licences';

function nameOf(bound: Refused['bound']): string {
  if (isLimit(bound)) return words.limits[bound];
  if (isList(bound)) return words.lists[bound];
  if (bound === 'vision' || bound === 'audio') return words.takes[bound];
  return bound === 'context' ? words.positions : words.memory;
}
/** The other way to round: what comes nearest still meets it. */
function loosened(bound: Limited, nearest: number): number {
  const step = 10 ** (Math.floor(Math.log10(nearest)) - 2);
  const round = bound.startsWith('min') ? Math.floor : Math.ceil;
  return Number((round(nearest / step) * step).toPrecision(3));
}

function remedy({ bound, nearest }: Refused, e: Exploring, act: Act): TemplateResult | typeof nothing {
  const button = (text: string, change: Partial<Exploring>): TemplateResult =>
    html`<button type="button" class="plain" @click=${() => void act({ explore: { ...e, ...change } })}>
      ${text}
    </button>`;
  if (isLimit(bound)) {
    const to = known(nearest) && nearest > 0 ? loosened(bound, nearest) : undefined;
    const text = to === undefined ? words.drop : words.loosen;
    return button(text, { limits: { ...e.limits, [bound]: to } });
  }
  if (isList(bound)) return button(words.drop, { lists: { ...e.lists, [bound]: [] } });
  if (bound === 'vision' || bound === 'audio')
    return button(words.drop, { takes: e.takes.filter((t) => t !== bound) });
  return nothing;
}

/** Where nothing was found: which bound to loosen, and how far. */
export function blame(refused: Refused[], e: Exploring, act: Act): TemplateResult {
  if (!refused.length) return html`<p class="hint">${words.nothing}</p>`;
  return html`<ul class="blame">
    ${refused.map((r) => {
      const near = known(r.nearest);
      const value = near ? `${digits(r.nearest!)} ${isLimit(r.bound) ? words.units[r.bound] : ''}` : '';
      const text = near ? words.refusedNear : words.refused;
      return html`<li>${fill(text, { bound: nameOf(r.bound), n: r.count, value })} ${remedy(r, e, act)}</li>`;
    })}
  </ul>`;
}

/** How many are left out for want of a value. */
export function leftOut({ refused, off_axes: off }: Explored): TemplateResult | typeof nothing {
  const unknown = refused.filter((r) => r.unknown > 0);
  const list = listed(
    unknown.map((r) => fill(words.unknownOf, { n: whole(r.unknown), bound: nameOf(r.bound) }))
  );
  if (!list && !off) return nothing;
  return html`<p class="hint">
    ${list ? fill(words.unknown, { list }) : nothing} ${off ? fill(words.offAxes, { n: off }) : nothing}
  </p>`;
}
