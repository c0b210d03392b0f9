import type { Answer } from '../../acts';
import { digits, percentOf } from '../../format';
import { fill } from '../../i18n';
import { accuracy as words } from '../../i18n/accuracy';

/**
 * `accuracy.json`, as `./dev fit` writes it. Configurations, median, 90th percentile and, where ranges apply,
 * the share inside them.
 */
export type Summary = [n: number, median: number, most: number, inside?: number] | null;
export type Situation = 'calibrated' | 'unseen';
export const situations: Situation[] = ['calibrated', 'unseen'];
/**
 * What a fit has not seen: some rows of a board, a model or a study of it, the board, its class. From the
 * least to the most.
 */
export const ways = ['row', 'calibrated', 'study', 'unseen', 'class'] as const;
export type Way = (typeof ways)[number];
/** By how much two studies of one configuration differ. */
export interface Noise {
  configurations: number;
  median: number;
  p90: number;
}
export type OfKind = Record<Situation, Summary> & Partial<Record<Way, Summary>> & { noise?: Noise };
export const sides = ['all', 'small', 'mac', 'card'] as const;
export type Side = (typeof sides)[number];

/** Places in the lists. */
export type Place = [device: number, model: number, quant: number, runtime: number, mode: number];
/** 0: not known. */
export type Point = [
  measured: number,
  calibrated: number,
  unseen: number,
  kind: number,
  side: number,
  ...Place
];
export type Miss = [
  kind: number,
  measured: number,
  predicted: number,
  trust: string,
  source: string,
  url: string,
  ...Place
];
export interface Peer {
  id: string;
  name: string;
  url: string;
  factor?: number;
  groups: Record<Side, [theirs: Summary, unseen: Summary, _: Summary, calibrated: Summary]>;
}
export type Group = [id: string, ...Summary[]];
export interface Data {
  counts: Record<string, number>;
  kinds: Record<string, OfKind>;
  memory: Record<string, Summary>;
  byRuntime: Group[];
  byClass: Group[];
  peers: Peer[];
  worst: Record<Situation, Miss[]>;
  points: Point[];
  devices: string[];
  models: string[];
  quants: string[];
  runtimes: string[];
  modes: string[];
}

/** What is shown of it. */
export interface Shown {
  kind: 0 | 1;
  /** The calculator's device alone. */
  only: boolean;
  near: { point: Point; situation: Situation } | undefined;
  side: Side;
  misses: Situation;
  every: boolean;
}
export type Show = (patch: Partial<Shown>) => void;

/** What the engine's lists call the things of a place. */
export interface Names {
  name(kind: 'devices' | 'models' | 'runtimes', id: string): string;
  at(place: Place): Record<'model' | 'quant' | 'device' | 'runtime', string>;
}
export function namesOf(d: Data, { engine }: Answer): Names {
  const name: Names['name'] = (kind, id) => engine?.index[kind].find((x) => x.id === id)?.name ?? id;
  return {
    name,
    at: ([device, model, quant, runtime, mode]) => ({
      model: name('models', d.models[model]),
      quant: d.quants[quant],
      device: name('devices', d.devices[device]) + (d.modes[mode] ? ` (${d.modes[mode]})` : ''),
      runtime: name('runtimes', d.runtimes[runtime])
    })
  };
}

/** How far a prediction was off, in words. */
export function off(measured: number, predicted: number): string {
  const fast = predicted > measured;
  const factor = fast ? predicted / measured : measured / predicted;
  if (factor >= 2) return fill(fast ? words.factorFast : words.factorSlow, { n: digits(factor, 2) });
  const n = percentOf(Math.abs(predicted / measured - 1));
  return fill(fast ? words.fast : words.slow, { n });
}
