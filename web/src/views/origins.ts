import { html, nothing, type TemplateResult } from 'lit';
import type { App } from '../app';
import { en, fill } from '../i18n/en';
import { hostOf, tame } from '../remote';

/** What the page uses of other addresses: whose it is, since when, and why not where it could not be had. */
export function origins(app: App): TemplateResult | typeof nothing {
  if (!app.engine) return nothing;
  return html`${app.addresses.map((url) => {
    const state = app.engine!.foreign.get(url);
    if (!state) return nothing;
    const host = hostOf(url);
    const remove = html`<button type="button" class="button" @click=${() => app.forget(url)}>
      ${en.origin.remove}
    </button>`;
    if (state.state === 'loading')
      return html`<div class="origin" role="status">
        <p>${fill(en.origin.loading, { host })}</p>
        ${remove}
      </div>`;
    if (state.state === 'failed')
      return html`<div class="alert origin" role="alert">
        <div>
          <p><strong>${fill(en.origin.failed, { host })}</strong></p>
          <ul>
            ${state.errors.slice(0, 8).map((e) => html`<li>${e.path ? html`<code>${tame(e.path, 200)}</code> ` : nothing}${tame(e.message, 400)}</li>`)}
          </ul>
          <p class="hint"><code>${tame(url, 300)}</code></p>
        </div>
        <p class="row">
          <button type="button" class="button" @click=${() => void app.again()}>${en.retry}</button>${remove}
        </p>
      </div>`;
    const device = app.engine!.index.devices.find((d) => d.id === url);
    return html`<div class="origin">
      <p>
        ${fill(en.origin.from, { name: device?.name ?? '', host: state.host })} ${measured(app, url)}
        <strong>${en.origin.unreviewed}</strong>
        <a href=${url} rel="noreferrer noopener">${en.origin.file}</a>
      </p>
      ${remove}
    </div>`;
  })}`;
}

/** When the owner measured it, by the newest of its calibrations. */
function measured(app: App, url: string): string {
  const list = app.engine!.preset('devices', url)?.calibrations;
  const dates = (Array.isArray(list) ? (list as { origin?: unknown; date?: unknown }[]) : [])
    .filter((c) => c.origin === 'measured')
    .map((c) => (typeof c.date === 'string' ? tame(c.date, 20) : ''));
  if (!dates.length) return en.origin.unmeasured;
  const date = dates.sort().at(-1)!;
  return date ? fill(en.origin.measured, { date }) : en.origin.measuredOnce;
}
