import type { KeepPort } from './importer';
import { address } from './remote';
import { isTexts } from './settings';
import { remember, remembered } from './storage';
import type { Kept } from './types';

const key = 'edgewise-own';
const keyOfCatalogs = 'edgewise-catalogs';
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

/** Catalogs that the user added. */
export function ownCatalogs(): string[] {
  try {
    const list: unknown = JSON.parse(remembered(keyOfCatalogs) ?? '[]');
    return isTexts(list) ? list.filter((url) => address(url, location.href) === url) : [];
  } catch {
    return [];
  }
}
export const keepCatalogs = (urls: string[]): void => void remember(keyOfCatalogs, JSON.stringify(urls));
