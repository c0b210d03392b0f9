import type { ExplainedTerm } from '../types';
import { localized, want } from '.';

/** The engine's own words are English; other languages are fetched with what shows them. */
const terms = localized('terms', {});
export const wantTerms = (): Promise<void> => want('terms');

export const termLabel = ({ id, label }: { id: string; label: string }): string =>
  Object.hasOwn(terms, id) ? terms[id][0] : label;
/** The engine's tables are ASCII. */
const signed = (text: string): string => text.replace(/ x /g, ' × ');
export const inWords = (t: ExplainedTerm): ExplainedTerm => {
  const [label, note, formula] = Object.hasOwn(terms, t.id) ? terms[t.id] : [t.label, t.note];
  const inputs = t.inputs.map((i) => ({ ...i, label: termLabel(i) }));
  return { ...t, label, note: signed(note), formula: signed(formula ?? t.formula), inputs };
};
