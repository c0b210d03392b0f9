import type { Answer } from './acts';
import { known, whole } from './format';
import { fill, listed, msg, prose, sentence } from './i18n';
import { compare } from './i18n/compare';
import { linkTo } from './link';
import { sureness } from './sentences';
import type { State } from './state';
import type { Result } from './types';
import { scopeOf, spread, term as termOf, text as shown } from './ui/terms';

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
  'batch',
  'threads',
  'context'
] as const;
export const identify = (r: Result): Cells => [
  r.model.id,
  r.device.id,
  r.quantization.id,
  r.runtime.id,
  r.query.power_mode,
  r.query.kv_quant,
  ...(['prompt', 'generate', 'depth', 'batch', 'threads', 'context'] as const).map(
    (member) => r.query[member] ?? null
  )
];

/** What a row's numbers rest on, and what its power and energy are of. */
const rests = ['sure', 'configurations', 'power_scope'] as const;
const resting = (r: Result): Cells => [r.sure.level, r.sure.configurations, r.power.scope];

/** Every term of every result, a row for each. */
export function csv(a: Answer, results: readonly Result[]): string {
  const labels = new Map(a.engine?.explain(a.query).map((t) => [t.id, t.label]));
  const rows = results.flatMap((r) =>
    Object.entries(r.terms).map(([id, t]): Cells => [
      ...identify(r),
      ...resting(r),
      id,
      labels.get(id) ?? id,
      t.value,
      t.low,
      t.high,
      t.unit
    ])
  );
  return table([[...identity, ...rests, 'term', 'label', 'value', 'low', 'high', 'unit'], ...rows]);
}

/** A row for each result, in the columns that the engine names, each with the ends of its range where it has one. */
export function summary(a: Answer, results: readonly Result[]): string {
  const columns = a.engine?.catalog.summary ?? [];
  const ends = ['value', 'low', 'high'] as const;
  type Scaled = (typeof columns)[number]['value'];
  const measured = (
    r: Result,
    { term, scale }: Scaled,
    end: (typeof ends)[number] = 'value'
  ): number | null => {
    const value = r.terms[term]?.[end];
    return known(value) ? value * scale : null;
  };
  const share = (r: Result, value: Scaled, of: Scaled): number | null => {
    const [part, all] = [measured(r, value), measured(r, of)];
    return part === null || all === null ? null : part / all;
  };
  const ranged = columns.map(
    ({ value, of }) => !of && results.some((r) => measured(r, value, 'low') !== null)
  );
  const names = columns.flatMap(({ name }, i) =>
    ranged[i] ? [name, `${name}_low`, `${name}_high`] : [name]
  );
  const rows = results.map((r): Cells => [
    ...identify(r),
    ...resting(r),
    r.verdict,
    ...columns.flatMap(({ value, of }, i) =>
      of ? share(r, value, of) : ranged[i] ? ends.map((end) => measured(r, value, end)) : measured(r, value)
    )
  ]);
  return table([[...identity, ...rests, 'verdict', ...names], ...rows]);
}

/** What is asked of it. */
export function workload({ query: q }: Result): string {
  const parts = [`${whole(q.prompt ?? 0)} + ${whole(q.generate ?? 0)} ${msg.form.tokens}`];
  if (q.depth) parts.push(fill(msg.colon, { label: msg.form.depth, value: whole(q.depth) }));
  if ((q.batch ?? 1) !== 1)
    parts.push(fill(msg.colon, { label: msg.form.batch, value: whole(q.batch ?? 1) }));
  return listed(parts);
}

/** What was asked, and what the answer rests on, in sentences. */
export function stated(r: Result): string {
  const { title, text: why } = sureness(r);
  return prose(sentence(listed([workload(r), r.device.power_mode])), title, why);
}
/** Energy, and what it is of. */
export const energyOf = (r: Result): string => listed([msg.big.energy, scopeOf(r)]);

/** A table of one row, and what it is of: the question, what it rests on, and a link that asks it again. */
export function markdown(state: State, a: Answer, r: Result): string {
  const cellOf = (id: string): string => {
    const range = spread(termOf(r, id));
    return range ? `${shown(r, id)} (${range})` : shown(r, id);
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
    energyOf(r)
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
  const link = `[${msg.name}](${linkTo(state, a)})`;
  const below = prose(stated(r), link);
  return `${line(head)}\n${line(head.map(() => '---'))}\n${line(body)}\n\n${below.replace(/\u00a0/g, ' ')}\n`;
}
