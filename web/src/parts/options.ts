import { digits, known, parameterCount } from '../format';
import { classes, fill, language, msg } from '../i18n';
import { hostOf, isAddress } from '../remote';
import type { DeviceEntry, ModelEntry } from '../types';
import type { Option } from '../ui/search';

/**
 * What the choosers list, made once of what it is made of and for each language: they are drawn at every key. `as`:
 * what else it depends on.
 */
const made = new WeakMap<object, { as: string; options: Option[] }>();
export function once<T extends object>(of: T, make: (of: T) => Option[], as = ''): Option[] {
  const key = `${language()} ${as}`;
  let entry = made.get(of);
  if (entry?.as !== key) made.set(of, (entry = { as: key, options: make(of) }));
  return entry.options;
}
/** One that says no more than its name. */
export const plainOption = (id: string, name: string, group = ''): Option => ({
  id,
  name,
  group,
  detail: '',
  search: name,
  popular: 0
});
/** With one for none of them, which comes first. */
export const orNone = (options: Option[], name: string): Option[] =>
  once(options, (all) => [plainOption('', name), ...all], name);

export const modelOptions = (list: ModelEntry[] = []): Option[] => once(list, models);
export const deviceOptions = (list: DeviceEntry[] = []): Option[] => once(list, devices);

const compared = (a: string, b: string): number => Number(a > b) - Number(a < b);
const titled = (s: string): string => s.charAt(0).toUpperCase() + s.slice(1);

/** One's own first, then families with most members, by size. */
function models(list: ModelEntry[]): Option[] {
  const size = new Map<string, number>();
  for (const m of list) size.set(m.family, (size.get(m.family) ?? 0) + 1);
  const order = (a: ModelEntry, b: ModelEntry): number =>
    Number(!!b.own) - Number(!!a.own) ||
    size.get(b.family)! - size.get(a.family)! ||
    compared(a.family, b.family) ||
    (a.parameters ?? 0) - (b.parameters ?? 0);
  return list
    .slice()
    .sort(order)
    .map((m) => ({
      id: m.id,
      name: m.name,
      group: m.own ? msg.form.yours : titled(m.family.replace(/_/g, ' ')),
      detail: m.parameters ? parameterCount(m.parameters) : '',
      search: `${m.name} ${m.id} ${m.family} ${m.also ?? ''} ${m.repo ?? ''}`,
      popular: m.rows ?? 0
    }));
}

function heading(d: DeviceEntry): string {
  if (d.catalog) return fill(msg.form.catalog, { host: hostOf(d.catalog) });
  if (isAddress(d.id)) return msg.form.linked;
  return d.own ? msg.form.yours : (classes[d.class!] ?? d.class!);
}
const classOrder = Object.keys(classes);
function rank(d: DeviceEntry): number {
  if (d.catalog) return classOrder.length + 1;
  if (isAddress(d.id)) return -1;
  if (d.own) return -2;
  const at = classOrder.indexOf(d.class!);
  return at < 0 ? classOrder.length : at;
}

/** The computers that a chip of Apple's is in: their presets are named by the chips. */
function computers({ class: kind, name }: DeviceEntry): string {
  if (kind !== 'mac') return '';
  if (/ultra/i.test(name)) return 'Mac Studio Pro';
  if (/max/i.test(name)) return 'MacBook Pro Mac Studio';
  return /pro/i.test(name) ? 'MacBook Pro Mac mini' : 'MacBook Air Pro Mac mini iMac';
}

/**
 * One's own first, then what a link brought, the classes, and the catalogs. The site lists its own in the order of
 * names (scripts/presets.mjs): comparing names as people do takes a phone long.
 */
function devices(list: DeviceEntry[]): Option[] {
  const order = (a: DeviceEntry, b: DeviceEntry): number =>
    rank(a) - rank(b) || compared(a.catalog ?? '', b.catalog ?? '');
  return list
    .slice()
    .sort(order)
    .map((d) => ({
      id: d.id,
      name: d.name,
      group: heading(d),
      detail: [known(d.gib) ? `${digits(d.gib)} GiB` : '', d.usd ? `$${digits(d.usd)}` : '', d.date ?? '']
        .filter(Boolean)
        .join(' · '),
      search: `${d.name} ${d.id} ${heading(d)} ${computers(d)} ${d.also ?? ''}`,
      popular: d.rows ?? 0
    }));
}
