import './embed';
import type { EdgewiseCalculator } from './embed';
import { isScheme } from './embed/theme';

/** The page for frames. It reads its address, never writes it, stores nothing, tells its height, and is told what is around it. */
const theme = new URLSearchParams(location.search).get('theme') ?? 'auto';
const card = document.querySelector<EdgewiseCalculator>('edgewise-calculator')!;
function wear(scheme: string): void {
  if (scheme !== 'auto') document.documentElement.style.colorScheme = scheme;
  card.setAttribute('theme', scheme);
}
wear(isScheme(theme) ? theme : 'auto');
const view = new URLSearchParams(location.search).get('view');
if (view !== null) card.setAttribute('view', view);

const apply = (): void => {
  card.address = location.hash;
};
apply();
addEventListener('hashchange', apply);

let told = 0;
// The height is no secret, and the page that frames this one may be anywhere.
const tell = (): void => parent.postMessage({ 'edgewise-height': told }, '*');
new ResizeObserver(() => {
  const height = Math.ceil(document.body.getBoundingClientRect().height);
  if (height === told || parent === window) return;
  told = height;
  tell();
}).observe(document.body);
// frame.js may come later than this page.
addEventListener('message', ({ data, source }) => {
  if (source !== parent) return;
  if (data === 'edgewise-height' && told) tell();
  const scheme: unknown = data?.['edgewise-scheme'];
  if (theme === 'auto' && isScheme(scheme)) wear(scheme);
});
