// Statements of known numbers: a list for the engine, one text in the state and in links.

import type { Query } from './types';

export const joined = (known: string | string[] | undefined): string =>
  Array.isArray(known) ? known.join(';') : (known ?? '');

export const parted = (known: string | undefined): string[] =>
  (known ?? '')
    .split(/[;\n]/)
    .map((s) => s.trim())
    .filter(Boolean);

/** Numbers that were measured on a device are not of another, nor of another mode or runtime of it. */
export const forgetting = (was: Query, change: Partial<Query>): Partial<Query> =>
  was.known &&
  change.known === undefined &&
  (['device', 'power_mode', 'runtime'] as const).some((k) => change[k] !== undefined && change[k] !== was[k])
    ? { ...change, known: '' }
    : change;
