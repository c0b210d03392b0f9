import { html, nothing, type TemplateResult } from 'lit';
import type { App } from '../app';
import { bar, line, swatch, type Part } from '../charts';
import { csv, download, embedCode, command, fileOf, jsonDocument, markdown } from '../export';
import { digits, known, percent, range, show, whole } from '../format';
import { en, fill } from '../i18n/en';
import { sentences, sureness } from '../sentences';
import { maxPins } from '../state';
import type { OperatorRow, Result } from '../types';
import { details, provenance, type Origin } from './provenance';

const paths: Record<string, string> = {
  fits: 'M7 12.5l3.5 3.5L17.5 8.5',
  tight: 'M12 6.5v7M12 16.8v.4',
  no: 'M8 8l8 8M16 8l-8 8',
  unknown: 'M9.4 9.6a2.7 2.7 0 1 1 3.7 2.6c-.8.3-1.1.9-1.1 1.6M12 16.9v.3'
};

export function verdictMark(verdict: string): TemplateResult {
  return html`<svg class="mark ${verdict}" viewBox="0 0 24 24" aria-hidden="true">
    <circle cx="12" cy="12" r="11" />
    <path d=${paths[verdict] ?? paths.unknown} />
  </svg>`;
}

export function answer(app: App): TemplateResult {
  const r = app.result;
  const foreign = app.engine?.foreign.get(app.state.query.device)?.state;
  if (foreign === 'loading' || foreign === 'failed')
    return html`<section class="panel hero skeleton">
      <p class="quiet">${foreign === 'loading' ? en.loadingDevice : en.origin.absent}</p>
    </section>`;
  if (app.errors.length)
    return html`<section class="panel">
      <div class="alert" role="alert">
        <p><strong>${en.notes.error}</strong></p>
        <ul>
          ${app.errors.map((e) => html`<li>${e.path ? html`<code>${e.path}</code> ` : nothing}${e.message}</li>`)}
        </ul>
      </div>
    </section>`;
  if (!r) return html`<section class="panel hero skeleton"><p class="quiet">${en.loading}</p></section>`;
  return html`${hero(app, r)}${memory(app, r)}${time(app, r)}${context(app)}${energy(app, r)}`;
}

function hero(app: App, r: Result): TemplateResult {
  const s = sentences(r);
  const sure = sureness(r);
  const unknown = (id: string): string =>
    fill(en.big.needs, { fields: app.needs(id).slice(0, 3).join(', ') });
  const how = provenance(app, r);
  const card = (id: string, label: string, note: string, origin: Origin): TemplateResult => {
    const t = app.term(id);
    const parts = app.parts(id);
    const spread = app.range(id);
    const unreal = r.verdict === 'no' && id !== 'memory_B';
    return html`<button
      type="button"
      class="big ${unreal ? 'unreal' : ''}"
      data-term=${id}
      @click=${() => app.why(id)}
    >
      <span class="label">${label}</span>
      ${
        parts
          ? html`<span class="value"><b>${parts.number}</b> <i>${parts.unit}</i></span
              ><span class="range">${spread || html`&nbsp;`}</span
              ><span class="how ${origin}"><span class="vh">. </span>${en.how[origin]}</span
              ><span class="sub">${unreal ? en.big.ifFits : note}</span>`
          : html`<span class="value missing"><b>${en.unknown}</b></span
              ><span class="range"></span><span class="sub">${unknown(id)}</span>`
      }
      <span class="vh">${known(t.value) ? '' : '. '}${fill(en.big.why, { label })}</span>
    </button>`;
  };
  const step = show(app.term('tpot_mean_s').value, 's');
  const batch = r.query.batch ?? 1;
  return html` <section class="panel hero" aria-labelledby="verdict">
    <div class="verdict ${r.verdict}">
      ${verdictMark(r.verdict)}
      <h2 id="verdict">${s.verdict}</h2>
    </div>
    <p class="sentence">${s.sentence} ${s.speed}</p>
    <p class="sure ${sure.grade}">
      <span class="dots" aria-hidden="true"><i></i><i></i><i></i><i></i></span
      ><span
        ><strong>${sure.title}.</strong>
        ${known(app.term('decode_tok_s').low) ? fill(en.sure.interval, { text: sure.text }) : sure.text}</span
      >
    </p>
    ${details(app, r, how)}
    <div class="bigs" role="group" aria-label=${en.big.label}>
      ${card('memory_B', en.big.memory, fill(en.big.memoryNote, { usable: app.text('usable_B') }), 'computed')}
      ${card('ttft_s', en.big.ttft, fill(en.big.ttftNote, { n: whole(r.query.prompt ?? 0), rate: app.text('prefill_tok_s') }), how.speed)}
      ${card('decode_tok_s', en.big.speed, batch > 1 ? fill(en.big.speedNoteBatch, { time: step, n: batch }) : fill(en.big.speedNote, { time: step }), how.speed)}
      ${card('energy_per_token_J', en.big.energy, fill(en.big.energyNote, { power: app.text('decode_w') }), how.power)}
    </div>
    ${r.warnings.map((w) => html`<p class="note">${w.message.charAt(0).toUpperCase() + w.message.slice(1)}.</p>`)}
    ${actions(app, r)}
  </section>`;
}

