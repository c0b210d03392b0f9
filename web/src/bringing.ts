// What the user brings is taken by code that is fetched when there is something to take.
import type { Act } from './acts';
import type { Listed } from './catalogs';
import type { Brings, KeepPort, Room } from './importer';
import { reason } from './problems';

export function lateImporter(port: KeepPort | undefined, room: Room): Brings {
  let fetched: Promise<Brings> | undefined;
  const importer = (): Promise<Brings> =>
    (fetched ??= import('./importer').then(
      ({ Importer }) => new Importer(port, room),
      (error: unknown) => {
        fetched = undefined; // for another try
        throw error;
      }
    ));
  const told = (error: unknown): Promise<void> => room.act({ toast: reason(error) });
  return {
    restore: async () => (port?.all().length ? importer().then((i) => i.restore(), told) : undefined),
    do: (action) => importer().then((i) => i.do(action), told)
  };
}

export const loadCatalog = async (url: string): Promise<Listed[]> =>
  (await import('./catalogs')).loadCatalog(url);

export async function takeFiles(files: File[], act: Act): Promise<void> {
  try {
    await (await import('./files')).takeFiles(files, act);
  } catch (error) {
    await act({ toast: reason(error) });
  }
}
