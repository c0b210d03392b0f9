// Before the first paint, so that the page does not flash in the other theme.
try {
  const theme = localStorage.getItem('edgewise-theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
} catch {
  // Storage is blocked: the system's theme it is.
}
const asked = location.hash.length > 1;
// What the first answer needs is fetched while the page's script is still being read.
const presets = asked ? ['base', 'index'] : ['start'];
// What a link brings along is not asked of the site.
if (!/[#&][xz]=/.test(location.hash))
  for (const [, key, id] of location.hash.matchAll(/[#&]([md])=([a-z0-9][a-z0-9._-]*)(?=&|$)/g))
    presets.push(`${key === 'm' ? 'models' : 'devices'}/${id}`);
for (const name of presets) {
  const link = document.createElement('link');
  Object.assign(link, { rel: 'preload', as: 'fetch', crossOrigin: '', href: `./presets/${name}.json` });
  document.head.append(link);
}
// So is what the view of the link is made of; scripts/prerender.mjs lists its files.
const views = {};
const named = /[#&]view=([a-z]+)/.exec(location.hash)?.[1];
const view = Object.hasOwn(views, named) ? named : undefined;
for (const href of views[view] ?? []) {
  const link = document.createElement('link');
  Object.assign(link, { rel: href.endsWith('.js') ? 'modulepreload' : 'prefetch', href: `./${href}` });
  document.head.append(link);
}
// Of what came with the page, how that view begins is shown; the answer is to another question than the link's, and all of it
// in English.
let language = /[#&]lang=(en|zh)\b/.exec(location.hash)?.[1];
try {
  language ??= localStorage.getItem('edgewise-language');
} catch {
  // As above.
}
language ??= navigator.languages.find((tag) => /^(en|zh)\b/i.test(tag)) ?? 'en';
document.documentElement.dataset.first = /^en/i.test(language)
  ? (view ?? (asked ? 'place' : 'calculator'))
  : 'none';
