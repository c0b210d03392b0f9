import { LitElement, html, nothing, svg, type TemplateResult } from 'lit';
import type { App } from '../app';
import { digits, whole } from '../format';
import { classes, en, fill, locale } from '../i18n/en';
import { fetchText } from '../site';

/** configurations, median, 90th percentile and, where ranges apply, the share inside them. */
type Summary = [number, number, number, number?] | null;
type Situation = 'calibrated' | 'unseen';
/** device, model, quantization, runtime, power mode: places in the lists. */
type Place = [number, number, number, number, number];
/** measured, predicted calibrated and unseen (0: not known), kind, side, place */
type Point = [number, number, number, number, number, ...Place];
interface Data {
  counts: Record<string, number>;
  kinds: Record<string, Record<Situation, Summary>>;
  memory: Record<string, Summary>;
  byRuntime: [string, ...Summary[]][];
  byClass: [string, ...Summary[]][];
  peers: {
    id: string;
    name: string;
    url: string;
    factor?: number;
    groups: Record<string, [Summary, Summary, Summary, Summary]>;
  }[];
  /** kind, measured, predicted, trust, source, address, place */
  worst: Record<Situation, [number, number, number, string, string, string, ...Place][]>;
  points: Point[];
  devices: string[];
  models: string[];
  quants: string[];
  runtimes: string[];
  modes: string[];
}

const situations: Situation[] = ['calibrated', 'unseen'];
const sides = ['all', 'small', 'mac', 'card'] as const;
const tolerance = 0.25;
const fewRows = 12;

const rounded = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 0 });
const tenth = new Intl.NumberFormat(locale, {
  style: 'percent',
  minimumFractionDigits: 1,
  maximumFractionDigits: 1
});
const percent = (x: number): string => (x === 0 || x >= 0.0995 ? rounded : tenth).format(x);
const shape = (side: number, x: number, y: number): string => {
  const at = `M${x.toFixed(1)} ${y.toFixed(1)}`;
  return side === 2
    ? `${at}m0-3l3 3-3 3-3-3z`
    : side === 3
      ? `${at}m-2.4-2.4h4.8v4.8h-4.8z`
      : side === 0
        ? `${at}m-2.4-2.4l4.8 4.8m0-4.8l-4.8 4.8`
        : `${at}h0`;
};

/** How far predictions were from measurements that they had not seen. */
export class Accuracy extends LitElement {
  static properties = {
    app: { attribute: false },
    device: { attribute: false },
    data: { state: true },
    failed: { state: true },
    kind: { state: true },
    only: { state: true },
    near: { state: true },
    side: { state: true },
    misses: { state: true },
    every: { state: true }
  };
  declare app: App;
  /** The calculator's device: its marks can be shown alone. */
  declare device: string;
  declare data: Data | undefined;
  declare failed: string;
  declare kind: 0 | 1;
  declare only: boolean;
  declare near: { point: Point; situation: Situation } | undefined;
  declare side: (typeof sides)[number];
  declare misses: Situation;
  declare every: boolean;

