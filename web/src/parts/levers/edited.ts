import { html, type TemplateResult } from 'lit';
import type { Answer } from '../../acts';
import { fill, listedLong, msg } from '../../i18n';
import { levers } from '../../i18n/levers';
import type { State } from '../../state';
import { shown } from './edit';

/** That it is not the device that is sold. */
export function edited(_: State, { result: r }: Answer): TemplateResult {
  const changes = r?.edited?.filter((e) => e.from !== e.to) ?? [];
  if (!changes.length) return html``;
  const list = changes.map((e) =>
    fill(levers.edit.change, {
      label: levers.edit.fields[e.field] ?? e.label,
      from: shown(e.from, ''),
      to: shown(e.to, e.unit)
    })
  );
  return html`<p class="note edited-device">${fill(msg.editedDevice, { changes: listedLong(list) })}</p>`;
}
