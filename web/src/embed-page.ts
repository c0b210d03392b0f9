import './embed';
import type { EdgewiseCalculator } from './embed';

/** The page for frames. It reads its address, never writes it, stores nothing, and tells its height. */
const theme = new URLSearchParams(location.search).get('theme') ?? 'auto';
if (theme === 'light' || theme === 'dark') document.documentElement.style.colorScheme = theme;
const card = document.querySelector<EdgewiseCalculator>('edgewise-calculator')!;
card.setAttribute('theme', theme);

const apply = (): void => {
  card.address = location.hash;
};
apply();
addEventListener('hashchange', apply);

let told = 0;
new ResizeObserver(() => {
  const height = Math.ceil(document.body.getBoundingClientRect().height);
  if (height === told || parent === window) return;
  told = height;
  // The height is no secret, and the page that frames this one may be anywhere.
  parent.postMessage({ 'edgewise-height': height }, '*');
}).observe(document.body);
