// Before the first paint, so that the page does not flash in the other theme.
const kept = (key) => {
  try {
    return localStorage.getItem(key);
  } catch {
    // Storage is blocked: what the system has, it is.
    return null;
  }
};
const { dataset } = document.documentElement;
const theme = kept('edgewise-theme');
if (theme === 'light' || theme === 'dark') dataset.theme = theme;

// What is asked first is fetched while the page's script is still being read: the files of the view that the link opens, which
// scripts/prerender.mjs lists, and the presets that the first answer needs.
const files = {};
const { hash } = location;
const named = /[#&]view=([a-z]+)/.exec(hash)?.[1];
const view = Object.hasOwn(files, named) ? named : 'calculator';
// A link of other keys than these, which src/state.ts knows too, asks another question than the default one.
const asked = /[#&](?!(v|view|lang|p|sweep)=)[^&]/.test(hash);
const presets = asked ? ['base', 'index'] : ['start'];
// What a link brings along is not asked of the site.
if (!/[#&][xz]=/.test(hash))
  for (const [, key, id] of hash.matchAll(/[#&]([md])=([a-z0-9][a-z0-9._-]*)(?=&|$)/g))
    presets.push(`${key === 'm' ? 'models' : 'devices'}/${id}`);
const fetchAhead = (list) => {
  for (const href of list) {
    const link = document.createElement('link');
    const fetched = { rel: 'preload', as: 'fetch', crossOrigin: '' };
    Object.assign(link, href.endsWith('.js') ? { rel: 'modulepreload' } : fetched, { href: `./${href}` });
    document.head.append(link);
  }
};
const wanted = ['site.json', ...presets.map((name) => `presets/${name}.json`), ...(files[view] ?? [])];
// A view whose first words came with the page does not hold them up with what is read after them.
const late = (href) => view !== 'calculator' && /\.(wasm|json)$/.test(href);
fetchAhead(wanted.filter((href) => !late(href)));
const rest = () => fetchAhead(wanted.filter(late));
if (document.hidden) rest();
else requestAnimationFrame(() => setTimeout(rest));

// Of what came with the page, how that view begins is shown, or the place of an answer where the link asks something else;
// nothing in a language that the reader did not choose.
const tongue =
  /[#&]lang=(en|zh)\b/.exec(hash)?.[1] ??
  kept('edgewise-language') ??
  navigator.languages.find((tag) => /^(en|zh)\b/i.test(tag)) ??
  'en';
const first = asked && view === 'calculator' ? 'place' : view;
dataset.first = /^en/i.test(tongue) ? first : 'none';
