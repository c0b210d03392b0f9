import { html, nothing, type TemplateResult } from 'lit';
import type { Answer } from '../acts';
import { digits, known, show, whole } from '../format';
import { msg, fill } from '../i18n';
import type { Query, Result } from '../types';
import { line } from '../ui/line';
import { term, value } from '../ui/terms';

const gib = 1024 ** 3;
const points = 33;

interface Curves {
  /** Tokens in context. */
  xs: number[];
  speed: ArrayLike<number>;
  memory: ArrayLike<number>;
  /** Where the present question is. */
  at: number;
}

/** How speed and memory change as the context grows. */
export function context(a: Answer, r: Result): TemplateResult | typeof nothing {
  const curves = curvesOf(a, r);
  if (!curves) return nothing;
  const t = term(r, 'decode_tok_s');
  const band: [number, number] | undefined =
    known(t.value) && known(t.low) && known(t.high) ? [t.low / t.value, t.high / t.value] : undefined;
  return html`<section class="panel" aria-labelledby="context-title">
    <h2 id="context-title">${msg.context.title}</h2>
    <div class="charts">${speedLine(curves, r, band)}${memoryLine(curves, r)}</div>
    ${band ? html`<p class="hint">${msg.context.band}</p>` : nothing}${table(curves)}
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
  const limit = engine?.index.models.find((m) => m.id === q.model)?.context;
  const now = value(r, 'context_tokens');
  const depths = steps(
    base,
    Math.max(limit ?? value(r, 'max_context_tokens'), 2 * Math.max(now, base), 4096)
  );
  const free: Query = { ...q, context: 0 };
  try {
    const { columns } = engine!.sweep(free, 'depth', depths);
    return {
      xs: depths.map((d) => d + base),
      speed: columns.decode_tok_s,
      memory: columns.memory_B,
      at: value(r, 'depth_tokens') + base
    };
  } catch {
    return undefined;
  }
}
/** Depths from none to `end` tokens in all, closer at the start. */
function steps(base: number, end: number): number[] {
  const from = Math.max(base, 1);
  const totals = Array.from({ length: points }, (_, i) =>
    Math.round(from * (end / from) ** (i / (points - 1)))
  );
  return [...new Set(totals.map((t) => Math.max(0, t - base)))];
}

function speedLine({ xs, speed, at }: Curves, r: Result, band: [number, number] | undefined): TemplateResult {
  if (!Number.isFinite(speed[0])) return html`<p class="missing">${msg.context.unknown}</p>`;
  const last = xs.length - 1;
  const y = term(r, 'decode_tok_s').value ?? NaN;
  return line({
    title: msg.context.speed,
    unit: 'tok/s',
    xLabel: msg.context.axis,
    xs,
    ys: speed,
    band,
    now: { x: at, y, label: digits(y) },
    desc: fill(msg.context.speedDesc, {
      a: digits(speed[0]),
      x0: whole(xs[0]),
      b: digits(speed[last]),
      x1: whole(xs[last])
    })
  });
}

function memoryLine({ xs, memory, at }: Curves, r: Result): TemplateResult {
  const last = xs.length - 1;
  const usable = value(r, 'usable_B');
  const y = term(r, 'memory_B').value ?? NaN;
  return line({
    title: msg.context.memory,
    unit: 'GiB',
    xLabel: msg.context.axis,
    xs,
    ys: memory,
    scale: gib,
    now: { x: at, y, label: digits(y / gib) },
    limits: usable ? [{ y: usable, label: msg.context.usable }] : [],
    desc: fill(msg.context.memoryDesc, {
      a: show(memory[0], 'B'),
      x0: whole(xs[0]),
      b: show(memory[last], 'B'),
      x1: whole(xs[last]),
      usable: show(usable, 'B')
    })
  });
}

function table({ xs, speed, memory }: Curves): TemplateResult {
  const row = (i: number): TemplateResult =>
    html`<tr>
      <th scope="row">${whole(xs[i])}</th>
      <td class="n">${show(speed[i], 'tok/s')}</td>
      <td class="n">${show(memory[i], 'B')}</td>
    </tr>`;
  return html`<details class="table">
    <summary>${msg.time.table}</summary>
    <div class="scroll">
      <table class="rows">
        <thead>
          <tr>
            <th scope="col">${msg.context.axis}</th>
            <th scope="col" class="n">${msg.context.speed}</th>
            <th scope="col" class="n">${msg.context.memory}</th>
          </tr>
        </thead>
        <tbody>
          ${[0, 8, 16, 24, 32].filter((i) => i < xs.length).map(row)}
        </tbody>
      </table>
    </div>
  </details>`;
}
