import './embed';
import type { EdgewiseCalculator } from './embed';

/** The page for frames. It reads its address, never writes it, stores nothing, and tells its height. */
const theme = new URLSearchParams(location.search).get('theme') ?? 'auto';
if (theme === 'light' || theme === 'dark') document.documentElement.style.colorScheme = theme;
const card = document.querySelector<EdgewiseCalculator>('edgewise-calculator')!;
card.setAttribute('theme', theme);
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
  if (source === parent && data === 'edgewise-height' && told) tell();
});
