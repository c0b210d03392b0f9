import type { Explored } from 'edgewise';
import type { Exploring, Side } from '../../exploring';
import { digits, known } from '../../format';
import { fill, msg } from '../../i18n';
import { explore as words } from '../../i18n/explore';
import type { ExploreRow } from '../../types';
import type { Names } from '../../worker';
import { keptText } from '../../ui/quality';
import { table } from '../../export';

/** What a row is called among those beside it. */
export function nameOf(r: ExploreRow, { open }: Pick<Exploring, 'open'>, names: Names): string {
  if (open === 'quant') return r.quant;
  return open === 'model' ? names.models[r.model] : names.devices[r.device];
}

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
export function arranged(found: ExploreRow[], e: Exploring, names: Names): ExploreRow[] {
  const front = e.frontier ? found.filter((r) => r.pareto) : found;
  const rows = e.quant === 'any' && e.open !== 'quant' && !e.frontier ? largest(front) : front;
  const sign = e.up ? 1 : -1;
  return rows.slice().sort((a, b) => (isText(e.sort) ? byText : byNumber)(a, b, e, sign, names));
}

const isText = (sort: Exploring['sort']): boolean =>
  sort === 'model' || sort === 'device' || sort === 'quant';

function byText(a: ExploreRow, b: ExploreRow, { sort }: Exploring, sign: number, names: Names): number {
  const name = (r: ExploreRow): string => nameOf(r, { open: sort as Side }, names);
  return sign * name(a).localeCompare(name(b), undefined, { numeric: true });
}

function byNumber(a: ExploreRow, b: ExploreRow, { sort }: Exploring, sign: number): number {
  const x = a[sort] as number | null;
  const y = b[sort] as number | null;
  if (!known(x) || !known(y)) return Number(!known(x)) - Number(!known(y)); // unknown goes last either way
  return sign * (x - y) || (b.decode_tok_s ?? 0) - (a.decode_tok_s ?? 0);
}

/** What a quantization keeps. */
export const kept = (r: ExploreRow): string =>
  keptText({ kind: r.retention_kind, value: r.retention, estimated: r.retention_estimated });
/** A score, which is a bound where nobody knows what the quantization loses. */
export function score(r: ExploreRow): string {
  if (!known(r.quality)) return msg.unknown;
  const value = digits(r.quality);
  if (r.quality_basis === 'unquantized') return fill(words.atMost, { value });
  return r.quality_basis === 'estimated' ? fill(words.about, { value }) : value;
}

/** Every column of what is shown, with machine decimals; each row names its model, its device and in which mode that is. */
export function csvOf(
  rows: ExploreRow[],
  scale: Explored['scale'],
  mode: string,
  { models, devices }: Names
): string {
  const columns = Object.keys(rows[0] ?? {}) as (keyof ExploreRow)[];
  const head = ['model_name', 'device_name', ...columns, 'benchmark', 'power_mode'];
  const plain = (x: ExploreRow[keyof ExploreRow]): string | number | null =>
    typeof x === 'boolean' ? Number(x) : x;
  const lines = rows.map((r) => [
    models[r.model],
    devices[r.device],
    ...columns.map((c) => plain(r[c])),
    scale?.id ?? '',
    mode
  ]);
  return table([head, ...lines]);
}
