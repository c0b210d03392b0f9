import { html, nothing, svg, type SVGTemplateResult, type TemplateResult } from 'lit';
import type { Answer } from '../../acts';
import { digits, known, show } from '../../format';
import { fill, msg, prose } from '../../i18n';
import { levers } from '../../i18n/levers';
import { made } from '../../remembered';
import { isMeasured } from '../../sentences';
import type { Result, Roofline } from '../../types';
import { curve, label, legend, marks, whisker } from '../../ui/plot/marks';
import { plot, type Frame, type Stop } from '../../ui/plot/plot';
import { logAround, type Scale } from '../../ui/plot/scale';
import { numbers } from '../../ui/plot/tables';

const words = levers.roofline;
type Ceiling = Roofline['ceilings'][number];
type Point = Roofline['points'][number];
type Which = 'peak' | 'reached';
const rate = (x: number | null): string => show(x, 'FLOP/s');
const series = { decode: 0, prefill: 2 } as const;

const cache = new WeakMap<Result, Roofline>();

export function rooflinePanel(a: Answer, r: Result): TemplateResult {
  const line = made(cache, r, () => a.engine!.levers.roofline(a.query))!;
  const intensities = [...line.points.map((p) => p.intensity), ...line.ceilings.map((c) => c.ridge.peak)];
  const rates = [...line.points.map((p) => p.ops_per_s.value), ...line.ceilings.map((c) => c.peak)];
  const x = logAround(intensities.filter(known), 4);
  const y = logAround(rates.filter(known), 3);
  const hollow = !isMeasured(r.sure.level);
  return html`<p class="lead">${words.lead}</p>
    ${x && y && known(line.bandwidth.peak) ? chart(line, x, y, hollow) : html`<p class="missing">${words.unknown}</p>`}
    ${line.alone ? nothing : html`<p class="note">${words.split}</p>`}${table(line)}`;
}

const pointText = (p: Point): string =>
  fill(known(p.ops_per_s.low) ? words.pointRange : words.point, {
    phase: words[p.phase],
    rate: rate(p.ops_per_s.value),
    range: fill(msg.big.range, { low: rate(p.ops_per_s.low), high: rate(p.ops_per_s.high) }),
    intensity: digits(p.intensity ?? NaN),
    bound: words.bounds[p.bound] ?? p.bound
  });
const ridgeText = (c: Ceiling): string =>
  fill(words.ridge, {
    number: words.numbers[c.number],
    intensity: digits(c.ridge.peak ?? NaN),
    rate: rate(c.peak)
  });

function chart(line: Roofline, x: Scale, y: Scale, hollow: boolean): TemplateResult {
  const points = line.points.filter((p) => known(p.intensity) && known(p.ops_per_s.value));
  const ridges = line.ceilings.filter((c) => known(c.ridge.peak) && known(c.peak));
  const stops: Stop[] = [
    ...points.map((p) => ({ x: p.intensity!, ys: [p.ops_per_s.value!], text: () => pointText(p) })),
    ...ridges.map((c) => ({ x: c.ridge.peak!, ys: [c.peak!], text: () => ridgeText(c) }))
  ];
  const desc = fill(words.desc, {
    processor: line.processor.toUpperCase(),
    points: prose(...points.map(pointText))
  });
  return html`${plot({
    title: words.title,
    desc,
    near: 'xy',
    ratio: 0.62,
    x: { scale: x, label: words.intensity },
    y: { scale: y, label: words.rate, text: (v) => show(v, 'FLOP/s', 2) },
    stops,
    draw: (f) => [
      roofs(line, 'reached', x, y, f),
      roofs(line, 'peak', x, y, f),
      ridges.map((c) => ceilingMark(c, f)),
      apart(ridges, f).map((c) => ceilingLabel(c, x, f)),
      points.map((p) => drawn(p, hollow, f))
    ]
  })}${legend([
    { series: 0, line: true, label: words.peak },
    { series: 1, line: true, label: words.reached },
    ...points.map((p) => ({ series: series[p.phase], hollow, label: words[p.phase] }))
  ])}`;
}

/** The slope of the bandwidth and the ceilings, from where they meet it. */
function roofs(line: Roofline, which: Which, x: Scale, y: Scale, f: Frame): SVGTemplateResult[] {
  const bandwidth = line.bandwidth[which];
  if (!known(bandwidth)) return [];
  const ceilings = line.ceilings.map((c) => c[which]).filter(known);
  if (!ceilings.length) return [];
  const start = Math.max(x.from, y.from / bandwidth);
  const top = Math.min(Math.max(...ceilings) / bandwidth, x.to, y.to / bandwidth);
  const style = which === 'peak' ? 0 : 1;
  const flat = (at: number): SVGTemplateResult =>
    curve(
      f,
      [
        [Math.max(at / bandwidth, x.from), at],
        [x.to, at]
      ],
      style
    );
  return [
    curve(
      f,
      [
        [start, start * bandwidth],
        [top, top * bandwidth]
      ],
      style
    ),
    ...ceilings.filter((c) => c >= y.from && c / bandwidth < x.to).map(flat)
  ];
}

const ceilingMark = (c: Ceiling, f: Frame): SVGTemplateResult =>
  marks(f, [[c.ridge.peak!, c.peak!]], { series: 0, shape: 'circle', r: 2.5 });
/** Those whose names do not run into that of a higher one; the crosshair and the table name them all. */
function apart(ceilings: Ceiling[], f: Frame): Ceiling[] {
  const kept: Ceiling[] = [];
  for (const c of [...ceilings].sort((a, b) => b.peak! - a.peak!))
    if (!kept.length || f.y(c.peak!) - f.y(kept[kept.length - 1].peak!) >= 14) kept.push(c);
  return kept;
}

const ceilingLabel = (c: Ceiling, x: Scale, f: Frame): SVGTemplateResult => svg`
  <text class="dim" x=${f.x(x.to) - 4} y=${f.y(c.peak!) - 5} text-anchor="end">${words.numbers[c.number]}</text>
  <text class="dim" x=${f.x(c.ridge.peak!) - 5} y=${f.y(c.peak!) - 5} text-anchor="end"
  >${digits(c.ridge.peak!, 2)}</text>`;

const drawn = (p: Point, hollow: boolean, f: Frame): unknown => {
  const at = [p.intensity!, p.ops_per_s.value!] as const;
  return [
    whisker(f, at, p.ops_per_s.low ?? NaN, p.ops_per_s.high ?? NaN),
    marks(f, [at], { series: series[p.phase], hollow, r: 5 }),
    label(f, at, words[p.phase])
  ];
};

function table(line: Roofline): TemplateResult {
  const roof = (x: number | null, unit: string): string => show(x, unit);
  return numbers(
    words.table,
    [words.what, words.peak, words.reached, words.ridgeName],
    [
      [words.bandwidth, roof(line.bandwidth.peak, 'B/s'), roof(line.bandwidth.reached, 'B/s'), ''],
      ...line.ceilings.map((c) => [
        words.numbers[c.number],
        rate(c.peak),
        rate(c.reached),
        show(c.ridge.peak, 'FLOP/B')
      ]),
      ...line.points.map((p) => [words[p.phase], '', rate(p.ops_per_s.value), show(p.intensity, 'FLOP/B')])
    ],
    words.title
  );
}
