import type { Pinned } from '../../acts';
import { table, workload } from '../../export';
import { known, show } from '../../format';
import { msg } from '../../i18n';
import { compare as words } from '../../i18n/compare';
import type { TermValue } from '../../types';

export interface Row {
  id: string;
  label: string;
  best: 'min' | 'max';
}
export const rows = (): Row[] => [
  { id: 'decode_tok_s', label: msg.big.speed, best: 'max' },
  { id: 'ttft_s', label: msg.big.ttft, best: 'min' },
  { id: 'total_latency_s', label: msg.energy.latency, best: 'min' },
  { id: 'memory_B', label: msg.big.memory, best: 'min' },
  { id: 'free_B', label: msg.memory.free, best: 'max' },
  { id: 'max_context_tokens', label: msg.memory.maxContext, best: 'max' },
  { id: 'max_batch', label: msg.memory.maxBatch, best: 'max' },
  { id: 'decode_w', label: msg.energy.power, best: 'min' },
  { id: 'energy_per_token_J', label: msg.big.energy, best: 'min' },
  { id: 'battery_h', label: msg.energy.battery, best: 'max' },
  { id: 'usd_per_Mtok', label: words.cost, best: 'min' },
  { id: 'price_usd', label: words.price, best: 'min' }
];
/** What is drawn as bars too. */
export const drawn = new Set(['decode_tok_s', 'ttft_s', 'memory_B', 'energy_per_token_J']);
/** What does not hang on what is asked. */
const ofAny = new Set(['max_context_tokens', 'price_usd']);
/** Of different scopes they are different things. */
export const ofPower = new Set(['decode_w', 'energy_per_token_J', 'battery_h', 'usd_per_Mtok']);

/** `mode`: what the power mode of its device is called, where that has several. */
export type Column = Pinned & { now?: boolean; mode: string };
/** What a choice goes by in the charts. */
export const letter = (i: number): string => String.fromCharCode(65 + i);
/** Of the device's memory alone: nothing is said of a model that the host has a part of. */
const ofMemory = new Set(['max_context_tokens', 'max_batch']);
export const termOf = ({ result }: Column, { id }: Pick<Row, 'id'>): TermValue | undefined =>
  ofMemory.has(id) && result?.instead?.kind === 'host' ? undefined : result?.terms[id];

/** Whether each lies within what the other may be. */
function alike(a: TermValue, b: TermValue): boolean {
  const within = ({ value }: TermValue, { low, high }: TermValue): boolean =>
    known(value) && known(low) && known(high) && low <= value && value <= high;
  return show(a.value, a.unit) === show(b.value, b.unit) || (within(a, b) && within(b, a));
}

/**
 * The one that is better than every other, of those that run; of alike ones, of different workloads and of powers of
 * different scopes, none.
 */
export function bestOf(r: Row, columns: Column[]): Column | undefined {
  const of = columns.filter((c) => known(termOf(c, r)?.value) && c.result?.verdict !== 'does_not_run');
  if (of.length < 2) return undefined;
  if (!ofAny.has(r.id) && new Set(of.map((c) => workload(c.result!))).size > 1) return undefined;
  if (ofPower.has(r.id) && new Set(of.map((c) => c.result!.power.scope)).size > 1) return undefined;
  const sign = r.best === 'max' ? -1 : 1;
  const [first, second] = [...of].sort((a, b) => sign * (termOf(a, r)!.value! - termOf(b, r)!.value!));
  return alike(termOf(first, r)!, termOf(second, r)!) ? undefined : first;
}

/** What names a choice in a chart, in parts: as much as tells it from the others. */
export function namesOf(columns: Column[]): string[][] {
  const parts = columns.map(({ query, result: r, mode }) =>
    r
      ? [r.model.name, r.device.name, r.quantization.id, r.runtime.name, mode, workload(r)]
      : [query.model, query.device]
  );
  const differing = [
    ...parts.reduce((most, p) => (p.length > most.length ? p : most), [] as string[]).keys()
  ].filter((i) => new Set(parts.map((p) => p[i])).size > 1);
  const kept = differing.length ? differing : [0, 1];
  return parts.map((p) => kept.flatMap((i) => p[i] || []));
}

/** A row of each choice: what it is, then every number with its range. */
export function csv(columns: Column[], shown: Row[]): string {
  const number = (x: number | null | undefined): number | null => (known(x) ? x : null);
  const units = (r: Row): string => columns.map((c) => termOf(c, r)?.unit).find((u) => u !== undefined) ?? '';
  const title = (r: Row): string => (units(r) ? `${r.id} [${units(r)}]` : r.id);
  const names = [
    'model',
    'device',
    'power_mode',
    'runtime',
    'quant',
    'prompt',
    'generate',
    'depth',
    'batch',
    'verdict',
    'sureness',
    'notes'
  ];
  const of = columns.map(({ query: q, result: r }) => [
    q.model,
    q.device,
    q.power_mode,
    r?.runtime.id ?? q.runtime,
    r?.quantization.id ?? q.quant,
    q.prompt,
    q.generate,
    q.depth,
    q.batch,
    r?.verdict ?? '',
    r?.sure.level ?? '',
    r?.warnings.map(({ code }) => code).join(' ') ?? ''
  ]);
  const lines = [
    [...names, ...shown.flatMap((r) => [title(r), `${r.id}_low`, `${r.id}_high`])],
    ...columns.map((c, i) => [
      ...of[i],
      ...shown.flatMap((r) => [termOf(c, r)?.value, termOf(c, r)?.low, termOf(c, r)?.high].map(number))
    ])
  ];
  return table(lines);
}
