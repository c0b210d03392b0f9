/** One line of a list. `search` is what it is found by. */
export interface Option {
  id: string;
  name: string;
  group: string;
  detail: string;
  search: string;
}

const plain = (s: string): string =>
  s
    .toLowerCase()
    .normalize('NFKD')
    .replace(/[^a-z0-9.]+/g, ' ')
    .trim();

function holds(o: Option, words: string[]): boolean {
  const text = plain(o.search);
  const tight = text.replace(/ /g, '');
  return words.every((w) => text.includes(w) || tight.includes(w));
}

/**
 * Options that hold every word, by group. What begins with the text comes first within its group; groups keep
 * their order.
 */
export function find(options: Option[], text: string): Option[] {
  const wanted = plain(text);
  if (!wanted) return grouped(options).flatMap(([, members]) => members);
  const words = wanted.split(' ');
  const begins = (o: Option): boolean => plain(o.name).startsWith(wanted);
  return grouped(options.filter((o) => holds(o, words))).flatMap(([, members]) => [
    ...members.filter(begins),
    ...members.filter((o) => !begins(o))
  ]);
}

export function grouped(options: Option[]): [group: string, members: Option[]][] {
  const groups = new Map<string, Option[]>();
  for (const o of options) {
    const members = groups.get(o.group);
    if (members) members.push(o);
    else groups.set(o.group, [o]);
  }
  return [...groups];
}