function actions(app: App, r: Result): TemplateResult {
  const name = `edgewise-${r.model.id}-${r.device.id}-${r.quantization.id}`.replace(/[^\w.-]+/g, '-');
  const saveAs = (file: string, type: string, text: string): void => {
    download(file, type, text);
    app.say(fill(en.actions.saved, { name: file }));
  };
  const save = (ext: string, type: string, text: string): void => saveAs(`${name}.${ext}`, type, text);
  const full = app.pins.length >= maxPins;
  const { models, devices } = app.engine!.index;
  const own = {
    device: devices.some((d) => d.id === r.device.id && d.own),
    model: models.some((m) => m.id === r.model.id && m.own)
  };
  const copyCommand = async (): Promise<void> => {
    await app.copy(command(r, own.device));
    if (own.device && !app.manual) app.say(fill(en.actions.commandWith, { file: fileOf(r.device.id) }));
  };
  return html` <div class="actions" role="group" aria-label=${en.actions.label}>
      <button type="button" class="button primary" ?disabled=${app.pinned || full} @click=${() => app.pin()}>
        ${app.pinned ? en.actions.pinned : full ? en.actions.pinFull : en.actions.pin}
      </button>
      <button type="button" class="button" @click=${() => void app.copyLink()}>${en.actions.link}</button>
      <button type="button" class="button" @click=${() => void copyCommand()}>${en.actions.command}</button>
      <details
        class="menu"
        @focusout=${(e: FocusEvent) => {
          const d = e.currentTarget as HTMLDetailsElement;
          if (e.relatedTarget && !d.contains(e.relatedTarget as Node)) d.open = false;
        }}
        @keydown=${(e: KeyboardEvent) => {
          if (e.key === 'Escape') {
            const d = e.currentTarget as HTMLDetailsElement;
            d.open = false;
            d.querySelector('summary')!.focus();
          }
        }}
      >
        <summary class="button">${en.actions.export}</summary>
        <div>
          <button type="button" @click=${() => save('json', 'application/json', jsonDocument(app, r))}>
            ${en.actions.json}
          </button>
          <button type="button" @click=${() => save('csv', 'text/csv', csv(app, r))}>
            ${en.actions.csv}
          </button>
          <button type="button" @click=${() => void app.copy(markdown(r))}>${en.actions.markdown}</button>
          ${own.device ? html`<button type="button" @click=${() => saveAs(fileOf(r.device.id), 'application/json', app.engine!.ownDevice(r.device.id))}>${en.actions.preset}</button>` : nothing}
          ${own.device || own.model ? nothing : html`<button type="button" @click=${() => void app.copy(embedCode(app, r))}>${en.actions.embed}</button>`}
        </div>
      </details>
    </div>
    ${app.manual ? html`<div class="note"><label for="manual">${en.actions.copyFailed}</label><textarea id="manual" rows="3" readonly .value=${app.manual} @focus=${(e: Event) => (e.target as HTMLTextAreaElement).select()}></textarea></div>` : nothing}`;
}

const facts = (rows: [string, TemplateResult | string][]): TemplateResult =>
  html`<dl class="facts">
    ${rows.map(
      ([label, value]) =>
        html`<div>
          <dt>${label}</dt>
          <dd>${value}</dd>
        </div>`
    )}
  </dl>`;

