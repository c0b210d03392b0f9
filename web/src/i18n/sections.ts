import type { answer as Answer } from './en/answer';
import type { accuracy as Accuracy } from './en/accuracy';
import type { bring as Bring } from './en/bring';
import type { board as Board } from './en/board';
import type { catalogs as Catalogs } from './en/catalogs';
import type { classes as Classes } from './en/classes';
import type { compare as Compare } from './en/compare';
import type { elements as Elements } from './en/elements';
import type { embed as Embed } from './en/embed';
import type { explore as Explore } from './en/explore';
import type { form as Form } from './en/form';
import type { handing as Handing } from './en/handing';
import type { known as Known } from './en/known';
import type { levers as Levers } from './en/levers';
import type { method as Method } from './en/method';
import type { more as More } from './en/more';
import type { page as Page } from './en/page';
import type { panels as Panels } from './en/panels';
import type { provenance as Provenance } from './en/provenance';
import type { quality as Quality } from './en/quality';

/** How a language words what the engine says: messages by `code:names` of their values, and values that are words. */
export type Problems = {
  messages: Record<string, string>;
  words: Record<string, Record<string, string>>;
};
/** A term's label, note and, where its formula is in words, that. */
export type TermWords = readonly [label: string, note: string, formula?: string];

/** What a language must have: the shape of the English. */
export interface Sections {
  main: typeof Page & typeof Form & typeof Answer & typeof Panels;
  classes: typeof Classes;
  accuracy: typeof Accuracy;
  board: typeof Board;
  catalogs: typeof Catalogs;
  bring: typeof Bring;
  compare: typeof Compare;
  elements: typeof Elements;
  embed: typeof Embed;
  explore: typeof Explore;
  handing: typeof Handing;
  known: typeof Known;
  levers: typeof Levers;
  method: typeof Method;
  more: typeof More;
  problems: Problems;
  provenance: typeof Provenance;
  quality: typeof Quality;
}
/** What is fetched with the views that show it. */
export interface Later {
  terms: Record<string, TermWords>;
}
