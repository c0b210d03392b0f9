import { css, html, type TemplateResult } from 'lit';
import { known } from '../format';
import { fill, language, listed, msg, prose, sentence, tags } from '../i18n';
import { elements as words } from '../i18n/elements';
import { sureness } from '../sentences';
import type { Frame } from '../state';
import { needed, spread, term, text } from '../ui/terms';
import { asked, required } from './asked';
import type { Look, Named, Posed, Shown } from './look';
import { markStyles } from './marks';
import { data } from './said';
import { inFull } from './subject';

/** So many terms are named of all that an answer has. */
const most = 12;

function pose(attributes: readonly Named[], frame: Frame): Posed {
  const { query, notes } = asked(attributes, frame, ['term'], [...required, 'term']);
  return { notes, asked: [{ query }] };
}

const idOf = ({ attributes }: Shown): string =>
  attributes.find(({ name }) => name === 'term')?.value.trim() ?? '';

/** The term that there is none of, with those that are called most like it. */
function wrong(shown: Shown): string[] {
  const [{ result: r, errors }] = shown.questions;
  const id = idOf(shown);
  if (errors.length || !r || Object.hasOwn(r.terms, id)) return errors;
  const pieces = new Set(id.toLowerCase().split(/[^a-z0-9]+/));
  const alike = (one: string): number =>
    one
      .toLowerCase()
      .split('_')
      .filter((piece) => pieces.has(piece)).length;
  const all = Object.keys(r.terms).sort((a, b) => alike(b) - alike(a));
  const terms = listed(all.slice(0, most));
  return [fill(words.noTerm, { term: id.slice(0, 40), terms, n: all.length - most })];
}

/** With the range, the question and the data for who points at it or does not see it. */
function draw(shown: Shown): TemplateResult {
  const { answer } = shown.questions[0];
  const r = answer.result!;
  const id = idOf(shown);
  const t = term(r, id);
  const range = spread(t) || (known(t.value) ? '' : needed(r, id));
  // A speed or an energy of what does not run is no answer without that.
  const verdict =
    r.verdict === 'does_not_run' && range && t.unit !== 'B' ? ` (${msg.verdict[r.verdict]})` : '';
  const question = inFull(answer, shown.frame);
  const more = prose(
    ...[range, question].filter(Boolean).map(sentence),
    sureness(r).title,
    sentence(data(answer))
  );
  return html`<span part="value" lang=${tags[language()]} title=${more}
    >${text(r, id)}${verdict}<span class="vh"> (${more})</span></span
  >`;
}

const styles = css`
  [part='value'] {
    direction: ltr;
    unicode-bidi: isolate;
    position: relative;
    font-variant-numeric: tabular-nums;
  }
  .vh {
    user-select: none;
  }
  [part='error']::before {
    content: ' ';
  }
`;

export const value: Look = { styles: [markStyles, styles], pose, draw, wrong };
