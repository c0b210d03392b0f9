import { msg, fill } from './i18n';
import { problems } from './problems';
import { address, fetchRemote, tame } from './remote';
import { site } from './site';
import { standardHub } from './sources';
import { remember, remembered } from './storage';
import type { EdgewiseProblem } from './types';

/** What whoever hosts the page set in site.json. */
export interface Site {
  /** Device of a bare address: a board that serves the page names its own preset. */
  device: string;
  /** The same board before it was measured, to be shown beside it; empty: none. */
  before: string;
  catalogs: string[];
  /** Where models are asked for: Hugging Face, or a server that answers as it does. */
  hub: string;
  /** Whether the page is kept for use without a network; false where what it shows changes. */
  offline: boolean;
}
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
const key = 'edgewise-catalogs';

const wrong = (path: string, message: string): Error => new Error(`${path} ${message}`);
type Record_ = Record<string, unknown>;
const isObject = (x: unknown): x is Record_ => typeof x === 'object' && x !== null && !Array.isArray(x);
const isTexts = (x: unknown): x is string[] => Array.isArray(x) && x.every((s) => typeof s === 'string');

/**
 * site.json lies beside the page, so that a host changes it without building; without it there are no
 * settings.
 */
export async function readSite(): Promise<Site> {
  const none: Site = { device: '', before: '', catalogs: [], hub: standardHub, offline: true };
  const response = await fetch(new URL('site.json', site));
  if (response.status === 404) return none;
  if (!response.ok) throw new Error(`site.json: ${response.status}`);
  const settings: unknown = await response.json();
  if (!isObject(settings)) throw wrong('site.json', msg.mustBe.object);
  const { device = '', before = '', catalogs = [], hub = standardHub, offline = true } = settings;
  if (typeof device !== 'string' || (device && !address(device, site)))
    throw wrong('site.json: device', msg.mustBe.address);
  if (typeof before !== 'string' || (before && !address(before, site)))
    throw wrong('site.json: before', msg.mustBe.address);
  if (typeof hub !== 'string' || !address(hub, site)) throw wrong('site.json: hub', msg.mustBe.address);
  if (!isTexts(catalogs) || catalogs.some((c) => !address(c, site)))
    throw wrong('site.json: catalogs', msg.mustBe.addresses);
  if (typeof offline !== 'boolean') throw wrong('site.json: offline', msg.mustBe.flag);
  return {
    device: device && address(device, site)!,
    before: before && address(before, site)!,
    catalogs: catalogs.map((c) => address(c, site)!),
    hub: address(hub, site)!.replace(/\/*$/, '/'),
    offline
  };
}

/** Catalogs that the user added. */
export function ownCatalogs(): string[] {
  try {
    const list: unknown = JSON.parse(remembered(key) ?? '[]');
    return isTexts(list) ? list.filter((url) => address(url, location.href) === url) : [];
  } catch {
    return [];
  }
}
export const keepCatalogs = (urls: string[]): void => void remember(key, JSON.stringify(urls));

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

export async function loadCatalog(catalog: Catalog): Promise<Catalog> {
  try {
    const { text: source, url } = await fetchRemote(catalog.url, most);
    return { ...catalog, state: 'loaded', errors: [], devices: parseCatalog(source, url) };
  } catch (error) {
    return { ...catalog, state: 'failed', errors: problems(error), devices: [] };
  }
}
