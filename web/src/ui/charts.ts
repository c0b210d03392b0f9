import { html, nothing, svg, type TemplateResult } from 'lit';
import { digits } from '../format';

/** Small charts as inline SVG. Each part differs by shade, by pattern and by its label. */
export interface Part {
  id: string;
  label: string;
  value: number;
}

let serial = 0;
const patterns = 8;
const tone = (i: number): string => `var(--tone-${i % patterns})`;

const overlay = (id: string, i: number) =>
  [
    nothing,
    svg`<pattern id=${id} width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="2" height="7" /></pattern>`,
    svg`<pattern id=${id} width="6" height="6" patternUnits="userSpaceOnUse"><circle cx="2" cy="2" r="1.2" /></pattern>`,
    svg`<pattern id=${id} width="6" height="6" patternUnits="userSpaceOnUse"><rect width="6" height="1.5" /></pattern>`,
    svg`<pattern id=${id} width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(-45)"><rect width="2" height="7" /></pattern>`,
    svg`<pattern id=${id} width="6" height="6" patternUnits="userSpaceOnUse"><rect width="1.5" height="6" /></pattern>`,
    svg`<pattern id=${id} width="8" height="8" patternUnits="userSpaceOnUse"><path d="M0 0L8 8M8 0L0 8" stroke-width="1" class="stroke" /></pattern>`,
    nothing
  ][i % patterns];

