import { html, nothing, type TemplateResult } from 'lit';
import type { App } from '../app';
import { whole } from '../format';
import { en, fill } from '../i18n/en';
import { tame } from '../remote';
import type { CalibrationEntry, Result } from '../types';

export type Origin = keyof typeof en.how;
export interface Provenance {
  speed: Origin;
  power: Origin;
  calibration: CalibrationEntry | undefined;
}

/** How the numbers that depend on a device are known. Power has an origin of its own: not every calibration covers it. */
export function provenance(app: App, r: Result): Provenance {
  const calibration = app.engine?.calibration(r);
  const speed = r.calibration?.origin ?? 'estimated';
  return {
    speed,
    power: calibration && 'decode_power_share' in calibration.parameters ? speed : 'estimated',
    calibration
  };
}

/** Members that the engine does not read may hold anything. */
const line = (x: unknown): string => (typeof x === 'string' ? tame(x, 300) : '');
const word = (words: Record<string, string>, key: unknown): string =>
  typeof key === 'string' && Object.hasOwn(words, key) ? words[key] : '';
const joined = (parts: string[]): string => `${parts.filter(Boolean).join(', ')}.`;

/** By whom and when: of each group of numbers. */
export function details(app: App, r: Result, { power, calibration: c }: Provenance): TemplateResult {
  const n = r.calibration?.configurations ?? 0;
  const ranModel = !Array.isArray(c?.samples) || c.samples.some((s) => s && 'engine' in Object(s));
  const speed =
    r.calibration?.origin === 'measured' && !ranModel
      ? joined([en.origins.microbenchmarks, when(c), line(c?.context)])
      : r.calibration
        ? joined([
            n === 1
              ? r.calibration.origin === 'measured'
                ? en.origins.measuredOne
                : en.origins.fittedOne
              : fill(r.calibration.origin === 'measured' ? en.origins.measured : en.origins.fitted, {
                  n: whole(n)
                }),
            when(c),
            line(c?.context),
            line(c?.fit)
          ])
        : `${r.situation === 'related' ? en.origins.related : en.origins.datasheet}.`;
  const readings = (Array.isArray(c?.samples) ? c.samples : []).filter((s) => s?.test === 'power');
  const reading = readings[0],
    scope = word(en.origins.scope, reading?.scope);
  const watts =
    power === 'measured'
      ? joined([
          en.origins.powerMeasured,
          when(c),
          reading && line(reading.source) ? fill(en.origins.sensor, { source: line(reading.source) }) : '',
          scope && fill(en.origins.covers, { scope })
        ])
      : `${power === 'fitted' ? en.origins.powerFitted : en.origins.powerEstimated}.`;
  return html`<details
    class="table origins"
    @toggle=${(e: Event) => {
      if ((e.target as HTMLDetailsElement).open) void app.findEvidence();
    }}
  >
    <summary>${en.origins.title}</summary>
    <dl>
      <dt>${en.origins.speed}</dt>
      <dd>${speed}${line(c?.note) && ` ${joined([line(c?.note)])}`}${sources(app, r)}</dd>
      <dt>${en.origins.power}</dt>
      <dd>${watts}</dd>
      <dt>${en.origins.memory}</dt>
      <dd>${en.origins.memoryText}</dd>
      <dt>${en.origins.device}</dt>
      <dd>${device(app, r)}</dd>
    </dl>
  </details>`;
}

const shown = 6;
function sources(app: App, r: Result): TemplateResult | typeof nothing {
  const list = r.calibration?.origin === 'fitted' && app.evidence?.of === r ? app.evidence.list : [];
  if (!list.length) return nothing;
  const more = list.length - shown;
  return html`<ul class="sources">
    ${list.slice(0, shown).map((s) => html`<li>${s.url?.startsWith('https://') ? html`<a href=${s.url} rel="noreferrer noopener">${s.source}</a>` : s.source}: ${fill(s.rows === 1 ? en.origins.row : en.origins.rows, { n: whole(s.rows) })}</li>`)}
    ${more > 0 ? html`<li>${fill(more === 1 ? en.origins.oneMore : en.origins.more, { n: whole(more) })}</li>` : nothing}
  </ul>`;
}

function when(c: CalibrationEntry | undefined): string {
  return [
    line(c?.date) && fill(en.origins.on, { date: line(c?.date) }),
    line(c?.tool) && fill(en.origins.by, { tool: line(c?.tool) })
  ]
    .filter(Boolean)
    .join(' ');
}

function device(app: App, r: Result): TemplateResult {
  const engine = app.engine!;
  const entry = engine.index.devices.find((d) => d.id === r.device.id);
  const foreign = engine.foreign.get(r.device.id);
  const confidence = engine.preset('devices', r.device.id)?.confidence as Record<string, unknown> | undefined;
  const groups = Object.entries(en.origins.groups).flatMap(([key, group]) => {
    const how = word(en.origins.confidence, confidence?.[key]);
    return how ? [fill(en.origins.known, { group, confidence: how })] : [];
  });
  const from =
    foreign?.state === 'loaded'
      ? fill(en.origins.foreign, { host: foreign.host })
      : entry?.own
        ? en.origins.own
        : fill(en.origins.bundled, { revision: engine.index.revision });
  return html`${from}${groups.length ? html` ${groups.join(' ')}` : nothing}`;
}
