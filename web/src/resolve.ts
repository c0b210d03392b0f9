import type { Pinned } from './acts';
import type { Engine } from './engine';
import { problemText } from './i18n/problems';
import { problems } from './problems';
import type { Aside, Choice, Need, Query, Resolved } from './types';

type Fetch = (need: Need) => Promise<void>;

/** A draft that is not used leaves the question, with all that goes with it. */
const undrafted = ({ put_aside }: Choice): Partial<Query> =>
  put_aside.some(({ field }) => field === 'draft_model' || field === 'mtp')
    ? { draft_model: undefined, draft_quant: undefined, task: undefined, mtp: undefined }
    : {};

/** Asks until nothing is lacking that can be had. At once where nothing is: then nobody waits. */
export function resolve(
  engine: Pick<Engine, 'choose' | 'offers'>,
  query: Query,
  fetch: Fetch
): Choice | Promise<Choice> {
  const choice = engine.choose(query);
  const needs = choice.needs.filter((need) => engine.offers(need));
  // What is put aside and empty is in no answer's question: it leaves this one, too.
  const left = Object.fromEntries(choice.put_aside.map(({ field }) => [field, undefined]));
  if (!needs.length) return { ...choice, query: { ...left, ...undrafted(choice), ...choice.query } };
  return Promise.all(needs.map(fetch)).then(() => resolve(engine, query, fetch));
}

/** What of a question names a preset. */
const naming = { model: ['model', 'draft_model'], device: ['device', 'host'] } as const;

/**
 * The same for a link: where it names a model or device that nobody has, the default is taken, and put aside
 * what it named.
 */
export async function resolveLink(
  engine: Pick<Engine, 'choose' | 'offers' | 'catalog'>,
  query: Query,
  fetch: Fetch
): Promise<Resolved> {
  const choice = await resolve(engine, query, fetch);
  const absent = choice.needs.flatMap(({ type, id }): Aside[] =>
    type === 'model' || type === 'device'
      ? naming[type]
          .filter((field) => query[field] === id)
          .map((field) => ({ ...choice.errors.find(({ path }) => path === field), field, asked: id }))
      : []
  );
  if (!absent.length) return choice;
  const { default_query } = engine.catalog;
  const known = Object.fromEntries(absent.map(({ field }) => [field, default_query[field] ?? '']));
  const again = await resolve(engine, { ...query, ...known }, fetch);
  return { ...again, put_aside: [...absent, ...again.put_aside] };
}

/** A pinned question with its answer, or why there is none. */
export async function answerPin(
  engine: Pick<Engine, 'choose' | 'offers' | 'catalog'>,
  pin: Query,
  fetch: Fetch
): Promise<Pinned> {
  try {
    const { query, answer, errors } = await resolveLink(engine, pin, fetch);
    return {
      query: { ...pin, ...query },
      ...(answer ? { result: answer } : { failed: errors.map(problemText)[0] })
    };
  } catch (error) {
    return { query: pin, failed: problemText(problems(error)[0]) };
  }
}
