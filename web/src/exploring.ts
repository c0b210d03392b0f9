import type { Axis, Bounds, ExploreRow } from 'edgewise';
import { known } from './format';

/** What is looked for: models for the device, devices for the model, or quantizations of both. */
export const sides = ['model', 'device', 'quant'] as const;
export type Side = (typeof sides)[number];
/** What stands against the speed in the plot. */
export const heights = ['parameters', 'quality', 'price', 'energy', 'memory'] as const;
export type Height = (typeof heights)[number];

/** What Explore looks for, and how it shows it. The address holds all of it. */
export interface Exploring {
  open: Side;
  limits: Partial<Record<Limited, number>>;
  lists: Record<Listed, string[]>;
  takes: ('vision' | 'audio')[];
  quant: 'default' | 'any';
  /** The scale that quality is on, as the engine names it; empty: that of the most models. */
  benchmark: string;
  height: Height;
  /** What the frontier weighs; empty: the speed and the height of the plot. */
  axes: Axis[];
  sort: keyof ExploreRow;
  up: boolean;
  frontier: boolean;
}

const limits = [
  ['xspeed', 'min_decode_tok_s'],
  ['xttft', 'max_ttft_s'],
  ['xmem', 'max_memory_gib'],
  ['xpower', 'max_power_w'],
  ['xenergy', 'max_energy_per_token_j'],
  ['xprice', 'max_price_usd'],
  ['xmin', 'min_parameters_b'],
  ['xmax', 'max_parameters_b'],
  ['xquality', 'min_quality']
] as const;
export type Limited = (typeof limits)[number][1];
const lists = [
  ['class', 'classes'],
  ['vendor', 'vendors'],
  ['licence', 'licences']
] as const;
export type Listed = (typeof lists)[number][1];
export const allAxes: readonly Axis[] = [
  'speed',
  'ttft',
  'quality',
  'parameters',
  'memory',
  'price',
  'energy',
  'power'
];
const sorts: readonly (keyof ExploreRow)[] = [
  'model',
  'device',
  'quant',
  'parameters',
  'decode_tok_s',
  'ttft_s',
  'memory_B',
  'energy_per_token_J',
  'price_usd',
  'quality',
  'retention'
];

export const exploring = (open: Side, quant: Exploring['quant'] = 'default'): Exploring => ({
  open,
  limits: open === 'model' ? { min_decode_tok_s: 5 } : {},
  lists: { classes: [], vendors: [], licences: [] },
  takes: [],
  quant,
  benchmark: '',
  height: open === 'device' ? 'price' : open === 'model' ? 'parameters' : 'memory',
  axes: [],
  sort: open === 'model' ? 'parameters' : 'decode_tok_s',
  up: false,
  frontier: false
});

/** Asks the engine; `scale` is what an empty benchmark means, where scores are known. */
export function boundsOf(e: Exploring, scale: string): Bounds {
  const benchmark = e.benchmark || scale;
  const axes = e.axes.length ? e.axes : (['speed', e.height] as Axis[]);
  const out: Bounds = { axes: benchmark ? axes : axes.filter((a) => a !== 'quality') };
  if (benchmark) out.benchmark = benchmark;
  for (const [, limit] of limits)
    if (known(e.limits[limit]) && (benchmark || limit !== 'min_quality')) out[limit] = e.limits[limit];
  for (const [, list] of lists) if (e.lists[list].length) out[list] = e.lists[list];
  for (const kind of e.takes) out[kind] = true;
  return out;
}

/** `key=value` of what differs from how Explore opens. */
export function explorePairs(e: Exploring): [string, string][] {
  const usual = exploring(e.open);
  const out: [string, string][] = [];
  const add = (key: string, value: string, standard: string): void => {
    if (value !== standard) out.push([key, value]);
  };
  add('find', e.open, 'model');
  for (const [key, limit] of limits)
    add(key, String(e.limits[limit] ?? ''), String(usual.limits[limit] ?? ''));
  for (const [key, list] of lists) add(key, e.lists[list].join(','), '');
  add('takes', e.takes.join(','), '');
  add('xq', e.quant, usual.quant);
  add('bench', e.benchmark, '');
  add('against', e.height, usual.height);
  add('axes', e.axes.join(','), '');
  add('sort', `${e.up ? '' : '-'}${e.sort}`, `-${usual.sort}`);
  add('front', e.frontier ? '1' : '', '');
  return out;
}

const words = (value: string): string[] => value.split(',').filter(Boolean).slice(0, 40);
function among<T extends string>(all: readonly T[], value: string): T | undefined {
  return all.find((x) => x === value);
}
/** What becomes of a key of the address; undefined: it is none of Explore's. */
function taken(e: Exploring, key: string, value: string): boolean | undefined {
  const limit = limits.find(([k]) => k === key)?.[1];
  const list = lists.find(([k]) => k === key)?.[1];
  if (limit) {
    const x = Number(value);
    if (value !== '' && !(x >= 0 && x <= 1e15)) return false;
    e.limits[limit] = value === '' ? undefined : x;
  } else if (list) e.lists[list] = words(value);
  else if (key === 'takes') e.takes = (['vision', 'audio'] as const).filter((t) => words(value).includes(t));
  else if (key === 'xq') e.quant = value === 'any' ? 'any' : 'default';
  else if (key === 'bench') e.benchmark = value.slice(0, 200);
  else if (key === 'axes') e.axes = allAxes.filter((a) => words(value).includes(a));
  else if (key === 'front') e.frontier = value === '1';
  else if (key === 'against') {
    const height = among(heights, value);
    if (height) e.height = height;
    return height !== undefined;
  } else if (key === 'sort') {
    const sort = among(sorts, value.replace(/^-/, ''));
    if (sort) Object.assign(e, { sort, up: !value.startsWith('-') });
    return sort !== undefined;
  } else return undefined;
  return true;
}

/** Reads the keys of Explore out of a list of them; gives those that are of others, and those that cannot be. */
export function readExploring(list: readonly [string, string][]): {
  explore: Exploring;
  others: [string, string][];
  refused: [string, string][];
} {
  const open = among(sides, list.find(([k]) => k === 'find')?.[1] ?? '');
  const explore = exploring(open ?? 'model');
  const others: [string, string][] = [];
  const refused: [string, string][] = [];
  for (const [key, value] of list) {
    if (key === 'find') {
      if (!open) refused.push([key, value.slice(0, 40)]);
      continue;
    }
    const became = taken(explore, key, value);
    if (became === undefined) others.push([key, value]);
    else if (!became) refused.push([key, value.slice(0, 40)]);
  }
  return { explore, others, refused };
}
