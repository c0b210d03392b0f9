/** Whether a page is light or dark around an element. */
export type Scheme = 'light' | 'dark';
export const isScheme = (x: unknown): x is Scheme => x === 'light' || x === 'dark';

export function* around(element: Element): Iterable<Element> {
  for (let at: Element | null = element; at;) {
    const root: Node = at.getRootNode();
    at = at.assignedSlot ?? at.parentElement ?? (root instanceof ShadowRoot ? root.host : null);
    if (at) yield at;
  }
}

let canvas: OffscreenCanvasRenderingContext2D | null;
/** A colour as CSS writes it, in sRGB from 0 to 1, with its opacity. */
function parts(colour: string): number[] {
  canvas ??= new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
  if (!canvas) return [0, 0, 0, 0];
  canvas.clearRect(0, 0, 1, 1);
  canvas.fillStyle = colour;
  canvas.fillRect(0, 0, 1, 1);
  return [...canvas.getImageData(0, 0, 1, 1).data].map((x) => x / 255);
}
/** Relative luminance, as WCAG 2 defines it. */
const luminance = (rgb: number[]): number => {
  const [r, g, b] = rgb.map((x) => (x <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
/** Where black and white stand out alike. */
const middle = 0.179;

const systemDark = matchMedia('(prefers-color-scheme: dark)');

/**
 * The scheme that the page around sets; where it sets none or leaves it open, that of the first opaque background;
 * without one, that of an empty page.
 */
export function schemeAround(element: Element): Scheme {
  const [parent = document.documentElement] = around(element);
  const schemes = new Set(getComputedStyle(parent).colorScheme.split(' '));
  const light = schemes.has('light');
  const dark = schemes.has('dark');
  if (light !== dark) return dark ? 'dark' : 'light';
  for (const at of around(element)) {
    const [r, g, b, opacity] = parts(getComputedStyle(at).backgroundColor);
    if (opacity === 1) return luminance([r, g, b]) < middle ? 'dark' : 'light';
  }
  return dark && systemDark.matches ? 'dark' : 'light';
}

const watchers = new Set<() => void>();
const tell = (): void => watchers.forEach((told) => told());

/** Calls `told` whenever what is around an element may have changed its colours; the answer ends that. */
export function watchScheme(element: Element, told: () => void): () => void {
  const observer = new MutationObserver(told);
  for (const at of around(element)) observer.observe(at, { attributes: true });
  if (!watchers.size) {
    systemDark.addEventListener('change', tell);
    // Style sheets that come late, and colours that fade.
    addEventListener('load', tell);
    document.addEventListener('transitionend', tell);
  }
  watchers.add(told);
  return () => {
    observer.disconnect();
    watchers.delete(told);
    if (watchers.size) return;
    systemDark.removeEventListener('change', tell);
    removeEventListener('load', tell);
    document.removeEventListener('transitionend', tell);
  };
}
