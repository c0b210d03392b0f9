import { html, nothing, svg, type SVGTemplateResult, type TemplateResult } from 'lit';
import type { Frame } from './plot';

/** What is drawn in a frame. Series differ by colour and by shape or dashes: `series` is 0 to 7. */
export type Point = readonly [x: number, y: number];

const at = (x: number, y: number): string => `${x.toFixed(1)} ${y.toFixed(1)}`;
const drawable = ([x, y]: Point): boolean => Number.isFinite(x) && Number.isFinite(y);
/** Where a point is in the frame; not drawable where it is unknown, or has no place on a logarithmic scale. */
const placed = (f: Frame, [x, y]: Point): Point => [f.x(x), f.y(y)];

/** Through the points in their order, with a gap where one has no place. */
function line(points: readonly Point[], f: Frame): string {
  let pen = 'M';
  return points
    .map((p) => placed(f, p))
    .map((p) => {
      if (!drawable(p)) {
        pen = 'M';
        return '';
      }
      const step = `${pen}${at(...p)}`;
      pen = 'L';
      return step;
    })
    .join('');
}
export const curve = (f: Frame, points: readonly Point[], series = 0): SVGTemplateResult =>
  svg`<path class=${`curve s${series}`} d=${line(points, f)} />`;

/** The range around a curve: [x, low, high]. */
export function band(
  f: Frame,
  points: readonly (readonly [x: number, low: number, high: number])[],
  series = 0
): SVGTemplateResult | typeof nothing {
  const inside = points.filter(([x, ...ends]) => ends.every((y) => drawable(placed(f, [x, y]))));
  if (inside.length < 2) return nothing;
  const [first, ...back] = [...inside].reverse();
  const upper = line(
    inside.map(([x, , high]) => [x, high]),
    f
  );
  const lower = [first, ...back].map(([x, low]) => `L${at(f.x(x), f.y(low))}`).join('');
  return svg`<path class=${`band s${series}`} d=${`${upper}${lower}Z`} />`;
}

export type Shape = 'circle' | 'square' | 'diamond' | 'triangle' | 'cross';
/** The shape of each series. */
export const shapes: readonly Shape[] = ['circle', 'diamond', 'square', 'triangle', 'cross'];

const shapeOf = (series = 0): Shape => shapes[series % shapes.length];

/** The outline of a mark of radius `r`: where it begins from the middle, and how it goes on from there. */
function outline(kind: Shape, r: number): readonly [dx: number, dy: number, on: string] {
  const n = (v: number): string => v.toFixed(1);
  if (kind === 'circle')
    return [-r, 0, `a${n(r)} ${n(r)} 0 1 0 ${n(2 * r)} 0a${n(r)} ${n(r)} 0 1 0 ${n(-2 * r)} 0z`];
  if (kind === 'square') return [-r * 0.85, -r * 0.85, `h${n(1.7 * r)}v${n(1.7 * r)}h${n(-1.7 * r)}z`];
  const [a, b] = [1.2 * r, -1.2 * r];
  if (kind === 'diamond') return [0, b, `l${n(a)} ${n(a)} ${n(b)} ${n(a)} ${n(b)} ${n(b)}z`];
  if (kind === 'triangle') return [0, -1.1 * r, `l${n(1.1 * r)} ${n(2 * r)}h${n(-2.2 * r)}z`];
  const w = 1.6 * r;
  return [-r * 0.8, -r * 0.8, `l${n(w)} ${n(w)}m0 ${n(-w)}l${n(-w)} ${n(w)}`];
}
/** Marks as the data of a path, so that many are one element. */
export function shape(kind: Shape, middles: readonly Point[], r = 4): string {
  const [dx, dy, on] = outline(kind, r);
  return middles.map(([x, y]) => `M${at(x + dx, y + dy)}${on}`).join('');
}

export interface MarkStyle {
  series?: number;
  /** An estimate that rests on no measurement. */
  hollow?: boolean;
  /** Default: that of its series. */
  shape?: Shape;
  r?: number;
}
const styled = ({ series = 0, hollow }: MarkStyle): string => `marks s${series}${hollow ? ' hollow' : ''}`;
/** Marks of one style; those that are unknown are not drawn. */
export function marks(f: Frame, points: readonly Point[], style: MarkStyle = {}): SVGTemplateResult {
  const kind = style.shape ?? shapeOf(style.series);
  const middles = points.map((p) => placed(f, p)).filter(drawable);
  return svg`<path class=${styled(style)} d=${shape(kind, middles, style.r)} />`;
}

