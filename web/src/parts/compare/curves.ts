import { html, nothing, type TemplateResult } from 'lit';
import type { Answer } from '../../acts';
import { digits, known, whole } from '../../format';
import { fill, msg } from '../../i18n';
import type { Result } from '../../types';
import { curve, legend } from '../../ui/plot/marks';
import { plot } from '../../ui/plot/plot';
import { closerAtStart, fromZero, log } from '../../ui/plot/scale';
import { numbers } from '../../ui/plot/tables';
import { value } from '../../ui/terms';
import { namesOf, type Column } from './data';

/** Decode speed of each choice over the tokens in context, on one pair of axes. */
export function curves(a: Answer, columns: Column[]): TemplateResult | typeof nothing {
  const of = columns.filter((c) => c.result && known(c.result.terms.decode_tok_s?.value)).slice(0, 4);
  if (!of.length) return nothing;
  const xs = totals(of);
  const names = namesOf(of);
  const ys = of.map((c) => speeds(a, c, xs));
  const highest = Math.max(...ys.flat().filter(Number.isFinite));
  if (!Number.isFinite(highest)) return nothing;
  const words = msg.compare;
  return html`<section class="panel" aria-labelledby="compare-curves">
    <h2 id="compare-curves">${words.curves}</h2>
    ${legend(names.map((name, series) => ({ label: name, series, line: true })))}
    ${plot({
      title: words.curves,
      desc: names
        .map((name, i) => `${name}: ${digits(ys[i][0])} – ${digits(ys[i].at(-1)!)} tok/s`)
        .join('. '),
      x: { scale: log(xs[0], xs.at(-1)!), label: msg.context.axis },
      y: { scale: fromZero([highest]), label: 'tok/s' },
      near: 'x',
      stops: xs.map((x, i) => ({
        x,
        ys: ys.map((y) => y[i]).filter(Number.isFinite),
        text: () =>
          fill(msg.context.at, {
            x: whole(x),
            y: names
              .map((name, k) => `${name} ${known(ys[k][i]) ? `${digits(ys[k][i])} tok/s` : msg.unknown}`)
              .join('; ')
          })
      })),
      draw: (f) =>
        ys.map((y, series) =>
          curve(
            f,
            xs.map((x, i) => [x, y[i]] as const),
            series
          )
        )
    })}
    ${numbers(
      words.numbers,
      [msg.context.axis, ...names.map((n) => `${n}, tok/s`)],
      xs.map((x, i) => [whole(x), ...ys.map((y) => (known(y[i]) ? digits(y[i]) : '–'))])
    )}
  </section>`;
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
  if (!engine!.isWhole) {
    void engine!.grow().catch(() => undefined);
    return xs.map(() => NaN);
  }
  let ys: number[];
  try {
    const depths = xs.map((x) => Math.max(0, x - q.prompt - q.generate));
    ys = Array.from(engine!.sweep({ ...q, context: 0 }, 'depth', depths)!.columns.decode_tok_s);
  } catch {
    ys = xs.map(() => NaN);
  }
  swept.set(result!, { key, ys });
  return ys;
}
