import { answer } from './en/answer';
import { classes as classNames } from './en/classes';
import { form } from './en/form';
import { page } from './en/page';
import { panels } from './en/panels';
import type { Sections } from './sections';

/**
 * Every text of the page, in the languages that it speaks. Messages are ICU MessageFormat: `{place}` and
 * `{n, plural, one {# device} other {# devices}}`; no sentence is built by joining pieces. English is part of
 * the
 * page and of the views that show it; another language is fetched whole when it is chosen.
 */
export type Language = 'en' | 'zh';
/** What each calls itself. */
export const languages: Record<Language, string> = { en: 'English', zh: '中文' };
/** As documents and `Intl` name them. */
export const tags: Record<Language, string> = { en: 'en', zh: 'zh-Hans' };

const english = { ...page, ...form, ...answer, ...panels };

const catalogues: Record<Exclude<Language, 'en'>, () => Promise<Sections>> = {
  zh: async () => (await import('./zh')).zh
};
const sections = new Map<keyof Sections, { now: Texts; english: Texts }>();
let current: Language = 'en';
let translated: Partial<Sections> = {};

type Texts = Record<string, unknown>;
const isTexts = (x: unknown): x is Texts => typeof x === 'object' && x !== null;

/** Puts every text of `from` in its place; the objects that hold them stay, since others hold those. */
function assign(to: Texts, from: Texts): void {
  for (const [key, value] of Object.entries(from)) {
    const own = to[key];
    if (isTexts(value) && isTexts(own)) assign(own, value);
    else to[key] = isTexts(value) ? structuredClone(value) : value;
  }
}

/** A section in the language that was chosen, now and later. */
export function localized<Name extends keyof Sections>(
  name: Name,
  inEnglish: Sections[Name]
): Sections[Name] {
  const now = structuredClone(inEnglish);
  assign(now, translated[name] ?? {});
  sections.set(name, { now, english: inEnglish });
  return now;
}
export const msg = localized('main', english);
export const classes = localized('classes', classNames);

export const language = (): Language => current;
export const isLanguage = (text: string | null | undefined): text is Language =>
  text !== null && text !== undefined && Object.hasOwn(languages, text);
/** The first of `wanted` (language tags, as browsers list them) that the page speaks. */
export const spoken = (wanted: readonly string[]): Language =>
  wanted.map((tag) => tag.toLowerCase().split('-')[0]).find(isLanguage) ?? 'en';

/** Done when every text is in it; then what is shown is to be drawn anew. */
export async function setLanguage(wanted: Language): Promise<void> {
  translated = wanted === 'en' ? {} : await catalogues[wanted]();
  current = wanted;
  for (const [name, { now, english: own }] of sections) {
    assign(now, own);
    assign(now, translated[name] ?? {});
  }
}

export type Values = Record<string, string | number>;

/** Where the brace that is opened at `from` closes. */
function closing(text: string, from: number): number {
  let depth = 0;
  for (let i = from; i < text.length; ++i)
    if (text[i] === '{') ++depth;
    else if (text[i] === '}' && --depth === 0) return i;
  return text.length;
}

function plural(n: number, cases: string, values: Values): string {
  const texts = new Map<string, string>();
  for (let at = cases.indexOf('{'), from = 0; at >= 0; at = cases.indexOf('{', from)) {
    const end = closing(cases, at);
    texts.set(cases.slice(from, at).trim(), cases.slice(at + 1, end));
    from = end + 1;
  }
  const tag = tags[current];
  const text =
    texts.get(`=${n}`) ?? texts.get(new Intl.PluralRules(tag).select(n)) ?? texts.get('other') ?? '';
  return fill(text.replace(/#/g, new Intl.NumberFormat(tag).format(n)), values);
}

/** Puts values into the places of a message. */
export function fill(text: string, values: Values): string {
  let out = '';
  let from = 0;
  for (let at = text.indexOf('{'); at >= 0; at = text.indexOf('{', from)) {
    const end = closing(text, at);
    const [, name = '', cases] = /^\s*(\w+)\s*(?:,\s*plural\s*,(.*))?$/s.exec(text.slice(at + 1, end)) ?? [];
    out += text.slice(from, at);
    if (!Object.hasOwn(values, name)) out += text.slice(at, end + 1);
    else out += cases === undefined ? String(values[name]) : plural(Number(values[name]), cases, values);
    from = end + 1;
  }
  return out + text.slice(from);
}
