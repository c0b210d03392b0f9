/**
 * For pages that frame `embed.html`: gives each frame the height of what it shows, and tells it whether the page around
 * it is light or dark. `<script async src="…/frame.js"></script>`
 */
import { schemeAround, watchScheme } from './embed/theme';

const page = new URL('embed.html', (document.currentScript as HTMLScriptElement).src).href;
const frames = (): HTMLIFrameElement[] =>
  [...document.querySelectorAll('iframe')].filter((frame) => frame.src.startsWith(page));
const say = (frame: HTMLIFrameElement, what: unknown): void => frame.contentWindow?.postMessage(what, '*');
const dress = (frame: HTMLIFrameElement): void => say(frame, { 'edgewise-scheme': schemeAround(frame) });

addEventListener('message', ({ data, source }) => {
  const height = Number(data?.['edgewise-height']);
  if (!(height > 0 && height < 10000)) return;
  for (const frame of frames())
    if (frame.contentWindow === source) {
      frame.height = String(Math.ceil(height));
      dress(frame);
      watch(frame);
    }
});
const watched = new WeakSet<HTMLIFrameElement>();
function watch(frame: HTMLIFrameElement): void {
  if (watched.has(frame)) return;
  watched.add(frame);
  watchScheme(frame, () => dress(frame));
}
function begin(): void {
  // One that was faster than this script has told its height already.
  for (const frame of frames()) {
    watch(frame);
    say(frame, 'edgewise-height');
  }
}
// A script that is fetched on the side may run before there is a body.
if (document.readyState === 'loading') addEventListener('DOMContentLoaded', begin);
else begin();
