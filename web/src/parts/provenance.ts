import { html, nothing, type TemplateResult } from 'lit';
import type { Act, Answer } from '../acts';
import { msg, fill, listed, prose, sentence } from '../i18n';
import { tame } from '../remote';
import type { State } from '../state';
import type { CalibrationEntry, Evidence, Result } from '../types';

export type Origin = keyof typeof msg.how;

/**
 * How the numbers that depend on a device are known. Power has an origin of its own: not every calibration
 * covers it.
 */
export function provenance(a: Answer, r: Result): { speed: Origin; power: Origin } {
  const speed = r.calibration?.origin ?? 'estimated';
  const covered = a.engine?.calibration(r)?.parameters ?? {};
  return { speed, power: 'decode_power_share' in covered ? speed : 'estimated' };
}

/** Members that the engine does not read may hold anything. */
const line = (x: unknown): string => (typeof x === 'string' ? tame(x, 300) : '');
const word = (words: Record<string, string>, key: unknown): string =>
  typeof key === 'string' && Object.hasOwn(words, key) ? words[key] : '';
const joined = (parts: string[]): string => sentence(listed(parts));
const samplesOf = (c: CalibrationEntry | undefined): NonNullable<CalibrationEntry['samples']> =>
  Array.isArray(c?.samples) ? c.samples : [];

/** By whom and when: of each group of numbers. */
export function details(state: State, a: Answer, r: Result, act: Act): TemplateResult {
  const c = a.engine?.calibration(r);
  const note = line(c?.note);
  const opened = (e: Event): void => {
    if ((e.target as HTMLDetailsElement).open && !state.evidence) void act({ evidence: true });
  };
  return html`<details class="table origins" @toggle=${opened}>
    <summary>${msg.origins.title}</summary>
    <dl>
      <dt>${msg.origins.speed}</dt>
      <dd>${speedOf(r, c)}${note && ` ${joined([note])}`}${sources(a.evidence)}</dd>
      <dt>${msg.origins.power}</dt>
      <dd>${powerOf(a, r, c)}</dd>
      <dt>${msg.origins.memory}</dt>
      <dd>${msg.origins.memoryText}</dd>
      <dt>${msg.origins.device}</dt>
      <dd>${device(state, a, r)}</dd>
    </dl>
  </details>`;
}

function speedOf({ sure: { level, configurations: n } }: Result, c: CalibrationEntry | undefined): string {
  if (level === 'corrected' || level === 'related' || level === 'datasheet')
    return sentence(msg.origins[level]);
  // Without samples that are kept, it is not known to be otherwise.
  const ranModel = !Array.isArray(c?.samples) || samplesOf(c).some((s) => s && 'engine' in Object(s));
  if (level === 'measured' && !ranModel)
    return joined([msg.origins.microbenchmarks, when(c), line(c?.context)]);
  const how = fill(msg.origins[level], { n });
  return joined([how, when(c), line(c?.context), line(c?.fit)]);
}

function powerOf(a: Answer, r: Result, c: CalibrationEntry | undefined): string {
  const origin = provenance(a, r).power;
  if (origin !== 'measured')
    return sentence(origin === 'fitted' ? msg.origins.powerFitted : msg.origins.powerEstimated);
  const reading = samplesOf(c).find((s) => s?.test === 'power');
  const source = line(reading?.source);
  const scope = word(msg.origins.scope, reading?.scope);
  return joined([
    msg.origins.powerMeasured,
    when(c),
    source && fill(msg.origins.sensor, { source }),
    scope && fill(msg.origins.covers, { scope })
  ]);
}

const most = 6;
function sources(list: Evidence[]): TemplateResult | typeof nothing {
  if (!list.length) return nothing;
  const more = list.length - most;
  const item = ({ source, url, rows }: Evidence): TemplateResult => {
    const count = fill(msg.origins.rows, { n: rows });
    const name = url?.startsWith('https://')
      ? html`<a href=${url} rel="noreferrer noopener">${source}</a>`
      : source;
    return html`<li>${name}: ${count}</li>`;
  };
  const rest = fill(msg.origins.more, { n: more });
  return html`<ul class="sources">
    ${list.slice(0, most).map(item)}${more > 0 ? html`<li>${rest}</li>` : nothing}
  </ul>`;
}

function when(c: CalibrationEntry | undefined): string {
  const date = line(c?.date);
  const tool = line(c?.tool);
  return [date && fill(msg.origins.on, { date }), tool && fill(msg.origins.by, { tool })]
    .filter(Boolean)
    .join(' ');
}

function device(state: State, { engine }: Answer, r: Result): string {
  const { id } = r.device;
  const foreign = state.foreign[id];
  const own = engine?.index.devices.find((d) => d.id === id)?.own;
  const confidence = Object(engine?.preset('devices', id)?.confidence) as Record<string, unknown>;
  const groups = Object.entries(msg.origins.groups).flatMap(([key, group]) => {
    const how = word(msg.origins.confidence, confidence[key]);
    return how ? [fill(msg.origins.known, { group, confidence: how })] : [];
  });
  const bundled = fill(msg.origins.bundled, { revision: engine?.index.revision ?? '' });
  const from =
    foreign?.state === 'loaded'
      ? fill(msg.origins.foreign, { host: foreign.host })
      : own
        ? msg.origins.own
        : bundled;
  return prose(from, ...groups);
}
