/** Pictures of what is shown: SVG that stands by itself, and PNG of that. */

/** What a style sheet gives to a chart, and the chart alone would lack. */
const properties =
  'fill fill-opacity stroke stroke-width stroke-dasharray stroke-linecap stroke-linejoin opacity font-size font-weight text-anchor dominant-baseline paint-order visibility'.split(
    ' '
  );
const family = 'system-ui, sans-serif';
const namespace = 'http://www.w3.org/2000/svg';

/** The first colour behind an element that is not transparent. */
function ground(of: Element): string {
  for (let at: Element | null = of; at; at = at.parentElement) {
    const { backgroundColor } = getComputedStyle(at);
    if (!/^(transparent|rgba\(0, 0, 0, 0\))$/.test(backgroundColor)) return backgroundColor;
  }
  return '#fff';
}

/** A chart as a document of its own, with the colours that it has now. */
export function standalone(chart: SVGSVGElement): string {
  const { width, height } = chart.getBoundingClientRect();
  const copy = chart.cloneNode(true) as SVGSVGElement;
  const originals = chart.querySelectorAll('*');
  copy.querySelectorAll('*').forEach((element, i) => {
    if (['title', 'desc'].includes(element.tagName)) return;
    const now = getComputedStyle(originals[i]);
    const style = properties.map((name) => `${name}:${now.getPropertyValue(name)}`).join(';');
    element.setAttribute('style', style);
    element.removeAttribute('class');
  });
  for (const name of ['class', 'style', 'tabindex']) copy.removeAttribute(name);
  copy.setAttribute('xmlns', namespace);
  copy.setAttribute('width', String(Math.round(width)));
  copy.setAttribute('height', String(Math.round(height)));
  copy.setAttribute('font-family', family);
  copy.setAttribute('color', getComputedStyle(chart).color);
  const back = document.createElementNS(namespace, 'rect');
  back.setAttribute('width', '100%');
  back.setAttribute('height', '100%');
  back.setAttribute('fill', ground(chart));
  const first = [...copy.children].find((child) => !['title', 'desc'].includes(child.tagName));
  copy.insertBefore(back, first ?? null);
  return new XMLSerializer().serializeToString(copy).replace(/<!--.*?-->/gs, '');
}

/** Lines of text of a width; a letter of Chinese is as wide as two. */
function wrapped(text: string, most: number): string[] {
  const wide = (s: string): number => s.length + (s.match(/[\u2e80-\uffff]/g)?.length ?? 0);
  const lines = [''];
  for (const word of text.match(/[\u2e80-\uffff]|[^\s\u2e80-\uffff]+\s*/gu) ?? []) {
    if (wide(lines[lines.length - 1] + word.trimEnd()) > most) lines.push('');
    lines[lines.length - 1] += word;
  }
  return lines;
}
const escaped = (text: string): string =>
  text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');

/** What the card of an answer says. */
export interface Card {
  title: string;
  verdict: string;
  sentence: string;
  numbers: { label: string; value: string; range: string }[];
  foot: string;
}
/** The card as a picture, in the colours of the page around `place`. */
export function cardPicture({ title, verdict, sentence, numbers, foot }: Card, place: Element): string {
  const { color } = getComputedStyle(place);
  const lines = wrapped(sentence, 82);
  const top = 96 + 22 * lines.length;
  const height = top + 112;
  const text = (x: number, y: number, size: number, said: string, more = ''): string =>
    `<text x="${x}" y="${y}" font-size="${size}" ${more}>${escaped(said)}</text>`;
  const faint = 'fill-opacity="0.75"';
  const cells = numbers.map(({ label, value, range }, i) => {
    const x = 24 + 163 * i;
    return `${text(x, top, 12, label, faint)}${text(x, top + 26, 21, value, 'font-weight="700"')}${text(x, top + 46, 12, range, faint)}`;
  });
  return `<svg xmlns="${namespace}" width="680" height="${height}" viewBox="0 0 680 ${height}" role="img" font-family="${family}" fill="${color}"><title>${escaped(title)}</title><desc>${escaped(`${verdict}. ${sentence}`)}</desc><rect width="100%" height="100%" fill="${ground(place)}"/>${text(24, 36, 14, title, faint)}${text(24, 68, 24, verdict, 'font-weight="700"')}${lines.map((line, i) => text(24, 96 + 22 * i, 15, line)).join('')}${cells.join('')}${text(24, height - 18, 11, foot, faint)}</svg>`;
}

/** A picture in pixels, twice as fine as the screen's. */
export async function png(svg: string): Promise<Blob> {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  await image.decode();
  const canvas = document.createElement('canvas');
  canvas.width = 2 * image.width;
  canvas.height = 2 * image.height;
  canvas.getContext('2d')!.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve, reject) =>
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('PNG'))), 'image/png')
  );
}
