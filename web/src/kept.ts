import type { KeepPort } from './importer';
import { remember, remembered } from './storage';
import type { Kept } from './types';

const key = 'edgewise-own';
const isKept = (x: unknown): x is Kept => {
  const { kind, id, asked, text } = Object(x) as Record<string, unknown>;
  return (kind === 'model' || kind === 'device') && [id, asked, text].every((s) => typeof s === 'string');
};

/** Presets of the user's own, in this browser. A page in a frame of another keeps none. */
export const keeper = (): KeepPort | undefined =>
  window.top === window
    ? {
        all() {
          try {
            const list: unknown = JSON.parse(remembered(key) ?? '[]');
            return Array.isArray(list) ? list.filter(isKept) : [];
          } catch {
            return [];
          }
        },
        keep: (list) => remember(key, JSON.stringify(list))
      }
    : undefined;
