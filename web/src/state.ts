import type { Catalog } from './catalogs';
import { known, parseNumber, type Units } from './format';
import { isLanguage, type Language } from './i18n';
import { address, isAddress } from './remote';
import { explorePairs, exploring, readExploring, type Exploring } from './exploring';
import { standardHub } from './settings';
import type { Source } from './sources';
import type { Aside, CatalogList, EdgewiseProblem, Limit, Offer, Progress, Query, Reading } from './types';

/** What the page is, in one plain object. `store.ts` owns it; the address holds its first part. */
export interface State extends Addressed {
  explore: Exploring;
  /** Terms whose derivation is open, the last one shown; empty: closed. */
  why: string[];
  /** Whether somebody asked who published what an answer was fitted to. */
  evidence: boolean;
  /** Which choice of the comparison is open to be changed: its place among the pins, or the present one. */
  changing?: number | 'now';
  /** The box for pasting. */
  draft: string;
  /** How many offers of the engine were tried: each can be gone back from. */
  steps: number;
  /** Whether the settings below the choosers are open. */
  settings: boolean;
  dragging: boolean;
  dark: boolean;
  language: Language;
  units: Units;
  /** Whether a newer build of the page is here. */
  newer: boolean;

  busy: boolean;
  /** Why the engine could not be started. */
  fatal: string;
  notes: Note[];
  /** Why something of this question is not what is shown. */
  aside: EdgewiseProblem[];
  toast: string;
  /** What the browser would not copy, for copying by hand. */
  manual: string;
  rejected: Rejected | undefined;

  /** The site's own device, where it has one: what a bare address means. */
  home: string;
  /** That device as it was before it was measured. */
  before: string;
  catalogs: Catalog[];
  bringing: Bringing;
  /** Devices that were named by their addresses. */
  foreign: Record<string, Foreign>;
}

/** The box for models and devices of the user's own. */
export interface Bringing {
  /** Where models are asked for. */
  hub: string;
  /** A preset of the page that is called as what was typed. */
  offer?: { text: string; model: string; quant: string };
  choice?: { source: Source; choices: Offer[] };
  /** What is being read, and how far. */
  reading?: { file: string; progress?: Progress };
  /** What was read the last time. */
  brought: { kind: 'model' | 'device'; id: string; from: string; reading?: Reading }[];
  /** `kind/id` of what this browser keeps. */
  kept: string[];
  /** What was removed last, to be taken back. `used`: it was the one that was asked about. */
  dropped?: { name: string; text: string; used: boolean };
}

/** What is to be said of a link, in words once it is shown. */
export type Note =
  | { kind: 'badVersion'; v: string }
  | { kind: 'otherPresets' }
  | { kind: 'unknownKeys'; keys: string }
  | { kind: 'badValue'; key: string; value: string }
  | { kind: 'replaced'; field: Aside['field']; id: string; why?: EdgewiseProblem }
  | { kind: 'said'; text: string };

export const views = ['calculator', 'explore', 'compare', 'accuracy', 'method'] as const;
export type View = (typeof views)[number];
/** What the address holds. */
export interface Addressed {
  query: Query;
  pins: Query[];
  view: View;
  /** What the glossary is searched for. */
  term?: string;
  /** Along what the answer is swept; undefined: that panel is closed. */
  sweep?: string;
  /** In the address where the view is Explore. */
  explore?: Exploring;
  /** That the link names; undefined: the reader's own. */
  lang?: Language;
  /** Keys that this page does not know, kept as they are. */
  unknown: [string, string][];
}
export interface Rejected {
  file: string;
  errors: EdgewiseProblem[];
}
export type Foreign =
  { state: 'loading' } | { state: 'loaded'; host: string } | { state: 'failed'; errors: EdgewiseProblem[] };

/** Before the engine is there, nothing is asked: the default question is the engine's. */
const blank = { model: '', device: '', power_mode: '', runtime: '', quant: '', kv_quant: '' } as Query;

export const initial = (): State => ({
  query: blank,
  pins: [],
  view: 'calculator',
  unknown: [],
  explore: exploring('model'),
  why: [],
  evidence: false,
  draft: '',
  steps: 0,
  settings: true,
  dragging: false,
  dark: false,
  language: 'en',
  units: 'GiB',
  newer: false,
  busy: true,
  fatal: '',
  notes: [],
  aside: [],
  toast: '',
  manual: '',
  rejected: undefined,
  home: '',
  before: '',
  catalogs: [],
  bringing: { hub: standardHub, brought: [], kept: [] },
  foreign: {}
});

/** A question with the defaults where it says nothing. */
export const complete = (query: Query, defaults: Query): Query => ({
  ...defaults,
  ...Object.fromEntries(Object.entries(query).filter(([, value]) => value !== '' && value !== undefined))
});

