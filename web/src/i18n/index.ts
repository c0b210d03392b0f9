import { answer } from './en/answer';
import { written } from '../numbers';
import { classes as classNames } from './en/classes';
import { form } from './en/form';
import { page } from './en/page';
import { panels } from './en/panels';
import type { Later, Sections } from './sections';

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
/** What only some views show, and `want`. */
const later: { [Name in keyof Later]: Record<Exclude<Language, 'en'>, () => Promise<Later[Name]>> } = {
  terms: { zh: async () => (await import('./zh/terms')).terms }
};
type All = Sections & Later;
const sections = new Map<keyof All, { now: Texts; english: Texts }>();
const shown = new Set<keyof Later>();
let current: Language = 'en';
/** What was fetched, by language. */
const there: Partial<Record<Language, Partial<All>>> = {};

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

/** Takes out what the English does not have: another language had it. */
function clear(from: Texts, inEnglish: Texts): void {
  for (const [key, value] of Object.entries(from)) {
    const own = inEnglish[key];
    if (own === undefined) delete from[key];
    else if (isTexts(value) && isTexts(own)) clear(value, own);
  }
}

/** A section in the language that was chosen, now and later. */
export function localized<Name extends keyof All>(name: Name, inEnglish: All[Name]): All[Name] {
  const now = structuredClone(inEnglish);
  assign(now, there[current]?.[name] ?? {});
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

/** Fetches the texts of a language; done when `speak` may choose it. */
export async function bring(to: Language): Promise<void> {
  if (to === 'en') return;
  there[to] ??= await catalogues[to]();
  await Promise.all([...shown].map((name) => complete(to, name)));
}
async function complete(to: Exclude<Language, 'en'>, name: keyof Later): Promise<void> {
  if (there[to]![name]) return;
  const section = await later[name][to]();
  there[to] = { ...there[to], [name]: section };
  if (current === to) apply();
}
/** Puts every text into a language that was brought; what is drawn from now on is in it. */
export function speak(to: Language): void {
  if (to === current) return;
  current = to;
  apply();
}
export async function setLanguage(to: Language): Promise<void> {
  await bring(to);
  speak(to);
}
/** A section that is not of every view, from now on; done when it is there. */
export async function want(name: keyof Later): Promise<void> {
  if (shown.has(name)) return;
  shown.add(name);
  try {
    await Promise.all((Object.keys(there) as Exclude<Language, 'en'>[]).map((to) => complete(to, name)));
  } catch (error) {
    shown.delete(name);
    throw error;
  }
}
function apply(): void {
  for (const [name, { now, english: own }] of sections) {
    clear(now, own);
    assign(now, own);
    assign(now, there[current]?.[name] ?? {});
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

/** Making one takes longer than all that it is asked. */
const plurals: Partial<Record<Language, Intl.PluralRules>> = {};
function plural(n: number, cases: string, values: Values): string {
  const texts = new Map<string, string>();
  for (let at = cases.indexOf('{'), from = 0; at >= 0; at = cases.indexOf('{', from)) {
    const end = closing(cases, at);
    texts.set(cases.slice(from, at).trim(), cases.slice(at + 1, end));
    from = end + 1;
  }
  const text =
    texts.get(`=${n}`) ??
    texts.get((plurals[current] ??= new Intl.PluralRules(tags[current])).select(n)) ??
    texts.get('other') ??
    '';
  return fill(text.replace(/#/g, written(n, { decimals: 3 })), values);
}

/** Sentences and lists, as the language joins them; what is empty is left out. */
export const sentence = (said: string): string => stopped(said.charAt(0).toUpperCase() + said.slice(1));
/** The same of what may begin with an id. */
export const stopped = (text: string): string =>
  /[.?!。？！]$/.test(text) ? text : fill(msg.asSentence, { text });
export const prose = (...sentences: string[]): string => sentences.filter(Boolean).join(msg.between);
export const listed = (parts: string[]): string => parts.filter(Boolean).join(msg.comma);
/** Of parts that may hold commas. */
export const listedLong = (parts: string[]): string => parts.filter(Boolean).join(msg.semicolon);

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
