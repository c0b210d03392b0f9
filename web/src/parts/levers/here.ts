import { html, nothing, type TemplateResult } from 'lit';
import { until } from 'lit/directives/until.js';
import { whole } from '../../format';
import { fill } from '../../i18n';
import { levers } from '../../i18n/levers';
import type { Result } from '../../types';

const words = levers.here;

/** What browsers tell of the computer that they run on; not all of them do. */
type Told = Navigator & {
  deviceMemory?: number;
  gpu?: { requestAdapter(): Promise<{ info?: Record<string, string> } | null> };
};
/** Browsers say no more than this, whatever there is. */
const mostTold = 8;

let adapter: Promise<string> | undefined;
/** The name of the graphics adapter; empty: not told. */
async function gpu(): Promise<string> {
  try {
    const info = (await (navigator as Told).gpu?.requestAdapter())?.info;
    return info ? info.description || [info.vendor, info.architecture].filter(Boolean).join(' ') : '';
  } catch {
    return '';
  }
}

/** Cores, memory and graphics of the reader's computer, as a hint to pick or edit a device. */
export function here(r: Result, memory: (gib: number) => void): TemplateResult {
  const { hardwareConcurrency: n, deviceMemory: gib } = navigator as Told;
  adapter ??= gpu();
  const named = adapter.then((name) => (name ? html`<li>${fill(words.gpu, { name })}</li>` : nothing));
  const amount = gib && fill(gib >= mostTold ? words.memory : words.memoryAbout, { n: whole(gib) });
  return html`<div class="here">
    <h3>${words.title}</h3>
    <p class="hint">${words.lead}</p>
    <ul>
      ${n ? html`<li>${fill(words.cores, { n })}</li>` : nothing}
      ${amount ? html`<li>${amount}</li>` : nothing}${until(named, nothing)}
    </ul>
    ${
      gib && r.device.kind === 'soc-integrated'
        ? html`<button type="button" class="button" @click=${() => memory(gib)}>
            ${fill(words.use, { n: whole(gib) })}
          </button>`
        : nothing
    }
    ${n || gib ? nothing : html`<p class="hint">${words.none}</p>`}
  </div>`;
}
