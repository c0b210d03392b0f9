import { html, nothing, type TemplateResult } from 'lit';
import type { App } from '../app';
import type { Catalog } from '../catalogs';
import { take, takeFiles } from '../files';
import { digits, known, parameterCount } from '../format';
import { classes, en, fill } from '../i18n/en';
import { hostOf, isAddress } from '../remote';
import { defaults, numbers, type Field } from '../state';
import type { Option } from '../ui/combobox';
import type { DeviceEntry, Index, Query } from '../types';

const options = new WeakMap<object, Option[]>();
const titled = (s: string): string => s.charAt(0).toUpperCase() + s.slice(1);

export function modelOptions(list: Index['models']): Option[] {
  let made = options.get(list);
  if (!made) {
    // Families with several members get a group, largest families first; the rest share one.
    const size = new Map<string, number>();
    for (const m of list) size.set(m.family, (size.get(m.family) ?? 0) + 1);
    made = list
      .slice()
      .sort(
        (a, b) =>
          Number(!!b.own) - Number(!!a.own) ||
          size.get(b.family)! - size.get(a.family)! ||
          a.family.localeCompare(b.family) ||
          (a.parameters ?? 0) - (b.parameters ?? 0)
      )
      .map((m) => ({
        id: m.id,
        name: m.name,
        group: m.own ? en.form.yours : titled(m.family.replace(/_/g, ' ')),
        detail: m.parameters ? parameterCount(m.parameters) : '',
        search: `${m.name} ${m.id} ${m.family} ${m.also ?? ''}`
      }));
    options.set(list, made);
  }
  return made;
}
const heading = (d: DeviceEntry): string =>
  d.catalog
    ? fill(en.form.catalog, { host: hostOf(d.catalog) })
    : isAddress(d.id)
      ? en.form.linked
      : d.own
        ? en.form.yours
        : (classes[d.class!] ?? d.class!);
export function deviceOptions(list: Index['devices']): Option[] {
  let made = options.get(list);
  if (!made) {
    // One's own first, then what a link brought, the classes, and the catalogs.
    const order = Object.keys(classes);
    const rank = (d: DeviceEntry): number =>
      d.catalog
        ? order.length + 1
        : isAddress(d.id)
          ? -1
          : d.own
            ? -2
            : order.includes(d.class!)
              ? order.indexOf(d.class!)
              : order.length;
    made = list
      .slice()
      .sort(
        (a, b) =>
          rank(a) - rank(b) ||
          heading(a).localeCompare(heading(b)) ||
          a.name.localeCompare(b.name, undefined, { numeric: true })
      )
      .map((d) => ({
        id: d.id,
        name: d.name,
        group: heading(d),
        detail: [known(d.gib) ? `${digits(d.gib)} GiB` : '', d.usd ? `$${digits(d.usd)}` : '', d.date ?? '']
          .filter(Boolean)
          .join(' · '),
        search: `${d.name} ${d.id} ${heading(d)} ${d.also ?? ''}`
      }));
    options.set(list, made);
  }
  return made;
}

const field = (key: string): Field => numbers.find((f) => f.member === key)!;

