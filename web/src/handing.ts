import { frameOf, resolved, type Answer } from './acts';
import { command } from './commands';
import { attributeOf, unusual } from './embed/asked';
import { show } from './format';
import { msg, prose } from './i18n';
import { linkNaming } from './link';
import { sentences } from './sentences';
import { site } from './site';
import type { State } from './state';
import type { Query, Result } from './types';

/** The ways in which an answer goes into the pages and documents of others. */
export const forms = [
  'card',
  'badge',
  'full',
  'chart',
  'table',
  'value',
  'frame',
  'picture',
  'markdown'
] as const;
export type Form = (typeof forms)[number];

/** An element by its attributes: written as code, and made as what the code shows. */
export interface Made {
  tag: string;
  attributes: [name: string, value: string][];
  /** What is shown without a script. */
  text: string;
}
/** What is handed out: an element with the script that it needs, or a line for a terminal. */
export type Handed = { element: Made; script: { src: string; module: boolean } } | { line: string };

/** `pinned`: of this release, for as long as the host keeps it. */
export const address = (file: string, { engine }: Answer, pinned: boolean): string =>
  new URL(pinned && engine ? `v/${engine.version}/${file}` : file, site).href;

const naming = ['model', 'device', 'quant', 'runtime'] as const;
const isNaming = (field: string): boolean => (naming as readonly string[]).includes(field);
/** Every field of the question that is not as usual, by the names of attributes; what names the answer comes first. */
function attributes(query: Query, a: Answer): [string, string][] {
  const rest = unusual(query, frameOf(a, location.href)!).filter(([field]) => !isNaming(field));
  return [
    ...naming.map((field): [string, string] => [field, query[field]]),
    ...rest.map(([field, value]): [string, string] => [attributeOf(field), value])
  ];
}

/** One model on the devices of all choices that have it, or one device with their models. */
function listed(all: [string, string][], r: Result, a: Answer): [string, string][] {
  const results = [r, ...a.pins.flatMap((p) => p.result ?? [])];
  const ids = (of: 'model' | 'device', kept: 'model' | 'device'): string[] => [
    ...new Set(results.flatMap((x) => (x[kept].id === r[kept].id ? [x[of].id] : [])))
  ];
  const [devices, models] = [ids('device', 'model'), ids('model', 'device')];
  const of = models.length > devices.length ? 'model' : 'device';
  const list = (of === 'model' ? models : devices).join(', ');
  // What each row runs with is its own, but for what was asked.
  const own = (['quant', 'runtime'] as const).filter((field) => !a.query[field]);
  return all
    .filter(([name]) => !own.some((field) => field === name))
    .map(([name, value]) => (name === of ? [`${of}s`, list] : [name, value]));
}

export function handed(form: Form, state: State, a: Answer, r: Result, pinned: boolean): Handed {
  if (form === 'picture' || form === 'markdown') {
    const line = command(a, r, { model: false, device: false }, 'render');
    return { line: `${line} --format ${form === 'picture' ? 'svg --output edgewise.svg' : 'markdown'}` };
  }
  const title = `${r.model.name}, ${r.device.name}`;
  if (form === 'frame') {
    const page = new URL(address('embed.html', a, pinned));
    const src = linkNaming(a, page, state.language);
    return {
      element: {
        tag: 'iframe',
        attributes: [
          ['title', `${msg.name}: ${title}`],
          ['loading', 'lazy'],
          ['width', '100%'],
          ['height', '320'],
          ['frameborder', '0'],
          // What is not pinned is to show the newest data without a word.
          ['src', pinned ? src : src.replace(/&p=[^&]*/, '')]
        ],
        text: ''
      },
      script: { src: address('frame.js', a, pinned), module: false }
    };
  }
  const all = attributes(resolved(a)!, a);
  const said = sentences(r);
  const of: Record<typeof form, [tag: string, [string, string][]]> = {
    card: ['edgewise-calculator', all],
    badge: ['edgewise-calculator', [['view', 'badge'], ...all]],
    full: ['edgewise-calculator', [['view', 'full'], ...all]],
    chart: ['edgewise-calculator', [['view', 'chart'], ...all]],
    table: ['edgewise-table', listed(all, r, a)],
    value: ['edgewise-value', [['term', 'decode_tok_s'], ...all]]
  };
  const [tag, own] = of[form];
  return {
    element: {
      tag,
      attributes: own,
      text:
        form === 'value'
          ? show(r.terms.decode_tok_s?.value, 'tok/s')
          : form === 'table'
            ? title
            : prose(said.sentence, said.speed)
    },
    script: { src: address('embed.js', a, pinned), module: true }
  };
}

const escaped = (text: string): string =>
  text.replace(/&/g, '&amp;').replace(/"/g, '&quot;').replace(/</g, '&lt;');

/** As it is pasted into a page, or typed into a terminal. */
export function code(h: Handed): string {
  if ('line' in h) return h.line;
  const { element: e, script } = h;
  const written = e.attributes.map(([name, value]) => ` ${name}="${escaped(value)}"`).join('');
  const element = `<${e.tag}${written}>${escaped(e.text)}</${e.tag}>`;
  const source = escaped(script.src);
  return script.module
    ? `<script type="module" src="${source}"></script>\n${element}`
    : `${element}\n<script async src="${source}"></script>`;
}
