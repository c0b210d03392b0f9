// Statements of known numbers: a list for the engine, one text in the state and in links.

export const joined = (known: string | string[] | undefined): string =>
  Array.isArray(known) ? known.join(';') : (known ?? '');

export const parted = (known: string | undefined): string[] =>
  (known ?? '')
    .split(/[;\n]/)
    .map((s) => s.trim())
    .filter(Boolean);