export function form(app: App): TemplateResult {
  const { engine, result } = app;
  const q = app.state.query;
  const device = engine?.device(result?.device.id ?? q.device);
  const runtime = engine && result ? engine.runtime(result.runtime.id) : undefined;
  const quantizations = runtime ? engine!.quantizations(runtime.id) : [];
  const families = [...new Set(quantizations.map((x) => x.family))];
  const entry = engine?.index.models.find((m) => m.id === q.model);
  const number = (
    member: keyof Query,
    label: string,
    unit: string,
    extra: { optional?: boolean; placeholder?: string } = {}
  ): TemplateResult => {
    const f = field(member);
    return html`<ew-number
      .label=${label}
      .unit=${unit}
      .min=${f.min}
      .max=${f.max}
      .whole=${f.whole}
      .optional=${extra.optional ?? false}
      .placeholder=${extra.placeholder ?? ''}
      .empty=${defaults[member]}
      .value=${q[member]}
      .problem=${app.errors.find((e) => e.path === member)?.message}
      @choose=${(e: CustomEvent<{ value: number | undefined }>) => void app.change({ [member]: e.detail.value })}
    ></ew-number>`;
  };
  const select = (
    id: string,
    label: string,
    value: string,
    list: TemplateResult | TemplateResult[],
    choose: (v: string) => void
  ): TemplateResult =>
    html` <div class="field">
      <label for=${id}>${label}</label>
      <div class="select">
        <select
          id=${id}
          data-value=${value}
          ?disabled=${!result}
          @change=${(e: Event) => choose((e.target as HTMLSelectElement).value)}
        >
          ${list}
        </select>
      </div>
    </div>`;
  const option = (id: string, name: string, chosen: boolean): TemplateResult =>
    html`<option value=${id} ?selected=${chosen} .selected=${chosen}>${name}</option>`;
  const kvFormats = runtime ? kvOf(runtime.family, result!.query.kv_quant) : [];
  const set = (
    [
      'depth',
      'batch',
      'images',
      'threads',
      'context',
      'requests_per_day',
      'battery_wh',
      'electricity_usd_per_kwh',
      'device_life_years',
      'kv_quant'
    ] as const
  ).filter((k) => k !== 'batch' && (q[k] ?? '') !== (defaults[k] ?? '')).length;

  return html` <form class="panel" aria-label=${en.form.title} @submit=${(e: Event) => e.preventDefault()}>
    <ew-combobox
      class="field"
      .label=${en.form.model}
      .value=${q.model}
      .options=${engine ? modelOptions(engine.index.models) : []}
      @choose=${(e: CustomEvent<string>) => void app.change({ model: e.detail })}
    ></ew-combobox>
    ${select(
      'quant',
      en.form.quant,
      result?.quantization.id ?? '',
      families.length > 1
        ? families.map(
            (family) =>
              html`<optgroup label=${family}>
                ${quantizations.filter((x) => x.family === family).map((x) => option(x.id, x.id === runtime!.default_quantization ? fill(en.defaultMark, { name: x.id }) : x.id, x.id === result!.quantization.id))}
              </optgroup>`
          )
        : quantizations.map((x) =>
            option(
              x.id,
              x.id === runtime!.default_quantization ? fill(en.defaultMark, { name: x.id }) : x.id,
              x.id === result!.quantization.id
            )
          ),
      (quant) => void app.change({ quant })
    )}
    <ew-combobox
      class="field"
      .label=${en.form.device}
      .value=${q.device}
      .options=${engine ? deviceOptions(engine.index.devices) : []}
      @choose=${(e: CustomEvent<string>) => void app.change({ device: e.detail })}
    ></ew-combobox>
    ${device?.power_modes.length ? select('mode', en.form.mode, q.power_mode ?? '', [option('', en.form.modeDefault, !q.power_mode), ...device.power_modes.map((m) => option(m.id, m.name, m.id === q.power_mode))], (power_mode) => void app.change({ power_mode })) : nothing}
    ${select(
      'runtime',
      en.form.runtime,
      runtime?.id ?? '',
      (device?.runtimes ?? []).map((id, i) => {
        const name = engine!.runtime(id)?.name ?? id;
        return option(id, i === 0 ? fill(en.defaultMark, { name }) : name, id === runtime?.id);
      }),
      (id) =>
        void app.change({
          runtime: id,
          quant: engine!.quantizations(id).some((x) => x.id === q.quant) ? q.quant : '',
          kv_quant: ''
        })
    )}

    <fieldset>
      <legend>${en.form.workload}</legend>
      <div class="pair">
        <div class="field">${number('prompt', en.form.prompt, en.form.tokens)}</div>
        <div class="field">${number('generate', en.form.generate, en.form.tokens)}</div>
      </div>
      <details class="more">
        <summary>${set ? fill(en.form.moreCount, { n: set }) : en.form.more}</summary>
        <div class="pair">
          <div class="field">${number('depth', en.form.depth, en.form.tokens)}</div>
          <div class="field">${number('batch', en.form.batch, '')}</div>
          ${entry?.vision ? html`<div class="field">${number('images', en.form.images, '')}</div>` : nothing}
          ${runtime?.processor === 'cpu' ? html`<div class="field">${number('threads', en.form.threads, '', { optional: true, placeholder: en.form.threadsAuto })}</div>` : nothing}
          <div class="field">
            ${number('context', en.form.context, en.form.tokens, { optional: true, placeholder: en.form.contextAuto })}
          </div>
          ${select(
            'kv',
            en.form.kv,
            result?.query.kv_quant ?? '',
            kvFormats.map((f) => option(f, f, f === result!.query.kv_quant)),
            (kv_quant) => void app.change({ kv_quant })
          )}
        </div>
        <p class="legend-like">${en.form.economics}</p>
        <div class="pair">
          <div class="field">
            ${number('battery_wh', en.form.battery, en.form.wh, { optional: true, placeholder: en.none })}
          </div>
          <div class="field">
            ${number('requests_per_day', en.form.requests, en.form.perDay, { optional: true, placeholder: en.form.always })}
          </div>
          <div class="field">
            ${number('electricity_usd_per_kwh', en.form.electricity, en.form.perKwh, { optional: true, placeholder: en.form.optional })}
          </div>
          <div class="field">
            ${number('device_life_years', en.form.life, en.form.years, { optional: true, placeholder: en.form.optional })}
          </div>
        </div>
        <p class="hint">${en.form.hint}</p>
      </details>
    </fieldset>
    <details class="more files" ?open=${app.rejected !== undefined}>
      <summary>${en.files.title}</summary>
      <p class="hint">${en.files.text}</p>
      <p class="row">
        <label class="button"
          >${en.files.choose}<input
            class="vh"
            type="file"
            accept=".json,.gguf,application/json"
            @change=${(e: Event) => {
              const input = e.target as HTMLInputElement;
              void takeFiles(app, [...(input.files ?? [])]);
              input.value = '';
            }}
        /></label>
      </p>
      <details class="paste">
        <summary>${en.files.paste}</summary>
        <label for="paste">${en.files.pasteLabel}</label>
        <textarea id="paste" rows="4" spellcheck="false"></textarea>
        <button
          type="button"
          class="button"
          @click=${async (e: Event) => {
            const box = (e.target as HTMLElement).parentElement!.querySelector('textarea')!;
            if (await take(app, box.value, en.files.pasted)) box.value = '';
          }}
        >
          ${en.files.use}
        </button>
      </details>
      ${catalogs(app)}
      ${
        app.rejected
          ? html`<div class="alert" role="alert">
              <p><strong>${fill(en.files.rejected, { file: app.rejected.file })}</strong></p>
              <ul>
                ${app.rejected.errors.slice(0, 8).map((x) => html`<li>${x.path ? html`<code>${x.path}</code> ` : nothing}${x.message}</li>`)}
              </ul>
              <button
                type="button"
                class="button"
                @click=${() => {
                  app.rejected = undefined;
                }}
              >
                ${en.files.dismiss}
              </button>
            </div>`
          : nothing
      }
    </details>
    <p class="row end">
      <button type="button" class="plain" @click=${() => app.reset()}>${en.form.reset}</button>
    </p>
  </form>`;
}

