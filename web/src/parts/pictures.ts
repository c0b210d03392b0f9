import { html, type TemplateResult } from 'lit';
import type { Act } from '../acts';
import { energyOf, stated } from '../export';
import { show } from '../format';
import { fill, msg } from '../i18n';
import { reason } from '../problems';
import { sentences, titleOf } from '../sentences';
import type { Result } from '../types';
import { download, downloadBlob } from '../ui/clipboard';
import { cardPicture, picture, png, type Card } from '../ui/picture';
import { spread, term } from '../ui/terms';

type Kind = 'svg' | 'png';

function card(r: Result): Card {
  const { verdict, sentence, speed } = sentences(r);
  const numbers = (
    [
      ['memory_B', msg.big.memory],
      ['ttft_s', msg.big.ttft],
      ['decode_tok_s', msg.big.speed],
      ['energy_per_token_J', energyOf(r)]
    ] as const
  ).map(([id, label]) => ({
    label,
    value: show(term(r, id).value, term(r, id).unit),
    range: spread(term(r, id))
  }));
  return {
    title: titleOf(r),
    verdict,
    sentence: `${sentence} ${speed}`,
    numbers,
    stated: stated(r),
    foot: `${msg.name} · ${location.host}`
  };
}

/** The answer and its charts, as pictures to be saved. */
export function pictures(r: Result, name: string, act: Act): TemplateResult {
  const save = async (what: string, svg: string, kind: Kind): Promise<void> => {
    const file = `${name}-${what}.${kind}`;
    try {
      if (kind === 'svg') download(file, 'image/svg+xml', svg);
      else downloadBlob(file, await png(svg));
      await act({ toast: fill(msg.actions.saved, { name: file }) });
    } catch (error) {
      await act({ toast: reason(error) });
    }
  };
  const charts = [...document.querySelectorAll<SVGSVGElement>('#answer svg[role=img]')];
  const row = (label: string, what: string, draw: () => string): TemplateResult =>
    html`<p class="picture">
      <span>${label}</span>
      ${(['svg', 'png'] as const).map(
        (kind) =>
          html`<button type="button" @click=${() => void save(what, draw(), kind)}>
            ${kind.toUpperCase()}<span class="vh"> ${label}</span>
          </button>`
      )}
    </p>`;
  const place = document.querySelector('#answer .hero') ?? document.body;
  return html`${row(msg.actions.picture, 'answer', () => cardPicture(card(r), place))}
  ${charts.map((chart, i) => {
    const title = chart.querySelector('title')?.textContent ?? '';
    return row(title, `chart-${i + 1}`, () => picture(chart, title));
  })}`;
}
