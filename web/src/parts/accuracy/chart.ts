import { html, nothing, svg, type SVGTemplateResult, type TemplateResult } from 'lit';
import { digits, percentOf, whole } from '../../format';
import { msg, fill } from '../../i18n';
import { accuracy as words } from '../../i18n/accuracy';
import { toggle } from '../../ui/toggle';
import {
  off,
  situations,
  type Data,
  type Names,
  type Place,
  type Point,
  type Show,
  type Shown,
  type Situation
} from './data';

const tolerance = 0.25;
const size = { w: 400, h: 372, left: 54, right: 8, top: 28, bottom: 40 };
/** How far from a mark the pointer may be, in units of the drawing. */
const reach = 18;

/** Two logarithmic axes of the same span. */
interface Axes {
  low: number;
  high: number;
  x: (v: number) => number;
  y: (v: number) => number;
}
function axesOf(points: Point[]): Axes {
  const values = points.flatMap(([measured, a, b]) => [measured, a, b]).filter((v) => v > 0);
  const low = Math.min(...values) / 1.15;
  const high = Math.max(...values) * 1.15;
  const share = (v: number): number => Math.log(v / low) / Math.log(high / low);
  const { w, h, left, right, top, bottom } = size;
  return {
    low,
    high,
    x: (v) => left + (w - left - right) * share(v),
    y: (v) => h - bottom - (h - top - bottom) * share(v)
  };
}

const column = (situation: Situation): 1 | 2 => (situation === 'calibrated' ? 1 : 2);
const shape = (side: number, x: number, y: number): string => {
  const at = `M${x.toFixed(1)} ${y.toFixed(1)}`;
  if (side === 2) return `${at}m0-3l3 3-3 3-3-3z`;
  if (side === 3) return `${at}m-2.4-2.4h4.8v4.8h-4.8z`;
  return side === 0 ? `${at}m-2.4-2.4l4.8 4.8m0-4.8l-4.8 4.8` : `${at}h0`;
};

export function chart(
  d: Data,
  device: string,
  names: Names,
  s: Shown,
  show: Show,
  open: (place: Place) => void
): TemplateResult {
  const at = d.devices.indexOf(device);
  const all = d.points.filter((p) => p[3] === s.kind);
  const has = at >= 0 && all.some((p) => p[5] === at);
  const points = s.only && has ? all.filter((p) => p[5] === at) : all;
  const axes = axesOf(all); // they stay when marks are hidden
  const near = s.near && points.includes(s.near.point) ? s.near : undefined;
  const kinds = [[0, words.decode] as const, [1, words.prefill] as const];
  const only = (e: Event): void => show({ only: (e.target as HTMLInputElement).checked, near: undefined });
  const label = fill(words.only, { device: names.name('devices', device) });
  const check = html`<label class="check"
    ><input type="checkbox" .checked=${s.only} @change=${only} />${label}</label
  >`;
  return html`<section class="panel" aria-labelledby="accuracy-chart">
    <h2 id="accuracy-chart">${words.chart}</h2>
    <div class="heading">
      ${toggle('accuracy-kind', words.which, kinds, s.kind, (kind) => show({ kind, near: undefined }))}
      ${has ? check : nothing}
    </div>
    <div class="charts">${situations.map((x) => panel(x, points, axes, s, show))}</div>
    <ul class="marks">
      ${[1, 2, 3, 0].map(mark)}
    </ul>
    <p class="hint reading">${near ? reading(near, names, open) : words.pick}</p>
  </section>`;
}

const mark = (side: number): TemplateResult =>
  html`<li>
    <svg class="scatter" viewBox="0 0 12 12" width="16" height="16" aria-hidden="true">
      <path class=${`mark-${side}`} d=${shape(side, 6, 6)} /></svg
    >${words.sides[side]}
  </li>`;

function reading(
  near: NonNullable<Shown['near']>,
  names: Names,
  open: (place: Place) => void
): TemplateResult {
  const { point, situation } = near;
  const place = point.slice(5) as Place;
  const predicted = point[column(situation)];
  const named = names.at(place);
  const said = fill(words.point, {
    ...named,
    value: digits(point[0]),
    predicted: digits(predicted),
    off: off(point[0], predicted)
  });
  const use = fill(msg.actions.use, { name: named.model });
  return html`${said} <button type="button" class="plain" @click=${() => open(place)}>${use}</button>`;
}

