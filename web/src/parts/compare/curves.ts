import { html, nothing, type TemplateResult } from 'lit';
import type { Answer } from '../../acts';
import { digits, known, whole } from '../../format';
import { fill, listed, listedLong, msg } from '../../i18n';
import { compare as words } from '../../i18n/compare';
import type { Result } from '../../types';
import { piece } from '../../ui/piece';
import { curve, endLabels, legend, marks, type Point } from '../../ui/plot/marks';
import { plot, type Frame } from '../../ui/plot/plot';
import { closerAtStart, fromZero, log, logAround, type Scale } from '../../ui/plot/scale';
import { numbers } from '../../ui/plot/tables';
import { value } from '../../ui/terms';
import { letter, namesOf, type Column } from './data';

interface Curve {
  name: string;
  letter: string;
  series: number;
  /** Speed at each place; NaN: it does not run. */
  ys: number[];
}

/** Decode speed of each choice over the tokens in context, on one pair of axes. */
export function curves(a: Answer, columns: Column[]): TemplateResult | typeof nothing {
  const of = columns.filter(isDrawn);
  if (!of.length) return nothing;
  return html`<section class="panel compare-curves" aria-labelledby="compare-curves">
    <h2 id="compare-curves">${words.curves}</h2>
    ${a.engine?.isWhole ? inPieces(a, columns, of) : waiting(a)}
  </section>`;
}
/** Each is swept in a task of its own; the chart finds what came of it. */
function inPieces(a: Answer, columns: Column[], of: Column[]): TemplateResult[] {
  const xs = totals(of);
  const sweep = (c: Column): TemplateResult => piece(() => void speeds(a, c, xs));
  return [...of.map(sweep), piece(() => drawn(a, columns, xs))];
}
const isDrawn = (c: Column): boolean => known(c.result?.terms.decode_tok_s?.value);

function waiting(a: Answer): TemplateResult {
  a.engine?.hasten();
  return html`<p class="hint">${words.curvesWait}</p>`;
}

function drawn(a: Answer, columns: Column[], xs: number[]): TemplateResult {
  const names = namesOf(columns);
  const all = columns.flatMap((c, i): Curve[] =>
    isDrawn(c) ? [{ name: listed(names[i]), letter: letter(i), series: i, ys: speeds(a, c, xs) }] : []
  );
  const there = all.filter(({ ys }) => ys.some(Number.isFinite));
  if (!there.length) return html`<p class="missing">${msg.context.unknown}</p>`;
  const speed = (y: number): string => (known(y) ? `${digits(y)} tok/s` : msg.verdict.does_not_run);
  return html`${legend(there.map((c) => ({ label: html`<b>${c.letter}</b> ${c.name}`, series: c.series, line: true })))}
    ${plot({
      title: words.curves,
      desc: listedLong(
        there.map((c) =>
          fill(words.curveDesc, { name: `${c.letter} ${c.name}`, a: speed(c.ys[0]), b: speed(c.ys.at(-1)!) })
        )
      ),
      x: { scale: log(xs[0], xs.at(-1)!), label: msg.context.axis },
      y: { scale: scaleOf(there), label: 'tok/s' },
      near: 'x',
      stops: xs.map((x, i) => ({
        x,
        ys: there.map(({ ys }) => ys[i]).filter(Number.isFinite),
        text: () =>
          fill(msg.context.at, {
            x: whole(x),
            y: listedLong(there.map((c) => `${c.letter} ${speed(c.ys[i])}`))
          })
      })),
      draw: (f) => drawing(f, xs, there)
    })}
    <p class="hint">${words.curvesHint}</p>
    ${numbers(
      words.numbers,
      [msg.context.axis, ...there.map((c) => `${c.letter}, tok/s`)],
      xs.map((x, i) => [whole(x), ...there.map(({ ys }) => (known(ys[i]) ? digits(ys[i]) : '–'))]),
      words.curves
    )}`;
}

/** Logarithmic where a slow one would lie flat on the ground beneath a fast one. */
function scaleOf(all: Curve[]): Scale {
  const ys = all.flatMap((c) => c.ys).filter((y) => Number.isFinite(y) && y > 0);
  const starts = all.map(({ ys: of }) => of.find((y) => y > 0) ?? NaN).filter(Number.isFinite);
  const apart = Math.max(...starts) / Math.min(...starts) > 8;
  return (apart && logAround(ys)) || fromZero(ys);
}

function drawing(f: Frame, xs: number[], all: Curve[]): unknown {
  const points = ({ ys }: Curve): Point[] => xs.map((x, i) => [x, ys[i]] as const);
  const end = (c: Curve): Point | undefined => [...points(c)].reverse().find(([, y]) => Number.isFinite(y));
  const ends = all.flatMap((c): [Point, string][] => {
    const at = end(c);
    return at ? [[at, c.letter]] : [];
  });
  const broken = all.flatMap((c) => {
    const at = end(c);
    return at && at[0] < xs.at(-1)! ? [marks(f, [at], { series: c.series, shape: 'cross', r: 5 })] : [];
  });
  return [all.map((c) => curve(f, points(c), c.series)), broken, endLabels(f, ends)];
}

const count = 17;
/** From the longest of the requests to the longest context that any of them is made for. */
function totals(of: Column[]): number[] {
  const from = Math.max(...of.map(({ query: q }) => q.prompt + q.generate), 16);
  const to = Math.max(...of.map((c) => value(c.result!, 'max_context_tokens')), 8 * from);
  const end = Math.min(to, 256 * from);
  return closerAtStart(from, end, count);
}

/** Drawn often, computed once for each result. */
const swept = new WeakMap<Result, { key: string; ys: number[] }>();
function speeds({ engine }: Answer, { query: q, result }: Column, xs: number[]): number[] {
  const key = xs.join();
  const found = swept.get(result!);
  if (found?.key === key) return found.ys;
  let ys: number[];
  try {
    const depths = xs.map((x) => Math.max(0, x - q.prompt - q.generate));
    const { columns, verdicts } = engine!.sweep({ ...q, context: 0 }, 'depth', depths)!;
    ys = Array.from(columns.decode_tok_s, (y, i) => (verdicts[i] === 'does_not_run' ? NaN : y));
  } catch {
    ys = xs.map(() => NaN);
  }
  swept.set(result!, { key, ys });
  return ys;
}
