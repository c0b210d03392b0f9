import type { Answer } from './acts';
import { known, show } from './format';
import { msg } from './i18n';
import { compare } from './i18n/compare';
import { linkTo } from './link';
import type { State } from './state';
import type { Result } from './types';

/** The document that the command line tool prints, with the versions that made it. */
export function jsonDocument(state: State, a: Answer, r: Result): string {
  const edgewise = { version: a.engine?.version, presets: a.engine?.index.revision };
  return `${JSON.stringify({ ...r, edgewise, link: linkTo(state, a) }, null, 2)}\n`;
}

/** A cell by RFC 4180; what a spreadsheet would take for a formula is made text. */
export function cell(value: string | number | null): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text;
}

export type Cells = readonly (string | number | null)[];
/** Rows as a CSV file by RFC 4180, the header first. */
export const table = (rows: readonly Cells[]): string =>
  rows.map((row) => `${row.map(cell).join(',')}\r\n`).join('');

/** What a row is of: the configuration and the workload. */
export const identity = [
  'model',
  'device',
  'quant',
  'runtime',
  'power_mode',
  'kv_quant',
  'prompt',
  'generate',
  'depth',
  'batch'
] as const;
export const identify = (r: Result): Cells => [
  r.model.id,
  r.device.id,
  r.quantization.id,
  r.runtime.id,
  r.query.power_mode,
  r.query.kv_quant,
  ...(['prompt', 'generate', 'depth', 'batch'] as const).map((member) => r.query[member] ?? null)
];

/** Every term of every result, a row for each. */
export function csv(a: Answer, results: readonly Result[]): string {
  const labels = new Map(a.engine?.explain(a.query).map((t) => [t.id, t.label]));
  const rows = results.flatMap((r) =>
    Object.entries(r.terms).map(([id, t]): Cells => [
      ...identify(r),
      id,
      labels.get(id) ?? id,
      t.value,
      t.low,
      t.high,
      t.unit
    ])
  );
  return table([[...identity, 'term', 'label', 'value', 'low', 'high', 'unit'], ...rows]);
}

/** A row for each result, in the columns that the engine names. */
export function summary(a: Answer, results: readonly Result[]): string {
  const columns = a.engine?.catalog.summary ?? [];
  const measured = (r: Result, { term, scale }: { term: string; scale: number }): number | null => {
    const value = r.terms[term]?.value;
    return known(value) ? value * scale : null;
  };
  const rows = results.map((r): Cells => [
    ...identify(r),
    r.verdict,
    ...columns.map(({ value, of }) => {
      const x = measured(r, value);
      const whole = of && measured(r, of);
      return x === null || whole === null ? null : whole === undefined ? x : x / whole;
    })
  ]);
  return table([[...identity, 'verdict', ...columns.map((c) => c.name)], ...rows]);
}

export function markdown(r: Result): string {
  const cellOf = (id: string): string => {
    const t = r.terms[id];
    if (!t || !known(t.value)) return msg.unknown;
    return known(t.low) && known(t.high)
      ? `${show(t.value, t.unit)} (${show(t.low, t.unit, 2)} – ${show(t.high, t.unit, 2)})`
      : show(t.value, t.unit);
  };
  const head = [
    msg.form.model,
    msg.form.quant,
    msg.form.device,
    msg.form.runtime,
    compare.verdict,
    msg.big.memory,
    msg.big.ttft,
    msg.big.speed,
    msg.big.energy
  ];
  const body = [
    r.model.name,
    r.quantization.id,
    r.device.name,
    r.runtime.name,
    msg.verdict[r.verdict],
    cellOf('memory_B'),
    cellOf('ttft_s'),
    cellOf('decode_tok_s'),
    cellOf('energy_per_token_J')
  ];
  const line = (cells: string[]): string =>
    `| ${cells.map((c) => c.replace(/\|/g, '\\|').replace(/\u00a0/g, ' ')).join(' | ')} |`;
  return `${line(head)}\n${line(head.map(() => '---'))}\n${line(body)}\n`;
}
