import { digits, known } from '../format';
import { fill, msg } from '../i18n';
import { explore as words } from '../i18n/explore';

export interface Kept {
  kind: string | null | undefined;
  value: number | null | undefined;
  /** From other models of like size. */
  estimated: boolean | null | undefined;
}

/** What a quantization keeps: recoveries in percent, divergences and perplexities named. */
export function keptText({ kind, value: x, estimated }: Kept): string {
  if (!known(x)) return msg.unknown;
  const named = kind === 'divergence' ? words.keptKl : words.keptPpl;
  const value = kind === 'recovery' ? `${digits(100 * x)} %` : fill(named, { value: digits(x) });
  return estimated ? fill(words.about, { value }) : value;
}
