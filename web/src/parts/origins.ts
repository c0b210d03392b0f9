import { html, type TemplateResult } from 'lit';
import type { Act, Answer } from '../acts';
import { msg, fill } from '../i18n';
import { hostOf, tame } from '../remote';
import { addressesIn, type State } from '../state';
import type { EdgewiseProblem } from '../types';
import { problemList } from '../ui/list';

/** What the page uses of other addresses: whose it is, since when, and why not where it could not be had. */
export const origins = (state: State, a: Answer, act: Act): TemplateResult[] =>
  addressesIn(state).map((url) => origin(state, a, act, url));

function origin(state: State, a: Answer, act: Act, url: string): TemplateResult {
  const device = state.foreign[url];
  if (!device) return html``;
  const remove = html`<button
    type="button"
    class="button"
    @click=${() => void act({ do: 'forget', device: url })}
  >
    ${msg.origin.remove}
  </button>`;
  if (device.state === 'failed') return failure(url, device.errors, act, remove);
  if (device.state === 'loading')
    return html`<div class="origin" role="status">
      <p>${fill(msg.origin.loading, { host: hostOf(url) })}</p>
      ${remove}
    </div>`;
  const name = a.engine?.index.devices.find((d) => d.id === url)?.name ?? '';
  return html`<div class="origin">
    <p>
      ${fill(msg.origin.from, { name, host: device.host })} ${measured(a, url)}
      <strong>${msg.origin.unreviewed}</strong>
      <a href=${url} rel="noreferrer noopener">${msg.origin.file}</a>
    </p>
    ${remove}
  </div>`;
}

const failure = (url: string, errors: EdgewiseProblem[], act: Act, remove: TemplateResult): TemplateResult =>
  html`<div class="alert origin" role="alert">
    <div>
      <p><strong>${fill(msg.origin.failed, { host: hostOf(url) })}</strong></p>
      ${problemList(errors, tame)}
      <p class="hint"><code>${tame(url, 300)}</code></p>
    </div>
    <p class="row">
      <button type="button" class="button" @click=${() => void act({ do: 'again' })}>${msg.retry}</button
      >${remove}
    </p>
  </div>`;

/** When the owner measured it, by the newest of its calibrations. */
function measured({ engine }: Answer, url: string): string {
  const list = engine?.preset('devices', url)?.calibrations;
  const own = (Array.isArray(list) ? (list as { origin?: unknown; date?: unknown }[]) : []).filter(
    (c) => c.origin === 'measured'
  );
  if (!own.length) return msg.origin.unmeasured;
  const dates = own.map((c) => (typeof c.date === 'string' ? tame(c.date, 20) : ''));
  const date = dates.sort().at(-1);
  return date ? fill(msg.origin.measured, { date }) : msg.origin.measuredOnce;
}
