import type { Facts } from './facts';
import { listed, type Language } from './i18n';
import { problemText } from './i18n/problems';
import type { Source } from './sources';
import { same, type Frame, type Loaded, type Note, type State } from './state';
import type { Aside, EdgewiseProblem, Evidence, Query, Result } from './types';

/** What views read beside the state: the answer to a question, and what can be looked up. */
export interface Answer {
  /** The question that was answered, less what was put aside. */
  query: Query;
  result: Result | undefined;
  /** Why the present question has no answer. */
  errors: EdgewiseProblem[];
  pins: Pinned[];
  /** The site's device and what it was before it was measured, model by model. */
  board: Measured[];
  /** Who published what the result was fitted to, once the state asks for it. */
  evidence: Evidence[];
  engine: Facts | undefined;
}
export const unanswered = (query: Query): Answer => ({
  query,
  result: undefined,
  errors: [],
  pins: [],
  board: [],
  evidence: [],
  engine: undefined
});
/** What addresses are read and written against, once the engine is there. */
export const frameOf = ({ engine }: Pick<Answer, 'engine'>, here: string): Frame | undefined =>
  engine && {
    defaults: engine.catalog.default_query,
    limits: engine.catalog.limits,
    texts: engine.catalog.texts,
    flags: engine.catalog.flags,
    here
  };
export interface Pinned {
  query: Query;
  result?: Result;
  failed?: string;
}
export interface Measured {
  before: Pinned;
  after: Pinned;
}

/** A change of the state: members of it (of the question those that change), or something to do. */
export type Patch = Partial<Omit<State, 'query' | 'pins'>> & { query?: Partial<Query> };
export type Action =
  | { do: 'start' }
  | { do: 'reset' }
  /** `lang`: the address names it. */
  | { do: 'speak'; language: Language; lang?: Language }
  /** A change that the engine offers; one can go back from it. */
  | { do: 'try'; change: object }
  /** The present choice, or with these changes. */
  | { do: 'pin'; query?: Partial<Query> }
  /** Once more, beside it, to be changed; no `pin`: the present choice. */
  | { do: 'copy'; pin?: Query }
  | { do: 'alter'; pin: Query; query: Partial<Query> }
  | { do: 'unpin'; pin?: Query }
  /** Takes the newer build of the page. */
  | { do: 'renew' }
  /** Asks once more for what failed. */
  | { do: 'again' }
  | { do: 'forget'; device: string }
  /** `beside`: one of several that came together. */
  | { do: 'take'; input: string | File[]; file: string; beside?: boolean }
  /** What was typed or pasted; `anyway`: though a preset of the page is called so. */
  | { do: 'read'; text: string; source?: Source; files?: string[]; anyway?: true }
  /** Ends the reading that is under way. */
  | { do: 'stop' }
  | { do: 'rename'; kind: 'model' | 'device'; id: string; name: string }
  | { do: 'keep'; kind: 'model' | 'device'; id: string }
  | { do: 'drop'; kind: 'model' | 'device'; id: string }
  /** Adds a catalog for good, or asks for it once more. */
  | { do: 'list'; catalog: string }
  | { do: 'unlist'; catalog: string };
/** The only writer of the state. Done when what follows from it is there. */
export type Act = (change: Patch | Action) => Promise<void>;

/** The answers to pinned questions, those that are there. */
export const answersOf = (pins: Query[], answers: Pinned[]): Pinned[] =>
  pins.flatMap((pin) => answers.find((p) => p.query === pin) ?? []);

/**
 * The present choice with the runtime and quantization that the engine chose, so that it stays what it is.
 */
export const resolved = ({ query, result: r }: Pick<Pinned, 'query' | 'result'>): Query | undefined =>
  r && { ...query, runtime: r.runtime.id, quant: r.quantization.id };
/** A change of the question as the engine says it: null is left out, lists are one text. */
export const changeOf = (change: object): Partial<Query> =>
  Object.fromEntries(
    Object.entries(change).map(([k, v]: [string, unknown]) => [
      k,
      Array.isArray(v) ? v.join(';') : (v ?? undefined)
    ])
  );
export function isPinned(answer: Answer): boolean {
  const query = resolved(answer);
  return !!query && answer.pins.some((p) => same(resolved(p) ?? p.query, query));
}

/** What is to be said of a link before it is answered. `present`: the revision of the presets here. */
export function notesOf({ badVersion, revision, unknown, refused }: Loaded, present: string): Note[] {
  const notes: Note[] = [];
  if (badVersion !== undefined) notes.push({ kind: 'badVersion', v: badVersion });
  if (revision && revision !== present) notes.push({ kind: 'otherPresets' });
  const keys = listed(unknown.map(([k]) => k));
  if (keys) notes.push({ kind: 'unknownKeys', keys });
  return [...notes, ...refused.map(([key, value]) => ({ kind: 'badValue' as const, key, value }))];
}

/** Why a choice was put aside, where it is known. */
const whyOf = ({ field: path, code, message = '', values }: Aside): EdgewiseProblem | undefined =>
  code ? { code, path, message, values } : undefined;
/** Counts that do not matter here: nothing is shown in their place. */
const isUseless = ({ field }: Aside): boolean =>
  ['threads', 'images', 'audio_s', 'gpu_memory_gib'].includes(field);
/** That something of a link is not what is shown. */
function noteOf(aside: Aside): Note {
  const why = whyOf(aside);
  return { kind: 'replaced', field: aside.field, id: aside.asked, ...(why && { why }) };
}

/** What a model may not go with. */
const ofModels: string[] = ['runtime', 'draft_model', 'mtp'];
/** The members of a question that were changed, or the link that brought it whole. */
export type Changed = string[] | 'link';
/**
 * What is said of what does not go with the rest: of a link all of it, else what was asked for just now, and a
 * runtime that does not run the model that was, or who does not draft for it, and a quantization that does not go with
 * what was chosen.
 */
export function saidOf(aside: Aside[], notes: Note[], changed: Changed): Partial<State> {
  if (changed === 'link')
    return {
      notes: notes.concat(aside.filter((one) => !isUseless(one)).map(noteOf)),
      aside: aside.filter(isUseless).flatMap((one) => whyOf(one) ?? [])
    };
  const about = ({ field }: Aside): boolean =>
    changed.includes(field) ||
    (ofModels.includes(field) && changed.includes('model')) ||
    (field === 'quant' && ['model', 'device', 'runtime'].some((of) => changed.includes(of)));
  const first = aside.find(about);
  const why = first && whyOf(first);
  if (!why) return { aside: [] };
  const stays = [...ofModels, 'quant'].includes(why.path);
  return stays ? { aside: [why] } : { aside: [], toast: problemText(why) };
}

/** What a preset that was just brought is asked with. */
export const usingPreset = (kind: 'model' | 'device', id: string): Partial<Query> =>
  kind === 'model' ? { model: id, quant: '' } : { device: id, runtime: '', power_mode: '' };