function panel(situation: Situation, points: Point[], axes: Axes, s: Shown, show: Show): TemplateResult {
  const id = `accuracy-${situation}`;
  const at = column(situation);
  const drawn = points.filter((p) => p[at] > 0);
  const near = drawn.filter((p) => Math.abs(p[at] / p[0] - 1) <= tolerance).length;
  const share = drawn.length ? percentOf(near / drawn.length) : '';
  const n = whole(drawn.length);
  const find = (e: PointerEvent): void => {
    const point = nearest(e, drawn, at, axes);
    if (point && (s.near?.point !== point || s.near.situation !== situation))
      show({ near: { point, situation } });
  };
  const title = fill(words.panel, {
    situation: words[situation],
    kind: s.kind ? words.prefill : words.decode
  });
  const span = { low: digits(axes.low), high: digits(axes.high) };
  const desc = drawn.length ? fill(words.desc, { n, share, ...span }) : words.none;
  const count = drawn.length ? fill(words.count, { share, n }) : words.none;
  const ring = s.near && s.near.point[at] > 0 && points.includes(s.near.point) ? s.near.point : undefined;
  return html`<figure>
    <svg
      class="line scatter"
      role="img"
      aria-labelledby=${`${id}-t ${id}-d`}
      viewBox="0 0 ${size.w} ${size.h}"
      @pointermove=${find}
      @pointerdown=${find}
    >
      <title id=${`${id}-t`}>${title}</title>
      <desc id=${`${id}-d`}>${desc}</desc>
      ${heading(situation, count)}${frame(axes)}${[0, 1, 2, 3].map((side) => marks(side, drawn, at, axes))}
      ${ring ? svg`<circle class="ring" cx=${axes.x(ring[0])} cy=${axes.y(ring[at])} r="6" />` : nothing}
    </svg>
  </figure>`;
}

function nearest(e: PointerEvent, points: Point[], at: 1 | 2, axes: Axes): Point | undefined {
  const box = (e.currentTarget as SVGElement).getBoundingClientRect();
  const x = ((e.clientX - box.left) * size.w) / box.width;
  const y = ((e.clientY - box.top) * size.h) / box.height;
  let best: Point | undefined;
  let distance = reach ** 2;
  for (const p of points) {
    const d = (axes.x(p[0]) - x) ** 2 + (axes.y(p[at]) - y) ** 2;
    if (d < distance) [best, distance] = [p, d];
  }
  return best;
}

// prettier-ignore
const heading = (situation: Situation, count: string): SVGTemplateResult =>
  svg`<text class="strong" x="0" y="12">${words[situation]}<tspan class="dim" dx="6">${count}</tspan></text>`;

const marks = (side: number, points: Point[], at: 1 | 2, axes: Axes): SVGTemplateResult => {
  const shapes = points.filter((p) => p[4] === side).map((p) => shape(side, axes.x(p[0]), axes.y(p[at])));
  return svg`<path class=${`mark-${side}`} d=${shapes.join('')} />`;
};

/** The band, the grid, the diagonal and what the axes are. */
function frame({ low, high, x, y }: Axes): SVGTemplateResult {
  const { w, h, left, right, top, bottom } = size;
  const [up, down] = [1 + tolerance, 1 - tolerance];
  const edge = [
    [low, low],
    [low, low * up],
    [high / up, high],
    [high, high],
    [high, high * down],
    [low / down, low]
  ];
  const band = `M${edge.map(([a, b]) => `${x(a)} ${y(b)}`).join('L')}Z`;
  const aside = `translate(9 ${top + 6}) rotate(-90)`;
  const decades = Array.from({ length: 12 }, (_, i) => 10 ** (i - 3)).filter(
    (t) => t >= low * 0.999 && t <= high * 1.001
  );
  const grid = (t: number): SVGTemplateResult => svg`
    <line class="grid" x1=${x(t)} x2=${x(t)} y1=${top} y2=${h - bottom} />
    <line class="grid" x1=${left} x2=${w - right} y1=${y(t)} y2=${y(t)} />
    <text class="dim" x=${x(t)} y=${h - bottom + 15} text-anchor="middle">${digits(t)}</text>
    <text class="dim" x=${left - 6} y=${y(t) + 4} text-anchor="end">${digits(t)}</text>`;
  return svg`<path class="band" d=${band} />
    ${decades.map(grid)}
    <path class="same" d=${`M${x(low)} ${y(low)}L${x(high)} ${y(high)}`} />
    <text class="dim" x=${w - right} y=${h - 8} text-anchor="end">${words.measured}</text>
    <text class="dim" transform=${aside} text-anchor="end">${words.predicted}</text>`;
}
