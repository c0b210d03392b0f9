import { html, type TemplateResult } from 'lit';

/** One of a few, side by side. */
export const toggle = <T extends string | number>(
  name: string,
  legend: string,
  options: readonly (readonly [T, string])[],
  value: T,
  choose: (value: T) => void
): TemplateResult => {
  const item = ([id, label]: readonly [T, string]): TemplateResult =>
    html`<label
      ><input type="radio" name=${name} .checked=${id === value} @change=${() => choose(id)} /><span
        >${label}</span
      ></label
    >`;
  return html`<fieldset class="switch">
    <legend class="vh">${legend}</legend>
    ${options.map(item)}
  </fieldset>`;
};
