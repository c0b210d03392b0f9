import { fill, listed } from '../i18n';
import { embed as words } from '../i18n/embed';
import { fieldsOf, setField, yesNo, type Field, type Frame, type Note } from '../state';
import type { Query } from '../types';

/** What any element may have, what frameworks write, and what says how the element looks. */
const ofPages =
  /^(?:accesskey|autofocus|class|dir|draggable|exportparts|hidden|id|inert|is|item\w+|lang|nonce|part|popover|role|slot|spellcheck|style|tabindex|theme|title|translate)$|^(?:aria-|data-|on|v-|x-|_ng)|[^\w-]/;
export const isAsked = (attribute: string): boolean => !ofPages.test(attribute);

/** Attributes of former versions. */
const former: Record<string, keyof Query> = { kv: 'kv_quant', mode: 'power_mode' };
/** As the option of the command line is called. */
export const attributeOf = (field: string): string => field.replace(/_/g, '-');

/** What is wrong with a value, as far as it is worth repeating. */
export const badValue = (key: string, value: string): Note => ({
  kind: 'badValue',
  key,
  value: value.slice(0, 40)
});
export const required = ['model', 'device'] as const;
/** What keeps an element from answering with other data than it was written for. */
export const otherData = (wanted: string | null, present: string): Note[] =>
  wanted === null || wanted === present
    ? []
    : [said(fill(words.revision, { wanted: wanted.slice(0, 40), present }))];

/**
 * The question that attributes ask, each a field of the engine's; `notes`: what of them is none. `own`: further
 * attributes that an element has.
 */
export function asked(
  attributes: readonly Pick<Attr, 'name' | 'value'>[],
  frame: Frame,
  own: readonly string[],
  needed: readonly string[] = required
): { query: Query; notes: Note[] } {
  const fields = fieldsOf(frame);
  const { defaults } = frame;
  // An attribute that is gone again means the default.
  const query = Object.fromEntries(fields.map(({ field }) => [field, defaults[field]])) as unknown as Query;
  for (const field of required) query[field] = '';
  const notes: Note[] = [];
  const unknown: string[] = [];
  const there = new Set<string>();
  const fieldOf = (name: string): Field | undefined =>
    fields.find(({ field }) => attributeOf(field) === name || former[name] === field);
  for (const { name, value } of attributes) {
    if (!isAsked(name)) continue;
    if (value.trim()) there.add(name);
    if (name === 'revision' || own.includes(name)) continue;
    const field = fieldOf(name);
    if (!field) unknown.push(name);
    // An attribute without a value says yes, as it does in HTML.
    else if (!setField(query, field, value.trim() || (field.flag ? '1' : '')))
      notes.push(badValue(name, value));
  }
  const missing = needed.filter((name) => !there.has(name));
  if (unknown.length) notes.unshift({ kind: 'unknownKeys', keys: listed(unknown) });
  return { query, notes: [...lacking(missing), ...notes] };
}
/** What is required and not there. */
export const lacking = (names: string[]): Note[] =>
  names.length ? [said(fill(words.missing, { names: listed(names) }))] : [];
/** The fields of a question that are not as usual, with what they are. */
export const unusual = (query: Query, frame: Frame): [field: keyof Query, value: string][] =>
  fieldsOf(frame).flatMap(({ field }): [keyof Query, string][] => {
    const value = query[field] ?? '';
    if (value === (frame.defaults[field] ?? '')) return [];
    return [[field, typeof value === 'boolean' ? yesNo(value) : String(value)]];
  });
export const said = (text: string): Note => ({ kind: 'said', text });
/** What an attribute lists. */
export const itemsOf = (list: string | null | undefined): string[] =>
  (list ?? '')
    .split(',')
    .map((item) => item.trim())
    .filter(Boolean);
