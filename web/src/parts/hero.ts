import { html, noChange, type TemplateResult } from 'lit';
import type { Act, Answer } from '../acts';
import { known, measure, show, whole } from '../format';
import { msg, fill, listed, prose, sentence } from '../i18n';
import { problemText } from '../i18n/problems';
import { origins, type Origin } from '../origin';
import { ofAll, sentences, sureness } from '../sentences';
import type { State } from '../state';
import type { Result } from '../types';
import { needed, scopeOf, spread, term, text } from '../ui/terms';
import { verdictMark } from '../ui/verdict';
import { actions } from './actions';
import { edited, provenance, quality } from './views';
import { ways } from './ways';

/** The answer: verdict, sentence, how sure, four numbers; `ahead` of what can be done about it. */
export function hero(state: State, a: Answer, r: Result, act: Act, ahead: boolean): TemplateResult {
  const then = (part: () => unknown): unknown => (ahead ? noChange : part());
  return html`<section class="panel hero" aria-labelledby="verdict">
    ${headline(r)}
    ${edited(state, a, act)}${then(() => ways(state, a, r, act))}${sure(r)}${then(() => quality(state, a, act))}${provenance(state, a, act)}${numbers(a, r, act)}
    ${warnings(r).map((said) => html`<p class="note">${said}</p>`)} ${then(() => actions(state, a, r, act))}
  </section>`;
}

/** Verdict and sentence. */
export function headline(r: Result): TemplateResult {
  const { verdict, sentence: said, speed } = sentences(r);
  return html`<div class="verdict ${r.verdict}">
      ${verdictMark(r.verdict)}
      <h2 id="verdict" tabindex="-1">${verdict}</h2>
    </div>
    <p class="sentence">${prose(said, speed)}</p>`;
}

/** What an answer is to be read with; of edits a line of its own tells. */
export function warnings(r: Result): string[] {
  const said = r.warnings.filter((w) => w.code !== 'edited').map(problemText);
  return said.map(sentence);
}

function sure(r: Result): TemplateResult {
  const { title, text: why } = sureness(r);
  const ranged = known(term(r, 'decode_tok_s').low);
  return html`<p class="sure ${r.sure.level}">
    <span class="dots" aria-hidden="true"><i></i><i></i><i></i><i></i></span>
    <span><strong>${title}</strong>${msg.between}${prose(why, ranged ? msg.sure.interval : '')}</span>
  </p>`;
}

function numbers(a: Answer, r: Result, act: Act): TemplateResult {
  const how = origins(a, r);
  const corrected = (kind: string, origin: Origin): Origin =>
    r.known?.some((k) => k.kind === kind && !k.elsewhere) ? 'corrected' : origin;
  const batch = r.query.batch ?? 1;
  const step = show(term(r, 'tpot_mean_s').value, 's');
  const prompt = term(r, 'prompt_tokens').value ?? r.query.prompt ?? 0;
  const read = whole(prompt);
  const reading = prompt > 0 ? 'prefill' : 'decode';
  const notes = {
    memory: fill(msg.big.memoryNote, { usable: show(ofAll(r, 'usable_B'), 'B') }),
    ttft: fill(prompt > 0 ? msg.big.ttftNote : msg.big.ttftStep, {
      n: batch > 1 ? `${batch} × ${read}` : read,
      rate: text(r, 'prefill_tok_s')
    }),
    speed: fill(batch > 1 ? msg.big.speedNoteBatch : msg.big.speedNote, { time: step, n: batch }),
    energy: listed([fill(msg.big.energyNote, { power: text(r, 'decode_w') }), scopeOf(r)].filter(Boolean))
  };
  return html`<div class="bigs" role="group" aria-label=${msg.big.label}>
    ${card(r, act, 'memory_B', msg.big.memory, notes.memory, 'computed')}
    ${card(r, act, 'ttft_s', msg.big.ttft, notes.ttft, corrected(reading, how[reading]))}
    ${card(r, act, 'decode_tok_s', msg.big.speed, notes.speed, corrected('decode', how.decode))}
    ${card(r, act, 'energy_per_token_J', msg.big.energy, notes.energy, corrected('power', how.power))}
  </div>`;
}

function card(r: Result, act: Act, id: string, label: string, note: string, origin: Origin): TemplateResult {
  const t = term(r, id);
  const why = fill(msg.big.why, { label });
  return html`<button type="button" class="big" data-term=${id} @click=${() => void act({ why: [id] })}>
    <span class="label">${label}</span>
    ${known(t.value) ? shown(r, id, origin, note) : absent(r, id)}
    <span class="vh">${known(t.value) ? '' : '. '}${why}</span>
  </button>`;
}

function shown(r: Result, id: string, origin: Origin, sub: string): TemplateResult {
  const t = term(r, id);
  const { number, unit } = measure(t.value ?? 0, t.unit);
  return html`<span class="value"><b>${number}</b> <i>${unit}</i></span>
    <span class="range">${spread(t) || html`&nbsp;`}</span>
    <span class="how ${origin}"><span class="vh">. </span>${msg.how[origin]}</span>
    <span class="sub">${sub}</span>`;
}

function absent(r: Result, id: string): TemplateResult {
  const range = spread(term(r, id));
  return html`<span class="value missing"><b>${range || msg.unknown}</b></span>
    <span class="range"></span>
    <span class="sub">${range ? scopeOf(r) : needed(r, id, 3)}</span>`;
}