function legend(
  app: App,
  items: { i: number | null; id: string; label: string; text: string; share: string }[]
): TemplateResult {
  return html`<ul class="legend">
    ${items.map((x) => html`<li>${x.i === null ? html`<span class="swatch none"></span>` : swatch(x.i)}<span>${x.label}</span>${x.id ? app.number(x.id, x.label, x.text) : html`<span class="num flat">${x.text}</span>`}<span class="dim">${x.share}</span></li>`)}
  </ul>`;
}

function memory(app: App, r: Result): TemplateResult {
  const v = (id: string): number => app.term(id).value ?? 0;
  const capacity = v('capacity_B'),
    usable = v('usable_B'),
    used = v('memory_B');
  const all: [string, string][] = [
    ['weights_B', en.memory.weights],
    ['kv_cache_B', en.memory.kv],
    ['recurrent_state_B', en.memory.state],
    ['compute_buffer_B', en.memory.buffer],
    ['runtime_reserve_B', en.memory.reserve]
  ];
  const parts: Part[] = all.map(([id, label]) => ({ id, label, value: v(id) }));
  const total = Math.max(capacity, used);
  const share = (x: number): string => (usable > 0 ? percent(x / usable) : '');
  const desc = fill(en.memory.desc, {
    memory: app.text('memory_B'),
    usable: app.text('usable_B'),
    capacity: app.text('capacity_B')
  });
  const free = usable - used;
  const needed = app.term('memory_B').value !== null;
  return html` <section class="panel" aria-labelledby="memory-title">
    <h2 id="memory-title">${en.memory.title}</h2>
    ${
      needed
        ? html` ${bar(parts, total, { title: en.memory.chart, desc, height: 32, background: true, mark: total > 0 ? usable / total : undefined })}
            <p class="scale">
              <span>0</span
              ><span
                style=${`inset-inline-start:${(100 * usable) / total}%`}
                class="at ${usable / total > 0.6 ? 'before' : ''}"
                >${fill(en.memory.usable, { value: app.text('usable_B') })}</span
              >
            </p>
            ${legend(app, [
              ...parts
                .map((p, i) => ({
                  i,
                  id: p.id,
                  label: p.label,
                  text: app.text(p.id),
                  share: share(p.value),
                  value: p.value
                }))
                .filter((p) => p.value > 0),
              {
                i: null,
                id: 'free_B',
                label: free >= 0 ? en.memory.free : en.memory.over,
                text: show(Math.abs(free), 'B'),
                share: share(Math.abs(free))
              },
              {
                i: null,
                id: 'capacity_B',
                label: en.memory.system,
                text: show(capacity - usable, 'B'),
                share: ''
              }
            ])}`
        : html`<p>${fill(en.big.needs, { fields: app.needs('memory_B').join(', ') })}</p>`
    }
    ${r.verdict === 'no' ? noFit(app, r) : nothing}
    ${facts([
      [en.memory.maxContext, app.number('max_context_tokens', en.memory.maxContext)],
      [en.memory.maxBatch, app.number('max_batch', en.memory.maxBatch)],
      [en.memory.perToken, app.number('kv_B_per_token', en.memory.perToken)],
      [`${en.memory.load}, ${en.memory.loadCold}`, app.number('load_cold_s', en.memory.load)],
      [`${en.memory.load}, ${en.memory.loadWarm}`, app.number('load_warm_s', en.memory.load)]
    ])}
  </section>`;
}

function noFit(app: App, r: Result): TemplateResult {
  const kind = app.engine?.preset('devices', r.device.id)?.kind;
  const paging = app.term('paging_tpot_s').value;
  const context = app.term('max_context_tokens').value;
  const text =
    kind === 'host-centric'
      ? fill(en.memory.offload, {
          n: whole(Math.floor(app.term('layers_on_device').value ?? 0)),
          layers: whole(app.term('layers').value ?? 0)
        })
      : known(paging) && paging > 0
        ? fill(en.memory.paging, { time: show(paging, 's', 2) })
        : en.memory.oom;
  return html`<div class="note">
    <p>
      <strong>${en.memory.noFit}.</strong> ${text}
      ${known(context) && context > 0 ? fill(en.memory.shorter, { n: whole(context) }) : en.memory.smaller}
    </p>
  </div>`;
}

const operator = (id: string): string => en.operators[id] ?? id.replace(/_/g, ' ');

