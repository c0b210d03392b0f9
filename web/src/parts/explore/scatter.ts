import { html, nothing, svg, type TemplateResult } from 'lit';
import type { Act } from '../../acts';
import type { Exploring, Height } from '../../exploring';
import { digits, known, parameterCount, range, show } from '../../format';
import { fill, msg } from '../../i18n';
import { explore as words } from '../../i18n/explore';
import { isMeasured } from '../../sentences';
import type { ExploreRow, Query } from '../../types';
import { curve, legend, marks, whisker, type Point } from '../../ui/plot/marks';
import { plot, type Frame, type Stop } from '../../ui/plot/plot';
import { fromZero, linear, logAround, type Scale } from '../../ui/plot/scale';
import type { Names } from '../../worker';
import { nameOf, score } from './rows';

const gib = 2 ** 30;
const value: Record<Height, (r: ExploreRow) => number | null> = {
  parameters: (r) => r.parameters,
  quality: (r) => r.quality,
  price: (r) => r.price_usd,
  energy: (r) => r.energy_per_token_J,
  memory: (r) => (known(r.memory_B) ? r.memory_B / gib : null)
};
const written: Record<Height, (r: ExploreRow) => string> = {
  parameters: (r) => parameterCount(r.parameters),
  quality: (r) => `${words.heights.quality} ${score(r)}`,
  price: (r) => show(r.price_usd, 'USD'),
  energy: (r) =>
    `${show(r.energy_per_token_J, 'J')}${r.power_scope ? ` (${msg.big.scopes[r.power_scope]})` : ''}`,
  memory: (r) => show(r.memory_B, 'B')
};
/** More whiskers hide the marks. */
const mostWhiskers = 24;

interface Drawn {
  r: ExploreRow;
  at: Point;
}
function drawnOf(rows: ExploreRow[], height: Height): Drawn[] {
  const out: Drawn[] = [];
  for (const r of rows) {
    const y = value[height](r);
    if (known(r.decode_tok_s) && r.decode_tok_s > 0 && known(y) && y > 0)
      out.push({ r, at: [r.decode_tok_s, y] });
  }
  return out.sort((a, b) => a.at[0] - b.at[0]);
}

function vertical(height: Height, values: number[]): Scale {
  if (height !== 'quality') return logAround(values) ?? linear(0, 1);
  const low = Math.min(...values);
  return low > 20 ? linear(Math.max(0, low - 6), Math.min(100, Math.max(...values) + 4)) : fromZero(values);
}

const title = (e: Exploring): string => fill(words.plot, { height: words.heights[e.height] });

/** What a mark is, in a line. */
function told({ r }: Drawn, e: Exploring, names: Names): string {
  const name = e.open === 'quant' ? r.quant : `${nameOf(r, e, names)}, ${r.quant}`;
  const speed = show(r.decode_tok_s, 'tok/s');
  const parts = { name, speed, height: written[e.height](r), sure: words.sure[r.sure] };
  if (!known(r.decode_tok_s_low) || !known(r.decode_tok_s_high)) return fill(words.pointPlain, parts);
  const ends = range(r.decode_tok_s_low, r.decode_tok_s_high, r.decode_tok_s ?? 0, 'tok/s');
  return fill(words.point, { ...parts, range: ends });
}

/** What the question becomes by a row. */
export const choiceOf = ({ model, device, runtime, quant }: ExploreRow): Partial<Query> => ({
  model,
  device,
  runtime,
  quant,
  kv_quant: ''
});
export const use = (r: ExploreRow, act: Act): void => void act({ view: 'calculator', query: choiceOf(r) });

