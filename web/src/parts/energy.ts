import { html, nothing, type TemplateResult } from 'lit';
import type { Act } from '../acts';
import { known } from '../format';
import { fill, msg } from '../i18n';
import type { Result } from '../types';
import { facts } from '../ui/list';
import { number, spread, term } from '../ui/terms';

type Row = readonly [id: string, label: string];

/** Power, energy, cost, and what a battery gives. `settable`: what was not asked can be set beside it, and it says where. */
export function energy(r: Result, act: Act, settable = true): TemplateResult {
  const words = msg.energy;
  const battery = known(r.query.battery_wh);
  const priced = known(r.query.electricity_usd_per_kwh) || known(r.query.device_life_years);
  const request: Row[] = [
    ['total_latency_s', words.latency],
    ['throughput_tok_s', words.throughput],
    ['request_energy_J', words.energy]
  ];
  const power: Row[] = [
    ['idle_w', words.idle],
    ['prefill_w', words.prefill],
    ['decode_w', words.decode],
    ['mean_w', words.mean]
  ];
  const perToken: Row[] = [
    ['energy_per_token_J', words.perToken],
    ['energy_Wh_per_Mtok', words.perM],
    ['tokens_per_J', words.perJ]
  ];
  const price: Row = ['price_usd', fill(words.price, { n: r.query.devices ?? 1 })];
  const costs: Row[] = [
    ['electricity_usd_per_Mtok', words.electricity],
    ['device_usd_per_Mtok', words.device],
    ['usd_per_Mtok', words.all]
  ];
  const charge: Row[] = [
    ['battery_h', words.hours],
    ['requests_per_battery', words.requests]
  ];
  return html`<section class="panel" aria-labelledby="energy-title">
    <h2 id="energy-title">${words.title}</h2>
    <div class="groups">
      ${group(r, act, fill(words.request, { n: r.query.batch ?? 1 }), request)}${group(r, act, words.power, power)}
      ${group(r, act, words.energy, perToken)}
      ${group(r, act, words.cost, priced ? [price, ...costs] : [price], priced || !settable ? '' : words.setPrice)}
      ${battery || settable ? group(r, act, words.battery, battery ? charge : [], battery ? '' : words.setBattery) : nothing}
    </div>
  </section>`;
}

function group(r: Result, act: Act, title: string, rows: Row[], hint = ''): TemplateResult {
  const list = rows.map(([id, label]): [string, TemplateResult] => {
    const range = spread(term(r, id));
    return [
      label,
      html`${number(r, act, id, label)}${range ? html`<span class="dim">${range}</span>` : nothing}`
    ];
  });
  return html`<div>
    <h3>${title}</h3>
    ${list.length ? facts(list) : nothing}${hint ? html`<p class="hint">${hint}</p>` : nothing}
  </div>`;
}
