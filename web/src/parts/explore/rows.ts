import { known } from '../../format';
import type { Exploring } from '../../state';
import type { ExploreRow, Index } from '../../types';

/** Names of models and devices, by id. */
export const nameIn = (list: { id: string; name: string }[] | undefined, id: string): string =>
  list?.find((x) => x.id === id)?.name ?? id;

/** Of one model on one device, the largest that meets the bounds: the least is lost. */
function largest(rows: ExploreRow[]): ExploreRow[] {
  const best = new Map<string, ExploreRow>();
  for (const r of rows) {
    const key = `${r.model}\n${r.device}`;
    const other = best.get(key);
    if (!other || r.memory_B > other.memory_B) best.set(key, r);
  }
  return [...best.values()];
}

/** What was found, as it is shown. */
export function arranged(found: ExploreRow[], e: Exploring, index: Index | undefined): ExploreRow[] {
  const front = e.frontier ? found.filter((r) => r.pareto) : found;
  const rows = e.quant === 'any' ? largest(front) : front;
  const sign = e.up ? 1 : -1;
  return rows.slice().sort((a, b) => (isText(e.sort) ? byText : byNumber)(a, b, e, sign, index));
}

const isText = (sort: Exploring['sort']): boolean =>
  sort === 'model' || sort === 'device' || sort === 'quant';

function byText(
  a: ExploreRow,
  b: ExploreRow,
  { sort }: Exploring,
  sign: number,
  index: Index | undefined
): number {
  const name = (r: ExploreRow): string => {
    if (sort === 'quant') return r.quant;
    return sort === 'model' ? nameIn(index?.models, r.model) : nameIn(index?.devices, r.device);
  };
  return sign * name(a).localeCompare(name(b), undefined, { numeric: true });
}

function byNumber(a: ExploreRow, b: ExploreRow, { sort }: Exploring, sign: number): number {
  const x = a[sort] as number | null;
  const y = b[sort] as number | null;
  if (!known(x) || !known(y)) return Number(!known(x)) - Number(!known(y)); // unknown goes last either way
  return sign * (x - y) || (b.decode_tok_s ?? 0) - (a.decode_tok_s ?? 0);
}
