import { known } from './format';
import { address, isAddress } from './remote';
import type { Query } from './types';

export type View = 'calculator' | 'explore' | 'method' | 'accuracy';
export interface State {
  query: Query;
  pins: Query[];
  view: View;
}
export interface Loaded {
  state: State;
  /** Keys that this page does not know, kept as they are. */
  unknown: [string, string][];
  /** The version of a link that this page cannot read. */
  badVersion?: string;
  revision?: string;
  custom: string[];
}

export const defaults: Query = {
  model: 'llama-3.2-1b',
  device: 'raspberry-pi-5-8gb',
  power_mode: '',
  runtime: '',
  quant: '',
  kv_quant: '',
  prompt: 512,
  generate: 128,
  depth: 0,
  batch: 1,
  threads: 0,
  images: 0,
  context: 0
};

type Key = keyof Query;
const texts: [string, Key][] = [
  ['m', 'model'],
  ['d', 'device'],
  ['q', 'quant'],
  ['mode', 'power_mode'],
  ['r', 'runtime'],
  ['kv', 'kv_quant']
];
export interface Field {
  key: string;
  member: Key;
  min: number;
  max: number;
  whole: boolean;
}
export const numbers: Field[] = [
  { key: 'prompt', member: 'prompt', min: 0, max: 1e8, whole: true },
  { key: 'generate', member: 'generate', min: 0, max: 1e8, whole: true },
  { key: 'depth', member: 'depth', min: 0, max: 1e8, whole: true },
  { key: 'batch', member: 'batch', min: 1, max: 1e5, whole: true },
  { key: 'images', member: 'images', min: 0, max: 1e4, whole: true },
  { key: 'threads', member: 'threads', min: 0, max: 1024, whole: true },
  { key: 'c', member: 'context', min: 0, max: 1e8, whole: true },
  { key: 'requests', member: 'requests_per_day', min: 1e-3, max: 1e12, whole: false },
  { key: 'battery', member: 'battery_wh', min: 1e-3, max: 1e9, whole: false },
  { key: 'price', member: 'electricity_usd_per_kwh', min: 1e-6, max: 1e4, whole: false },
  { key: 'life', member: 'device_life_years', min: 1e-3, max: 1e3, whole: false }
];
export const maxPins = 4;
const version = '1';
const views: ReadonlySet<string> = new Set<View>(['calculator', 'explore', 'method', 'accuracy']);

/** `key=value` pairs of a query, only what differs from the defaults; pin number n has `.n` on its keys. A device of another address is `device=…`, not `d=…`. */
function pairs(q: Query, suffix: string): [string, string][] {
  const out: [string, string][] = [];
  for (const [key, member] of texts) {
    const value = (q[member] as string | undefined) ?? '';
    if (member === 'device' && isAddress(value))
      out.push([
        `device${suffix}`,
        value.startsWith(`${location.origin}/`) ? value.slice(location.origin.length) : value
      ]);
    else if (value !== (defaults[member] ?? '') || (suffix && key === 'm')) out.push([key + suffix, value]);
  }
  for (const { key, member } of numbers) {
    const value = q[member] as number | undefined;
    if (known(value) && value !== defaults[member]) out.push([key + suffix, String(value)]);
  }
  return out;
}

// What ids hold anyway stays readable.
const encode = (s: string): string =>
  encodeURIComponent(s).replace(/%3A/g, ':').replace(/%2C/g, ',').replace(/%2F/g, '/');

export function write(
  state: State,
  unknown: [string, string][] = [],
  extra: [string, string][] = []
): string {
  const list = pairs(state.query, '');
  state.pins.forEach((pin, i) => list.push(...pairs(pin, `.${i + 1}`)));
  if (state.view !== 'calculator') list.push(['view', state.view]);
  list.push(...extra, ...unknown);
  return list.length ? `v=${version}&${list.map(([k, v]) => `${encode(k)}=${encode(v)}`).join('&')}` : '';
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replace(/\+/g, ' '));
  } catch {
    return text;
  }
}

export function read(fragment: string): Loaded {
  const loaded: Loaded = {
    state: { query: { ...defaults }, pins: [], view: 'calculator' },
    unknown: [],
    custom: []
  };
  const list = fragment
    .replace(/^#/, '')
    .split('&')
    .filter(Boolean)
    .map((pair): [string, string] => {
      const at = pair.indexOf('=');
      return at < 0 ? [decode(pair), ''] : [decode(pair.slice(0, at)), decode(pair.slice(at + 1))];
    });
  const asked = list.find(([k]) => k === 'v')?.[1];
  if (asked !== undefined && asked !== version) {
    loaded.badVersion = asked.slice(0, 20);
    return loaded;
  }
  const pins: (Query | undefined)[] = [];
  for (const [name, value] of list) {
    const [, key, n] = /^([a-z]+)(?:\.([1-4]))?$/.exec(name) ?? [];
    if (key === undefined) {
      loaded.unknown.push([name, value]);
      continue;
    }
    const text = texts.find(([k]) => k === key);
    const number = numbers.find((f) => f.key === key);
    if (text || number || key === 'device') {
      let query = loaded.state.query;
      if (n) query = pins[Number(n) - 1] ??= { ...defaults };
      if (key === 'device') query.device = address(value.slice(0, 4000)) ?? value.slice(0, 200);
      else if (text) (query as unknown as Record<string, string>)[text[1]] = value.slice(0, 200);
      else if (number) {
        const x = Number(value);
        if (value !== '' && x >= number.min && x <= number.max && (!number.whole || Number.isInteger(x)))
          (query as unknown as Record<string, number>)[number.member] = x;
      }
    } else if (n) loaded.unknown.push([name, value]);
    else if (key === 'view' && views.has(value)) loaded.state.view = value as View;
    else if (key === 'p') loaded.revision = value;
    else if (key === 'x') loaded.custom.push(value);
    else if (key !== 'v') loaded.unknown.push([name, value]);
  }
  loaded.state.pins = pins.filter((p): p is Query => p !== undefined);
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

export const same = (a: Query, b: Query): boolean =>
  write({ query: a, pins: [], view: 'calculator' }) === write({ query: b, pins: [], view: 'calculator' });
