import { digits, known, show, whole } from './format';
import { msg, fill, prose, sentence } from './i18n';
import { problemText } from './i18n/problems';
import type { Result } from './types';

const devices = (r: Result): number => r.query.devices ?? 1;
/** Memory of all devices of the question together; NaN where it is unknown. */
export const ofAll = (r: Result, id: 'usable_B' | 'capacity_B'): number =>
  devices(r) * (r.terms[id]?.value ?? NaN);
const named = (r: Result): string =>
  devices(r) > 1 ? `${whole(devices(r))} × ${r.device.name}` : r.device.name;

/** The answer in words, with the digits that the page shows. */
export function sentences(r: Result): { verdict: string; sentence: string; speed: string } {
  const memory = show(r.terms.memory_B?.value, 'B');
  const usable = show(ofAll(r, 'usable_B'), 'B');
  const verdict = msg.verdict[r.verdict];
  // Of a file that nobody has, what it would take is no answer.
  const unmade = r.warnings.find(({ code }) => code === 'ternary');
  if (unmade) return { verdict, sentence: sentence(problemText(unmade)), speed: '' };
  return {
    verdict,
    sentence: fill(needs(r), {
      model: r.model.name,
      device: named(r),
      memory,
      usable,
      low: show(r.terms.memory_B?.low, 'B'),
      high: show(r.terms.memory_B?.high, 'B')
    }),
    speed: prose(
      r.instead ? instead(r.instead, msg.sentence) : '',
      ...(!r.instead || (r.instead.kind === 'host' && known(r.instead.tpot_s))
        ? [speed(r), ...further(r)]
        : [])
    )
  };
}

/** What is needed beside what there is: the range says whether it is less, and some leave parts to a host of their own will. */
function needs(r: Result): string {
  const { value, low } = r.terms.memory_B ?? {};
  const usable = ofAll(r, 'usable_B');
  if (r.verdict === 'with_host' && known(value) && value <= usable) return msg.sentence.runs_well;
  if (r.verdict === 'does_not_run' && known(low) && low <= usable) return msg.sentence.crosses;
  return msg.sentence[r.verdict];
}

function speed(r: Result): string {
  const writes = r.query.generate !== 0;
  const t = writes ? r.terms.decode_tok_s : r.terms.prefill_tok_s;
  if (!known(t?.value)) return msg.sentence.speedUnknown;
  const bounds = msg.bounds as Record<string, string>;
  const by = r.bound[writes ? 'decode' : 'prefill'];
  const { speed: plain, speedRange, reads, readsRange } = msg.sentence;
  const values = { rate: digits(t.value), bound: bounds[by] ?? by };
  if (!known(t.low) || !known(t.high)) return fill(writes ? plain : reads, values);
  return fill(writes ? speedRange : readsRange, {
    ...values,
    low: digits(t.low, 2),
    high: digits(t.high, 2)
  });
}

/** What each of several requests gets, and what of it is slow, as the engine says. */
const further = ({
  query: { batch = 1, generate },
  slow,
  terms: { tpot_mean_s: each, ttft_s },
  warnings
}: Result): string[] => {
  const starts = starting(warnings);
  return [
    batch > 1 && generate !== 0 && known(each?.value)
      ? fill(msg.sentence.each, { n: batch, rate: digits(1 / each.value) })
      : '',
    slow.decode ? msg.sentence.slowDecode : '',
    slow.ttft ? fill(msg.sentence.slowTtft, { time: show(ttft_s?.value, 's') }) : '',
    starts ? fill(msg.sentence.starts, starts) : ''
  ];
};

/** Of a runtime that would not start as it is asked: its option, and the largest share with which it starts. */
export const starting = (warnings: Result['warnings']): Record<string, string> | undefined =>
  warnings.find(({ code }) => code === 'refuses_to_start')?.values;

/** What happens where it does not fit, as the engine says. */
export function instead(
  { kind, layers_on_device: on, experts_on_host: experts, layers, tpot_s }: NonNullable<Result['instead']>,
  words: { host: string; experts: string; hostUnknown: string; paging: string; out_of_memory: string }
): string {
  if (kind === 'host' && known(on) && on >= layers && experts > 0)
    return fill(words.experts, { n: whole(experts), layers: whole(layers) });
  if (kind === 'host')
    return known(on) ? fill(words.host, { n: whole(on), layers: whole(layers) }) : words.hostUnknown;
  return kind === 'paging' && known(tpot_s)
    ? fill(words.paging, { time: show(tpot_s, 's', 2) })
    : words.out_of_memory;
}

/** What an answer is of, in one line. */
export const titleOf = (r: Result): string =>
  `${r.model.name}, ${r.quantization.id} · ${r.device.name} · ${r.runtime.name}`;

/** In sentences. */
export function sureness({ sure: { level, configurations: n } }: Result): { title: string; text: string } {
  return { title: sentence(fill(msg.sure[level], { n })), text: msg.sure[`${level}Text`] };
}

/** Whether it rests on what was measured on the device; what does not is drawn hollow. */
export const isMeasured = (level: Result['sure']['level']): boolean =>
  level === 'corrected' || level === 'measured' || level === 'fitted';
