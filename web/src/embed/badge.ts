import { css, html, nothing, type TemplateResult } from 'lit';
import { known } from '../format';
import { language, prose, tags } from '../i18n';
import { sentences } from '../sentences';
import { spread, term, text } from '../ui/terms';
import { verdictMark } from '../ui/verdict';
import { linkOf, poseOne } from './card';
import type { Look, Shown } from './look';
import { markStyles } from './marks';
import { palette, verdicts } from './styles';
import { inFull, subjectOf } from './subject';

/** One line: what is asked of, the verdict and the decode speed, all of it a link. */
function draw({ questions: [question], frame, scheme }: Shown): TemplateResult {
  const r = question.answer.result!;
  const { verdict, sentence, speed } = sentences(r);
  const range = spread(term(r, 'decode_tok_s'));
  // What does not run has no speed, and where nobody knows it, its verdict says enough.
  const rate = known(term(r, 'decode_tok_s').value)
    ? html`<b part="speed"
        >${text(r, 'decode_tok_s')}${range ? html`<span class="vh"> ${range}</span>` : nothing}</b
      >`
    : nothing;
  return html`<a
    part="badge"
    class=${r.verdict}
    data-scheme=${scheme}
    lang=${tags[language()]}
    href=${linkOf(question)}
    target="_blank"
    rel="noopener"
    title=${prose(inFull(question.answer, frame), sentence, speed)}
    >${verdictMark(r.verdict)}<span part="subject">${subjectOf(r)}</span
    ><span part="verdict">${verdict}</span>${rate}</a
  >`;
}

const styles = css`
  [part='badge'] {
    ${palette}
    display: inline-flex;
    flex-wrap: wrap;
    gap: 0 0.5em;
    align-items: center;
    box-sizing: border-box;
    max-width: 100%;
    padding: 0.15em 0.6em;
    font: 0.8125rem/1.5 var(--edgewise-font, system-ui, sans-serif);
    font-variant-numeric: tabular-nums;
    color: var(--ink);
    background: var(--paper);
    border: 1px solid var(--line);
    border-radius: 1em;
    text-decoration: none;
    vertical-align: middle;
    direction: ltr;
  }
  [data-scheme='dark'] {
    color-scheme: dark;
  }
  [part='badge']:hover {
    border-color: currentColor;
  }
  [part='badge']:focus-visible {
    outline: 2px solid var(--accent);
    outline-offset: 2px;
  }
  /* A long name wraps beside the mark, not below it. */
  [part='subject'] {
    max-width: calc(100% - 1.7em);
  }
  [part='verdict'] {
    color: var(--verdict);
  }
`;

export const badge: Look = { styles: [verdicts, markStyles, styles], pose: poseOne, draw };
