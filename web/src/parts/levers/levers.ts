import { LitElement, html, nothing, type TemplateResult } from 'lit';
import type { Act, Answer } from '../../acts';
import { fill } from '../../i18n';
import { levers as words } from '../../i18n/levers';
import { parted } from '../../known';
import { problems } from '../../problems';
import type { State } from '../../state';
import '../../styles/levers.css';
import { problemList } from '../../ui/list';
import { edit } from './edit';
import { rooflinePanel } from './roofline';
import { sweepPanel, type Axis } from './sweep';
import { whatIf, type Wanted } from './what-if';

const names = ['edit', 'whatIf', 'sweep', 'roofline'] as const;
type Name = (typeof names)[number];
/** Along what an answer is swept at first. */
const usual: Axis = 'depth';

/** What may be changed and what comes of it. A panel asks the engine once it is open. */
export class Levers extends LitElement {
  static properties = {
    state: { attribute: false },
    answer: { attribute: false },
    open: { state: true },
    wanted: { state: true }
  };
  declare state: State;
  declare answer: Answer;
  declare act: Act;
  declare open: ReadonlySet<Name>;
  declare wanted: Wanted;

  constructor() {
    super();
    this.open = new Set();
    this.wanted = 'decode_tok_s';
  }
  protected createRenderRoot(): HTMLElement {
    return this;
  }
  connectedCallback(): void {
    super.connectedCallback();
    if (this.state?.query.set) this.open = new Set(['edit']);
  }

  #content(name: Name): TemplateResult {
    const { state, answer: a, act } = this;
    const r = a.result!;
    const of: Record<Name, () => TemplateResult> = {
      edit: () => edit(state, a, r, act),
      whatIf: () => whatIf(a, r, this.wanted, (wanted) => (this.wanted = wanted), act),
      sweep: () => sweepPanel(a, r, state.sweep ?? usual, (sweep) => void act({ sweep })),
      roofline: () => rooflinePanel(a, r)
    };
    return of[name]();
  }
  /** It is the larger engine that knows; it comes with the first touch of the page. */
  #whole(name: Name): TemplateResult | typeof nothing {
    const { engine } = this.answer;
    if (engine?.isWhole) return this.#asked(name);
    engine?.hasten();
    return nothing;
  }
  #asked(name: Name): TemplateResult {
    try {
      return this.#content(name);
    } catch (error) {
      return html`<div class="alert" role="alert">${problemList(problems(error))}</div>`;
    }
  }
  #panel(name: Name): TemplateResult {
    const open = name === 'sweep' ? this.state.sweep !== undefined : this.open.has(name);
    const n = parted(this.state.query.set).length;
    const title = name === 'edit' && n ? fill(words.edit.titleSet, { n }) : words[name].title;
    const toggled = (e: Event): void => {
      const now = (e.target as HTMLDetailsElement).open;
      if (e.target !== e.currentTarget || now === open) return;
      if (name === 'sweep') return void this.act({ sweep: now ? usual : undefined });
      const all = new Set(this.open);
      if (now) all.add(name);
      else all.delete(name);
      this.open = all;
    };
    return html`<details class="panel lever-panel ${name}" ?open=${open} @toggle=${toggled}>
      <summary><h2>${title}</h2></summary>
      ${open ? this.#whole(name) : nothing}
    </details>`;
  }
  render(): TemplateResult | typeof nothing {
    return this.answer.result && this.answer.engine ? html`${names.map((n) => this.#panel(n))}` : nothing;
  }
}
if (!customElements.get('ew-levers')) customElements.define('ew-levers', Levers);

export const levers = (state: State, answer: Answer, act: Act): TemplateResult =>
  html`<ew-levers id="levers" .state=${state} .answer=${answer} .act=${act}></ew-levers>`;
