import type { Answer } from '../acts';
import { msg } from '../i18n';

/** What a power mode is called: of a device that has several; full clocks are one of them. */
export function modeOf(engine: Answer['engine'], device: string, mode: string): string {
  const modes = engine?.device(device)?.power_modes ?? [];
  if (!modes.length) return '';
  return mode ? (modes.find((m) => m.id === mode)?.name ?? mode) : msg.form.modeDefault;
}
