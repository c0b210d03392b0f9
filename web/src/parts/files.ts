import { html, nothing, type TemplateResult } from 'lit';
import type { Act } from '../acts';
import { takeFiles } from '../files';
import { msg, fill } from '../i18n';
import type { Rejected, State } from '../state';
import { problemList } from '../ui/list';
import { catalogs } from './catalogs';

/** Models and devices of the user's own: from a file, as text, from a catalog. */
export function files(state: State, act: Act): TemplateResult {
  const chosen = (e: Event): void => {
    const input = e.target as HTMLInputElement;
    void takeFiles([...(input.files ?? [])], act);
    input.value = '';
  };
  const accepted = '.json,.gguf,.safetensors,application/json';
  return html`<details class="more files" ?open=${state.rejected !== undefined}>
    <summary>${msg.files.title}</summary>
    <p class="hint">${msg.files.text}</p>
    <p class="row">
      <label class="button"
        >${msg.files.choose}<input class="vh" type="file" multiple accept=${accepted} @change=${chosen}
      /></label>
    </p>
    ${paste(state, act)}${catalogs(state, act)}${state.rejected ? refusal(state.rejected, act) : nothing}
  </details>`;
}

function paste({ draft }: State, act: Act): TemplateResult {
  return html`<details class="paste">
    <summary>${msg.files.paste}</summary>
    <label for="paste">${msg.files.pasteLabel}</label>
    <textarea
      id="paste"
      rows="4"
      spellcheck="false"
      .value=${draft}
      @input=${(e: Event) => void act({ draft: (e.target as HTMLTextAreaElement).value })}
    ></textarea>
    <button
      type="button"
      class="button"
      @click=${() => void act({ do: 'take', input: draft, file: msg.files.pasted })}
    >
      ${msg.files.use}
    </button>
  </details>`;
}

const refusal = ({ file, errors }: Rejected, act: Act): TemplateResult =>
  html`<div class="alert" role="alert">
    <p><strong>${fill(msg.files.rejected, { file })}</strong></p>
    ${problemList(errors)}
    <button type="button" class="button" @click=${() => void act({ rejected: undefined })}>
      ${msg.files.dismiss}
    </button>
  </div>`;
