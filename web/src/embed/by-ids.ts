import type { Begin } from '../beginning';
import type { Index } from '../types';

type Ids = Record<'models' | 'devices', string[]>;

/** All tables, and of the index the ids alone: for who asks by ids. A name fetches the rest. */
export const byIds: Begin = async (sources) => {
  const [base, text] = await Promise.all([sources.text('base.json'), sources.text('ids.json')]);
  const { models, devices, ...head } = JSON.parse(text) as Omit<Index, keyof Ids> & Ids;
  const listed = (ids: string[]): { id: string }[] => ids.map((id) => ({ id }));
  const ids = { models: listed(models), devices: listed(devices) };
  return { base, index: { ...head, models: [], devices: [] }, files: [], ids };
};
