import { html, type TemplateResult } from 'lit';
import { msg } from '../i18n';

/** In place of a view that is on its way, as high as a window: what is below it does not move. */
export const pending = (): TemplateResult => html`<p class="quiet screen">${msg.loading}</p>`;
