import { about, tables, type Begin } from '../beginning';
import type { Index } from '../types';

type Ids = Record<'models' | 'devices', string[]>;

/** All tables, and of the index the ids alone: for who asks by ids. A name fetches the rest. */
export const byIds: Begin = async (sources) => {
  const listed = (list: string[]): { id: string }[] => list.map((id) => ({ id }));
  const [base, { ids, head }] = await Promise.all([
    tables(sources),
    about('ids.json', async () => {
      const text = await sources.text('ids.json');
      const { models, devices, ...rest } = JSON.parse(text) as Omit<Index, keyof Ids> & Ids;
      return { ids: { models: listed(models), devices: listed(devices) }, head: rest };
    })
  ]);
  return { base, index: { ...head, models: [], devices: [] }, files: [], ids };
};
