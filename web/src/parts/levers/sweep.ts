import { html, nothing, type TemplateResult } from 'lit';
import type { Answer } from '../../acts';
import { identify, identity, table as csvTable } from '../../export';
import { largest, show, whole } from '../../format';
import { fill, listed, msg } from '../../i18n';
import { levers } from '../../i18n/levers';
import { isMeasured } from '../../sentences';
import type { Result, Sweep } from '../../types';
import { band, curve, limit, marks } from '../../ui/plot/marks';
import { plot } from '../../ui/plot/plot';
import { fromZero, linear, log } from '../../ui/plot/scale';
import { bars, numbers } from '../../ui/plot/tables';
import { download as save } from '../../ui/clipboard';
import { select } from '../../ui/select';
import { modeOf } from '../mode';
import { axesOf, offsetOf, valuesOf, type Axis } from './axes';

export type { Axis } from './axes';

const words = levers.sweep;
const shownTerms = [
  { id: 'decode_tok_s', title: 'speed', unit: 'tok/s' },
  { id: 'ttft_s', title: 'ttft', unit: 's' },
  { id: 'memory_B', title: 'memory', unit: 'B' },
  { id: 'energy_per_token_J', title: 'energy', unit: 'J' }
] as const;
/** What an axis counts in. */
const scaleOf = ({ unit }: ShownTerm): { factor: number; unit: string } =>
  unit === 'B' ? largest('B') : { factor: 1, unit };
type ShownTerm = (typeof shownTerms)[number];

interface Drawn {
  swept: Sweep;
  axis: Axis;
  /** What is added to a value of the axis where it is shown. */
  offset: number;
  /** What a value that is a name is called. */
  called: (name: string) => string;
  hollow: boolean;
}
const nameOf = ({ swept, offset, called }: Drawn, i: number): string =>
  swept.names ? called(swept.names[i]) || words.asStated : whole(swept.values[i] + offset);

const cache = new WeakMap<Result, Map<Axis, Sweep>>();
function ask({ engine, query }: Answer, r: Result, axis: Axis, values: number[]): Sweep {
  const of = cache.get(r) ?? new Map<Axis, Sweep>();
  cache.set(r, of);
  let swept = of.get(axis);
  // A context that is stated would not grow with what is in it.
  const free = axis === 'depth' || axis === 'prompt' ? { ...query, context: 0 } : query;
  if (!swept) of.set(axis, (swept = engine!.sweep(free, axis, values)!));
  return swept;
}

/** The main numbers along one axis of the question. `wanted`: a link may name any. */
export function sweepPanel(
  a: Answer,
  r: Result,
  wanted: string,
  choose: (axis: Axis) => void
): TemplateResult {
  const axes = axesOf(a, r);
  const axis = axes.find((x) => x === wanted) ?? axes[0];
  const labels: Record<string, string> = words.axes;
  const other = { axis: Object.hasOwn(labels, wanted) ? labels[wanted] : wanted, shown: labels[axis] };
  const drawn: Drawn = {
    swept: ask(a, r, axis, valuesOf(axis, a, r)),
    axis,
    offset: offsetOf(axis, r),
    called: (name) => (axis === 'power_mode' ? modeOf(a.engine, r.device.id, name) : name),
    hollow: !isMeasured(r.sure.level)
  };
  const chooser = select({
    id: 'sweep-axis',
    label: words.axis,
    groups: [['', axes.map((x) => [x, words.axes[x]] as const)]],
    value: axis,
    result: r,
    choose: (x) => choose(x as Axis)
  });
  const download = (): void => save(`sweep-${axis}.csv`, 'text/csv', csvOf(drawn, r));
  return html`${chooser}
    ${axis === wanted ? nothing : html`<p class="hint" data-other>${fill(words.notHere, other)}</p>`}
    <p class="hint" data-end>${ends(drawn)}</p>
    <div class="charts">${shownTerms.map((t) => (drawn.swept.names ? named(drawn, t) : line(drawn, t)))}</div>
    ${table(drawn)}
    <p class="row"><button type="button" class="button" @click=${download}>${words.csv}</button></p>`;
}

function ends({ swept, offset }: Drawn): string {
  const end = swept.memory_end;
  if (end) {
    const found = end.first_unfit - end.last_fit > 1 ? words.endsText : words.endsAt;
    return fill(found, { fit: whole(end.last_fit + offset), unfit: whole(end.first_unfit + offset) });
  }
  if (swept.fits.every((f) => f === true)) return words.fitsAll;
  return swept.fits.every((f) => f === false) ? words.fitsNone : '';
}