function phase(title: string, rows: OperatorRow[], totalTerm: string, app: App): TemplateResult {
  const total = rows.reduce((sum, row) => sum + (row.total_s ?? NaN), 0);
  if (!(total > 0))
    return html`<div class="phase">
      <h3>${title}</h3>
      <p class="missing">${en.unknown}: ${fill(en.big.needs, { fields: app.needs(totalTerm).join(', ') })}</p>
    </div>`;
  const sorted = rows
    .slice()
    .filter((x) => (x.total_s ?? 0) > 0)
    .sort((a, b) => b.total_s! - a.total_s!);
  const top = sorted[0];
  const desc = fill(en.time.desc, {
    phase: title,
    total: show(total, 's'),
    operator: operator(top.operator),
    share: percent(top.total_s! / total)
  });
  return html` <div class="phase">
    <h3>${title} ${app.number(totalTerm, title, show(total, 's'))}</h3>
    ${bar(
      sorted.map((x) => ({ id: x.operator, label: operator(x.operator), value: x.total_s! })),
      total,
      { title: fill(en.time.chart, { phase: title }), desc }
    )}
    <div class="scroll">
      <table class="rows">
        <caption class="vh">
          ${fill(en.time.chart, { phase: title })}
        </caption>
        <thead>
          <tr>
            <th scope="col">${en.time.operator}</th>
            <th scope="col" class="n">${en.time.timeColumn}</th>
            <th scope="col" class="n">${en.time.share}</th>
            <th scope="col">${en.time.bound}</th>
          </tr>
        </thead>
        <tbody>
          ${sorted.map(
            (x, i) =>
              html`<tr>
                <th scope="row">
                  <span class="key">${swatch(i)}<span>${operator(x.operator)}</span></span>
                </th>
                <td class="n">${show(x.total_s, 's', 2)}</td>
                <td class="n">${percent(x.total_s! / total)}</td>
                <td>${(en.boundsShort as Record<string, string>)[x.bound] ?? x.bound}</td>
              </tr>`
          )}
        </tbody>
      </table>
    </div>
  </div>`;
}

function time(app: App, r: Result): TemplateResult {
  const decode = en.time.decodeBound as Record<string, string>,
    prefill = en.time.prefillBound as Record<string, string>;
  return html` <section class="panel" aria-labelledby="time-title">
    <h2 id="time-title">${en.time.title}</h2>
    <p class="lead">
      <strong>${en.time.limit}.</strong>
      ${fill(decode[r.bound.decode] ?? decode.unknown, { bytes: app.text('decode_bytes'), bandwidth: app.text('bandwidth_Bps'), time: app.text('tpot_mean_s') })}
      ${prefill[r.bound.prefill] ?? ''}
    </p>
    <div class="phases">
      ${phase(en.time.decode, r.breakdown.decode, 'tpot_mean_s', app)}${phase(en.time.prefill, r.breakdown.prefill, 'ttft_s', app)}
    </div>
  </section>`;
}

