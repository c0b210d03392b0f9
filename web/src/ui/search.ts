/** One line of a list. `search` is what it is found by. */
export interface Option {
  id: string;
  name: string;
  group: string;
  detail: string;
  /** In place of the detail, where the list has columns: a text for each. */
  cells?: string[];
  /** Of a list with columns: the verdict on it. */
  verdict?: string;
  search: string;
  /** How often it was measured: of what a text fits alike, the first is what most people mean. */
  popular: number;
}

/** Of ids the point of a number, too: phi-1_5 is 1.5. */
const plain = (s: string): string =>
  s
    .toLowerCase()
    .normalize('NFKD')
    .replace(/(\d)_(?=\d)/g, '$1.')
    .replace(/[^\p{L}\p{N}.]+/gu, ' ')
    .trim();

/** A text with the names of makers and families that another language has in the letters of presets. */
export const romanized = (text: string, names: Record<string, string>): string =>
  Object.entries(names).reduce(
    (t, [name, roman]) => t.replaceAll(name, ` ${roman} `),
    text.normalize('NFKC')
  );

/** What a text means by the names that presets go by; not sure: what merely looks like it. */
export interface Meant {
  ids: string[];
  sure: boolean;
}

/** The words of a text; of one that ends in a number, as qwen3 does, also what comes before that. */
const wordsOf = (text: string): string[] =>
  plain(text)
    .split(' ')
    .flatMap((w) => {
      const stem = /^([a-z]{3,})[\d.]+$/.exec(w)?.[1];
      return stem ? [w, stem] : [w];
    });

/** Its words, made once: each key that is typed asks every option. */
const made = new WeakMap<Option, { name: string[]; all: string[] }>();
function findable(o: Option): { name: string[]; all: string[] } {
  let words = made.get(o);
  if (!words) made.set(o, (words = { name: wordsOf(`${o.name} ${o.id}`), all: wordsOf(o.search) }));
  return words;
}

/**
 * How well an option holds all of some words: 3, as words of its name; 2, as beginnings of these; 1, also in
 * what else it is found by; 0, not. A text is never found inside a word.
 */
function fit(o: Option, words: string[]): number {
  const { name, all } = findable(o);
  if (words.every((w) => name.includes(w))) return name[0].startsWith(words[0]) ? 3.5 : 3;
  if (words.every((w) => name.some((x) => x.startsWith(w)))) return name[0].startsWith(words[0]) ? 2.5 : 2;
  // Chinese has no spaces between its words.
  const holds = (x: string, w: string): boolean => x.startsWith(w) || (!/[ -~]/.test(w) && x.includes(w));
  return words.every((w) => all.some((x) => holds(x, w))) ? 1 : 0;
}

/** More nobody reads through; another word finds less. */
const most = 60;

/** Numbers together with what they are of, as names have them: "8 gb" is 8gb. */
const measured = (text: string): string => text.replace(/(\d) (?=(?:gb|gib|b|m)\b)/g, '$1');
/** A family together with its number, as some names have them: "qwen 3" may be qwen3. */
const joined = (text: string): string => text.replace(/([a-z]) (?=\d)/g, '$1');

/**
 * What a text finds, the likeliest first: what it means, then what holds its words; of equals the popular first. Where
 * nothing does, what looks like it, in a group called `alike`. Without a text, everything in the order of the list.
 */
export function find(
  options: Option[],
  text: string,
  meant: (text: string) => Meant,
  alike: string
): Option[] {
  const wanted = measured(plain(text));
  // Signs alone find nothing.
  if (!wanted && text.trim()) return [];
  if (!wanted) return grouped(options).flatMap(([, members]) => members);
  const written = [...new Set([wanted, joined(wanted)])].map((form) => form.split(' '));
  const { ids, sure } = meant(text);
  const rank = (o: Option): number => {
    const score = Math.max(...written.map((words) => fit(o, words)));
    return ids.includes(o.id) && sure ? 4 + (score >= 3 ? 1 : 0) : score;
  };
  const found = options.map((o) => ({ o, score: rank(o) })).filter(({ score }) => score > 0);
  found.sort((a, b) => b.score - a.score || b.o.popular - a.o.popular);
  if (found.length) return found.map(({ o }) => o).slice(0, most);
  return ids.flatMap((id) => options.filter((o) => o.id === id)).map((o) => ({ ...o, group: alike }));
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
