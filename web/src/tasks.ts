import type { Answerer } from 'edgewise/answer';
import type { Estimator } from 'edgewise';
import { fetched, inspect, knownPreset, printed } from './preset';
import type { Remote } from './remote';
import type { Following } from './types';

/** What only the whole engine can do, by name. */
export const tasks = { inspect, fetched, printed, knownPreset };
export type Task = keyof typeof tasks;
/** What a task is given, and what it gives. */
export type Given<T extends Task> = Parameters<(typeof tasks)[T]>[1];
export type Done<T extends Task> = Awaited<ReturnType<(typeof tasks)[T]>>;

/** Where the engine and its presets come from. */
export interface Sources {
  /** A new, empty engine. */
  load(): Promise<Estimator>;
  /** The same, of the half that answers first; left out: the larger one answers from the start. */
  answer?(): Promise<Answerer>;
  /** Has the whole engine do something. Throws the reasons why it is refused, or why it was stopped. */
  whole<T extends Task>(task: T, what: Given<T>, following?: Following): Promise<Done<T>>;
  /** A file among the presets of the site. */
  text(path: string): Promise<string>;
  /** A file of another address. */
  remote(url: string, mostBytes: number): Promise<Remote>;
}
