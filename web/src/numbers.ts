// Numbers as text, in English and in Chinese: both write them alike. `Intl.NumberFormat` says the same (the tests hold
// each against it), but its first use reads the data of all languages, which takes a phone longer than the answer.

/** How many digits are kept: `significant` ones, or so many decimals; and how many decimals there are at least. */
export interface Precision {
  significant?: number;
  decimals?: number;
  least?: number;
  /** A power of ten that the number is multiplied by. */
  shift?: number;
}

/** The digits of |x|, and the power of ten of the first; rounded half away from zero, as the digits stand in writing. */
function rounded(
  x: number,
  { significant, decimals = 0, shift = 0 }: Precision
): [text: string, power: number] {
  const [mantissa, exponent] = Math.abs(x).toExponential().split('e');
  const all = mantissa.replace('.', '');
  const power = x === 0 ? 0 : Number(exponent) + shift;
  const keep = significant ?? power + 1 + decimals;
  if (keep >= all.length) return [all, power];
  const isDown = keep < 0 || all[keep] < '5';
  if (isDown && keep <= 0) return ['0', 0];
  const kept = all.slice(0, keep);
  if (isDown) return [kept, power];
  const up = String(BigInt(kept || '0') + 1n);
  return [up, up.length > keep ? power + 1 : power];
}

/** With a comma between thousands. */
export function written(x: number, precision: Precision): string {
  if (!Number.isFinite(x)) return String(x);
  const [text, power] = rounded(x, precision);
  const all = power < 0 ? text.padStart(text.length - power, '0') : text.padEnd(power + 1, '0');
  const point = Math.max(power, 0) + 1;
  const decimals = all
    .slice(point)
    .replace(/0+$/, '')
    .padEnd(precision.least ?? 0, '0');
  const whole = all.slice(0, point).replace(/\B(?=(\d{3})+$)/g, ',');
  return `${x < 0 && /[1-9]/.test(text) ? '-' : ''}${whole}${decimals && `.${decimals}`}`;
}
/** In scientific notation. */
export function scientific(x: number, significant: number): string {
  if (!Number.isFinite(x)) return String(x);
  const [text, power] = rounded(x, { significant });
  const decimals = text.slice(1).replace(/0+$/, '');
  return `${x < 0 ? '-' : ''}${text[0]}${decimals && `.${decimals}`}E${power}`;
}
