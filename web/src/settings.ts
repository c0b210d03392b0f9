import { msg } from './i18n';
import { address } from './remote';
import { site } from './site';

/** Where models are asked for where the site names no other. */
export const standardHub = 'https://huggingface.co/';
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
export const wrong = (path: string, message: string): Error => new Error(`${path} ${message}`);
export type Record_ = Record<string, unknown>;
export const isObject = (x: unknown): x is Record_ =>
  typeof x === 'object' && x !== null && !Array.isArray(x);
export const isTexts = (x: unknown): x is string[] =>
  Array.isArray(x) && x.every((s) => typeof s === 'string');

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
