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

/** A chart with what the style sheet gives to it written into it. */
function copyOf(chart: SVGSVGElement): SVGSVGElement {
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
  // A part without a hatch names a pattern that is not there.
  for (const hatched of copy.querySelectorAll('[fill^="url("]'))
    if (!copy.querySelector(hatched.getAttribute('fill')!.slice(4, -1))) hatched.remove();
  for (const name of ['class', 'style', 'tabindex']) copy.removeAttribute(name);
  copy.setAttribute('width', String(Math.round(width)));
  copy.setAttribute('height', String(Math.round(height)));
  copy.setAttribute('color', getComputedStyle(chart).color);
  return copy;
}
const serialized = (node: Node): string =>
  new XMLSerializer().serializeToString(node).replace(/<!--.*?-->/gs, '');

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

interface Drawing {
  width: number;
  height: number;
  drawn: string;
}
const pad = 16;
const line = (x: number, y: number, said: string, more = ''): string =>
  `<text x="${x}" y="${y}" ${more}>${escaped(said)}</text>`;
const faint = 'fill-opacity="0.75" font-size="12"';
const inner = (chart: SVGSVGElement, x: number, y: number): string => {
  const copy = copyOf(chart);
  copy.setAttribute('x', String(x));
  copy.setAttribute('y', String(y));
  copy.querySelectorAll('title, desc').forEach((e) => e.remove());
  for (const name of ['role', 'aria-labelledby']) copy.removeAttribute(name);
  return serialized(copy);
};
const words = (e: Element | null | undefined): string => e?.textContent?.replace(/\s+/g, ' ').trim() ?? '';

/** What each mark or part stands for: so many beside each other as there is room. */
function key(items: { mark: string; text: string }[], width: number): Drawing {
  let [x, y] = [0, 0];
  const drawn = items.map(({ mark, text }) => {
    const wide = 34 + 7 * text.length + 7 * (text.match(/[\u2e80-\uffff]/g)?.length ?? 0);
    if (x > 0 && x + wide > width) [x, y] = [0, y + 20];
    const at = `<g transform="translate(${pad + x} ${y})">${mark}${line(30, 12, text, 'font-size="12"')}</g>`;
    x += wide + 12;
    return at;
  });
  return { width, height: items.length ? y + 26 : 0, drawn: drawn.join('') };
}

/** A chart that is one drawing, with its key: the legend of marks, or the names of the parts of a bar. */
function drawing(chart: SVGSVGElement): Drawing {
  const { width, height } = chart.getBoundingClientRect();
  const marks = chart.closest('ew-plot')?.parentElement?.querySelectorAll(':scope > .marks-legend li') ?? [];
  const parts = chart.querySelectorAll<SVGElement>('[data-label]');
  const legend = key(
    [
      ...[...marks].map((li) => ({ mark: inner(li.querySelector('svg')!, 0, 0), text: words(li) })),
      ...[...parts].map((part) => ({
        mark: `<rect width="14" height="14" rx="3" x="8" fill="${getComputedStyle(part).fill}"/>`,
        text: `${part.dataset.label} ${parseFloat(part.getAttribute('width')!).toFixed(0)} %`
      }))
    ],
    width
  );
  const under = `<g transform="translate(0 ${height + 12})">${legend.drawn}</g>`;
  return { width, height: height + 12 + legend.height, drawn: inner(chart, pad, 0) + under };
}

/** Bars that are rows of a table: each with its name and its number above it. */
function rowsOf(table: Element): Drawing {
  const { width } = table.getBoundingClientRect();
  const step = 62;
  const rows = [...table.querySelectorAll('tr')];
  const drawn = rows.map((row, i) => {
    const [name, number] = [row.querySelector('th'), row.querySelector('td.n')];
    const [more, range] = [name, number].map((cell) => words(cell?.querySelector('.block')));
    const first = (cell: Element | null, rest: string): string =>
      rest ? words(cell).slice(0, -rest.length).trim() : words(cell);
    const y = i * step;
    const end = `text-anchor="end"`;
    const right = pad + width;
    return `${line(pad, y + 14, first(name, more), 'font-size="13"')}${line(pad, y + 30, more, faint)}${line(right, y + 14, first(number, range), `font-size="13" ${end}`)}${line(right, y + 30, range, `${faint} ${end}`)}${inner(row.querySelector('svg')!, pad, y + 36)}`;
  });
  return { width, height: step * rows.length, drawn: drawn.join('') };
}

/** A chart with its heading and what its marks stand for, as a document of its own. */
export function picture(chart: Element, heading: string): string {
  const { width, height, drawn } = chart instanceof SVGSVGElement ? drawing(chart) : rowsOf(chart);
  const [w, h] = [Math.round(width) + 2 * pad, Math.round(height) + 40 + pad];
  const { color } = getComputedStyle(chart);
  const desc = words(chart.querySelector('desc'));
  return `<svg xmlns="${namespace}" width="${w}" height="${h}" viewBox="0 0 ${w} ${h}" role="img" font-family="${family}" fill="${color}" color="${color}"><title>${escaped(heading)}</title><desc>${escaped(desc)}</desc><rect width="100%" height="100%" fill="${ground(chart)}"/>${line(pad, 26, heading, 'font-size="14" font-weight="700"')}<g transform="translate(0 40)">${drawn}</g></svg>`;
}

/** What the card of an answer says. */
export interface Card {
  title: string;
  verdict: string;
  sentence: string;
  numbers: { label: string; value: string; range: string }[];
  /** What was asked, and what the answer rests on. */
  stated: string;
  foot: string;
}
/** The card as a picture, in the colours of the page around `place`. */
export function cardPicture(
  { title, verdict, sentence, numbers, stated, foot }: Card,
  place: Element
): string {
  const { color } = getComputedStyle(place);
  let y = 14;
  const dim = 'fill-opacity="0.75"';
  const said = (text: string, size: number, most: number, more = ''): string =>
    wrapped(text, most)
      .map((part) => {
        y += Math.round(1.45 * size);
        return line(24, y, part.trimEnd(), `font-size="${size}" ${more}`);
      })
      .join('');
  const head = said(title, 14, 74, dim) + said(verdict, 24, 40, 'font-weight="700"');
  y += 4;
  const told = said(sentence, 15, 70);
  y += 34;
  const cells = numbers.map(({ label, value, range }, i) => {
    const x = 24 + 163 * i;
    const of = wrapped(label, 22);
    const top = y;
    const names = of
      .map((part, k) => line(x, top + 15 * k, part.trimEnd(), `font-size="12" ${dim}`))
      .join('');
    return `${names}${line(x, top + 41, value, 'font-size="21" font-weight="700"')}${line(x, top + 61, range, `font-size="12" ${dim}`)}`;
  });
  y += 76;
  const foots = said(stated, 12, 86, dim) + said(foot, 11, 90, dim);
  const height = y + 18;
  return `<svg xmlns="${namespace}" width="680" height="${height}" viewBox="0 0 680 ${height}" role="img" font-family="${family}" fill="${color}"><title>${escaped(title)}</title><desc>${escaped(`${verdict}. ${sentence}`)}</desc><rect width="100%" height="100%" fill="${ground(place)}"/>${head}${told}${cells.join('')}${foots}</svg>`;
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
