import { html } from 'lit';
import { context } from '../parts/context';
import { msg, sentence } from '../i18n';
import { sentences } from '../sentences';
import { boxed, poseOne } from './card';
import type { Look } from './look';
import { panels, type Drawing } from './panels';
import { box } from './styles';
import { inFull } from './subject';

const curves: Drawing = (state, a) => context(state, a);
/** How speed and memory change as the context grows. */
export const chart: Look = {
  styles: [box],
  pose: poseOne,
  draw: (shown) => {
    const { answer } = shown.questions[0];
    const said = sentences(answer.result!);
    return boxed(
      shown,
      html`<p part="question">${inFull(answer, shown.frame)}</p>
        <p part="answer">
          <strong part="verdict">${sentence(said.verdict)}</strong>${msg.between}${said.sentence}
        </p>
        ${panels(shown, curves, true)}`
    );
  }
};
