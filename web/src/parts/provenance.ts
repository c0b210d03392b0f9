import { html, nothing, type TemplateResult } from 'lit';
import type { Answer } from '../acts';
import { fill, listed, prose, sentence } from '../i18n';
import { provenance as words } from '../i18n/provenance';
import { origins } from '../origin';
import { tame } from '../remote';
import type { State } from '../state';
import type { CalibrationEntry, Evidence, Result } from '../types';

/** Members that the engine does not read may hold anything. */
const line = (x: unknown): string => (typeof x === 'string' ? tame(x, 300) : '');
const word = (of: Record<string, string>, key: unknown): string =>
  typeof key === 'string' && Object.hasOwn(of, key) ? of[key] : '';
const joined = (parts: string[]): string => sentence(listed(parts));
const samplesOf = (c: CalibrationEntry | undefined): NonNullable<CalibrationEntry['samples']> =>
  Array.isArray(c?.samples) ? c.samples : [];

/** By whom and when: of each group of numbers. */
export function provenance(state: State, a: Answer): TemplateResult {
  const r = a.result!;
  const c = a.engine?.calibration(r);
  const note = line(c?.note);
  return html`<dl>
    <dt>${words.speed}</dt>
    <dd>${speedOf(r, c)}${note && ` ${joined([note])}`}${sources(a.evidence)}</dd>
    <dt>${words.power}</dt>
    <dd>${powerOf(a, r, c)}</dd>
    <dt>${words.memory}</dt>
    <dd>${words.memoryText}</dd>
    <dt>${words.device}</dt>
    <dd>${device(state, a, r)}</dd>
  </dl>`;
}

function speedOf({ sure: { level, configurations: n } }: Result, c: CalibrationEntry | undefined): string {
  if (level === 'corrected' || level === 'split' || level === 'related' || level === 'datasheet')
    return sentence(words[level]);
  // Without samples that are kept, it is not known to be otherwise.
  const ranModel = !Array.isArray(c?.samples) || samplesOf(c).some((s) => s && 'engine' in Object(s));
  if (level === 'measured' && !ranModel) return joined([words.microbenchmarks, when(c), line(c?.context)]);
  const how = fill(words[level], { n });
  return joined([how, when(c), line(c?.context), line(c?.fit)]);
}

function powerOf(a: Answer, r: Result, c: CalibrationEntry | undefined): string {
  const origin = origins(a, r).power;
  if (origin !== 'measured') return sentence(origin === 'fitted' ? words.powerFitted : words.powerEstimated);
  const reading = samplesOf(c).find((s) => s?.test === 'power');
  const source = line(reading?.source);
  const scope = word(words.scope, reading?.scope);
  return joined([
    words.powerMeasured,
    when(c),
    source && fill(words.sensor, { source }),
    scope && fill(words.covers, { scope })
  ]);
}

const most = 6;
function sources(list: Evidence[]): TemplateResult | typeof nothing {
  if (!list.length) return nothing;
  const more = list.length - most;
  const item = ({ source, url, rows }: Evidence): TemplateResult => {
    const count = fill(words.rows, { n: rows });
    const name = url?.startsWith('https://')
      ? html`<a href=${url} rel="noreferrer noopener">${source}</a>`
      : source;
    return html`<li>${name}: ${count}</li>`;
  };
  const rest = fill(words.more, { n: more });
  return html`<ul class="sources">
    ${list.slice(0, most).map(item)}${more > 0 ? html`<li>${rest}</li>` : nothing}
  </ul>`;
}

function when(c: CalibrationEntry | undefined): string {
  const date = line(c?.date);
  const tool = line(c?.tool);
  return [date && fill(words.on, { date }), tool && fill(words.by, { tool })].filter(Boolean).join(' ');
}

function device(state: State, { engine }: Answer, r: Result): string {
  const { id } = r.device;
  const foreign = state.foreign[id];
  const own = engine?.index.devices.find((d) => d.id === id)?.own;
  const confidence = Object(engine?.preset('devices', id)?.confidence) as Record<string, unknown>;
  const groups = Object.entries(words.groups).flatMap(([key, group]) => {
    const how = word(words.confidence, confidence[key]);
    return how ? [fill(words.known, { group, confidence: how })] : [];
  });
  const bundled = fill(words.bundled, { revision: engine?.index.revision ?? '' });
  const from =
    foreign?.state === 'loaded' ? fill(words.foreign, { host: foreign.host }) : own ? words.own : bundled;
  return prose(from, ...groups);
}