function said(d: Drawn, t: ShownTerm, i: number): string {
  const { swept } = d;
  const [low, high] = [swept.low[t.id]?.[i], swept.high[t.id]?.[i]];
  const values = {
    x: nameOf(d, i),
    y: show(swept.columns[t.id][i], t.unit),
    verdict: msg.verdict[swept.verdicts[i]],
    range: fill(msg.big.range, { low: show(low, t.unit), high: show(high, t.unit) })
  };
  return fill(Number.isFinite(low) && Number.isFinite(high) ? words.atRange : words.at, values);
}

function line(d: Drawn, t: ShownTerm): TemplateResult {
  const { swept, axis, offset } = d;
  const ys = Array.from(swept.columns[t.id], (y) => y / scaleOf(t).factor);
  const xs = Array.from(swept.values, (x) => x + offset);
  const title = words[t.title];
  if (!ys.some(Number.isFinite)) return html`<p class="missing">${title}: ${words.unknown}</p>`;
  const [lows, highs] = [swept.low[t.id], swept.high[t.id]];
  const range = xs.map(
    (x, i) => [x, (lows?.[i] ?? NaN) / scaleOf(t).factor, (highs?.[i] ?? NaN) / scaleOf(t).factor] as const
  );
  const points = xs.map((x, i) => [x, ys[i]] as const);
  const [from, to] = [Math.min(...xs), Math.max(...xs)];
  const end = swept.memory_end && swept.memory_end.last_fit + offset;
  const [first, last] = [0, ys.length - 1].map((i) => said(d, t, i));
  return plot({
    title,
    desc: fill(words.desc, { title, axis: words.axes[axis], a: first, b: last }),
    x: { scale: from > 0 && to / from > 8 ? log(from, to) : linear(from, to), label: words.axes[axis] },
    y: { scale: fromZero([...ys, ...range.map(([, , high]) => high)]), label: scaleOf(t).unit },
    stops: points.map(([x, y], i) => ({ x, ys: [y], text: () => said(d, t, i) })),
    draw: (f) => [
      band(f, range),
      curve(f, points),
      marks(f, points, { hollow: d.hollow, r: 2.5 }),
      end === null ? nothing : limit(f, { x: end, label: words.ends })
    ]
  });
}

/** With what becomes of it, where it does not run. */
function valueOf({ swept }: Drawn, t: ShownTerm, i: number): string {
  const x = swept.columns[t.id][i];
  const verdict = swept.verdicts[i] === 'does_not_run' ? msg.verdict.does_not_run : '';
  return listed([Number.isFinite(x) || !verdict ? show(x, t.unit) : '', verdict]);
}

/** Of values that are names: bars. */
function named(d: Drawn, t: ShownTerm): TemplateResult {
  const { swept } = d;
  const rows = swept.names!.map((_, i) => ({
    name: nameOf(d, i),
    value: swept.columns[t.id][i] / scaleOf(t).factor,
    low: (swept.low[t.id]?.[i] ?? NaN) / scaleOf(t).factor,
    high: (swept.high[t.id]?.[i] ?? NaN) / scaleOf(t).factor,
    text: valueOf(d, t, i),
    hollow: d.hollow
  }));
  return html`<div class="sweep-bars" data-chart>
    <div class="row">
      <h3>${words[t.title]}</h3>
      <ew-picture .label=${words[t.title]}></ew-picture>
    </div>
    ${bars(words[t.title], rows)}
  </div>`;
}

const table = (d: Drawn): TemplateResult =>
  numbers(
    words.table,
    [words.axes[d.axis], ...shownTerms.map((t) => words[t.title]), words.verdict],
    Array.from(d.swept.values, (_, i) => [
      nameOf(d, i),
      ...shownTerms.map((t) => show(d.swept.columns[t.id][i], t.unit)),
      msg.verdict[d.swept.verdicts[i]]
    ]),
    words.title
  );

/** Every column with its range, numbers as the engine has them; each row says what it is of. */
function csvOf({ swept, axis }: Drawn, r: Result): string {
  const fixed = identity.flatMap((name, i) => (name === axis ? [] : [[name, identify(r)[i]] as const]));
  const columns = Object.entries(swept.columns);
  const head = columns.flatMap(([id]) => (swept.low[id] ? [id, `${id}_low`, `${id}_high`] : [id]));
  const number = (x: number): number | null => (Number.isFinite(x) ? x : null);
  const rows = Array.from(swept.values, (x, i) => [
    ...fixed.map(([, value]) => value),
    swept.names ? swept.names[i] : x,
    swept.verdicts[i],
    ...columns.flatMap(([id, ys]) =>
      [ys, ...(swept.low[id] ? [swept.low[id], swept.high[id]] : [])].map((column) => number(column[i]))
    )
  ]);
  return csvTable([[...fixed.map(([name]) => name), axis, 'verdict', ...head], ...rows]);
}