export function swatch(i: number): TemplateResult {
  const id = `sw-${++serial}`;
  return html`<svg class="swatch" width="14" height="14" aria-hidden="true">
    <defs class="pattern">${overlay(id, i)}</defs>
    <rect width="14" height="14" rx="3" style=${`fill:${tone(i)}`} />
    <rect width="14" height="14" rx="3" fill=${`url(#${id})`} />
  </svg>`;
}

/** One bar from left to right. `total` is its whole length; `mark` a limit on it, as a share. */
export function bar(
  parts: Part[],
  total: number,
  options: { title: string; desc: string; height?: number; mark?: number; background?: boolean }
): TemplateResult {
  const prefix = `bar-${++serial}`;
  const height = options.height ?? 28;
  let x = 0;
  return html`<svg
    class="bar"
    role="img"
    aria-labelledby=${`${prefix}-t ${prefix}-d`}
    width="100%"
    height=${height + 12}
  >
    <title id=${`${prefix}-t`}>${options.title}</title>
    <desc id=${`${prefix}-d`}>${options.desc}</desc>
    <defs class="pattern">${parts.map((_, i) => overlay(`${prefix}-${i}`, i))}</defs>
    ${options.background ? svg`<rect class="track" x="0" y="6" width="100%" height=${height} rx="4" />` : nothing}
    ${parts.map((part, i) => {
      const share = total > 0 ? (100 * Math.max(0, part.value)) / total : 0;
      const at = x;
      x += share;
      if (share <= 0) return nothing;
      return svg`<rect x=${`${at}%`} y="6" width=${`${share}%`} height=${height} class="part" style=${`fill:${tone(i)}`} /><rect x=${`${at}%`} y="6" width=${`${share}%`} height=${height} fill=${`url(#${prefix}-${i})`} />`;
    })}
    ${options.mark !== undefined ? svg`<line class="mark" x1=${`${100 * options.mark}%`} x2=${`${100 * options.mark}%`} y1="0" y2=${height + 12} />` : nothing}
  </svg>`;
}

function ticks(max: number, count: number): number[] {
  if (!(max > 0)) return [0];
  const raw = max / count;
  const scale = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 2.5, 5, 10].map((s) => s * scale).find((s) => s >= raw - 1e-12)!;
  const out: number[] = [];
  for (let v = 0; v <= max * 1.0001; v += step) out.push(v);
  return out;
}
const short = (x: number): string =>
  x >= 1e6 ? `${digits(x / 1e6)}M` : x >= 1e3 ? `${digits(x / 1e3)}k` : digits(x);

export interface Line {
  title: string;
  desc: string;
  xLabel: string;
  unit: string;
  xs: ArrayLike<number>;
  ys: ArrayLike<number>;
  scale?: number;
  band?: [number, number];
  limits?: { y: number; label: string }[];
  now?: { x: number; y: number; label: string };
}

/** A curve over a logarithmic axis of tokens. */
export function line(o: Line): TemplateResult {
  const id = `line-${++serial}`;
  const w = 360,
    h = 216,
    left = 42,
    right = 12,
    top = 24,
    bottom = 36;
  const scale = o.scale ?? 1;
  const points = Array.from(o.xs, (x, i) => [x, (o.ys[i] ?? NaN) / scale] as const).filter(
    ([x, y]) => x > 0 && Number.isFinite(y)
  );
  if (points.length < 2) return html``;
  const x0 = points[0][0],
    x1 = points[points.length - 1][0];
  const top_ = Math.max(...points.map(([, y]) => y * (o.band?.[1] ?? 1)));
  // A limit far above the curve would flatten it; then it is not drawn.
  const limits = (o.limits ?? []).map((l) => ({ ...l, y: l.y / scale })).filter((l) => l.y < top_ * 3);
  const max = Math.max(top_, ...limits.map((l) => l.y)) * 1.06;
  const X = (x: number): number => left + ((w - left - right) * Math.log(x / x0)) / Math.log(x1 / x0);
  const Y = (y: number): number => h - bottom - ((h - top - bottom) * y) / max;
  const path = (f: (y: number) => number): string =>
    points.map(([x, y], i) => `${i ? 'L' : 'M'}${X(x).toFixed(1)} ${Y(f(y)).toFixed(1)}`).join('');
  const decades = [1e2, 1e3, 1e4, 1e5, 1e6]
    .flatMap((d) => [d, 2 * d, 5 * d])
    .filter((x) => x >= x0 && x <= x1);
  const shownX = decades.length > 5 ? decades.filter((x) => String(x).startsWith('1')) : decades;
  const area = o.band
    ? `${path((y) => y * o.band![1])}${points
        .slice()
        .reverse()
        .map(([x, y]) => `L${X(x).toFixed(1)} ${Y(y * o.band![0]).toFixed(1)}`)
        .join('')}Z`
    : '';
  const now = o.now && Number.isFinite(o.now.y) ? { ...o.now, y: o.now.y / scale } : undefined;
  return html`<svg class="line" role="img" aria-labelledby=${`${id}-t ${id}-d`} viewBox="0 0 ${w} ${h}">
    <title id=${`${id}-t`}>${o.title}</title>
    <desc id=${`${id}-d`}>${o.desc}</desc>
    <text class="strong" x="0" y="12">
      ${o.title}
      <tspan class="dim" dx="6">${o.unit}</tspan>
    </text>
    ${ticks(max, 4).map((t) => svg`<line class="grid" x1=${left} x2=${w - right} y1=${Y(t)} y2=${Y(t)} /><text class="dim" x=${left - 6} y=${Y(t) + 4} text-anchor="end">${digits(t)}</text>`)}
    ${shownX.map((t) => svg`<line class="tick" x1=${X(t)} x2=${X(t)} y1=${h - bottom} y2=${h - bottom + 4} /><text class="dim" x=${X(t)} y=${h - bottom + 16} text-anchor="middle">${short(t)}</text>`)}
    <text class="dim" x=${w - right} y=${h - 3} text-anchor="end">${o.xLabel}</text>
    ${area ? svg`<path class="band" d=${area} />` : nothing}
    ${limits.map((l) => svg`<line class="limit" x1=${left} x2=${w - right} y1=${Y(l.y)} y2=${Y(l.y)} /><text class="dim" x=${left + 4} y=${Y(l.y) - 4}>${l.label}</text>`)}
    <path class="curve" d=${path((y) => y)} />
    ${now ? svg`<circle class="now" cx=${X(Math.max(x0, Math.min(x1, now.x)))} cy=${Y(now.y)} r="4.5" /><text class="strong" x=${Math.min(w - right - 4, X(Math.max(x0, now.x)) + 9)} y=${Y(now.y) - 9} text-anchor=${X(now.x) > w - 60 ? 'end' : 'start'}>${now.label}</text>` : nothing}
  </svg>`;
}
