/** A scale of an axis: where a value is, as a share of the way from `from` to `to`. */
export interface Scale {
  from: number;
  to: number;
  /** 0 at `from`, 1 at `to`; beyond both outside. */
  share(value: number): number;
  /** At most about `count` round values between both ends, by rising value. */
  ticks(count: number): number[];
}

const slack = 1 + 1e-9;

/** Multiples of 1, 2, 2.5 or 5 times a power of ten. */
function roundSteps(from: number, to: number, count: number): number[] {
  const raw = (to - from) / Math.max(1, count);
  if (!(raw > 0) || !Number.isFinite(raw)) return [from];
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 2.5, 5, 10].map((s) => s * power).find((s) => s * slack >= raw)!;
  const first = Math.ceil(from / step / slack);
  const n = Math.floor((to / step) * slack) - first + 1;
  return Array.from({ length: Math.max(0, n) }, (_, i) => (first + i) * step);
}

export const linear = (from: number, to: number): Scale => ({
  from,
  to,
  share: (v) => (v - from) / (to - from),
  ticks: (count) => roundSteps(from, to, count)
});

/** From zero to a little more than the greatest of `values`, so that no mark touches the edge. */
export const fromZero = (values: Iterable<number>): Scale => {
  let most = 0;
  for (const v of values) if (v > most && Number.isFinite(v)) most = v;
  return linear(0, most > 0 ? most * 1.06 : 1);
};

/** Mantissas that ticks of a logarithmic axis stand at, from many to few; then every second decade and so on. */
const mantissas = [[1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 2, 5], [1, 3], [1]];

function logSteps(from: number, to: number, count: number): number[] {
  const decades = Array.from(
    { length: Math.floor(Math.log10(to * slack)) - Math.floor(Math.log10(from)) + 1 },
    (_, i) => Math.floor(Math.log10(from)) + i
  );
  const inside = (v: number): boolean => v * slack >= from && v <= to * slack;
  for (const mantissa of mantissas) {
    const ticks = decades.flatMap((d) => mantissa.map((m) => Number(`${m}e${d}`))).filter(inside);
    if (ticks.length <= count) return ticks.length > 1 ? ticks : roundSteps(from, to, count);
  }
  const every = Math.ceil(decades.length / Math.max(1, count));
  return decades
    .filter((d) => d % every === 0)
    .map((d) => Number(`1e${d}`))
    .filter(inside);
}

/** Both ends above zero. */
export const log = (from: number, to: number): Scale => ({
  from,
  to,
  share: (v) => Math.log(v / from) / Math.log(to / from),
  ticks: (count) => logSteps(from, to, count)
});

/** Logarithmic around all `values` above zero, with some room at both ends; undefined: there are none. */
export function logAround(values: Iterable<number>, room = 1.15): Scale | undefined {
  let [low, high] = [Infinity, 0];
  for (const v of values) {
    if (!(v > 0) || !Number.isFinite(v)) continue;
    low = Math.min(low, v);
    high = Math.max(high, v);
  }
  return high > 0 ? log(low / room, high * room) : undefined;
}
