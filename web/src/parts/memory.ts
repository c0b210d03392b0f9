import { html, nothing, type TemplateResult } from 'lit';
import type { Act } from '../acts';
import { known, percent, show, whole } from '../format';
import { msg, fill, listed, prose, sentence } from '../i18n';
import { instead, ofAll } from '../sentences';
import type { State } from '../state';
import type { Result } from '../types';
import { bar, swatch } from '../ui/bar';
import { facts } from '../ui/list';
import { toggle } from '../ui/toggle';
import { needed, number, term, text, value } from '../ui/terms';

const parts = [
  ['weights_B', 'weights'],
  ['kv_cache_B', 'kv'],
  ['recurrent_state_B', 'state'],
  ['draft_B', 'draft'],
  ['compute_buffer_B', 'buffer'],
  ['runtime_reserve_B', 'reserve']
] as const;

const unitsToChoose = [
  ['GiB', 'GiB'],
  ['GB', 'GB']
] as const;

/** Where memory goes, and what happens where it does not suffice. */
export function memory({ units }: State, r: Result, act: Act): TemplateResult {
  const isKnown = term(r, 'memory_B').value !== null;
  const row = (id: string, label: string): [string, TemplateResult] => [label, number(r, act, id, label)];
  const loading = (id: string, how: string): [string, TemplateResult] => [
    listed([msg.memory.load, how]),
    number(r, act, id, msg.memory.load)
  ];
  return html`<section class="panel" aria-labelledby="memory-title" data-chart>
    <div class="row heading">
      <h2 id="memory-title">${msg.memory.title}</h2>
      <ew-picture .label=${msg.memory.chart}></ew-picture>
      ${toggle('units', msg.units.label, unitsToChoose, units, (chosen) => void act({ units: chosen }))}
    </div>
    ${isKnown ? html`${chart(r)}${legend(r, act)}` : html`<p>${needed(r, 'memory_B')}</p>`}
    ${r.instead ? noFit(r, r.instead) : nothing}
    ${facts([
      ...(r.instead?.kind === 'host'
        ? [row('device_memory_B', msg.memory.onDevice), row('host_memory_B', msg.memory.onHost)]
        : []),
      // On the device alone: none where a part is on the host.
      ...(value(r, 'max_batch') > 0
        ? [
            row(
              'max_context_tokens',
              (r.query.batch ?? 1) > 1 ? msg.memory.maxContextEach : msg.memory.maxContext
            ),
            row('max_batch', msg.memory.maxBatch)
          ]
        : []),
      row('kv_B_per_token', msg.memory.perToken),
      loading('load_cold_s', msg.memory.loadCold),
      loading('load_warm_s', msg.memory.loadWarm)
    ])}
  </section>`;
}

function chart(r: Result): TemplateResult {
  const usable = ofAll(r, 'usable_B');
  const total = Math.max(ofAll(r, 'capacity_B'), value(r, 'memory_B'));
  const desc = fill(msg.memory.desc, {
    memory: text(r, 'memory_B'),
    usable: show(usable, 'B'),
    capacity: show(ofAll(r, 'capacity_B'), 'B')
  });
  const mark = total > 0 ? usable / total : undefined;
  const values = parts.map(([id, label]) => ({ id, label: msg.memory[label], value: value(r, id) }));
  const at = html`<span
    .style=${`inset-inline-start:${(100 * usable) / total}%`}
    class="at ${usable / total > 0.6 ? 'before' : ''}"
    >${fill(msg.memory.usable, { value: show(usable, 'B') })}</span
  >`;
  return html`${bar(values, total, { title: msg.memory.chart, desc, height: 32, background: true, mark })}
    <p class="scale"><span>0</span>${at}</p>`;
}

function legend(r: Result, act: Act): TemplateResult {
  const usable = ofAll(r, 'usable_B');
  const free = usable - value(r, 'memory_B');
  const share = (x: number): string => (usable > 0 ? percent(x / usable) : '');
  const item = (i: number | null, id: string, label: string, shown: string, part: string): TemplateResult =>
    html`<li>
      ${i === null ? html`<span class="swatch none"></span>` : swatch(i)}<span>${label}</span>
      ${number(r, act, id, label, shown)}<span class="dim">${part}</span>
    </li>`;
  const used = parts.flatMap(([id, label], i) =>
    value(r, id) > 0 ? [item(i, id, msg.memory[label], text(r, id), share(value(r, id)))] : []
  );
  const rest = Math.abs(free);
  return html`<ul class="legend">
    ${used}${item(null, 'free_B', free >= 0 ? msg.memory.free : msg.memory.over, show(rest, 'B'), share(rest))}
    ${item(null, 'kept_B', msg.memory.system, text(r, 'kept_B'), '')}
    ${value(r, 'memory_taken_B') > 0 ? item(null, 'memory_taken_B', msg.memory.taken, text(r, 'memory_taken_B'), '') : nothing}
    ${value(r, 'lent_B') < value(r, 'capacity_B') ? item(null, 'lent_B', msg.memory.lent, text(r, 'lent_B'), '') : nothing}
  </ul>`;
}

function noFit(r: Result, what: NonNullable<Result['instead']>): TemplateResult {
  const context = term(r, 'max_context_tokens').value;
  const way =
    known(context) && context > 0 ? fill(msg.memory.shorter, { n: whole(context) }) : msg.memory.smaller;
  return html`<div class="note">
    <p>
      <strong>${sentence(msg.memory.noFit)}</strong>${msg.between}${prose(instead(what, msg.memory), way)}
    </p>
  </div>`;
}
