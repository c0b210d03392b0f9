import type { Answer } from '../acts';
import { whole } from '../format';
import { fill, msg, stopped } from '../i18n';
import { embed as words } from '../i18n/embed';
import { problemText } from '../i18n/problems';
import type { Frame, Note } from '../state';
import { modeOf } from '../parts/mode';
import type { Query } from '../types';
import { attributeOf, unusual } from './asked';

/**
 * All that was asked beside the model and the device, in words where there are any: what is the default goes without
 * saying, but for the workload.
 */
export function questionOf({ engine, query, result }: Answer, frame: Frame): string[] {
  const r = result!;
  const { prompt, generate, depth, batch, context } = query;
  const worded = new Set<keyof Query>([
    'model',
    'device',
    'quant',
    'runtime',
    'power_mode',
    'prompt',
    'generate',
    'depth',
    'batch',
    'context'
  ]);
  const others = unusual(query, frame).flatMap(([field, value]) =>
    worded.has(field) ? [] : [`${attributeOf(field)} ${value}`]
  );
  return [
    r.quantization.id,
    // What a launcher starts has its defaults.
    r.launcher?.name ?? '',
    r.runtime.name,
    modeOf(engine, r.device.id, query.power_mode),
    fill(words.tokens, { prompt: whole(prompt), generate: whole(generate) }),
    depth > 0 ? fill(words.depth, { n: whole(depth) }) : '',
    batch > 1 ? fill(words.batch, { n: whole(batch) }) : '',
    context > 0 ? fill(words.context, { n: whole(context) }) : '',
    ...others
  ];
}

/** What an answer rests on. */
export function data({ engine }: Answer): string {
  const { revision, date } = engine!.index;
  const { version } = engine!;
  return date === undefined
    ? fill(words.dataUndated, { version, revision })
    : fill(words.data, { version, revision, date });
}

/** What keeps an element from its answer, or goes with it. */
export function noteText(note: Note): string {
  if (note.kind === 'said') return note.text;
  if (note.kind === 'otherPresets') return msg.notes.otherPresets;
  if (note.kind === 'badVersion') return fill(words.badVersion, { v: note.v });
  if (note.kind === 'unknownKeys') return fill(words.unknownKeys, { keys: note.keys });
  const { key, value } = note.kind === 'badValue' ? note : { key: attributeOf(note.field), value: note.id };
  const why = note.kind === 'replaced' && note.why ? stopped(problemText(note.why)) : '';
  return why ? `${key}: ${why}` : fill(words.badValue, { key, value });
}
