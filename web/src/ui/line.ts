import { html, nothing, svg, type SVGTemplateResult, type TemplateResult } from 'lit';
import { digits } from '../format';

export interface Line {
  title: string;
  desc: string;
  xLabel: string;
  unit: string;
  xs: ArrayLike<number>;
  ys: ArrayLike<number>;
  /** What a unit of the axis is of `ys`. */
  scale?: number;
  /** A range around the curve, as factors. */
  band?: [number, number];
  limits?: { y: number; label: string }[];
  now?: { x: number; y: number; label: string };
}

const size = { w: 360, h: 216, left: 42, right: 12, top: 24, bottom: 36 };
type Points = (readonly [x: number, y: number])[];

/** Tokens, logarithmic, to the right; the value upwards from zero. */
interface Axes {
  from: number;
  to: number;
  max: number;
  x: (v: number) => number;
  y: (v: number) => number;
}
function axesOf(points: Points, max: number): Axes {
  const { w, h, left, right, top, bottom } = size;
  const [from, to] = [points[0][0], points[points.length - 1][0]];
  return {
    from,
    to,
    max,
    x: (v) => left + ((w - left - right) * Math.log(v / from)) / Math.log(to / from),
    y: (v) => h - bottom - ((h - top - bottom) * v) / max
  };
}

let serial = 0;

/** A curve over a logarithmic axis of tokens. */
export function line(o: Line): TemplateResult {
  const scale = o.scale ?? 1;
  const points: Points = Array.from(o.xs, (x, i) => [x, (o.ys[i] ?? NaN) / scale] as const).filter(
    ([x, y]) => x > 0 && Number.isFinite(y)
  );
  if (points.length < 2) return html``;
  const highest = Math.max(...points.map(([, y]) => y * (o.band?.[1] ?? 1)));
  // A limit far above the curve would flatten it; then it is not drawn.
  const limits = (o.limits ?? []).map((l) => ({ ...l, y: l.y / scale })).filter((l) => l.y < highest * 3);
  const axes = axesOf(points, Math.max(highest, ...limits.map((l) => l.y)) * 1.06);
  const now = o.now && Number.isFinite(o.now.y) ? { ...o.now, y: o.now.y / scale } : undefined;
  const id = `line-${++serial}`;
  return html`<svg
    class="line"
    role="img"
    aria-labelledby=${`${id}-t ${id}-d`}
    viewBox="0 0 ${size.w} ${size.h}"
  >
    <title id=${`${id}-t`}>${o.title}</title>
    <desc id=${`${id}-d`}>${o.desc}</desc>
    ${heading(o)}${grid(axes, o.xLabel)}
    ${o.band ? svg`<path class="band" d=${area(points, o.band, axes)} />` : nothing}
    ${limits.map((l) => limit(l, axes))}
    <path class="curve" d=${path(points, 1, axes)} />
    ${now ? marker(now, axes) : nothing}
  </svg>`;
}

const heading = ({ title, unit }: Line): SVGTemplateResult =>
  svg`<text class="strong" x="0" y="12">${title}<tspan class="dim" dx="6">${unit}</tspan></text>`;

const path = (points: Points, factor: number, { x, y }: Axes): string =>
  points.map(([a, b], i) => `${i ? 'L' : 'M'}${x(a).toFixed(1)} ${y(b * factor).toFixed(1)}`).join('');

/** Along the upper edge and back along the lower one. */
const area = (points: Points, [low, high]: [number, number], axes: Axes): string =>
  `${path(points, high, axes)}${path([...points].reverse(), low, axes).replace('M', 'L')}Z`;

function ticks(max: number, count: number): number[] {
  if (!(max > 0)) return [0];
  const raw = max / count;
  const scale = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 2.5, 5, 10].map((s) => s * scale).find((s) => s >= raw - 1e-12)!;
  const out: number[] = [];
  for (let v = 0; v <= max * 1.0001; v += step) out.push(v);
  return out;
}
function tokens(from: number, to: number): number[] {
  const all = [1e2, 1e3, 1e4, 1e5, 1e6].flatMap((d) => [d, 2 * d, 5 * d]).filter((x) => x >= from && x <= to);
  return all.length > 5 ? all.filter((x) => String(x).startsWith('1')) : all;
}
const short = (x: number): string => {
  if (x >= 1e6) return `${digits(x / 1e6)}M`;
  return x >= 1e3 ? `${digits(x / 1e3)}k` : digits(x);
};

function grid({ from, to, max, x, y }: Axes, label: string): SVGTemplateResult {
  const { w, h, left, right, bottom } = size;
  const floor = h - bottom;
  const row = (t: number): SVGTemplateResult => svg`
    <line class="grid" x1=${left} x2=${w - right} y1=${y(t)} y2=${y(t)} />
    <text class="dim" x=${left - 6} y=${y(t) + 4} text-anchor="end">${digits(t)}</text>`;
  const column = (t: number): SVGTemplateResult => svg`
    <line class="tick" x1=${x(t)} x2=${x(t)} y1=${floor} y2=${floor + 4} />
    <text class="dim" x=${x(t)} y=${floor + 16} text-anchor="middle">${short(t)}</text>`;
  return svg`${ticks(max, 4).map(row)}${tokens(from, to).map(column)}
    <text class="dim" x=${w - right} y=${h - 3} text-anchor="end">${label}</text>`;
}

const limit = (l: { y: number; label: string }, { y }: Axes): SVGTemplateResult => svg`
  <line class="limit" x1=${size.left} x2=${size.w - size.right} y1=${y(l.y)} y2=${y(l.y)} />
  <text class="dim" x=${size.left + 4} y=${y(l.y) - 4}>${l.label}</text>`;

function marker(now: NonNullable<Line['now']>, axes: Axes): SVGTemplateResult {
  const { w, right } = size;
  const x = axes.x(Math.max(axes.from, now.x));
  const y = axes.y(now.y);
  const at = axes.x(Math.max(axes.from, Math.min(axes.to, now.x)));
  const label = Math.min(w - right - 4, x + 9);
  const anchor = axes.x(now.x) > w - 60 ? 'end' : 'start';
  return svg`<circle class="now" cx=${at} cy=${y} r="4.5" />
    <text class="strong" x=${label} y=${y - 9} text-anchor=${anchor}>${now.label}</text>`;
}