function context(app: App): TemplateResult {
  const q = app.state.query;
  const limit = app.engine?.index.models.find((m) => m.id === q.model)?.context;
  const now = app.term('context_tokens').value ?? 0;
  const base = (q.prompt ?? 0) + (q.generate ?? 0);
  const end = Math.max(limit ?? app.term('max_context_tokens').value ?? 0, 2 * Math.max(now, base), 4096);
  const count = 33;
  const totals = Array.from({ length: count }, (_, i) =>
    Math.round(Math.max(base, 1) * (end / Math.max(base, 1)) ** (i / (count - 1)))
  );
  const depths = [...new Set(totals.map((t) => Math.max(0, t - base)))];
  let sweep;
  try {
    sweep = app.engine!.sweep({ ...q, context: 0 }, 'depth', depths);
  } catch {
    return html``;
  }
  const xs = depths.map((d) => d + base);
  const speed = sweep.columns.decode_tok_s,
    memory = sweep.columns.memory_B;
  const t = app.term('decode_tok_s');
  const band: [number, number] | undefined =
    known(t.value) && known(t.low) && known(t.high) ? [t.low / t.value, t.high / t.value] : undefined;
  const last = xs.length - 1;
  const usable = app.term('usable_B').value ?? 0;
  const gib = 1024 ** 3;
  const there = (app.term('depth_tokens').value ?? 0) + base;
  const hasSpeed = Number.isFinite(speed[0]);
  const rows = [0, 8, 16, 24, 32].filter((i) => i <= last);
  return html` <section class="panel" aria-labelledby="context-title">
    <h2 id="context-title">${en.context.title}</h2>
    <div class="charts">
      ${
        hasSpeed
          ? line({
              title: en.context.speed,
              unit: 'tok/s',
              xLabel: en.context.axis,
              xs,
              ys: speed,
              band,
              now: { x: there, y: t.value ?? NaN, label: digits(t.value ?? NaN) },
              desc: fill(en.context.speedDesc, {
                a: digits(speed[0]),
                x0: whole(xs[0]),
                b: digits(speed[last]),
                x1: whole(xs[last])
              })
            })
          : html`<p class="missing">${en.context.unknown}</p>`
      }
      ${line({
        title: en.context.memory,
        unit: 'GiB',
        xLabel: en.context.axis,
        xs,
        ys: memory,
        scale: gib,
        now: {
          x: there,
          y: app.term('memory_B').value ?? NaN,
          label: digits((app.term('memory_B').value ?? NaN) / gib)
        },
        limits: usable ? [{ y: usable, label: en.context.usable }] : [],
        desc: fill(en.context.memoryDesc, {
          a: show(memory[0], 'B'),
          x0: whole(xs[0]),
          b: show(memory[last], 'B'),
          x1: whole(xs[last]),
          usable: show(usable, 'B')
        })
      })}
    </div>
    ${band ? html`<p class="hint">${en.context.band}</p>` : nothing}
    <details class="table">
      <summary>${en.time.table}</summary>
      <div class="scroll">
        <table class="rows">
          <thead>
            <tr>
              <th scope="col">${en.context.axis}</th>
              <th scope="col" class="n">${en.context.speed}</th>
              <th scope="col" class="n">${en.context.memory}</th>
            </tr>
          </thead>
          <tbody>
            ${rows.map(
              (i) =>
                html`<tr>
                  <th scope="row">${whole(xs[i])}</th>
                  <td class="n">${show(speed[i], 'tok/s')}</td>
                  <td class="n">${show(memory[i], 'B')}</td>
                </tr>`
            )}
          </tbody>
        </table>
      </div>
    </details>
  </section>`;
}

function energy(app: App, r: Result): TemplateResult {
  const battery = known(r.query.battery_wh);
  const priced = known(r.query.electricity_usd_per_kwh) || known(r.query.device_life_years);
  const row = (id: string, label: string): [string, TemplateResult] => {
    const t = app.term(id);
    const spread =
      known(t.value) && known(t.low) && known(t.high) ? range(t.low, t.high, t.value, t.unit) : '';
    return [
      label,
      html`${app.number(id, label)}${spread ? html`<span class="dim">${spread}</span>` : nothing}`
    ];
  };
  const group = (
    title: string,
    rows: [string, TemplateResult][],
    hint: string | null = null
  ): TemplateResult =>
    html`<div>
      <h3>${title}</h3>
      ${rows.length ? facts(rows) : nothing}${hint ? html`<p class="hint">${hint}</p>` : nothing}
    </div>`;
  return html` <section class="panel" aria-labelledby="energy-title">
    <h2 id="energy-title">${en.energy.title}</h2>
    <div class="groups">
      ${group(en.energy.request, [row('total_latency_s', en.energy.latency), row('throughput_tok_s', en.energy.throughput), row('request_energy_J', en.energy.energy)])}
      ${group(en.energy.power, [row('idle_w', en.energy.idle), row('prefill_w', en.energy.prefill), row('decode_w', en.energy.decode), row('mean_w', en.energy.mean)])}
      ${group(en.energy.energy, [row('energy_per_token_J', en.energy.perToken), row('energy_Wh_per_Mtok', en.energy.perM), row('tokens_per_J', en.energy.perJ)])}
      ${group(en.energy.cost, [row('price_usd', en.energy.price), ...(priced ? [row('electricity_usd_per_Mtok', en.energy.electricity), row('device_usd_per_Mtok', en.energy.device), row('usd_per_Mtok', en.energy.all)] : [])], priced ? null : en.energy.setPrice)}
      ${group(en.energy.battery, battery ? [row('battery_h', en.energy.hours), row('requests_per_battery', en.energy.requests)] : [], battery ? null : en.energy.setBattery)}
    </div>
  </section>`;
}
