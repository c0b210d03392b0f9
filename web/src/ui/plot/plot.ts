import { LitElement, html, nothing, svg, type SVGTemplateResult, type TemplateResult } from 'lit';
import { digits } from '../../format';
import { listed, msg } from '../../i18n';
import '../picture-menu';
import type { Scale } from './scale';

/**
 * A chart in a frame of two axes: as wide as its place, one pixel to a unit, so that its text is as large as that
 * around it.
 * What is in it, the caller draws (see marks.ts). It has one stop of the tab key; arrow keys and the pointer go from
 * mark to mark and say what each is.
 */
export interface Plot {
  title: string;
  /** What it shows, for those who do not see it. */
  desc: string;
  x: Axis;
  y: Axis;
  /** Draws in pixels. */
  draw: (frame: Frame) => unknown;
  /** What the crosshair stops at, in the order of the arrow keys. */
  stops?: Stop[];
  /** The stop of the crosshair before anybody moves it; at any time where `chosen` is given. */
  at?: number;
  /** How the pointer finds a stop: by the nearest x (curves), or by both (points). */
  near?: 'x' | 'xy';
  /** Told where the crosshair is moved to. Who gives it holds `at` and shows what that is; else the plot does. */
  chosen?: (stop: number | undefined) => void;
  /** Told which stop is opened: by a click of a mouse on it, or the enter key. */
  opened?: (stop: number) => void;
  /** Of its width; default: a little more than half. */
  ratio?: number;
}
export interface Axis {
  scale: Scale;
  /** What is measured, with its unit. */
  label: string;
  /** How a tick is written; default: three digits, k and M from a thousand on. */
  text?: (value: number) => string;
  /** Where ticks stand, if not where the scale has them. */
  ticks?: number[];
}
/** Where the area of the axes is, and where values are in it. */
export interface Frame {
  left: number;
  right: number;
  top: number;
  bottom: number;
  x: (value: number) => number;
  y: (value: number) => number;
}
export interface Stop {
  x: number;
  /** Where rings are drawn. */
  ys: number[];
  /** What it is, with numbers and units. */
  text: () => string;
}

/** A number as a tick: 20k, 1.5M. */
export const short = (v: number): string => {
  if (Math.abs(v) >= 1e6) return `${digits(v / 1e6)}M`;
  return Math.abs(v) >= 1e4 ? `${digits(v / 1e3)}k` : digits(v);
};

const edge = { top: 8, right: 14, bottom: 36 };
/** Pixels of a character of the ticks. */
const character = 7;
/** How far from a point the pointer may be. */
const reach = 28;
let serial = 0;

interface Ticks {
  x: [at: number, text: string][];
  y: [at: number, text: string][];
}

function ticksOf({ x, y }: Plot, width: number, height: number): Ticks {
  const of = (axis: Axis, count: number): [number, string][] =>
    (axis.ticks ?? axis.scale.ticks(count)).map((v) => [v, (axis.text ?? short)(v)]);
  return { x: of(x, Math.max(2, Math.floor(width / 80))), y: of(y, Math.max(2, Math.floor(height / 48))) };
}

function frameOf({ x, y }: Plot, ticks: Ticks, width: number, height: number): Frame {
  const longest = Math.max(1, ...ticks.y.map(([, text]) => text.length));
  const left = 10 + character * longest;
  const [right, bottom] = [width - edge.right, height - edge.bottom];
  return {
    left,
    right,
    top: edge.top,
    bottom,
    x: (v) => left + (right - left) * x.scale.share(v),
    y: (v) => bottom - (bottom - edge.top) * y.scale.share(v)
  };
}

function axes({ x }: Plot, ticks: Ticks, f: Frame): SVGTemplateResult {
  const row = ([v, text]: [number, string]): SVGTemplateResult => svg`
    <line class="grid" x1=${f.left} x2=${f.right} y1=${f.y(v)} y2=${f.y(v)} />
    <text class="dim" x=${f.left - 6} y=${f.y(v) + 4} text-anchor="end">${text}</text>`;
  const column = ([v, text]: [number, string]): SVGTemplateResult => svg`
    <line class="tick" x1=${f.x(v)} x2=${f.x(v)} y1=${f.bottom} y2=${f.bottom + 4} />
    <text class="dim" x=${f.x(v)} y=${f.bottom + 16} text-anchor="middle">${text}</text>`;
  return svg`${ticks.y.map(row)}${ticks.x.map(column)}
    <line class="tick" x1=${f.left} x2=${f.right} y1=${f.bottom} y2=${f.bottom} />
    <text class="dim" x=${f.right} y=${f.bottom + 32} text-anchor="end">${x.label}</text>`;
}

class PlotElement extends LitElement {
  static properties = { plot: { attribute: false }, width: { state: true }, at: { state: true } };
  declare plot: Plot;
  declare width: number;
  /** The stop that was chosen. */
  declare at: number | undefined;
  #id = `plot-${++serial}`;
  #frame: Frame | undefined;
  #watch = new ResizeObserver(() => this.#measure());

