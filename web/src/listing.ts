import type { Listed } from './catalogs';
import type { CatalogList, DeviceEntry, Index } from './types';

/**
 * What the choosers list: the index of the site, what the user brought, and what catalogs name. Nothing is
 * changed in place.
 */

/** The index as it travels: lists of rows, whose columns are named once. */
export type PackedIndex = Omit<Index, 'models' | 'devices'> & Record<'models' | 'devices', PackedTable>;
interface PackedTable {
  columns: string[];
  rows: unknown[][];
}
export function unpacked({ models, devices, ...rest }: PackedIndex): Index {
  const table = <Row>({ columns, rows }: PackedTable): Row[] =>
    rows.map(
      (row) =>
        Object.fromEntries(
          columns.flatMap((c, i) => ((row[i] ?? null) === null ? [] : [[c, row[i]]]))
        ) as unknown as Row
    );
  return { ...rest, models: table(models), devices: table(devices) };
}

/** All of the site, and of what was listed so far what others brought. */
export function joined(whole: Index, now: Index): Index {
  const besides = <Entry extends { id: string }>(all: Entry[], some: Entry[]): Entry[] => {
    const there = new Set(all.map((x) => x.id));
    return some.filter((x) => !there.has(x.id));
  };
  return {
    ...whole,
    models: [...besides(whole.models, now.models), ...whole.models],
    devices: [...whole.devices, ...besides(whole.devices, now.devices)]
  };
}

export const withModel = (index: Index, m: CatalogList['models'][number]): Index => {
  const entry = {
    id: m.id,
    name: m.name,
    family: m.family,
    parameters: m.parameters,
    vision: m.vision ? (1 as const) : undefined,
    audio: m.audio ? (1 as const) : undefined,
    own: true as const
  };
  return { ...index, models: [entry, ...index.models.filter((x) => x.id !== m.id)] };
};

export const withDevice = (index: Index, d: CatalogList['devices'][number]): Index => {
  const listed = index.devices.find((x) => x.id === d.id);
  const entry: DeviceEntry = {
    ...listed,
    id: d.id,
    name: d.name,
    class: d.class,
    gib: d.memory_gib,
    own: true
  };
  const devices = listed ? index.devices.map((x) => (x.id === d.id ? entry : x)) : [entry, ...index.devices];
  return { ...index, devices };
};

/** Lists the devices of a catalog; each is fetched when it is chosen. */
export function withCatalog(index: Index, catalog: string, devices: Listed[]): Index {
  const rest = withoutCatalog(index, catalog);
  const loaded = new Map(rest.devices.filter((d) => d.own).map((d) => [d.id, d]));
  const entries = devices.map((d): DeviceEntry => ({
    ...(loaded.get(d.address) ?? { id: d.address, name: d.name }),
    catalog,
    date: d.date,
    also: `${d.id} ${d.runtimes.join(' ')}`
  }));
  const listed = new Set(entries.map((d) => d.id));
  return { ...rest, devices: [...rest.devices.filter((d) => !listed.has(d.id)), ...entries] };
}

export const withoutCatalog = (index: Index, catalog: string): Index => ({
  ...index,
  devices: index.devices.flatMap((d) => {
    if (d.catalog !== catalog) return [d];
    return d.own ? [{ ...d, catalog: undefined }] : [];
  })
});

/** Lets go of a device; one that a catalog lists stays listed. */
export const withoutDevice = (index: Index, id: string): Index => ({
  ...index,
  devices: index.devices.flatMap((d) => {
    if (d.id !== id) return [d];
    return d.catalog === undefined ? [] : [{ ...d, own: undefined }];
  })
});

/** The entry that an id means, as it is written or with other capitals. */
export const entryOf = <T extends { id: string }>(list: T[], id: string): T | undefined =>
  list.find((x) => x.id === id) ?? list.find((x) => x.id.toLowerCase() === id.toLowerCase());

/** Whatever means a preset of the site, the id first. */
export const namesOf = (entry: { id: string; name: string; also?: string; repo?: string }): string[] => [
  entry.id,
  entry.name,
  ...(entry.also?.split(' · ') ?? []),
  ...(entry.repo ? [entry.repo] : [])
];
