import { html, nothing, svg, type SVGTemplateResult, type TemplateResult } from 'lit';

/** A bar of parts as inline SVG. Each part differs by shade, by pattern and by its label. */
export interface Part {
  id: string;
  label: string;
  value: number;
}
export interface BarOptions {
  title: string;
  desc: string;
  height?: number;
  /** A limit on it, as a share. */
  mark?: number;
  background?: boolean;
}

let serial = 0;

interface Hatch {
  size: number;
  turn?: number;
  shape: SVGTemplateResult;
}
const stripe = (width: number, height: number): SVGTemplateResult =>
  svg`<rect width=${width} height=${height} />`;
const hatches: (Hatch | undefined)[] = [
  undefined,
  { size: 7, turn: 45, shape: stripe(2, 7) },
  { size: 6, shape: svg`<circle cx="2" cy="2" r="1.2" />` },
  { size: 6, shape: stripe(6, 1.5) },
  { size: 7, turn: -45, shape: stripe(2, 7) },
  { size: 6, shape: stripe(1.5, 6) },
  { size: 8, shape: svg`<path d="M0 0L8 8M8 0L0 8" stroke-width="1" class="stroke" />` },
  undefined
];
const tone = (i: number): string => `fill:var(--tone-${i % hatches.length})`;

function pattern(id: string, i: number): SVGTemplateResult | typeof nothing {
  const hatch = hatches[i % hatches.length];
  if (!hatch) return nothing;
  const turn = hatch.turn === undefined ? nothing : `rotate(${hatch.turn})`;
  return svg`<pattern
    id=${id}
    width=${hatch.size}
    height=${hatch.size}
    patternUnits="userSpaceOnUse"
    patternTransform=${turn}
  >${hatch.shape}</pattern>`;
}

export function swatch(i: number): TemplateResult {
  const id = `sw-${++serial}`;
  return html`<svg class="swatch" width="14" height="14" aria-hidden="true">
    <defs class="pattern">${pattern(id, i)}</defs>
    <rect width="14" height="14" rx="3" .style=${tone(i)} />
    <rect width="14" height="14" rx="3" fill=${`url(#${id})`} />
  </svg>`;
}

/** One bar from left to right; `total` is its whole length. */
export function bar(parts: Part[], total: number, o: BarOptions): TemplateResult {
  const id = `bar-${++serial}`;
  const height = o.height ?? 28;
  const shares = parts.map((part) => (total > 0 ? (100 * Math.max(0, part.value)) / total : 0));
  let end = 0;
  const ends = shares.map((share) => (end += share));
  const track = svg`<rect class="track" x="0" y="6" width="100%" height=${height} rx="4" />`;
  const draw = (share: number, i: number): SVGTemplateResult | typeof nothing => {
    if (share <= 0) return nothing;
    const [x, width] = [`${ends[i] - share}%`, `${share}%`];
    return svg`<rect x=${x} y="6" width=${width} height=${height} class="part" .style=${tone(i)} data-label=${parts[i].label} />
      <rect x=${x} y="6" width=${width} height=${height} fill=${`url(#${id}-${i})`} />`;
  };
  return html`<svg
    class="bar"
    role="img"
    aria-labelledby=${`${id}-t ${id}-d`}
    width="100%"
    height=${height + 12}
  >
    <title id=${`${id}-t`}>${o.title}</title>
    <desc id=${`${id}-d`}>${o.desc}</desc>
    <defs class="pattern">${parts.map((_, i) => pattern(`${id}-${i}`, i))}</defs>
    ${o.background ? track : nothing}${shares.map(draw)}
    ${o.mark === undefined ? nothing : limit(100 * o.mark, height + 12)}
  </svg>`;
}

const limit = (x: number, height: number): SVGTemplateResult =>
  svg`<line class="mark" x1=${`${x}%`} x2=${`${x}%`} y1="0" y2=${height} />`;