  constructor() {
    super();
    this.failed = '';
    this.kind = 0;
    this.only = this.every = false;
    this.side = 'all';
    this.misses = 'calibrated';
  }
  protected createRenderRoot(): HTMLElement {
    return this;
  }
  connectedCallback(): void {
    super.connectedCallback();
    void this.#load();
  }
  async #load(): Promise<void> {
    this.failed = '';
    try {
      this.data ??= JSON.parse(await fetchText('accuracy.json')) as Data;
    } catch (error) {
      this.failed = error instanceof Error ? error.message : String(error);
    }
  }

  #name(kind: 'devices' | 'models' | 'runtimes', id: string): string {
    return this.app.engine?.index[kind].find((x) => x.id === id)?.name ?? id;
  }
  #names([device, model, quant, runtime, mode]: Place): Record<
    'model' | 'quant' | 'device' | 'runtime',
    string
  > {
    const d = this.data!;
    const at = d.modes[mode] ? ` (${d.modes[mode]})` : '';
    return {
      model: this.#name('models', d.models[model]),
      quant: d.quants[quant],
      device: this.#name('devices', d.devices[device]) + at,
      runtime: this.#name('runtimes', d.runtimes[runtime])
    };
  }
  #open([device, model, quant, runtime, mode]: Place): void {
    const d = this.data!;
    void this.app.change({
      model: d.models[model],
      device: d.devices[device],
      quant: d.quants[quant],
      runtime: d.runtimes[runtime],
      power_mode: d.modes[mode],
      kv_quant: ''
    });
    this.app.show('calculator');
  }
  #off(measured: number, predicted: number): string {
    const fast = predicted > measured;
    const factor = fast ? predicted / measured : measured / predicted;
    if (factor >= 2)
      return fill(fast ? en.accuracy.factorFast : en.accuracy.factorSlow, { n: digits(factor, 2) });
    return fill(fast ? en.accuracy.fast : en.accuracy.slow, {
      n: percent(Math.abs(predicted / measured - 1))
    });
  }

  #switch<T extends string | number>(
    name: string,
    legend: string,
    options: readonly (readonly [T, string])[],
    value: T,
    choose: (v: T) => void
  ): TemplateResult {
    return html`<fieldset class="switch">
      <legend class="vh">${legend}</legend>
      ${options.map(([id, label]) => html`<label><input type="radio" name=${name} .checked=${id === value} @change=${() => choose(id)} /><span>${label}</span></label>`)}
    </fieldset>`;
  }

  // --- the chart ---

  #panel(situation: Situation, points: Point[], low: number, high: number): TemplateResult {
    const w = 400,
      h = 372,
      left = 54,
      right = 8,
      top = 28,
      bottom = 40;
    const title = fill(en.accuracy.panel, {
      situation: en.accuracy[situation],
      kind: this.kind ? en.accuracy.prefill : en.accuracy.decode
    });
    const which = situations.indexOf(situation) + 1;
    const shown = points.filter((p) => p[which] > 0);
    const l0 = Math.log(low),
      l1 = Math.log(high);
    const X = (v: number): number => left + ((w - left - right) * (Math.log(v) - l0)) / (l1 - l0);
    const Y = (v: number): number => h - bottom - ((h - top - bottom) * (Math.log(v) - l0)) / (l1 - l0);
    const near = shown.filter((p) => Math.abs(p[which] / p[0] - 1) <= tolerance).length;
    const share = shown.length ? percent(near / shown.length) : '';
    const decades = Array.from({ length: 12 }, (_, i) => 10 ** (i - 3)).filter(
      (t) => t >= low * 0.999 && t <= high * 1.001
    );
    const up = 1 + tolerance,
      down = 1 - tolerance;
    const band = `M${X(low)} ${Y(low)}L${X(low)} ${Y(low * up)}L${X(high / up)} ${Y(high)}L${X(high)} ${Y(high)}L${X(high)} ${Y(high * down)}L${X(low / down)} ${Y(low)}Z`;
    const ring =
      this.near && this.near.point[which] > 0 && points.includes(this.near.point)
        ? this.near.point
        : undefined;
    const find = (e: PointerEvent): void => {
      const box = (e.currentTarget as SVGElement).getBoundingClientRect();
      const x = ((e.clientX - box.left) * w) / box.width,
        y = ((e.clientY - box.top) * h) / box.height;
      let best: Point | undefined,
        distance = 18 ** 2;
      for (const p of shown) {
        const d = (X(p[0]) - x) ** 2 + (Y(p[which]) - y) ** 2;
        if (d < distance) {
          distance = d;
          best = p;
        }
      }
      if (best && (this.near?.point !== best || this.near.situation !== situation))
        this.near = { point: best, situation };
    };
    const id = `accuracy-${situation}`;
    return html`<figure>
      <svg
        class="line scatter"
        role="img"
        aria-labelledby=${`${id}-t ${id}-d`}
        viewBox="0 0 ${w} ${h}"
        @pointermove=${find}
        @pointerdown=${find}
      >
        <title id=${`${id}-t`}>${title}</title>
        <desc id=${`${id}-d`}>
          ${shown.length ? fill(en.accuracy.desc, { n: whole(shown.length), low: digits(low), high: digits(high), share }) : en.accuracy.none}
        </desc>
        <text class="strong" x="0" y="12">
          ${en.accuracy[situation]}
          <tspan class="dim" dx="6">
            ${shown.length ? fill(en.accuracy.count, { share, n: whole(shown.length) }) : en.accuracy.none}
          </tspan>
        </text>
        <path class="band" d=${band} />
        ${decades.map(
          (
            t
          ) => svg`<line class="grid" x1=${X(t)} x2=${X(t)} y1=${top} y2=${h - bottom} /><line class="grid" x1=${left} x2=${w - right} y1=${Y(t)} y2=${Y(t)} />
          <text class="dim" x=${X(t)} y=${h - bottom + 15} text-anchor="middle">${digits(t)}</text><text class="dim" x=${left - 6} y=${Y(t) + 4} text-anchor="end">${digits(t)}</text>`
        )}
        <path class="same" d=${`M${X(low)} ${Y(low)}L${X(high)} ${Y(high)}`} />
        <text class="dim" x=${w - right} y=${h - 8} text-anchor="end">${en.accuracy.measured}</text>
        <text class="dim" transform=${`translate(9 ${top + 6}) rotate(-90)`} text-anchor="end">
          ${en.accuracy.predicted}
        </text>
        ${[0, 1, 2, 3].map(
          (side) =>
            svg`<path class=${`mark-${side}`} d=${shown
              .filter((p) => p[4] === side)
              .map((p) => shape(side, X(p[0]), Y(p[which])))
              .join('')} />`
        )}
        ${ring ? svg`<circle class="ring" cx=${X(ring[0])} cy=${Y(ring[which])} r="6" />` : nothing}
      </svg>
    </figure>`;
  }

  #chart(d: Data): TemplateResult {
    const at = d.devices.indexOf(this.device);
    const of = d.points.filter((p) => p[3] === this.kind);
    const has = at >= 0 && of.some((p) => p[5] === at);
    const points = this.only && has ? of.filter((p) => p[5] === at) : of;
    // The axes stay when marks are hidden.
    const values = of.flatMap((p) => [p[0], p[1], p[2]]).filter((v) => v > 0);
    const low = Math.min(...values) / 1.15,
      high = Math.max(...values) * 1.15;
    const near = this.near && points.includes(this.near.point) ? this.near : undefined;
    const place = near?.point.slice(5) as Place | undefined;
    return html`<section class="panel" aria-labelledby="accuracy-chart">
      <h2 id="accuracy-chart">${en.accuracy.chart}</h2>
      <div class="heading">
        ${this.#switch(
          'accuracy-kind',
          en.accuracy.which,
          [
            [0, en.accuracy.decode],
            [1, en.accuracy.prefill]
          ] as const,
          this.kind,
          (kind) => {
            this.kind = kind;
            this.near = undefined;
          }
        )}
        ${
          has
            ? html`<label class="check"
                ><input
                  type="checkbox"
                  .checked=${this.only}
                  @change=${(e: Event) => {
                    this.only = (e.target as HTMLInputElement).checked;
                    this.near = undefined;
                  }}
                />${fill(en.accuracy.only, { device: this.#name('devices', this.device) })}</label
              >`
            : nothing
        }
      </div>
      <div class="charts">${situations.map((s) => this.#panel(s, points, low, high))}</div>
      <ul class="marks">
        ${[1, 2, 3, 0].map(
          (side) =>
            html`<li>
              <svg class="scatter" viewBox="0 0 12 12" width="16" height="16" aria-hidden="true">
                <path class=${`mark-${side}`} d=${shape(side, 6, 6)} /></svg
              >${en.accuracy.sides[side]}
            </li>`
        )}
      </ul>
      <p class="hint reading">
        ${
          near && place
            ? html`${fill(en.accuracy.point, { ...this.#names(place), value: digits(near.point[0]), predicted: digits(near.point[situations.indexOf(near.situation) + 1]), off: this.#off(near.point[0], near.point[situations.indexOf(near.situation) + 1]) })}
                <button type="button" class="plain" @click=${() => this.#open(place)}>
                  ${fill(en.explore.use, { name: this.#names(place).model })}
                </button>`
            : en.accuracy.pick
        }
      </p>
    </section>`;
  }

  // --- the tables ---

  #table(label: string, head: TemplateResult | TemplateResult[], body: TemplateResult[]): TemplateResult {
    return html`<div
      class="scroll"
      tabindex="0"
      role="region"
      aria-label=${fill(en.accuracy.table, { title: label })}
    >
      <table class="rows errors">
        <caption class="vh">
          ${label}
        </caption>
        <thead>
          ${head}
        </thead>
        <tbody>
          ${body}
        </tbody>
      </table>
    </div>`;
  }
  #cell(s: Summary | undefined, span = 1): TemplateResult {
    return s
      ? html`<td class="n ${span > 1 ? 'both' : ''}" colspan=${span}>
          <b>${percent(s[1])}</b><span class="dim"> · ${percent(s[2])}</span>
        </td>`
      : html`<td class="n dim">–</td>`;
  }
  #head(first: string): TemplateResult {
    return html`<tr>
        <td></td>
        <th scope="colgroup" colspan="2">${en.accuracy.decode}</th>
        <th scope="colgroup" colspan="2">${en.accuracy.prefill}</th>
        <td></td>
      </tr>
      <tr>
        <th scope="col">${first}</th>
        ${[0, 1].map(() => situations.map((s) => html`<th scope="col" class="n">${en.accuracy[s]}</th>`))}
        <th scope="col" class="n">${en.accuracy.n}</th>
      </tr>`;
  }
  #groups(list: [string, ...Summary[]][], name: (id: string) => string): TemplateResult[] {
    return list.map(
      ([id, ...of]) =>
        html`<tr>
          <th scope="row">${name(id)}</th>
          ${of.map((s) => this.#cell(s))}
          <td class="n">${whole(of[1]?.[0] ?? of[3]?.[0] ?? 0)}</td>
        </tr>`
    );
  }

  #kinds(d: Data): TemplateResult {
    const inside = (s: Summary | undefined): TemplateResult =>
      html`<td class="n">${s && s[3] !== undefined && s[0] >= 10 ? percent(s[3]) : '–'}</td>`;
    const counts = (of: Summary[]): TemplateResult =>
      html`<td class="n">${of.map((s) => whole(s?.[0] ?? 0)).join(' · ')}</td>`;
    const inRange = situations.map((s) => fill(en.accuracy.inside, { situation: en.accuracy[s] }));
    const head = [en.accuracy.what, en.accuracy.calibrated, en.accuracy.unseen, ...inRange, en.accuracy.n];
    return html`<section class="panel" aria-labelledby="accuracy-kinds">
      <h2 id="accuracy-kinds">${en.accuracy.kindsTitle}</h2>
      ${this.#table(
        en.accuracy.kindsTitle,
        html`<tr>
          ${head.map((t, i) => html`<th scope="col" class=${i ? 'n' : ''}>${t}</th>`)}
        </tr>`,
        [
          ...Object.entries(d.kinds).map(
            ([k, of]) =>
              html`<tr>
                <th scope="row">${en.accuracy.kinds[k] ?? k}</th>
                ${situations.map((s) => this.#cell(of[s]))}${situations.map((s) => inside(of[s]))}${counts(situations.map((s) => of[s]))}
              </tr>`
          ),
          ...Object.entries(d.memory).map(
            ([k, s]) =>
              html`<tr>
                <th scope="row">${en.accuracy.memory[k] ?? k}</th>
                ${this.#cell(s, 2)}
                <td colspan="2"></td>
                ${counts([s])}
              </tr>`
          )
        ]
      )}
      <p class="hint">${en.accuracy.cells} ${en.accuracy.counts}</p>
      <p class="hint">${en.accuracy.memoryNote}</p>
    </section>`;
  }

  #peers(d: Data): TemplateResult {
    const names = {
      all: en.accuracy.all,
      small: en.accuracy.small,
      mac: en.accuracy.sides[2],
      card: en.accuracy.sides[3]
    };
    return html`<section class="panel" aria-labelledby="accuracy-peers">
      <h2 id="accuracy-peers">${en.accuracy.peersTitle}</h2>
      <p class="lead">${en.accuracy.peersText}</p>
      ${this.#switch(
        'accuracy-side',
        en.accuracy.peersWhich,
        sides.map((s) => [s, names[s]] as const),
        this.side,
        (s) => {
          this.side = s;
        }
      )}
      ${this.#table(
        en.accuracy.peersTitle,
        html`<tr>
          ${[en.accuracy.calculator, en.accuracy.theirs, en.accuracy.oursUnseen, en.accuracy.oursCalibrated, en.accuracy.n].map((t, i) => html`<th scope="col" class=${i ? 'n' : ''}>${t}</th>`)}
        </tr>`,
        d.peers.map((p) => {
          const [theirs, unseen, , calibrated] = p.groups[this.side];
          const name = p.factor ? fill(en.accuracy.scaled, { factor: digits(p.factor, 2) }) : p.name;
          return html`<tr>
            <th scope="row">${p.url ? html`<a href=${p.url} rel="noreferrer">${name}</a>` : name}</th>
            ${this.#cell(theirs)}${this.#cell(unseen)}${this.#cell(calibrated)}
            <td class="n">${whole(theirs?.[0] ?? 0)}</td>
          </tr>`;
        })
      )}
      <p class="hint">${en.accuracy.cells}</p>
    </section>`;
  }

  #worst(d: Data): TemplateResult {
    const head = [
      en.accuracy.configuration,
      en.accuracy.off,
      en.accuracy.what,
      en.accuracy.measured,
      en.accuracy.predicted,
      en.accuracy.trust,
      en.accuracy.source
    ];
    return html`<section class="panel" aria-labelledby="accuracy-worst">
      <h2 id="accuracy-worst">${en.accuracy.worstTitle}</h2>
      ${this.#switch(
        'accuracy-misses',
        en.accuracy.worstWhich,
        situations.map((s) => [s, en.accuracy[s]] as const),
        this.misses,
        (s) => {
          this.misses = s;
        }
      )}
      ${this.#table(
        en.accuracy.worstTitle,
        html`<tr>
          ${head.map((t, i) => html`<th scope="col" class=${i === 3 || i === 4 ? 'n' : ''}>${t}</th>`)}
        </tr>`,
        d.worst[this.misses].map(([kind, value, predicted, trust, source, url, ...place]) => {
          const n = this.#names(place);
          return html`<tr>
            <th scope="row" class="long">
              <button
                type="button"
                class="plain"
                title=${fill(en.explore.use, { name: n.model })}
                @click=${() => this.#open(place)}
              >
                ${n.model} ${n.quant}</button
              ><span class="sub">${n.device}, ${n.runtime}</span>
            </th>
            <td class="off">${this.#off(value, predicted)}</td>
            <td>${kind ? en.accuracy.prefill : en.accuracy.decode}</td>
            <td class="n">${digits(value)}</td>
            <td class="n">${digits(predicted)}</td>
            <td>${trust}</td>
            <td>${/^https?:/.test(url) ? html`<a href=${url} rel="noreferrer">${source}</a>` : source}</td>
          </tr>`;
        })
      )}
      <p class="hint">${fill(en.accuracy.worstNote, { excluded: whole(d.counts.excluded ?? 0) })}</p>
    </section>`;
  }

  render(): TemplateResult {
    const d = this.data;
    if (this.failed)
      return html`<div class="alert" role="alert">
        <p>${fill(en.accuracy.failed, { message: this.failed })}</p>
        <button type="button" class="button" @click=${() => void this.#load()}>${en.retry}</button>
      </div>`;
    if (!d) return html`<p class="quiet">${en.loading}</p>`;
    const runtimes = this.every ? d.byRuntime : d.byRuntime.slice(0, fewRows);
    return html` <section class="panel prose">
        <p>
          ${fill(en.accuracy.intro, Object.fromEntries(Object.entries(d.counts).map(([k, n]) => [k, whole(n)])))}
        </p>
        <dl class="situations">
          ${situations.map(
            (s) =>
              html`<div>
                <dt>${en.accuracy[s]}</dt>
                <dd>${en.accuracy[`${s}Text`]}</dd>
              </div>`
          )}
        </dl>
        <p class="hint">${en.accuracy.error}</p>
      </section>
      ${this.#chart(d)} ${this.#kinds(d)} ${this.#peers(d)}
      <section class="panel" aria-labelledby="accuracy-class">
        <h2 id="accuracy-class">${en.accuracy.classTitle}</h2>
        ${this.#table(
          en.accuracy.classTitle,
          this.#head(en.accuracy.class),
          this.#groups(d.byClass, (id) => classes[id] ?? id)
        )}
        <p class="hint">${en.accuracy.cells}</p>
      </section>
      <section class="panel" aria-labelledby="accuracy-runtime">
        <h2 id="accuracy-runtime">${en.accuracy.runtimeTitle}</h2>
        ${this.#table(
          en.accuracy.runtimeTitle,
          this.#head(en.accuracy.runtime),
          this.#groups(runtimes, (id) => this.#name('runtimes', id))
        )}
        ${
          this.every
            ? nothing
            : html`<button
                type="button"
                class="button"
                @click=${() => {
                  this.every = true;
                }}
              >
                ${en.explore.more}
              </button>`
        }
      </section>
      ${this.#worst(d)}`;
  }
}
customElements.get('ew-accuracy') || customElements.define('ew-accuracy', Accuracy);

export function accuracy(app: App): TemplateResult {
  return app.engine
    ? html`<ew-accuracy .app=${app} .device=${app.state.query.device}></ew-accuracy>`
    : html`<p class="quiet">${en.loading}</p>`;
}
