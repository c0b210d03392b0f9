import type { Answer } from '../../acts';
import type { levers } from '../../i18n/levers';
import type { Result } from '../../types';
import { value } from '../../ui/terms';

/** What can be swept. */
export type Axis = keyof (typeof levers)['sweep']['axes'];

/** Whole numbers from `from` to `to`, closer at the start. */
function closerAtStart(from: number, to: number, count = 25): number[] {
  const first = Math.max(1, from);
  const all = Array.from({ length: count }, (_, i) => Math.round(first * (to / first) ** (i / (count - 1))));
  return [...new Set(all)];
}
/** Whole numbers from `from` to `to`, evenly. */
function even(from: number, to: number, most = 33): number[] {
  const step = Math.max(1, Math.ceil((to - from) / (most - 1)));
  const out: number[] = [];
  for (let x = from; x < to; x += step) out.push(x);
  return [...out, to];
}

const hostThreads = ({ engine }: Answer, r: Result): number => {
  const cpu = engine?.preset('devices', r.device.id)?.cpu as { threads?: number } | undefined;
  return cpu?.threads ?? 0;
};
const used = (r: Result): number => value(r, 'prompt_tokens') + value(r, 'generated_tokens');
/** So many tokens the model takes, or twice what is asked. */
function longest({ engine }: Answer, r: Result): number {
  const context = engine?.index.models.find((m) => m.id === r.model.id)?.context;
  return Math.max(context ?? 0, 2 * value(r, 'context_tokens'), 4096);
}

/** Those that change something here. */
export function axesOf(a: Answer, r: Result): Axis[] {
  const cpu = r.runtime.processor === 'cpu';
  const split = !cpu && value(r, 'host_usable_B') > 0;
  const modes = a.engine?.device(r.device.id)?.power_modes.length ?? 0;
  return [
    'depth',
    'context',
    'prompt',
    'batch',
    'quant',
    ...(modes ? (['power_mode'] as const) : []),
    ...(cpu && hostThreads(a, r) > 1 ? (['threads'] as const) : []),
    ...(split ? (['gpu_layers'] as const) : []),
    ...(split && value(r, 'expert_layers_on_device') > 0 ? (['cpu_moe'] as const) : [])
  ];
}

/** Where depths are shown as all the tokens in context. */
export const offsetOf = (axis: Axis, r: Result): number => (axis === 'depth' ? used(r) : 0);

/** What it goes over; none: the engine knows which. */
export function valuesOf(axis: Axis, a: Answer, r: Result): number[] {
  const at: Record<Axis, () => number[]> = {
    depth: () => closerAtStart(used(r), longest(a, r)).map((t) => t - Math.max(1, used(r))),
    context: () => closerAtStart(used(r) + value(r, 'depth_tokens'), longest(a, r)),
    prompt: () => closerAtStart(16, longest(a, r)),
    batch: () => [1, 2, 4, 8, 16, 32, 64, 128],
    threads: () => even(1, hostThreads(a, r)),
    gpu_layers: () => even(0, value(r, 'layers') + 1),
    cpu_moe: () => even(0, value(r, 'layers')),
    quant: () => [],
    power_mode: () => []
  };
  return at[axis]();
}
