import { html, nothing, type TemplateResult } from 'lit';
import { digits, percentOf, whole } from '../../format';
import { classes, msg, fill } from '../../i18n';
import { accuracy as words } from '../../i18n/accuracy';
import { toggle } from '../../ui/toggle';
import {
  off,
  sides,
  situations,
  type Data,
  type Group,
  type Miss,
  type Names,
  type Peer,
  type Place,
  type Show,
  type Shown,
  type Summary
} from './data';

const fewRows = 12;

// --- pieces ---

export const panel = (id: string, title: string, content: TemplateResult): TemplateResult =>
  html`<section class="panel" aria-labelledby=${id}>
    <h2 id=${id}>${title}</h2>
    ${content}
  </section>`;

export const table = (label: string, head: TemplateResult, body: TemplateResult[]): TemplateResult =>
  html`<div class="scroll" tabindex="0" role="region" aria-label=${fill(words.table, { title: label })}>
    <table class="rows errors">
      <caption class="vh">
        ${label}
      </caption>
      <thead>
        ${head}
      </thead>
      <tbody>
        ${body}
      </tbody>
    </table>
  </div>`;

export const headings = (labels: string[], numeric: (i: number) => boolean): TemplateResult =>
  html`<tr>
    ${labels.map((label, i) => html`<th scope="col" class=${numeric(i) ? 'n' : ''}>${label}</th>`)}
  </tr>`;

export const error = (
  s: Summary | undefined,
  span = 1,
  below: TemplateResult | typeof nothing = nothing
): TemplateResult =>
  s
    ? html`<td class="n ${span > 1 ? 'both' : ''}" colspan=${span}>
        <b>${percentOf(s[1])}</b><span class="dim"> · ${percentOf(s[2])}</span>${below}
      </td>`
    : html`<td class="n dim">–</td>`;

const count = (list: (Summary | undefined)[]): TemplateResult =>
  html`<td class="n">${list.map((s) => whole(s?.[0] ?? 0)).join(' · ')}</td>`;

// --- by what is predicted ---

/** The share inside the ranges as text, where enough configurations are behind it. */
export const inRange = (s: Summary | undefined): string =>
  s && s[3] !== undefined && s[0] >= 10 ? percentOf(s[3]) : '';

const inside = (s: Summary | undefined): TemplateResult => html`<td class="n">${inRange(s) || '–'}</td>`;

export function kinds(d: Data): TemplateResult {
  const ranges = situations.map((s) => fill(words.inside, { situation: words[s] }));
  const head = [words.what, words.calibrated, words.unseen, ...ranges, words.n];
  const predicted = Object.entries(d.kinds).map(([k, of]) => {
    const list = situations.map((s) => of[s]);
    return html`<tr>
      <th scope="row">${words.kinds[k] ?? k}</th>
      ${list.map((s) => error(s))}${list.map(inside)}${count(list)}
    </tr>`;
  });
  const computed = Object.entries(d.memory).map(
    ([k, s]) =>
      html`<tr>
        <th scope="row">${words.memory[k] ?? k}</th>
        ${error(s, 2)}
        <td colspan="2"></td>
        ${count([s])}
      </tr>`
  );
  return panel(
    'accuracy-kinds',
    words.kindsTitle,
    html`${table(
        words.kindsTitle,
        headings(head, (i) => i > 0),
        [...predicted, ...computed]
      )}
      <p class="hint">${words.cells} ${words.counts}</p>
      <p class="hint">${words.memoryNote}</p>`
  );
}

// --- by class and runtime ---

function groups(first: string, title: string, list: Group[], name: (id: string) => string): TemplateResult {
  const situation = [0, 1].map(() => situations.map((s) => html`<th scope="col" class="n">${words[s]}</th>`));
  const head = html`<tr>
      <td></td>
      <th scope="colgroup" colspan="2">${words.decode}</th>
      <th scope="colgroup" colspan="2">${words.prefill}</th>
      <td></td>
    </tr>
    <tr>
      <th scope="col">${first}</th>
      ${situation}
      <th scope="col" class="n">${words.n}</th>
    </tr>`;
  const rows = list.map(
    ([id, ...of]) =>
      html`<tr>
        <th scope="row">${name(id)}</th>
        ${of.map((s) => error(s))}
        <td class="n">${whole(of[1]?.[0] ?? of[3]?.[0] ?? 0)}</td>
      </tr>`
  );
  return table(title, head, rows);
}

