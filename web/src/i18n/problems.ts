import type { EdgewiseProblem } from '../types';
import { fill, localized } from '.';

/** In English the engine speaks for itself. */
const problems = localized('problems', { messages: {}, words: {} });

const member = <T>(of: Record<string, T>, key: string): T | undefined =>
  Object.hasOwn(of, key) ? of[key] : undefined;
/** The code and the names of the values, which no two messages of a code share. */
const keyOf = (code: string, values: object): string =>
  [
    code,
    Object.keys(values)
      .sort((a, b) => (a < b ? -1 : 1))
      .join()
  ]
    .filter(Boolean)
    .join(':');

/** What the engine says, in the language of the page; in its own words where the language has none. */
export function problemText({ code, path, message, values = {} }: EdgewiseProblem): string {
  const { messages, words } = problems;
  const key = keyOf(code, values);
  const exact = member(messages, `${key}@${path}`) ?? member(messages, key);
  const { statement, ...others } = values;
  if (exact === undefined && statement !== undefined && messages.statement !== undefined)
    return fill(messages.statement, {
      statement,
      text: problemText({ code, path, message, values: others })
    });
  const text = exact ?? member(messages, code);
  if (text === undefined) return message;
  const known = Object.entries(values).map(([name, x]) => [name, member(words[name] ?? {}, x) ?? x]);
  return fill(text, { ...Object.fromEntries(known), message });
}
