import { digits, known, show } from './format';
import { en, fill } from './i18n/en';
import type { Result } from './types';

/** The answer in words, with the digits that the page shows. */
export function sentences(r: Result): { verdict: string; sentence: string; speed: string } {
  const memory = show(r.terms.memory_B?.value, 'B'),
    usable = show(r.terms.usable_B?.value, 'B');
  const speed = r.terms.decode_tok_s;
  let text = en.sentence.speedUnknown;
  if (known(speed?.value)) {
    const values = {
      rate: digits(speed.value),
      bound: (en.bounds as Record<string, string>)[r.bound.decode] ?? r.bound.decode
    };
    text =
      known(speed.low) && known(speed.high)
        ? fill(en.sentence.speedRange, { ...values, low: digits(speed.low, 2), high: digits(speed.high, 2) })
        : fill(en.sentence.speed, values);
  }
  return {
    verdict: en.verdict[r.verdict],
    sentence: fill(en.sentence[r.verdict], { model: r.model.name, device: r.device.name, memory, usable }),
    speed: r.verdict === 'no' ? instead(r) : text
  };
}

export function sureness(r: Result): {
  grade: 'measured' | 'fitted' | 'related' | 'datasheet';
  title: string;
  text: string;
} {
  const n = r.calibration?.configurations ?? 0;
  if (r.calibration?.origin === 'measured')
    return { grade: 'measured', title: en.sure.measured, text: en.sure.measuredText };
  if (r.calibration)
    return {
      grade: 'fitted',
      title: n === 1 ? en.sure.fittedOne : fill(en.sure.fitted, { n: digits(n) }),
      text: en.sure.fittedText
    };
  if (r.situation === 'related')
    return { grade: 'related', title: en.sure.related, text: en.sure.relatedText };
  return { grade: 'datasheet', title: en.sure.datasheet, text: en.sure.datasheetText };
}

/** What happens where it does not fit: an accelerator leaves layers to its host, one memory pages. */
function instead(r: Result): string {
  const hosted = ['dgpu', 'laptop-dgpu', 'dc-gpu'].includes(r.device.class);
  const paging = r.terms.paging_tpot_s?.value,
    layers = r.terms.layers_on_device?.value;
  if (hosted && known(layers))
    return fill(en.sentence.offload, { n: Math.floor(layers), layers: digits(r.terms.layers?.value ?? 0) });
  return !hosted && known(paging) && paging > 0
    ? fill(en.sentence.paging, { time: show(paging, 's', 2) })
    : '';
}
