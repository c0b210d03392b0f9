import { en, fill, locale } from './i18n/en';

const cache = new Map<string, Intl.NumberFormat>();
function intl(options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = JSON.stringify(options);
  let f = cache.get(key);
  if (!f) cache.set(key, (f = new Intl.NumberFormat(locale, options)));
  return f;
}

export const known = (x: number | null | undefined): x is number => typeof x === 'number' && Number.isFinite(x);

/** `significant` digits, whole from a thousand on; never more than is known. */
export function digits(x: number, significant = 3): string {
  const a = Math.abs(x);
  if (a !== 0 && a < 1e-4) return intl({ notation: 'scientific', maximumSignificantDigits: 2 }).format(x);
  if (a >= 10 ** significant) return intl({ maximumFractionDigits: 0, maximumSignificantDigits: Math.max(significant, 3) }).format(x);
  return intl({ maximumSignificantDigits: significant }).format(x);
}
export const whole = (x: number): string => intl({ maximumFractionDigits: 0 }).format(x);
export const percent = (x: number): string => intl({ style: 'percent', maximumFractionDigits: Math.abs(x) < 0.01 ? 1 : 0 }).format(x);
export const signedPercent = (x: number): string => intl({ style: 'percent', signDisplay: 'always', maximumSignificantDigits: 2 }).format(x);

export interface Measured { number: string; unit: string; }

const ladder = (x: number, steps: [number, string][], significant: number): Measured => {
  // The unit is chosen after rounding, so that 999.9 ms reads 1 s.
  const a = Number(Math.abs(x).toPrecision(significant));
  const [scale, unit] = steps.find(([s]) => a >= s) ?? steps[steps.length - 1]!;
  return { number: digits(x / scale, significant), unit };
};

const si: [number, string][] = [[1e18, 'E'], [1e15, 'P'], [1e12, 'T'], [1e9, 'G'], [1e6, 'M'], [1e3, 'k'], [1, '']];

/** A value of `unit` (as the engine states it) in the unit that a person would use. */
export function measure(x: number, unit: string, significant = 3): Measured {
  if (x === 0 && unit !== 'B') return { number: '0', unit };
  switch (unit) {
    case 'B': return ladder(x, [[1024 ** 3, 'GiB'], [1024 ** 2, 'MiB'], [1024, 'KiB'], [1, 'B']], significant);
    case 's': return ladder(x, [[86400, 'days'], [3600, 'h'], [120, 'min'], [1, 's'], [1e-3, 'ms'], [1e-6, 'µs'], [1e-9, 'ns']], significant);
    case 'J': return ladder(x, [[3.6e6, 'kWh'], [3600, 'Wh'], [1, 'J'], [1e-3, 'mJ']], significant);
    case 'W': return ladder(x, [[1e3, 'kW'], [1, 'W'], [1e-3, 'mW']], significant);
    case 'Wh': return ladder(x, [[1e3, 'kWh'], [1, 'Wh'], [1e-3, 'mWh']], significant);
    case 'B/s': case 'FLOP': case 'FLOP/s': return ladder(x, si.map(([s, p]) => [s, p + unit]), significant);
    case 'tokens': return { number: Number.isInteger(x) ? whole(x) : digits(x, significant), unit };
    case 'h': return ladder(x, [[48, 'days'], [1, 'h'], [1 / 60, 'min']].map(([s, u]) => [u === 'days' ? 24 : s, u] as [number, string]).filter(([s, u]) => u !== 'days' || x >= 48), significant);
    default: return { number: Number.isInteger(x) && Math.abs(x) < 1e6 ? whole(x) : digits(x, significant), unit };
  }
}
const joined = ({ number, unit }: Measured): string => (unit === '' ? number : unit === 'USD' ? `$${number}` : `${number}\u00a0${unit}`);
export const show = (x: number | null | undefined, unit: string, significant = 3): string => (known(x) ? joined(measure(x, unit, significant)) : en.unknown);

/** Both ends of a range in one unit, that of `around`. */
export function range(low: number, high: number, around: number, unit: string): string {
  const scale = measure(around, unit);
  const factor = ratio(around, unit, scale);
  return fill(en.big.range, { low: digits(low / factor, 2), high: digits(high / factor, 2) }) + (scale.unit ? `\u00a0${scale.unit}` : '');
}
function ratio(x: number, unit: string, m: Measured): number {
  if (x === 0) return 1;
  for (const [s, u] of scales[unit] ?? []) if (u === m.unit) return s;
  return 1;
}
const scales: Record<string, [number, string][]> = {
  B: [[1024 ** 3, 'GiB'], [1024 ** 2, 'MiB'], [1024, 'KiB']],
  s: [[86400, 'days'], [3600, 'h'], [120, 'min'], [1e-3, 'ms'], [1e-6, 'µs'], [1e-9, 'ns']],
  J: [[3.6e6, 'kWh'], [3600, 'Wh'], [1e-3, 'mJ']],
  W: [[1e3, 'kW'], [1e-3, 'mW']],
  Wh: [[1e3, 'kWh'], [1e-3, 'mWh']]
};

export function parameterCount(n: number): string {
  return n >= 1e9 ? fill(en.form.billion, { n: digits(n / 1e9, n >= 1e10 ? 2 : 3) }) : fill(en.form.million, { n: digits(n / 1e6, 3) });
}

/** Reads a number as a person writes it: 4096, 4,096, 4k, 8 Ki, 0,3, 1.5 M. NaN if it is none. */
export function parseNumber(text: string): number {
  const m = /^\s*([+-]?[\d.,'\u2019\u00a0\u202f ]*\d)\s*(ki|mi|gi|k|m|g|b)?\s*(?:tokens?|gib|wh|tok)?\s*$/i.exec(text);
  if (!m) return NaN;
  let body = m[1]!.replace(/['\u2019\u00a0\u202f ]/g, '');
  if (/^[+-]?[1-9]\d{0,2}(,\d{3})+(\.\d+)?$/.test(body)) body = body.replace(/,/g, '');
  else if (/^[+-]?[1-9]\d{0,2}(\.\d{3}){2,}(,\d+)?$/.test(body)) body = body.replace(/\./g, '').replace(',', '.');
  else body = body.replace(',', '.');
  if (!/^[+-]?(\d+\.?\d*|\.\d+)$/.test(body)) return NaN;
  const factor = { k: 1e3, m: 1e6, g: 1e9, b: 1e9, ki: 1024, mi: 1024 ** 2, gi: 1024 ** 3 }[(m[2] ?? '').toLowerCase()] ?? 1;
  const value = Number(body) * factor;
  return Math.abs(value - Math.round(value)) < 1e-9 ? Math.round(value) : value;
}
/** How a number is put back into its box: plain digits with separators, every digit kept. */
export const boxed = (x: number): string => intl({ maximumFractionDigits: 6 }).format(x);
