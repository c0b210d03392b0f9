import { msg, fill } from './i18n';
import { fetchRemote, tame } from './remote';
import { isObject, isTexts, wrong, type Record_ } from './settings';
import type { EdgewiseProblem } from './types';

/**
 * A device in a catalog; `address` holds the sum of the preset's bytes, so that a link to it means those
 * bytes.
 */
export interface Listed {
  address: string;
  name: string;
  id: string;
  date: string;
  runtimes: string[];
}
export interface Catalog {
  url: string;
  own: boolean;
  state: 'loading' | 'loaded' | 'failed';
  errors: EdgewiseProblem[];
  devices: Listed[];
}

const most = 2_000_000;

function text(entry: Record_, path: string, member: string): string {
  const value = entry[member];
  if (typeof value !== 'string' || value === '') throw wrong(`${path}.${member}`, msg.mustBe.text);
  return value;
}

/** Reads a catalog. Presets in it are named from where it lies. */
export function parseCatalog(source: string, from: URL): Listed[] {
  let json: unknown;
  try {
    json = JSON.parse(source);
  } catch (error) {
    throw new Error(fill(msg.files.syntax, { message: (error as Error).message }), { cause: error });
  }
  if (!isObject(json) || json.type !== 'catalog') throw wrong('type', msg.mustBe.catalog);
  if (json.schema !== 1) throw wrong('schema', msg.mustBe.one);
  if (!Array.isArray(json.presets)) throw wrong('presets', msg.mustBe.list);
  const seen = new Set<string>();
  return json.presets.map((entry: unknown, i): Listed => {
    const path = `presets[${i}]`;
    if (!isObject(entry)) throw wrong(path, msg.mustBe.object);
    const sum = text(entry, path, 'sha256');
    if (!/^[0-9a-f]{64}$/.test(sum)) throw wrong(`${path}.sha256`, msg.mustBe.sum);
    let url: URL;
    try {
      url = new URL(text(entry, path, 'url'), from);
    } catch {
      throw wrong(`${path}.url`, msg.mustBe.address);
    }
    if (url.protocol !== 'https:' && url.protocol !== 'http:') throw wrong(`${path}.url`, msg.mustBe.address);
    url.hash = `sha256=${sum}`;
    if (seen.has(url.href)) throw wrong(`${path}.url`, msg.mustBe.once);
    seen.add(url.href);
    const { date = '', runtimes = [] } = entry;
    if (typeof date !== 'string') throw wrong(`${path}.date`, msg.mustBe.text);
    if (!isTexts(runtimes)) throw wrong(`${path}.runtimes`, msg.mustBe.list);
    return {
      address: url.href,
      id: text(entry, path, 'id'),
      name: tame(text(entry, path, 'name')),
      date: tame(date, 20),
      runtimes: runtimes.map((r) => tame(r))
    };
  });
}

export async function loadCatalog(address: string): Promise<Listed[]> {
  const { text: source, url } = await fetchRemote(address, most);
  return parseCatalog(source, url);
}