  constructor() {
    super();
    this.width = 360;
  }
  protected createRenderRoot(): HTMLElement {
    return this;
  }
  connectedCallback(): void {
    super.connectedCallback();
    this.#measure();
    this.#watch.observe(this);
  }
  disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#watch.disconnect();
  }
  #measure(): void {
    if (this.clientWidth > 0) this.width = this.clientWidth;
  }
  /** Of another chart there may be fewer stops than of the one that the crosshair was moved in. */
  get #stop(): number | undefined {
    const at = this.plot.chosen ? this.plot.at : (this.at ?? this.plot.at);
    return at !== undefined && at < (this.plot.stops?.length ?? 0) ? at : undefined;
  }

  #choose(at: number | undefined): void {
    if (at === this.#stop) return;
    this.at = at;
    this.plot.chosen?.(at);
  }
  #open(): void {
    if (this.#stop !== undefined) this.plot.opened?.(this.#stop);
  }
  /** A finger that touches asks what is there; a mouse has asked by then. */
  #click(e: MouseEvent): void {
    if ((e as PointerEvent).pointerType !== 'touch' && this.#under(e) === this.#stop) this.#open();
  }
  #keys(e: KeyboardEvent): void {
    if (e.key === 'Enter') return this.#open();
    const last = this.plot.stops!.length - 1;
    const step = Math.max(1, Math.round(last / 10));
    const at = this.#stop;
    const by = (n: number): number => (at === undefined ? (n > 0 ? 0 : last) : at + n);
    const to: Record<string, number | undefined> = {
      ArrowRight: by(1),
      ArrowUp: by(1),
      ArrowLeft: by(-1),
      ArrowDown: by(-1),
      PageUp: by(step),
      PageDown: by(-step),
      Home: 0,
      End: last,
      Escape: undefined
    };
    if (!(e.key in to)) return;
    const next = to[e.key];
    e.preventDefault();
    this.#choose(next === undefined ? undefined : Math.min(last, Math.max(0, next)));
  }
  /** The stop that the pointer is at. */
  #under(e: MouseEvent): number | undefined {
    const f = this.#frame!;
    const box = (e.currentTarget as HTMLElement).getBoundingClientRect();
    const scale = this.width / box.width;
    const [x, y] = [(e.clientX - box.left) * scale, (e.clientY - box.top) * scale];
    const both = this.plot.near === 'xy';
    let best: number | undefined;
    let least = both ? reach ** 2 : Infinity;
    this.plot.stops!.forEach((stop, i) => {
      for (const v of both ? stop.ys : [0]) {
        const d = (f.x(stop.x) - x) ** 2 + (both ? (f.y(v) - y) ** 2 : 0);
        if (d < least) [best, least] = [i, d];
      }
    });
    return best;
  }
  #point(e: PointerEvent): void {
    const best = this.#under(e);
    if (best !== undefined) this.#choose(best);
  }

  #crosshair(f: Frame): SVGTemplateResult | typeof nothing {
    const stop = this.#stop;
    if (stop === undefined) return nothing;
    const { x, ys } = this.plot.stops![stop];
    const line = svg`<line class="cross" x1=${f.x(x)} x2=${f.x(x)} y1=${f.top} y2=${f.bottom} />`;
    return svg`${this.plot.near === 'xy' ? nothing : line}
      ${ys.filter(Number.isFinite).map((y) => svg`<circle class="ring" cx=${f.x(x)} cy=${f.y(y)} r="6" />`)}`;
  }
  get #said(): string {
    const stop = this.#stop;
    return stop === undefined ? msg.plot.hint : this.plot.stops![stop].text();
  }
  #slider(): TemplateResult | typeof nothing {
    const { stops, title } = this.plot;
    if (!stops?.length) return nothing;
    const move = (e: PointerEvent): void => this.#point(e);
    return html`<div
      class="cursor"
      role="slider"
      tabindex="0"
      aria-label=${title}
      aria-valuemin="1"
      aria-valuemax=${stops.length}
      aria-valuenow=${(this.#stop ?? 0) + 1}
      aria-valuetext=${this.#said}
      @keydown=${(e: KeyboardEvent) => this.#keys(e)}
      @pointermove=${move}
      @pointerdown=${move}
      @click=${(e: MouseEvent) => this.#click(e)}
    ></div>`;
  }

  render(): TemplateResult {
    const { width, plot: p } = this;
    const height = Math.round(Math.min(420, Math.max(200, width * (p.ratio ?? 0.58))));
    const ticks = ticksOf(p, width, height);
    const f = frameOf(p, ticks, width, height);
    this.#frame = f;
    const id = this.#id;
    return html`<div class="plot-head">
        <p class="plot-title" aria-hidden="true"><b>${p.title}</b> <span>${p.y.label}</span></p>
        <ew-picture .label=${listed([p.title, p.y.label])}></ew-picture>
      </div>
      <div class="area">
        <svg role="img" aria-labelledby=${`${id}-t ${id}-d`} viewBox="0 0 ${width} ${height}">
          <title id=${`${id}-t`}>${p.title}</title>
          <desc id=${`${id}-d`}>${p.desc}</desc>
          ${axes(p, ticks, f)}${p.draw(f)}${this.#crosshair(f)}
        </svg>
        ${this.#slider()}
      </div>
      ${p.stops?.length && !p.chosen ? html`<p class="hint readout" aria-hidden="true">${this.#said}</p>` : nothing}`;
  }
}
if (!customElements.get('ew-plot')) customElements.define('ew-plot', PlotElement);

export const plot = (o: Plot): TemplateResult => html`<ew-plot .plot=${o}></ew-plot>`;