/** The range of a mark, with caps; along y, or along x. */
export function whisker(
  f: Frame,
  [x, y]: Point,
  low: number,
  high: number,
  o: { along?: 'x' | 'y'; series?: number } = {}
): SVGTemplateResult | typeof nothing {
  const ends: Point = o.along === 'x' ? [f.x(low), f.x(high)] : [f.y(low), f.y(high)];
  const [cx, cy] = placed(f, [x, y]);
  if (!drawable(ends) || !drawable([cx, cy])) return nothing;
  const d =
    o.along === 'x'
      ? `M${at(ends[0], cy - 4)}v8M${at(ends[0], cy)}L${at(ends[1], cy)}M${at(ends[1], cy - 4)}v8`
      : `M${at(cx - 4, ends[0])}h8M${at(cx, ends[0])}L${at(cx, ends[1])}M${at(cx - 4, ends[1])}h8`;
  return svg`<path class=${`whisker s${o.series ?? 0}`} d=${d} />`;
}

/** A limit across the frame, at one y or at one x; an unknown one is not drawn. */
export function limit(
  f: Frame,
  o: { x?: number; y?: number; label: string }
): SVGTemplateResult | typeof nothing {
  if (o.y !== undefined) {
    const y = f.y(o.y);
    if (!Number.isFinite(y)) return nothing;
    return svg`<line class="limit" x1=${f.left} x2=${f.right} y1=${y} y2=${y} />
      <text class="dim" x=${f.left + 4} y=${y - 4}>${o.label}</text>`;
  }
  const x = f.x(o.x!);
  if (!Number.isFinite(x)) return nothing;
  const before = x > (f.left + f.right) / 2;
  return svg`<line class="limit" x1=${x} x2=${x} y1=${f.top} y2=${f.bottom} />
    <text class="dim" x=${before ? x - 5 : x + 5} y=${f.top + 10} text-anchor=${before ? 'end' : 'start'}
    >${o.label}</text>`;
}

/** Text beside a point: above it and to the side where there is room; none beside an unknown one. */
export function label(f: Frame, p: Point, text: string): SVGTemplateResult | typeof nothing {
  const [cx, cy] = placed(f, p);
  if (!drawable([cx, cy])) return nothing;
  const before = cx > f.right - 8 * text.length - 12;
  return svg`<text class="strong" x=${before ? cx - 9 : cx + 9} y=${Math.max(f.top + 10, cy - 9)}
    text-anchor=${before ? 'end' : 'start'}>${text}</text>`;
}

/** What curves go by, behind their ends: so far from each other that each can be read. */
export function endLabels(
  f: Frame,
  ends: readonly (readonly [end: Point, text: string])[]
): SVGTemplateResult[] {
  const step = 13;
  let above = -Infinity;
  return ends
    .map(([end, text]) => [...placed(f, end), text] as const)
    .filter(([x, y]) => drawable([x, y]))
    .sort(([, a], [, b]) => a - b)
    .map(([x, y, text]) => {
      above = Math.max(y, above + step);
      return svg`<text class="strong" x=${Math.min(x, f.right) + 5} y=${above + 4}>${text}</text>`;
    });
}

export interface LegendItem extends MarkStyle {
  label: unknown;
  /** A line, with a mark only where a shape is named. */
  line?: boolean;
}
export function legend(items: readonly LegendItem[]): TemplateResult {
  const item = (o: LegendItem): TemplateResult => {
    const series = o.series ?? 0;
    const drawn = o.line && !o.shape ? nothing : shape(o.shape ?? shapeOf(series), [[12, 8]], o.r);
    return html`<li>
      <svg class="plot" viewBox="0 0 24 16" width="24" height="16" aria-hidden="true">
        ${o.line ? svg`<path class=${`curve s${series}`} d="M1 8h22" />` : nothing}
        <path class=${styled(o)} d=${drawn} /></svg
      >${o.label}
    </li>`;
  };
  return html`<ul class="marks-legend">
    ${items.map(item)}
  </ul>`;
}
