import { html, nothing, type TemplateResult } from 'lit';
import type { Answer } from '../acts';
import { digits, known, largest, show, whole } from '../format';
import { msg, fill } from '../i18n';
import type { State } from '../state';
import type { Query, Result } from '../types';
import { band as shaded, curve, label, limit, marks } from '../ui/plot/marks';
import { plot, type Plot } from '../ui/plot/plot';
import { closerAtStart, fromZero, log } from '../ui/plot/scale';
import { numbers } from '../ui/plot/tables';
import { term, value } from '../ui/terms';

const count = 33;
const words = msg.context;

interface Curves {
  /** Tokens in context. */
  xs: number[];
  speed: ArrayLike<number>;
  memory: ArrayLike<number>;
  /** Where the present question is. */
  at: number;
}

/** How speed and memory change as the context grows. */
export function context(_: State, a: Answer): TemplateResult {
  const r = a.result!;
  const curves = curvesOf(a, r);
  if (!curves) return html``;
  const t = term(r, 'decode_tok_s');
  const band: [number, number] | undefined =
    known(t.value) && known(t.low) && known(t.high) ? [t.low / t.value, t.high / t.value] : undefined;
  return html`<section id="context" class="panel" aria-labelledby="context-title">
    <h2 id="context-title">${words.title}</h2>
    <div class="charts">${speedLine(curves, r, band)}${memoryLine(curves, r)}</div>
    ${band ? html`<p class="hint">${words.band}</p>` : nothing}${table(curves)}
  </section>`;
}

/** Drawn often, computed once for each result. */
const swept = new WeakMap<Result, Curves | undefined>();
function curvesOf(a: Answer, r: Result): Curves | undefined {
  if (!swept.has(r)) swept.set(r, sweep(a, r));
  return swept.get(r);
}

function sweep({ engine, query: q }: Answer, r: Result): Curves | undefined {
  const base = q.prompt + q.generate;
  const longest = engine?.index.models.find((m) => m.id === q.model)?.context;
  const now = value(r, 'context_tokens');
  const depths = depthsOf(
    base,
    Math.max(longest ?? value(r, 'max_context_tokens'), 2 * Math.max(now, base), 4096)
  );
  const free: Query = { ...q, context: 0 };
  try {
    const columns = engine?.sweep(free, 'depth', depths)?.columns;
    return (
      columns && {
        xs: depths.map((d) => d + base),
        speed: columns.decode_tok_s,
        memory: columns.memory_B,
        at: value(r, 'depth_tokens') + base
      }
    );
  } catch {
    return undefined;
  }
}
/** Depths from none to `end` tokens in all, closer at the start. */
function depthsOf(base: number, end: number): number[] {
  const depths = closerAtStart(base, end, count).map((t) => Math.max(0, t - base));
  return [...new Set(depths)];
}

interface Line {
  title: string;
  desc: string;
  unit: string;
  ys: ArrayLike<number>;
  /** How a value of `ys` is written. */
  text: (y: number) => string;
  /** What a unit of the axis is of `ys`. */
  scale?: number;
  /** A range around the curve, as factors. */
  band?: [number, number];
  limit?: { y: number; label: string };
  now: number;
}
/** A curve over tokens, logarithmic; the value upwards from zero. */
function line({ xs, at }: Curves, o: Line): TemplateResult {
  const scale = o.scale ?? 1;
  const points = xs.map((x, i) => [x, o.ys[i] / scale] as const).filter(([x]) => x > 0);
  const highest = Math.max(...points.map(([, y]) => y * (o.band?.[1] ?? 1)).filter(Number.isFinite));
  // A limit far above the curve would flatten it; then it is not drawn.
  const most = o.limit && o.limit.y / scale < highest * 3 ? o.limit.y / scale : undefined;
  const now = [at, o.now / scale] as const;
  const p: Plot = {
    title: o.title,
    desc: o.desc,
    x: { scale: log(points[0][0], points[points.length - 1][0]), label: words.axis },
    y: { scale: fromZero([highest, most ?? 0]), label: o.unit },
    stops: points.map(([x, y], i) => ({
      x,
      ys: [y],
      text: () => fill(words.at, { x: whole(x), y: o.text(o.ys[i + xs.length - points.length]) })
    })),
    draw: (f) => [
      o.band
        ? shaded(
            f,
            points.map(([x, y]) => [x, y * o.band![0], y * o.band![1]] as const)
          )
        : nothing,
      most === undefined ? nothing : limit(f, { y: most, label: o.limit!.label }),
      curve(f, points),
      marks(f, [now], { hollow: true }),
      label(f, now, digits(now[1]))
    ]
  };
  return plot(p);
}

function speedLine(curves: Curves, r: Result, band: [number, number] | undefined): TemplateResult {
  const { xs, speed } = curves;
  if (!Number.isFinite(speed[0])) return html`<p class="missing">${words.unknown}</p>`;
  // Beyond what the model takes it is unknown.
  const last = Array.from(speed, Number.isFinite).lastIndexOf(true);
  const text = (y: number): string => show(y, 'tok/s');
  const ends = { x0: whole(xs[0]), x1: whole(xs[last]) };
  return line(curves, {
    title: words.speed,
    unit: 'tok/s',
    ys: speed,
    text,
    band,
    now: term(r, 'decode_tok_s').value ?? NaN,
    desc: fill(words.speedDesc, { a: digits(speed[0]), b: digits(speed[last]), ...ends })
  });
}

function memoryLine(curves: Curves, r: Result): TemplateResult {
  const { xs, memory } = curves;
  const last = xs.length - 1;
  const usable = value(r, 'usable_B');
  const text = (y: number): string => show(y, 'B');
  const ends = { x0: whole(xs[0]), x1: whole(xs[last]), usable: text(usable) };
  return line(curves, {
    title: words.memory,
    unit: largest('B').unit,
    ys: memory,
    text,
    scale: largest('B').factor,
    now: term(r, 'memory_B').value ?? NaN,
    limit: usable ? { y: usable, label: words.usable } : undefined,
    desc: fill(words.memoryDesc, { a: text(memory[0]), b: text(memory[last]), ...ends })
  });
}

const table = ({ xs, speed, memory }: Curves): TemplateResult =>
  numbers(
    msg.time.table,
    [words.axis, words.speed, words.memory],
    [0, 8, 16, 24, 32]
      .filter((i) => i < xs.length)
      .map((i) => [whole(xs[i]), show(speed[i], 'tok/s'), show(memory[i], 'B')]),
    words.title
  );