export const same = (a: Query, b: Query): boolean =>
  (Object.keys({ ...a, ...b }) as (keyof Query)[]).every((member) => (a[member] ?? '') === (b[member] ?? ''));

/** Addresses of devices that the page uses now. */
export const addressesIn = (state: Addressed): string[] => [
  ...new Set([state.query, ...state.pins].map((q) => q.device).filter(isAddress))
];

// --- the address ---

/**
 * What an address is read and written against: the engine's default question and limits, and where the page
 * is.
 */
export interface Frame {
  defaults: Query;
  limits: Limit[];
  texts: CatalogList['texts'];
  flags: CatalogList['flags'];
  here: string;
}
export interface Loaded extends Addressed {
  /** The version of a link that this page cannot read. */
  badVersion?: string;
  revision?: string;
  /** Presets that the link brings, packed: as text (x) or compressed (z). */
  custom: ['x' | 'z', string][];
  /** Numbers that are none, or beyond their limits. */
  refused: [key: string, value: string][];
}

export const maxPins = 8;
const version = '1';
const isView = (text: string): text is View => (views as readonly string[]).includes(text);

/** Statements, each as one text. */
const statements = ['known', 'set'] as const;
/** As links, attributes and the command line have what is said yes or no to. */
export const yesNo = (is: boolean): string => (is ? '1' : '0');
/** Keys of the texts of a question, as the engine has them, and of its statements. */
const textsOf = ({ texts }: Frame): { field: keyof Query; key: string }[] => [
  ...texts,
  ...statements.map((field) => ({ field, key: field }))
];

/** `key=value` of a question, only what differs from the defaults; pin number n has `.n` on its keys. */
function pairs(q: Query, suffix: string, frame: Frame): [string, string][] {
  const out: [string, string][] = [];
  const { defaults } = frame;
  const { origin } = new URL(frame.here);
  for (const { key, field: member } of textsOf(frame)) {
    const value = (q[member] as string | undefined) ?? '';
    // A device of another address is `device=…`, not `d=…`.
    if (member === 'device' && isAddress(value))
      out.push([`device${suffix}`, value.startsWith(`${origin}/`) ? value.slice(origin.length) : value]);
    else if (value !== (defaults[member] ?? '') || (suffix && key === 'm')) out.push([key + suffix, value]);
  }
  for (const { key, field } of frame.flags)
    if (q[field] !== undefined) out.push([key + suffix, yesNo(q[field])]);
  for (const { key, field: member } of frame.limits) {
    const value = q[member] as number | undefined;
    if (known(value) && value !== defaults[member]) out.push([key + suffix, String(value)]);
  }
  return out;
}

// What ids hold anyway stays readable.
const encode = (s: string): string =>
  encodeURIComponent(s).replace(/%3A/g, ':').replace(/%2C/g, ',').replace(/%2F/g, '/');

