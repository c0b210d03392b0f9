import { html, nothing, svg, type SVGTemplateResult, type TemplateResult } from 'lit';
import { digits, percentOf, whole } from '../../format';
import { msg, fill } from '../../i18n';
import { accuracy as words } from '../../i18n/accuracy';
import { legend, marks, type MarkStyle } from '../../ui/plot/marks';
import { plot, type Frame } from '../../ui/plot/plot';
import { logAround, type Scale } from '../../ui/plot/scale';
import { piece } from '../../ui/piece';
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
const column = (situation: Situation): 1 | 2 => (situation === 'calibrated' ? 1 : 2);
/** Sides by colour and shape. */
const styles: MarkStyle[] = [
  { series: 3, shape: 'cross', r: 3 },
  { series: 0, shape: 'circle', r: 2.2 },
  { series: 1, shape: 'diamond', r: 2.6 },
  { series: 2, shape: 'square', r: 2.8 }
];

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
  // It stays when marks are hidden.
  const scale = logAround(all.flatMap(([measured, a, b]) => [measured, a, b]));
  const near = s.near && points.includes(s.near.point) ? s.near : undefined;
  const kinds = [[0, words.decode] as const, [1, words.prefill] as const];
  const only = (e: Event): void => show({ only: (e.target as HTMLInputElement).checked, near: undefined });
  const label = fill(words.only, { device: names.name('devices', device) });
  const check = html`<label class="check"
    ><input type="checkbox" .checked=${s.only} @change=${only} />${label}</label
  >`;
  return html`<section class="panel accuracy" aria-labelledby="accuracy-chart">
    <h2 id="accuracy-chart">${words.chart}</h2>
    <div class="heading">
      ${toggle('accuracy-kind', words.which, kinds, s.kind, (kind) => show({ kind, near: undefined }))}
      ${has ? check : nothing}
    </div>
    <div class="charts">
      ${scale ? situations.map((x) => piece(() => panel(x, points, scale, s, show))) : nothing}
    </div>
    ${piece(
      () =>
        html`${legend([1, 2, 3, 0].map((side) => ({ ...styles[side], label: words.sides[side] })))}
          <p class="hint reading">${near ? reading(near, names, open) : words.pick}</p>`
    )}
  </section>`;
}

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

function panel(situation: Situation, points: Point[], scale: Scale, s: Shown, show: Show): TemplateResult {
  const at = column(situation);
  const drawn = points.filter((p) => p[at] > 0).sort((a, b) => a[0] - b[0]);
  const near = drawn.filter((p) => Math.abs(p[at] / p[0] - 1) <= tolerance).length;
  const share = drawn.length ? percentOf(near / drawn.length) : '';
  const n = whole(drawn.length);
  const span = { low: digits(scale.from), high: digits(scale.to) };
  const kind = s.kind ? words.prefill : words.decode;
  const ring = s.near && points.includes(s.near.point) ? s.near.point : undefined;
  return plot({
    title: fill(words.panel, { situation: words[situation], kind }),
    desc: drawn.length ? fill(words.desc, { n, share, ...span }) : words.none,
    x: { scale, label: words.measured },
    y: { scale, label: drawn.length ? fill(words.count, { share, n }) : words.none },
    near: 'xy',
    ratio: 0.93,
    stops: drawn.map((p) => ({
      x: p[0],
      ys: [p[at]],
      text: () => fill(words.at, { value: digits(p[0]), predicted: digits(p[at]), off: off(p[0], p[at]) })
    })),
    at: ring && drawn.indexOf(ring) >= 0 ? drawn.indexOf(ring) : undefined,
    chosen: (i) => show({ near: i === undefined ? undefined : { point: drawn[i], situation } }),
    draw: (f) => [
      diagonal(scale, f),
      styles.map((style, side) =>
        marks(
          f,
          drawn.filter((p) => p[4] === side).map((p) => [p[0], p[at]] as const),
          style
        )
      )
    ]
  });
}

/** The band, the diagonal and what goes upwards. */
function diagonal({ from: low, to: high }: Scale, { x, y, left, top }: Frame): SVGTemplateResult {
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
  return svg`<path class="band" d=${band} />
    <path class="same" d=${`M${x(low)} ${y(low)}L${x(high)} ${y(high)}`} />
    <text class="dim" transform=${`translate(${left + 12} ${top + 6}) rotate(-90)`} text-anchor="end"
    >${words.predicted}</text>`;
}
