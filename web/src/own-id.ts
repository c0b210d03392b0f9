import { isAddress, tame } from './remote';

/** Under which id a preset is to be held; `apart`: beside what is held under it already. */
export interface Under {
  id?: string;
  apart?: boolean;
}

const content = (text: string): string => JSON.stringify({ ...JSON.parse(text), id: '', name: '' });

/**
 * A preset of the user's own as it is held. What comes with the page (`brings`) keeps its id, and where `apart`, two
 * that call themselves the same stay two, unless they are the same but for their names. `held`: the text under an id.
 */
export function ownPreset(
  { asked, text }: { asked: string; text: string },
  { id: given, apart = false }: Under,
  brings: boolean,
  held: (id: string) => string | undefined
): { id: string; text: string } {
  // An id may be anything but the address of another.
  const first = brings || isAddress(asked) ? `${tame(asked).replace(/[^\w.-]+/g, '-')}~own` : asked;
  const place = (copy: number): string => (copy === 1 ? first : `${first}~${copy}`);
  const free = (there: string | undefined): boolean =>
    !apart || there === undefined || content(there) === content(text);
  let copy = 1;
  if (given === undefined) while (!free(held(place(copy)))) ++copy;
  const id = given ?? place(copy);
  const preset = JSON.parse(text) as { name: string };
  const name = copy > 1 ? `${tame(preset.name)} (${copy})` : tame(preset.name);
  return { id, text: JSON.stringify({ ...preset, id, name }) };
}
