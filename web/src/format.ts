import { fill, msg } from './i18n';
import { scientific, written, type Precision } from './numbers';

export const known = (x: number | null | undefined): x is number =>
  typeof x === 'number' && Number.isFinite(x);

/** `significant` digits, three at least from a thousand on; never more than is known. */
export function digits(x: number, significant = 3): string {
  const a = Math.abs(x);
  if (a !== 0 && a < 1e-4) return scientific(x, 2);
  return written(x, { significant: a >= 10 ** significant ? Math.max(significant, 3) : significant });
}
export const whole = (x: number): string => written(x, { decimals: 0 });
const percents = (x: number, precision: Precision): string => `${written(x, { ...precision, shift: 2 })}%`;
export const percent = (x: number): string =>
  x > 0 && x < 0.0005
    ? `<${percents(0.001, { decimals: 1 })}`
    : percents(x, { decimals: Math.abs(x) < 0.01 ? 1 : 0 });
/** Errors: whole percents from ten on, one decimal below. */
export const percentOf = (x: number): string => {
  const decimals = x === 0 || x >= 0.0995 ? 0 : 1;
  return percents(x, { decimals, least: decimals });
};
export const signedPercent = (x: number): string => `${x < 0 ? '' : '+'}${percents(x, { significant: 2 })}`;

export interface Measured {
  number: string;
  unit: string;
}

/** In which units bytes are shown. */
export type Units = 'GiB' | 'GB';
export const isUnits = (text: string | null): text is Units => text === 'GiB' || text === 'GB';
type Steps = [factor: number, name: string, from?: number][];
const bytes: Record<Units, Steps> = {
  GiB: [
    [1024 ** 3, 'GiB'],
    [1024 ** 2, 'MiB'],
    [1024, 'KiB'],
    [1, 'B']
  ],
  GB: [
    [1e9, 'GB'],
    [1e6, 'MB'],
    [1e3, 'kB'],
    [1, 'B']
  ]
};
/** What is shown from now on; what is shown already is to be drawn anew. */
export const setUnits = (units: Units): void => void (scales.B = bytes[units]);

/** The largest unit of a quantity, for columns that have one. */
export function largest(unit: string): { factor: number; unit: string } {
  const [factor, name] = scales[unit][0];
  return { factor, unit: name };
}

/** Units of a quantity, largest first: [factor, name, used from]. */
const scales: Record<string, Steps> = {
  B: bytes.GiB,
  s: [
    [86400, 'days'],
    [3600, 'h'],
    [60, 'min', 120],
    [1, 's'],
    [1e-3, 'ms'],
    [1e-6, 'µs'],
    [1e-9, 'ns']
  ],
  J: [
    [3.6e6, 'kWh'],
    [3600, 'Wh'],
    [1, 'J'],
    [1e-3, 'mJ']
  ],
  W: [
    [1e3, 'kW'],
    [1, 'W'],
    [1e-3, 'mW']
  ],
  Wh: [
    [1e3, 'kWh'],
    [1, 'Wh'],
    [1e-3, 'mWh']
  ],
  h: [
    [24, 'days', 48],
    [1, 'h'],
    [1 / 60, 'min']
  ]
};
scales['1/s'] = [
  [1e9, 'G/s'],
  [1e6, 'M/s'],
  [1e3, 'k/s'],
  [1, '/s']
];
for (const unit of ['B/s', 'FLOP', 'FLOP/s'])
  scales[unit] = (
    [
      [1e18, 'E'],
      [1e15, 'P'],
      [1e12, 'T'],
      [1e9, 'G'],
      [1e6, 'M'],
      [1e3, 'k'],
      [1, '']
    ] as const
  ).map(([factor, prefix]) => [factor, prefix + unit]);

function scaleOf(x: number, unit: string, significant: number): { factor: number; unit: string } {
  const steps = scales[unit];
  if (!steps || x === 0) return { factor: 1, unit };
  // The unit is chosen after rounding, so that 999.9 ms reads 1 s.
  const a = Number(Math.abs(x).toPrecision(significant));
  const [factor, name] = steps.find(([f, , from]) => a >= (from ?? f)) ?? steps[steps.length - 1];
  return { factor, unit: name };
}

/** A value of `unit` (as the engine states it) in the unit that a person would use. */
export function measure(x: number, unit: string, significant = 3): Measured {
  const scale = scaleOf(x, unit, significant);
  // Counts are exact.
  if ((unit === '' || unit === 'tokens') && Number.isInteger(x) && Math.abs(x) < 1e15)
    return { number: whole(x), unit };
  return { number: digits(x / scale.factor, significant), unit: scale.unit };
}
const unitName = (unit: string): string => msg.unitWords[unit] ?? unit;
const joined = ({ number, unit }: Measured): string =>
  unit === '' ? number : unit === 'USD' ? `$${number}` : `${number}\u00a0${unitName(unit)}`;
export const show = (x: number | null | undefined, unit: string, significant = 3): string =>
  known(x) ? joined(measure(x, unit, significant)) : msg.unknown;

/** Both ends of a range in one unit, that of `around`. */
export function range(low: number, high: number, around: number, unit: string): string {
  const scale = scaleOf(around, unit, 3);
  const text = fill(msg.big.range, {
    low: digits(low / scale.factor, 2),
    high: digits(high / scale.factor, 2)
  });
  return scale.unit ? `${text}\u00a0${unitName(scale.unit)}` : text;
}

export function parameterCount(n: number): string {
  return n >= 9.995e8
    ? fill(msg.form.billion, { n: digits(n / 1e9, n >= 1e10 ? 2 : 3) })
    : fill(msg.form.million, { n: digits(n / 1e6, 3) });
}

/** Reads a number as a person writes it: 4096, 4,096, 4k, 8 Ki, 0,3, 1.5 M. NaN if it is none. */
export function parseNumber(text: string): number {
  const m =
    /^\s*([+-]?[\d.,'\u2019\u00a0\u202f ]*\d)\s*(ki|mi|gi|k|m|g|b)?\s*(?:tokens?|gib|wh|tok)?\s*$/i.exec(
      text
    );
  if (!m) return NaN;
  // Groups are of three digits: what merely has a blank in it is two numbers.
  if (/[^\d.,+-]/.test(m[1]) && !/^[+-]?\d{1,3}([^\d.,]\d{3})+([.,]\d+)?$/.test(m[1])) return NaN;
  let body = m[1].replace(/['\u2019\u00a0\u202f ]/g, '');
  if (/^[+-]?[1-9]\d{0,2}(,\d{3})+(\.\d+)?$/.test(body)) body = body.replace(/,/g, '');
  else if (/^[+-]?[1-9]\d{0,2}(\.\d{3}){2,}(,\d+)?$/.test(body))
    body = body.replace(/\./g, '').replace(',', '.');
  else body = body.replace(',', '.');
  if (!/^[+-]?(\d+\.?\d*|\.\d+)$/.test(body)) return NaN;
  const factor =
    { k: 1e3, m: 1e6, g: 1e9, b: 1e9, ki: 1024, mi: 1024 ** 2, gi: 1024 ** 3 }[(m[2] ?? '').toLowerCase()] ??
    1;
  const value = Number(body) * factor;
  return Math.abs(value - Math.round(value)) < 1e-9 ? Math.round(value) : value;
}
/** How a number is put back into its box: plain digits with separators, every digit kept. */
export const boxed = (x: number): string => written(x, { decimals: 6 });
