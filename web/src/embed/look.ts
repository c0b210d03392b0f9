import type { CSSResultOrNative, TemplateResult } from 'lit';
import type { Frame, Note } from '../state';
import type { Asked, Question } from './question';
import type { Scheme } from './theme';

/** An attribute as it was when it was asked. */
export type Named = Pick<Attr, 'name' | 'value'>;
/** What an element asks; `notes`: what keeps it from being asked. */
export interface Posed {
  notes: Note[];
  asked: Asked[];
}
/** What an element shows: its questions, of which one at least has an answer. */
export interface Shown {
  questions: Question[];
  /** Those that asked them. */
  attributes: readonly Named[];
  frame: Frame;
  scheme: Scheme;
}
/** How an element asks and shows; fetched with the first that needs it. */
export interface Look {
  styles: CSSResultOrNative[];
  pose(attributes: readonly Named[], frame: Frame): Posed;
  draw(shown: Shown): TemplateResult;
  /** Why it is not drawn; left out: why its questions have no answer. */
  wrong?(shown: Shown): string[];
  /** What went wrong though it is drawn. */
  partly?(shown: Shown): string[];
}
