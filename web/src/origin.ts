import type { Answer } from './acts';
import type { msg } from './i18n';
import { isMeasured } from './sentences';
import type { Result } from './types';

export type Origin = keyof typeof msg.how;

/**
 * How the numbers that depend on a device are known. Power has an origin of its own: not every calibration
 * covers it. What was measured of a device says nothing of a host or a storage that takes part.
 */
export function origins(a: Answer, r: Result): { prefill: Origin; decode: Origin; power: Origin } {
  const speed = (isMeasured(r.sure.level) && r.calibration?.origin) || 'estimated';
  const of = (kind: 'prefill' | 'decode'): Origin =>
    r.warnings.some(({ code }) => code === `${kind}_unmeasured`) ? 'estimated' : speed;
  const covered = a.engine?.calibration(r)?.parameters ?? {};
  return {
    prefill: of('prefill'),
    decode: of('decode'),
    power: 'decode_power_share' in covered ? speed : 'estimated'
  };
}