export const byClass = (d: Data): TemplateResult =>
  panel(
    'accuracy-class',
    words.classTitle,
    html`${groups(words.class, words.classTitle, d.byClass, (id) => classes[id] ?? id)}
      <p class="hint">${words.cells}</p>`
  );

export function byRuntime(d: Data, names: Names, { every }: Shown, show: Show): TemplateResult {
  const list = every ? d.byRuntime : d.byRuntime.slice(0, fewRows);
  const more = html`<button type="button" class="button" @click=${() => show({ every: true })}>
    ${msg.more}
  </button>`;
  return panel(
    'accuracy-runtime',
    words.runtimeTitle,
    html`${groups(words.runtime, words.runtimeTitle, list, (id) => names.name('runtimes', id))}
    ${every ? nothing : more}`
  );
}

// --- others, and the worst ---

export function peers(d: Data, { side }: Shown, show: Show): TemplateResult {
  const labels = { all: words.all, small: words.small, mac: words.sides[2], card: words.sides[3] };
  const options = sides.map((s) => [s, labels[s]] as const);
  const head = [words.calculator, words.theirs, words.oursUnseen, words.oursCalibrated, words.n];
  const row = (p: Peer): TemplateResult => {
    const [theirs, unseen, , calibrated] = p.groups[side];
    // Whose has an address is called as it calls itself.
    const own = p.url ? p.name : words.rule;
    const name = p.factor ? fill(words.scaled, { factor: digits(p.factor, 2) }) : own;
    return html`<tr>
      <th scope="row">${p.url ? html`<a href=${p.url} rel="noreferrer">${name}</a>` : name}</th>
      ${error(theirs)}${error(unseen)}${error(calibrated)}${count([theirs])}
    </tr>`;
  };
  return panel(
    'accuracy-peers',
    words.peersTitle,
    html`<p class="lead">${words.peersText}</p>
      ${toggle('accuracy-side', words.peersWhich, options, side, (s) => show({ side: s }))}
      ${table(
        words.peersTitle,
        headings(head, (i) => i > 0),
        d.peers.map(row)
      )}
      <p class="hint">${words.cells}</p>`
  );
}

export function worst(
  d: Data,
  names: Names,
  { misses }: Shown,
  show: Show,
  open: (place: Place) => void
): TemplateResult {
  const options = situations.map((s) => [s, words[s]] as const);
  const head = [
    words.configuration,
    words.off,
    words.what,
    words.measured,
    words.predicted,
    words.trust,
    words.source
  ];
  return panel(
    'accuracy-worst',
    words.worstTitle,
    html`${toggle('accuracy-misses', words.worstWhich, options, misses, (s) => show({ misses: s }))}
      ${table(
        words.worstTitle,
        headings(head, (i) => i === 3 || i === 4),
        d.worst[misses].map((m) => miss(m, names, open))
      )}
      <p class="hint">${fill(words.worstNote, { excluded: whole(d.counts.excluded ?? 0) })}</p>`
  );
}

function miss(
  [kind, value, predicted, trust, source, url, ...place]: Miss,
  names: Names,
  open: (place: Place) => void
): TemplateResult {
  const n = names.at(place);
  const use = fill(msg.actions.use, { name: n.model });
  return html`<tr>
    <th scope="row" class="long">
      <button type="button" class="plain" title=${use} @click=${() => open(place)}>
        ${n.model} ${n.quant}</button
      ><span class="sub">${n.device}, ${n.runtime}</span>
    </th>
    <td class="off">${off(value, predicted)}</td>
    <td>${kind ? words.prefill : words.decode}</td>
    <td class="n">${digits(value)}</td>
    <td class="n">${digits(predicted)}</td>
    <td>${trust}</td>
    <td>${/^https?:/.test(url) ? html`<a href=${url} rel="noreferrer">${source}</a>` : source}</td>
  </tr>`;
}
