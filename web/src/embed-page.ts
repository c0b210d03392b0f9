import './embed';
import type { EdgewiseCalculator } from './embed';
import { read } from './state';

/** The page for frames. It reads its address, never writes it, stores nothing, and tells its height. */
const params = new URLSearchParams(location.search);
const theme = params.get('theme') ?? 'auto';
if (theme === 'light' || theme === 'dark') document.documentElement.style.colorScheme = theme;
const card = document.querySelector('edgewise-calculator') as EdgewiseCalculator;

function apply(): void {
  const { query: q } = read(location.hash).state;
  Object.assign(card, {
    model: q.model,
    device: q.device,
    quant: q.quant,
    runtime: q.runtime,
    kv: q.kv_quant,
    mode: q.power_mode,
    prompt: q.prompt,
    generate: q.generate,
    depth: q.depth,
    batch: q.batch,
    theme
  });
  card.setAttribute('theme', theme);
}
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
