import { html, type TemplateResult } from 'lit';
import type { Act } from '../acts';
import { known, range, show } from '../format';
import { msg, fill, listed } from '../i18n';
import type { Result, TermValue } from '../types';

/** Terms of a result, as text and as buttons. */

const none: TermValue = { value: null, low: null, high: null, unit: '' };
export const term = (r: Result, id: string): TermValue => r.terms[id] ?? none;
export const value = (r: Result, id: string): number => term(r, id).value ?? 0;
export const text = (r: Result, id: string, significant = 3): string =>
  show(term(r, id).value, term(r, id).unit, significant);

/** Its range, where it has one: of some powers and energies the ends are known, and no value between them. */
export const spread = ({ value: x, low, high, unit }: TermValue): string =>
  known(low) && known(high) ? range(low, high, x ?? high, unit) : '';

/** What its power and energy are of, where that is stated. */
export const scopeOf = (r: Result): string => (r.power.scope ? msg.big.scopes[r.power.scope] : '');

/** Fields of presets that would make it known. */
export const needs = (r: Result, id: string): string[] => r.unknown.find((u) => u.term === id)?.needs ?? [];
/** In words, where there are any. */
export const fieldName = (field: string): string => msg.fields[field] ?? field;
export const needed = (r: Result, id: string, most = Infinity): string =>
  r.instead?.kind === 'out_of_memory' && id !== 'memory_B'
    ? msg.sentence.out_of_memory
    : fill(msg.big.needs, { fields: listed(needs(r, id).slice(0, most).map(fieldName)) });

/** A number that opens its derivation. */
export const number = (r: Result, act: Act, id: string, label: string, shown = text(r, id)): TemplateResult =>
  derived(act, id, label, shown, known(term(r, id).value));

export const derived = (
  act: Act,
  id: string,
  label: string,
  shown: string,
  isKnown: boolean
): TemplateResult =>
  html`<button
    type="button"
    class="num ${isKnown ? '' : 'missing'}"
    data-term=${id}
    @click=${() => void act({ why: [id] })}
  >
    ${shown}<span class="vh">. ${fill(msg.big.why, { label })}</span>
  </button>`;