/** Lists of devices that others measured: those of the site, and the user's own. */
function catalogs(app: App): TemplateResult {
  const add = (e: Event): void => {
    const box = (e.target as HTMLElement).closest('.catalogs')!.querySelector('input')!;
    const taken = app.addCatalog(box.value);
    box.setCustomValidity(taken ? '' : en.catalogs.noAddress);
    if (taken) box.value = '';
    else box.reportValidity();
  };
  const state = (c: Catalog): string =>
    c.state === 'loading'
      ? en.catalogs.loading
      : c.state === 'failed'
        ? fill(en.catalogs.failed, { reason: c.errors[0].message })
        : fill(c.devices.length === 1 ? en.catalogs.one : en.catalogs.count, { n: c.devices.length });
  return html`<details class="paste catalogs" ?open=${app.catalogs.some((c) => c.own)}>
    <summary>${en.catalogs.title}</summary>
    <p class="hint">${en.catalogs.text}</p>
    ${
      app.catalogs.length
        ? html`<ul>
            ${app.catalogs.map(
              (c) =>
                html`<li class=${c.state}>
                  <span><code>${c.url}</code> ${state(c)}</span>
                  <button
                    type="button"
                    class="plain"
                    @click=${() => {
                      app.addCatalog(c.url);
                    }}
                  >
                    ${en.catalogs.again}<span class="vh"> ${c.url}</span>
                  </button>
                  ${c.own ? html`<button type="button" class="plain" @click=${() => app.removeCatalog(c.url)}>${en.catalogs.remove}<span class="vh"> ${c.url}</span></button>` : nothing}
                </li>`
            )}
          </ul>`
        : nothing
    }
    <label for="catalog">${en.catalogs.label}</label>
    <p class="row">
      <input
        id="catalog"
        type="text"
        inputmode="url"
        spellcheck="false"
        placeholder="https://…/catalog.json"
        @input=${(e: Event) => (e.target as HTMLInputElement).setCustomValidity('')}
        @keydown=${(e: KeyboardEvent) => {
          if (e.key === 'Enter') {
            e.preventDefault();
            add(e);
          }
        }}
      />
      <button type="button" class="button" @click=${add}>${en.catalogs.add}</button>
    </p>
  </details>`;
}

function kvOf(family: string, now: string): string[] {
  const list = /llama\.cpp/.test(family)
    ? ['F32', 'F16', 'BF16', 'Q8_0', 'Q5_1', 'Q5_0', 'Q4_1', 'Q4_0']
    : ['F32', 'F16', 'BF16', 'FP8', 'INT8'];
  return list.includes(now) ? list : [now, ...list];
}
