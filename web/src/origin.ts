import type { Answer } from './acts';
import type { msg } from './i18n';
import type { Result } from './types';

export type Origin = keyof typeof msg.how;

/**
 * How the numbers that depend on a device are known. Power has an origin of its own: not every calibration
 * covers it. What was measured of a device says nothing of a host or a storage that takes part.
 */
export function origins(a: Answer, r: Result): { speed: Origin; power: Origin } {
  const speed = r.sure.level === 'split' ? 'estimated' : (r.calibration?.origin ?? 'estimated');
  const covered = a.engine?.calibration(r)?.parameters ?? {};
  return { speed, power: 'decode_power_share' in covered ? speed : 'estimated' };
}