/** The frontier with its ranges and that of the mark that is looked at; estimates are hollow. */
function drawing(drawn: Drawn[], looked: Drawn | undefined, e: Exploring, x: Scale): (f: Frame) => unknown {
  const front = drawn.filter(({ r }) => r.pareto);
  const inside = (of: (r: ExploreRow) => boolean): Point[] => drawn.filter(({ r }) => of(r)).map((d) => d.at);
  const ranged = [...front.slice(-mostWhiskers), ...(looked ? [looked] : [])];
  const ends = ({ r }: Drawn): [number, number] => [
    Math.max(x.from, r.decode_tok_s_low ?? NaN),
    Math.min(x.to, r.decode_tok_s_high ?? NaN)
  ];
  return (f) => svg`
    ${
      isLine(e)
        ? curve(
            f,
            inside((r) => r.pareto),
            1
          )
        : nothing
    }
    ${ranged.map((d) => whisker(f, d.at, ...ends(d), { along: 'x', series: 1 }))}
    ${marks(
      f,
      inside((r) => !r.pareto && !isMeasured(r.sure)),
      { hollow: true, shape: 'circle', r: 3 }
    )}
    ${marks(
      f,
      inside((r) => !r.pareto && isMeasured(r.sure)),
      { shape: 'circle', r: 3 }
    )}
    ${marks(
      f,
      inside((r) => r.pareto && !isMeasured(r.sure)),
      { series: 1, hollow: true, r: 4.5 }
    )}
    ${marks(
      f,
      inside((r) => r.pareto && isMeasured(r.sure)),
      { series: 1, r: 4.5 }
    )}`;
}
/** The line is of the two axes that are drawn: a frontier on others would cross itself. */
const isLine = ({ axes, height }: Exploring): boolean =>
  axes.length === 0 || (axes.length === 2 && axes.includes('speed') && axes.includes(height));

/** Speed against something else. `at`: the mark that is looked at. */
export function scatter(
  rows: ExploreRow[],
  e: Exploring,
  names: Names,
  act: Act,
  at: { now: number | undefined; to: (stop: number | undefined) => void }
): TemplateResult {
  const drawn = drawnOf(rows, e.height);
  const x = logAround(
    drawn.flatMap(({ r }) => [r.decode_tok_s ?? 0, r.pareto ? (r.decode_tok_s_high ?? 0) : 0])
  );
  if (!x) return html`<p class="hint">${words.noPoints}</p>`;
  const looked = at.now === undefined ? undefined : drawn[at.now];
  const best = drawn[drawn.map(({ r }) => r.pareto).lastIndexOf(true)];
  const y = vertical(
    e.height,
    drawn.map((d) => d.at[1])
  );
  const tick = {
    parameters: parameterCount,
    quality: (v: number) => digits(v),
    price: undefined,
    energy: undefined,
    memory: undefined
  };
  return html`${plot({
    title: title(e),
    desc: fill(words.plotDesc, { n: drawn.length, best: best ? told(best, e, names) : msg.unknown }),
    x: { scale: x, label: words.speedAxis },
    y: { scale: y, label: words.heightUnits[e.height], text: tick[e.height] },
    draw: drawing(drawn, looked, e, x),
    stops: drawn.map((d): Stop => ({ x: d.at[0], ys: [d.at[1]], text: () => told(d, e, names) })),
    near: 'xy',
    at: at.now,
    chosen: at.to,
    opened: (stop) => use(drawn[stop].r, act)
  })}
  ${readout(looked, e, names, act)}
  ${legend([
    { label: words.legend.known, shape: 'circle' },
    { label: words.legend.estimated, shape: 'circle', hollow: true },
    { label: words.legend.front, series: 1, line: isLine(e), shape: 'diamond' }
  ])}`;
}

function readout(looked: Drawn | undefined, e: Exploring, names: Names, act: Act): TemplateResult {
  if (!looked) return html`<p class="hint readout">${msg.plot.hint}</p>`;
  const name = nameOf(looked.r, e, names);
  return html`<p class="hint readout">
    ${told(looked, e, names)}
    <button type="button" class="plain" @click=${() => use(looked.r, act)}>
      ${fill(words.open, { name })}
    </button>
  </p>`;
}
