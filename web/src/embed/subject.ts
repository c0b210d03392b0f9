import type { Answer } from '../acts';
import { fill, listed, msg } from '../i18n';
import { elements as words } from '../i18n/elements';
import type { Frame } from '../state';
import type { Result } from '../types';
import { questionOf } from './said';

/** What is asked of what. */
export const subjectOf = (r: Result): string =>
  fill(words.on, { model: r.model.name, device: r.device.name });
/** The same with all that was asked. */
export const inFull = (a: Answer, frame: Frame): string =>
  fill(msg.colon, { label: subjectOf(a.result!), value: listed(questionOf(a, frame)) });
