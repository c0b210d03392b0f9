// Statements of known numbers and edits of the device: lists for the engine, one text each in the state and in links.

import type { Query } from './types';

export const joined = (known: string | string[] | undefined): string =>
  Array.isArray(known) ? known.join(';') : (known ?? '');

export const parted = (known: string | undefined): string[] =>
  (known ?? '')
    .split(/[;\n]/)
    .map((s) => s.trim())
    .filter(Boolean);

/**
 * Numbers that were measured on a device are not of another, nor of another mode or runtime of it; edits are not of
 * another device.
 */
export function forgetting(was: Query, change: Partial<Query>): Partial<Query> {
  const changes = (k: 'device' | 'power_mode' | 'runtime'): boolean =>
    change[k] !== undefined && change[k] !== was[k];
  const out = { ...change };
  if (was.known && change.known === undefined && (['device', 'power_mode', 'runtime'] as const).some(changes))
    out.known = '';
  if (was.set && change.set === undefined && changes('device')) out.set = '';
  return out;
}
