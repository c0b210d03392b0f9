import { html, type TemplateResult } from 'lit';
import type { Answer } from '../acts';
import { msg } from '../i18n';
import '../ui/combobox';
import type { Meant, Option } from '../ui/search';
import { deviceOptions, modelOptions } from './options';

const nobody: Meant = { ids: [], sure: false };
const all = (options: Option[]): Option[] => options;

/**
 * A box in which a preset is chosen, found by whatever it goes by: the member of the question that names it. `list`: what
 * is offered of all of its kind.
 */
export function presetBox(
  member: 'model' | 'device' | 'host' | 'draft_model',
  value: string,
  { engine }: Answer,
  choose: (id: string) => void,
  { list = all, look = '' } = {}
): TemplateResult {
  const kind = member === 'device' || member === 'host' ? 'device' : 'model';
  const index = engine?.index;
  return html`<ew-combobox
    class="field ${look}"
    .label=${msg.form[member === 'draft_model' ? 'draft' : member]}
    .value=${value}
    .options=${list(kind === 'device' ? deviceOptions(index?.devices) : modelOptions(index?.models))}
    .partial=${!engine?.isFull}
    .meant=${(text: string) => engine?.meant(kind, text) ?? nobody}
    @choose=${(e: CustomEvent<string>) => choose(e.detail)}
  ></ew-combobox>`;
}
