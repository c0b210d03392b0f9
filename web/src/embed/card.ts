import { html, nothing, type TemplateResult } from 'lit';
import { known, measure } from '../format';
import { language, listed, msg, prose, sentence, tags } from '../i18n';
import { embed as words } from '../i18n/embed';
import { linkNaming } from '../link';
import { sentences, sureness } from '../sentences';
import { site } from '../site';
import type { Frame } from '../state';
import type { Result } from '../types';
import { scopeOf, spread, term } from '../ui/terms';
import { asked } from './asked';
import type { Look, Named, Posed, Shown } from './look';
import type { Question } from './question';
import { data, questionOf } from './said';
import { box, cardStyles, verdicts } from './styles';

/** One question, however it is viewed. */
export function poseOne(attributes: readonly Named[], frame: Frame): Posed {
  const { query, notes } = asked(attributes, frame, ['view']);
  return { notes, asked: [{ query }] };
}
/** The answer and four numbers, with the question and the data that it rests on. */
export const card: Look = { styles: [box, verdicts, cardStyles], pose: poseOne, draw: drawCard };

/** Where the page answers the same, naming all that was asked. */
export const linkOf = ({ answer }: Pick<Question, 'answer'>, at?: Parameters<typeof linkNaming>[3]): string =>
  linkNaming(answer, new URL('./', site), language(), at);

/** The box around whatever is shown: with the data at its foot, and the link. */
export function boxed({ questions: [question], scheme }: Shown, content: unknown): TemplateResult {
  const { answer, asides } = question;
  const r = answer.result!;
  return html`<article part="card" class=${r.verdict} data-scheme=${scheme} lang=${tags[language()]}>
    ${content}
    <footer part="footer">
      <span>${prose(sureness(r).title, sentence(data(answer)), ...asides)}</span>
      <a part="link" href=${linkOf(question)} target="_blank" rel="noopener">${words.open}</a>
    </footer>
  </article>`;
}

export function drawCard(shown: Shown): TemplateResult {
  const { questions, frame } = shown;
  const { answer } = questions[0];
  const r = answer.result!;
  const s = sentences(r);
  const content = html`<h2 part="verdict">${s.verdict}</h2>
    <p part="question">${listed(questionOf(answer, frame))}</p>
    <p part="answer">${prose(s.sentence, s.speed)}</p>
    <dl part="numbers">
      ${item(r, 'memory_B', msg.big.memory)}${item(r, 'ttft_s', msg.big.ttft)}
      ${item(r, 'decode_tok_s', msg.big.speed)}${item(r, 'energy_per_token_J', msg.big.energy)}
    </dl>`;
  return boxed(shown, content);
}

function item(r: Result, id: string, label: string): TemplateResult {
  const t = term(r, id);
  // Of some energies the ends are known, and no value between them.
  const ends = spread(t);
  const { number, unit } = known(t.value)
    ? measure(t.value, t.unit)
    : { number: ends || msg.unknown, unit: '' };
  const range = known(t.value) ? html`<small>${ends}</small>` : nothing;
  const scope = id === 'energy_per_token_J' && number !== msg.unknown ? scopeOf(r) : '';
  return html`<div>
    <dt>${scope ? listed([label, scope]) : label}</dt>
    <dd><b>${number}</b> ${unit}${range}</dd>
  </div>`;
}