/** `extra`: what only a copied link holds. */
export function write(state: Addressed, frame: Frame, extra: [string, string][] = []): string {
  const list = pairs(state.query, '', frame);
  state.pins.forEach((pin, i) => list.push(...pairs(pin, `.${i + 1}`, frame)));
  if (state.view !== 'calculator') list.push(['view', state.view]);
  if (state.view === 'method' && state.term) list.push(['term', state.term]);
  if (state.view === 'calculator' && state.sweep) list.push(['sweep', state.sweep]);
  if (state.view === 'explore' && state.explore) list.push(...explorePairs(state.explore));
  if (state.lang) list.push(['lang', state.lang]);
  list.push(...extra, ...state.unknown);
  return list.length ? `v=${version}&${list.map(([k, v]) => `${encode(k)}=${encode(v)}`).join('&')}` : '';
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replace(/\+/g, ' '));
  } catch {
    return text;
  }
}
const split = (fragment: string): [string, string][] =>
  fragment
    .replace(/^#/, '')
    .split('&')
    .filter(Boolean)
    .map((pair) => {
      const at = pair.indexOf('=');
      return at < 0 ? [decode(pair), ''] : [decode(pair.slice(0, at)), decode(pair.slice(at + 1))];
    });

/** What becomes of a key of the address: it is none of a question, was taken, or its value cannot be. */
type Put = 'other' | 'taken' | 'refused';
function put(query: Query, key: string, value: string, frame: Frame): Put {
  const field = fieldsOf(frame).find((f) => f.key === key);
  if (key === 'device' || (field?.field === 'device' && isAddress(value))) {
    const at = address(value.slice(0, 4000), frame.here);
    if (!at && isAddress(value)) return 'refused';
    query.device = at ?? value.slice(0, 200);
  } else if (!field) return 'other';
  else if (!setField(query, field, value)) return 'refused';
  return 'taken';
}
/** A field of a question that can be written as text; a number has limits, and a flag is 0 or 1. */
export interface Field {
  field: keyof Query;
  /** In links. */
  key: string;
  limit?: Limit;
  flag?: true;
}
export const fieldsOf = (frame: Frame): Field[] => [
  ...textsOf(frame),
  ...frame.flags.map((f) => ({ ...f, flag: true as const })),
  ...frame.limits.map((limit) => ({ field: limit.field, key: limit.key, limit }))
];
/** Sets a field to what is written, nothing being its default; false: it cannot have that value. */
export function setField(query: Query, { field, limit, flag }: Field, value: string): boolean {
  if (flag) {
    if (!/^(?:[01]|true|false)?$/.test(value)) return false;
    if (value) Object.assign(query, { [field]: value === '1' || value === 'true' });
  } else if (!limit)
    Object.assign(query, { [field]: value.slice(0, field === 'known' || field === 'set' ? 2000 : 200) });
  else if (value !== '') {
    // As the command line takes it, too: 32k.
    const number = /x|^0b|^0o/i.test(value) ? NaN : Number(value) || parseNumber(value);
    if (!within(number, limit)) return false;
    Object.assign(query, { [field]: number });
  }
  return true;
}
export const limitOf = (limits: Limit[], member: string): Limit | undefined =>
  limits.find((l) => l.field === member);
const within = (x: number, limit: Limit | undefined): boolean =>
  limit !== undefined && x >= limit.min && x <= limit.max && (!limit.whole || Number.isInteger(x));

function otherVersion(all: [string, string][]): string | undefined {
  const asked = all.find(([k]) => k === 'v')?.[1];
  return asked === version ? undefined : asked;
}

/** Keys of an address that leave the question as it is. */
const unasking: ReadonlySet<string> = new Set(['v', 'view', 'lang', 'p', 'sweep']);
/** Whether an address asks the default question: of other views of it, too. first.js knows the same keys. */
export const asksNothing = (fragment: string): boolean => split(fragment).every(([key]) => unasking.has(key));

/** What of an address is read without an engine: that much can be shown before there is one. */
export const ahead = (fragment: string): Pick<Loaded, 'view' | 'lang'> => aheadOf(split(fragment));
function aheadOf(all: [string, string][]): Pick<Loaded, 'view' | 'lang'> {
  if (otherVersion(all) !== undefined) return { view: 'calculator' };
  // Of several, the last holds.
  const backwards = [...all].reverse();
  const last = <T extends string>(key: string, is: (text: string) => text is T): T | undefined =>
    backwards.flatMap(([k, value]) => (k === key ? [value] : [])).find(is);
  const lang = last('lang', isLanguage);
  return { view: last('view', isView) ?? 'calculator', ...(lang && { lang }) };
}

export function read(fragment: string, frame: Frame): Loaded {
  const all = split(fragment);
  const loaded: Loaded = {
    query: { ...frame.defaults },
    pins: [],
    unknown: [],
    custom: [],
    refused: [],
    ...aheadOf(all)
  };
  const badVersion = otherVersion(all);
  if (badVersion !== undefined) return { ...loaded, badVersion: badVersion.slice(0, 20) };
  const { explore, others, refused } = readExploring(all);
  Object.assign(loaded, { explore, refused });
  const pins: Query[] = [];
  for (const [name, value] of others) {
    const [, key = '', n] = /^([a-z]+)(?:\.([1-8]))?$/.exec(name) ?? [];
    const query = n ? (pins[Number(n) - 1] ?? { ...frame.defaults }) : loaded.query;
    const became = put(query, key, value, frame);
    if (became === 'refused') loaded.refused.push([name, value.slice(0, 40)]);
    if (became !== 'other') {
      if (n) pins[Number(n) - 1] = query;
    } else if (n) loaded.unknown.push([name, value]);
    else if ((key === 'view' && isView(value)) || (key === 'lang' && isLanguage(value))) continue;
    else if (key === 'term') loaded.term = value.slice(0, 60);
    else if (key === 'sweep') loaded.sweep = value.slice(0, 20) || undefined;
    else if (key === 'p') loaded.revision = value;
    else if (key === 'x' || key === 'z') loaded.custom.push([key, value]);
    else if (key !== 'v') loaded.unknown.push([name, value]);
  }
  loaded.pins = pins.filter(Boolean);
  return loaded;
}

/** Text of a preset in a link, and back. */
export function pack(text: string): string {
  let binary = '';
  for (const byte of new TextEncoder().encode(text)) binary += String.fromCharCode(byte);
  return btoa(binary).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
}
export function unpack(text: string): string | null {
  try {
    const binary = atob(text.replace(/-/g, '+').replace(/_/g, '/'));
    return new TextDecoder('utf-8', { fatal: true }).decode(Uint8Array.from(binary, (c) => c.charCodeAt(0)));
  } catch {
    return null;
  }
}
