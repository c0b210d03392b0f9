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

const nameOf = ({ kind, id }: Kept): string => `${kind}/${id}`;
function stored(): Kept[] {
  try {
    const list: unknown = JSON.parse(remembered(key) ?? '[]');
    return Array.isArray(list) ? list.filter(isKept) : [];
  } catch {
    return [];
  }
}

/** Presets of the user's own, in this browser. A page in a frame of another keeps none. */
export function keeper(): KeepPort | undefined {
  if (window.top !== window) return undefined;
  // What another tab has kept since is not this one's to drop.
  const seen = new Set<string>();
  const see = (list: Kept[]): Kept[] => {
    for (const p of list) seen.add(nameOf(p));
    return list;
  };
  return {
    all: () => see(stored()),
    keep(list) {
      const others = stored().filter((p) => !seen.has(nameOf(p)));
      return remember(key, JSON.stringify([...others, ...see(list)]));
    }
  };
}

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
